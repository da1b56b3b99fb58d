"""The pages of meetings: what is taught and who was there, signatures, and links of earlier versions."""

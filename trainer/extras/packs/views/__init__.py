"""The pages of evidence packs, the public check of one, and a sample."""

"""The pages of practice shifts and of rare shifts."""

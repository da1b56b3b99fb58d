"""The page of a firm's tokens, and what they open under /api/v1."""

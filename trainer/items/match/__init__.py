"""*Match*: say which of a few choices each row belongs to, with a box to choose in each row. No script is needed."""

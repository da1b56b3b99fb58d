"""*Match*: of each row, to which of a few choices it belongs; a box to choose in each row. No script is needed."""

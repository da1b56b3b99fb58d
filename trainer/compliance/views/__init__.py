"""Pages of training status: the list and its exports, a person, evidence packs, inspectors."""

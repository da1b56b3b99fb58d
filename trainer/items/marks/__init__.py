"""*Mark the signs*: choose the phrases of a scene that matter: one list of labels for mouse, keys, screen reader."""

"""What each kind of content must satisfy beyond its shape: ids, links, figures, words, pass rules."""

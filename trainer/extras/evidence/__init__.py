"""A public page that says what is known of whether this works, and what isn't. It keeps nothing."""

"""*Put in order*: steps that have one right order, each with a box to choose its place, or buttons that move it."""

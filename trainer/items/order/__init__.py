"""*Put in order*: steps that have one right order, each with a box to choose its place. No script is needed."""

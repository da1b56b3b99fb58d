"""The pages of notes: a writer's, and those of the instructor who answers."""

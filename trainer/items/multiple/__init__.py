"""*Multiple choice* with partial credit: two options or more are right, and one at least isn't."""

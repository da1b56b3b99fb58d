"""A made-up firm with two years behind it: who there is, what each does when, and the real operations that do it."""

"""The first page of each kind of visitor: the public front, and "my course" of a learner."""

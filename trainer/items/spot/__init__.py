"""*Spot the signs*: a picture with numbered things in it, and one list of them: the list is what is answered."""

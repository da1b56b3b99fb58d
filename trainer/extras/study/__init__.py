"""A trial that a firm or a class can run: does the course help people to recognize, without more false alarms?

Half of those who take part start now, the others wait four weeks; both judge two forms of the same scenes at the same
times. Nouns: Trial, TrialProtocol, TrialPerson. What someone answers is an attempt like any other (`assessment`); what
a firm requires, and by when, stays with `assignments`, which asks here for the day before which nothing is due.
"""

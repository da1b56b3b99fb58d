"""Who someone is: users (a guest is one without an email address), passwords, the signed-in session.

Noun: User. Signing up and signing in are in `joining`, because they move a guest's progress.
"""

"""What a firm requires of its people, and each one's duty that follows from it.

Nouns: Requirement, Assignment, Waiver, Reminder. Pages that show where everyone stands are in `compliance`.
"""

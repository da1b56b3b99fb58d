"""Classes taught in person: meetings, their sign-in sheets, who was there, and lessons signed off for them.

Nouns: ClassSession, Attendance, Signature, SignOff. Lessons signed off are marked as read in `learning`, and their
minutes credited there: what someone needs to complete a course is decided from that alone.
"""

"""What was earned: issue, revoke, verify; the PDF certificate is a picture of it.

Noun: Credential. It never leaves the table, and its facts are frozen when it is issued. Who learned what, and
whether that is enough, is decided in `learning`.
"""

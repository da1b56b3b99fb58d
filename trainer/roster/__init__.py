"""A list of people from any file becomes changes on a firm's roster.

It is walked once: a file is read (`reading`), its columns are matched (`matching`) and kept until someone confirms them
(`drafts`), each row is decided against the roster as it is (`deciding`), and all of it is written or nothing
(`importing`). Nouns: RosterDraft, RosterHeading. People who join by themselves are in `joining`.
"""

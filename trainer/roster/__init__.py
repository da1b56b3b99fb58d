"""A list of people from any file becomes changes on a firm's roster.

It is walked once. Read: `reading`, for XLSX `workbook`. Match: `matching` finds the columns by their `headings`, and
`drafts` keeps them until someone has said what they are. Decide: `rows` says what each row says, with `cells` and
`people`; `deciding` holds that against the roster and makes a `plan`, which `planning` keeps. Write: `writing`.
Nouns: RosterDraft, RosterHeading. People who join by themselves are in `joining`.
"""

"""Links with which an inspector, who has no account, reads a firm's training status for two weeks.

Nouns: InspectorLink. What the page shows is read in `compliance`.
"""

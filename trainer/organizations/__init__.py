"""Firms: their teams, the people on their roster with a role, invitations and join codes.

Nouns: Organization, Team, Membership, Invitation, JoinCode. What a firm requires is in `assignments`; how
a person comes in by an invitation is in `joining`; training status is in `compliance`.
"""

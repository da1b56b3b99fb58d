"""How a person comes in: as a guest, by signing up, by signing in. No tables.

Everything that must move together when someone comes in is called from here in one transaction.
"""

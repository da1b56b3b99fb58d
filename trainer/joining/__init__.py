"""How a person joins: as a guest, by signing up or in, by an invitation or a join code. No tables.

Everything that must move together when someone comes in is called from here in one transaction.
"""

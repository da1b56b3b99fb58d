"""Backups: the database as one file, the keys, and a list of what belongs to the backup; and putting one back."""

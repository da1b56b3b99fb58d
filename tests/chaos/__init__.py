"""Faults on purpose: processes killed, statements and commits that fail, disks that are full."""

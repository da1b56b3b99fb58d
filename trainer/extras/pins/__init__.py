"""Signing in without an address: PINs, the printed slips with which people choose one, and devices at a site.

Nouns: PinTry, PinSlip, SiteDevice. That an account has a PIN (`User.has_pin`), and what is shut in it after a slip
replaced that (`accounts.after_slip`), `accounts` knows; all else that packages below need of a PIN, they ask
(`feature.py`).
"""

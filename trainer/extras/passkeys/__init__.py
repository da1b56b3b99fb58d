"""Passkeys: signing in with a device's screen lock or a security key, which is two steps in one.

The core asks `has_passkeys` before it takes a password alone. Without this extra, an account that had nothing but a
passkey as its second step signs in with the password.
"""

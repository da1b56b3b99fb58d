"""People in charge of their own data: what is known of someone, a copy of it, erasing it, and how long all is kept.

It must know everybody's tables, so it stands above all features. No tables of its own: a copy is a Job, and that an
account is to be erased stands in the account.
"""

"""Open Badges of certificates, and the check of a file that someone was sent. Nothing of either is kept."""

"""Views for those who run an installation."""

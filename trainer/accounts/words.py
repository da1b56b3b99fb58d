"""What is said of a password or a code that wasn’t taken."""

from __future__ import annotations

from flask_babel import gettext as _

from trainer.accounts.second_factor import Tried


def wrong_password() -> str:
    """Return what is said when the password that was asked for is another."""
    return str(_("This isn’t your password. Check capital letters and try again."))


def code_refusal(tried: Tried, minutes: int) -> str:
    """Return what is said of a code that wasn't taken."""
    if tried is Tried.WAIT:
        return str(_("Too many wrong codes. Wait %(minutes)s min, then try again.", minutes=minutes))
    return wrong_code()


def wrong_code() -> str:
    """Return what is said of a code that is wrong or spent."""
    return str(_("This code isn’t right, or it was already used. Wait for the next one and enter that."))

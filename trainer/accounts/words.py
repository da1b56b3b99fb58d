"""What is said of a password, a PIN or a code that wasn’t taken."""

from __future__ import annotations

from flask_babel import gettext as _

from trainer.accounts.password_rules import Easy
from trainer.accounts.second_factor import Tried


def wrong_password() -> str:
    """Return what is said when the password that was asked for is another."""
    return str(_("This isn’t your password. Check capital letters and try again."))


def password_refusal(fault: Easy) -> str:
    """Return what is said of a password that is too easy to guess."""
    words = {
        Easy.COMMON: _("Many people use this password, so it’s guessed first. Choose another: a few words."),
        Easy.REPEATED: _("This repeats itself, so it’s easy to guess. Choose another: a few words."),
        Easy.OWN: _(
            "This is little more than your name, your address, your firm’s or this site’s name, so it’s easy to guess. "
            "Add a few other words."
        ),
    }
    return str(words[fault])


def code_refusal(tried: Tried, minutes: int) -> str:
    """Return what is said of a code that wasn't taken."""
    if tried is Tried.WAIT:
        return str(_("Too many wrong codes. Wait %(minutes)s min, then try again.", minutes=minutes))
    return wrong_code()


def wrong_code() -> str:
    """Return what is said of a code that is wrong or spent."""
    return str(_("This code isn’t right, or it was already used. Wait for the next one and enter that."))


def wrong_pin() -> str:
    """Return what is said when the PIN that was asked for is another, or isn't looked at any more."""
    return str(
        _(
            "That PIN is wrong, or there were too many wrong tries. If it still doesn’t work, ask your site "
            "manager for a new slip."
        )
    )

"""A rare shift in natural frequencies."""

from __future__ import annotations

import flask_babel

from trainer.extras.nights.rare import NightCounts


def _(text: str, **values: object) -> str:
    return str(flask_babel.gettext(text, **values))


def ordinary(counts: NightCounts) -> str:
    """Return "Of 38 ordinary events you reported 3." """
    if not counts.ordinary:
        return ""
    if not counts.reported:
        return _("Of %(all)s ordinary events you reported none.", all=counts.ordinary)
    return _("Of %(all)s ordinary events you reported %(n)s.", all=counts.ordinary, n=counts.reported)


def worrying(counts: NightCounts) -> str:
    """Return "Of 2 worrying ones you reported 1." """
    if counts.worrying == 0:
        return _("None was worrying.")
    if counts.worrying == 1:
        return (
            _("One was worrying, and you reported it.")
            if counts.caught
            else _("One was worrying, and you didn’t report it.")
        )
    if not counts.caught:
        return _("Of %(all)s worrying ones you reported none.", all=counts.worrying)
    return _("Of %(all)s worrying ones you reported %(n)s.", all=counts.worrying, n=counts.caught)

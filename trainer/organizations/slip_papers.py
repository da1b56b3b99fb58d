"""Set PIN slips and badges: eight on a Letter page, each with a QR code that opens the firm's sign-in page."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import typst
from flask_babel import gettext as _

from trainer.organizations.codes import show_code
from trainer.organizations.models import Organization
from trainer.organizations.slips import Slip
from trainer.web.language import show_day
from trainer.web.paper import qr_code, typeset

SHEET: Final = Path(__file__).with_name("slips.typ")
_LONGEST: Final = 44


def draw_slips(firm: Organization, slips: Sequence[Slip], address: str, until: dt.date, day: dt.date) -> bytes:
    """Return slips to be handed over. `address`: of the sign-in page; `until`: the last day on which they are good.

    They share one QR code, since drawing one takes longer than all the rest of a slip. A name or number that no font
    can show is left out.
    """
    sign_in = qr_code(f"{address}?{urlencode({'firm': str(firm.code)})}")
    how = _(
        "Scan, or go to %(site)s, and choose your own PIN. Valid once, until %(day)s. Not yours? Give it back.",
        site=address.partition("://")[2],
        day=show_day(until, "long"),
    )
    return _draw(firm, [(slip, sign_in) for slip in slips], _("PIN slips"), how, day)


def draw_badges(firm: Organization, people: Sequence[Slip], address: str, day: dt.date) -> bytes:
    """Return badges: their QR codes hold the firm's code and a number, nothing secret."""
    marked = [
        (one, qr_code(f"{address}?{urlencode({'firm': str(firm.code), 'number': one.employee_number})}"))
        for one in people
    ]
    how = _("Scan it to sign in, then type your PIN. This badge holds no secret and opens nothing without the PIN.")
    return _draw(firm, marked, _("Badges"), how, day)


def _draw(firm: Organization, marked: Sequence[tuple[Slip, str]], title: str, how: str, day: dt.date) -> bytes:
    texts = {
        "title": title,
        "firm": _fitting(firm.name),
        "code": show_code(str(firm.code)),
        "slips": [
            {"name": _fitting(one.name), "number": _broken(one.employee_number), "code": one.code, "qr": qr}
            for one, qr in marked
        ],
        "words": {
            "firm_code": _("Firm code"),
            "number": _("Your number"),
            "code": _("First PIN, works once"),
            "qr": _("QR code: opens the sign-in page"),
            "how": how,
        },
    }
    return _typeset(texts, day) or _without_strange_letters(texts, day)


def _without_strange_letters(texts: Mapping[str, Any], day: dt.date) -> bytes:
    def or_nothing(text: str) -> str:
        return text if _typeset({**texts, "firm": text, "slips": []}, day) else ""

    slips = [{**one, "name": or_nothing(one["name"]), "number": or_nothing(one["number"])} for one in texts["slips"]]
    made = _typeset({**texts, "firm": or_nothing(texts["firm"]), "slips": slips}, day)
    assert made is not None  # what is left are our own words
    return made


def _typeset(texts: Mapping[str, Any], day: dt.date) -> bytes | None:
    """Return the paper, or None if it has a letter that no font can show."""
    try:
        return typeset(SHEET, {"sheet": json.dumps(texts)}, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
        return None


def _fitting(name: str) -> str:
    """Return a name that fits on a slip: a long one is cut, and an endless word may be broken."""
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return re.sub(r"(\S{18})(?=\S)", "\\1\u200b", short)


def _broken(number: str) -> str:
    return re.sub(r"(\S{9})(?=\S)", "\\1\u200b", number)

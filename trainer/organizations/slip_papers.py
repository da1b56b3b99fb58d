"""Set PIN slips and badges: eight on a Letter page, with a QR code that opens the sign-in page for a number."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import typst
from flask_babel import gettext as _

from trainer.organizations.codes import show_code
from trainer.organizations.models import Organization
from trainer.organizations.slips import Slip
from trainer.web.language import show_day
from trainer.web.paper import qr_code, typeset

SHEET: Final = Path(__file__).with_name("slips.typ")
_LONGEST: Final = 60


def draw_slips(firm: Organization, slips: Sequence[Slip], address: str, until: dt.date, day: dt.date) -> bytes:
    """Return slips to be handed over. `address`: of the sign-in page; `until`: the last day on which they are good."""
    how = _(
        "Scan, or go to %(site)s, and choose your own PIN. Valid once, until %(day)s. Not yours? Give it back.",
        site=address.partition("://")[2],
        day=show_day(until, "long"),
    )
    return _draw(firm, slips, address, day, _("PIN slips"), how)


def _draw(firm: Organization, slips: Sequence[Slip], address: str, day: dt.date, title: str, how: str) -> bytes:
    texts: dict[str, object] = {
        "title": title,
        "firm": _wrapped(firm.name),
        "code": show_code(str(firm.code)),
        "slips": [
            {"name": _wrapped(one.name), "number": one.employee_number, "code": one.code, "qr": _qr(firm, one, address)}
            for one in slips
        ],
        "words": {
            "firm_code": _("Firm code"),
            "number": _("Your number"),
            "code": _("First PIN, works once"),
            "qr": _("QR code: opens sign-in for"),
            "how": how,
        },
    }
    try:
        return _typeset(texts, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
    # Where no font has the letters of a name, the number says whose it is.
    return _typeset({**texts, "firm": _or_nothing(str(texts["firm"]), day), "slips": _shown(texts["slips"], day)}, day)


def _shown(slips: object, day: dt.date) -> list[dict[str, str]]:
    assert isinstance(slips, list)
    return [{**one, "name": _or_nothing(one["name"], day), "number": _or_nothing(one["number"], day)} for one in slips]


def _or_nothing(text: str, day: dt.date) -> str:
    one = {"name": text, "number": "", "code": "", "qr": qr_code("-")}
    words = dict.fromkeys(("firm_code", "number", "code", "qr", "how"), "")
    try:
        _typeset({"title": "-", "firm": "", "code": "", "slips": [one], "words": words}, day)
    except typst.TypstError:
        return ""
    return text


def _typeset(texts: dict[str, object], day: dt.date) -> bytes:
    return typeset(SHEET, {"sheet": json.dumps(texts)}, day)


def _qr(firm: Organization, slip: Slip, address: str) -> str:
    return qr_code(f"{address}?{urlencode({'firm': firm.code, 'number': slip.employee_number})}")


def _wrapped(name: str) -> str:
    """Return a name that fits on a slip: a long one is cut, and an endless word may be broken."""
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return re.sub(r"(\S{18})(?=\S)", "\\1\u200b", short)

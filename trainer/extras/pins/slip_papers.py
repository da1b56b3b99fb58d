"""Set PIN slips and badges: eight on a Letter page, each with a QR code that opens the firm's sign-in page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from flask_babel import gettext as _

from trainer.extras.pins.slips import Slip
from trainer.organizations.codes import show_code
from trainer.organizations.models import Organization
from trainer.web.language import show_day
from trainer.web.paper import qr_code, typeset_sheet

SHEET: Final = Path(__file__).with_name("slips.typ")
MASK: Final = 3
_LONGEST: Final = 44


def draw_slips(firm: Organization, slips: Sequence[Slip], address: str, until: dt.date, day: dt.date) -> bytes:
    """Return slips to be handed over. `address`: of the sign-in page; `until`: the last day on which they are good.

    A letter that no font can show is a box.
    """
    how = _(
        "Scan, or go to %(site)s, and choose your own PIN. Valid once, until %(day)s. Not yours? Give it back.",
        site=address.partition("://")[2],
        day=show_day(until, "long"),
    )
    return _draw(firm, slips, address, _("PIN slips"), how, day)


def draw_badges(firm: Organization, people: Sequence[Slip], address: str, day: dt.date) -> bytes:
    """Return badges: people with their numbers, and nothing secret."""
    how = _("Scan it to sign in, then type your PIN. This badge holds no secret and opens nothing without the PIN.")
    return _draw(firm, people, address, _("Badges"), how, day)


def _draw(firm: Organization, slips: Sequence[Slip], address: str, title: str, how: str, day: dt.date) -> bytes:
    texts = {
        "title": title,
        "firm": _fitting(firm.name),
        "code": show_code(str(firm.code)),
        "slips": [
            {
                "name": _fitting(slip.name),
                "site": _fitting(slip.site),
                "number": _broken(slip.employee_number),
                "code": slip.code,
                # The firm's code and a number, nothing secret.
                "qr": qr_code(
                    f"{address}?{urlencode({'firm': str(firm.code), 'number': slip.employee_number})}", mask=MASK
                ),
            }
            for slip in slips
        ],
        "words": {
            "firm_code": _("Firm code"),
            "number": _("Your number"),
            "code": _("First PIN, works once"),
            "qr": _("QR code: opens the sign-in page"),
            "how": how,
        },
    }
    return typeset_sheet(SHEET, texts, day)


def _fitting(name: str) -> str:
    """Return a name that fits on a slip: a long one is cut, and an endless word may be broken."""
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return re.sub(r"(\S{18})(?=\S)", "\\1\u200b", short)


def _broken(number: str) -> str:
    return re.sub(r"(\S{9})(?=\S)", "\\1\u200b", number)

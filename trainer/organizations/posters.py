"""Draw a poster by which people come in: a code, its QR picture, and what will be seen of them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import typst
from flask_babel import gettext as _

from trainer.content.serving import served
from trainer.web.language import show_day
from trainer.web.paper import qr_code, typeset

POSTER: Final = Path(__file__).with_name("poster.typ")
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says. `name`: of the firm or class; `sees`: the heading over what will be seen."""

    title: str
    name: str
    code: str
    address: str
    until: dt.date
    steps: Sequence[str]
    sees: str
    seen: Sequence[str]
    sees_not: str
    unseen: Sequence[str]


def draw_poster(firm: str, code: str, address: str, until: dt.date, day: dt.date) -> bytes:
    """Return the poster of a firm."""
    poster = Poster(
        title=_("Join the course"),
        name=firm,
        code=code,
        address=address,
        until=until,
        steps=(
            _("Open the page and see what the firm will see about you."),
            _("Create an account, or sign in."),
            _("Join, and take the course at your own pace, on your phone."),
        ),
        sees=_("What the firm will see"),
        seen=(
            _("The name you join under, and your email address"),
            _(
                "Which required courses you start and finish, and when; active minutes; "
                "your certificates of these courses"
            ),
        ),
        sees_not=_("What the firm won’t see"),
        unseen=(_("Your answers, your practice, the help pages or lessons you open, and what you learn on your own"),),
    )
    return draw(poster, day)


def draw(poster: Poster, day: dt.date) -> bytes:
    """Return one Letter page. A name that no font can show is left out: the code is what counts."""
    texts = {
        **asdict(poster),
        "brand": served().site.name,
        "name": re.sub(r"(\S{20})(?=\S)", "\\1\u200b", poster.name[:LONGEST_NAME]),  # an endless word may be broken
        "until": poster.until.isoformat(),
        "qr": qr_code(poster.address),
        "words": {
            "qr": _("QR code: opens the page to join"),
            "scan": _("Scan, or type this code:"),
            "at": _("at %(site)s", site=poster.address.partition("://")[2].rpartition("/")[0]),
            "until": _("Valid until %(day)s", day=show_day(poster.until, "long")),
            "how": _("How it goes"),
            "now": _("Danger now: call %(number)s.", number=served().vocabulary.emergency_number),
        },
    }
    try:
        return typeset(POSTER, {"poster": json.dumps(texts)}, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
        return typeset(POSTER, {"poster": json.dumps({**texts, "name": ""})}, day)

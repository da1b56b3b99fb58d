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

from trainer.web.paper import qr_code, typeset

POSTER: Final = Path(__file__).with_name("poster.typ")
BRAND: Final = "Would you recognize it?"
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says. `name`: of the firm or class; `seer`: who will see something."""

    title: str
    name: str
    code: str
    address: str
    until: dt.date
    seer: str
    steps: Sequence[str]
    seen: Sequence[str]
    unseen: Sequence[str]


def draw_poster(firm: str, code: str, address: str, until: dt.date, day: dt.date) -> bytes:
    """Return the poster of a firm."""
    poster = Poster(
        title="Join the course",
        name=firm,
        code=code,
        address=address,
        until=until,
        seer="the firm",
        steps=(
            "Open the page and see what the firm will see of you.",
            "Make an account, or sign in.",
            "Join, and take the course at your own pace, on your phone.",
        ),
        seen=(
            "The name you join under, and your e-mail address",
            "Which required courses you start and finish, and when; active minutes; your certificates of these courses",
        ),
        unseen=("Your answers, your practice, the help pages or lessons you open, and what you learn for yourself",),
    )
    return draw(poster, day)


def draw(poster: Poster, day: dt.date) -> bytes:
    """Return one Letter page. A name that no font can show is left out: the code is what counts."""
    texts = {
        **asdict(poster),
        "brand": BRAND,
        "name": re.sub(r"(\S{20})(?=\S)", "\\1\u200b", poster.name[:LONGEST_NAME]),  # an endless word may be broken
        "site": poster.address.partition("://")[2].rpartition("/")[0],
        "until": f"{poster.until:%B} {poster.until.day}, {poster.until.year}",
        "qr": qr_code(poster.address),
    }
    try:
        return typeset(POSTER, {"poster": json.dumps(texts)}, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
        return typeset(POSTER, {"poster": json.dumps({**texts, "name": ""})}, day)

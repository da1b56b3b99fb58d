"""Draw the poster by which people come into a firm: a code, its QR picture, and what the firm will see."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Final

import typst

from trainer.web.paper import qr_code, typeset

POSTER: Final = Path(__file__).with_name("poster.typ")
BRAND: Final = "Would you recognize it?"
LONGEST_FIRM: Final = 120


def draw_poster(firm: str, code: str, address: str, until: dt.date, day: dt.date) -> bytes:
    """Return one Letter page. A firm's name that no font can show is left out: the code is what counts."""
    texts = {
        "brand": BRAND,
        "firm": re.sub(r"(\S{20})(?=\S)", "\\1\u200b", firm[:LONGEST_FIRM]),  # a word without an end may be broken
        "code": code,
        "address": address,
        "site": address.partition("://")[2].rpartition("/")[0],
        "until": f"{until:%B} {until.day}, {until.year}",
        "qr": qr_code(address),
    }
    try:
        return typeset(POSTER, {"poster": json.dumps(texts)}, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
        return typeset(POSTER, {"poster": json.dumps({**texts, "firm": ""})}, day)

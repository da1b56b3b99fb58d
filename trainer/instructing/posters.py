"""Draw the poster by which people come into a class: a code, its QR picture, and what the instructor will see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import typst
from flask_babel import format_date

from trainer.courses.papers import BRAND
from trainer.instructing.models import Cohort
from trainer.instructing.rules import show_code
from trainer.web.paper import qr_code, typeset

POSTER: Final = Path(__file__).with_name("poster.typ")


def draw_poster(cohort: Cohort, address: str) -> bytes:
    """Return one Letter page. A title that no font can show is left out: the code is what counts."""
    texts = {
        "brand": BRAND,
        "title": cohort.title,
        "code": show_code(cohort.code),
        "site": f"{urlsplit(address).netloc}/classes",
        "until": format_date(cohort.ends_on, "long"),
        "qr": qr_code(address),
        "address": address,
        "answers": cohort.shows_answers,
    }
    try:
        return typeset(POSTER, {"poster": json.dumps(texts)}, cohort.created_at.date())
    except typst.TypstError:
        return typeset(POSTER, {"poster": json.dumps({**texts, "title": ""})}, cohort.created_at.date())

"""What people print and carry: field cards and the observation template, as PDF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from trainer.courses.library import Content
from trainer.courses.schema import Card
from trainer.web.paper import qr_code, typeset

CARD: Final = Path(__file__).with_name("card.typ")
OBSERVATION: Final = Path(__file__).with_name("observation.typ")
BRAND: Final = "Would you recognize it?"


def draw_card(content: Content, card: Card, address: str) -> bytes:
    """Return a field card as one page. `address` is where its QR code leads."""
    line = content.strip_lines()[0]
    texts = {
        "brand": BRAND,
        "title": card.title,
        "together": [part.text for part in card.together],
        "alone": [part.text for part in card.alone],
        "never": card.never,
        "do": card.do,
        "dont": card.dont,
        "number": line.phone or "",
        "text": f"text {line.text} to {line.text_number}" if line.text_number else "",
        "line": line.name,
        "seen": f"Number seen on {line.seen_on:%B} {line.seen_on.day}, {line.seen_on.year}.",
        "address": address,
        "qr": qr_code(address),
    }
    return typeset(CARD, {"card": json.dumps(texts)}, line.seen_on)


def draw_observation(content: Content, address: str) -> bytes:
    """Return the observation template as one page to fill in by hand."""
    line = content.strip_lines()[0]
    texts = {"brand": BRAND, "line": line.name, "number": line.phone or "", "address": address}
    return typeset(OBSERVATION, {"form": json.dumps(texts)}, line.seen_on)

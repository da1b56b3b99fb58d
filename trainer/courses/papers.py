"""What people print and carry: field cards and the observation template, as PDF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from flask_babel import gettext as _

from trainer.content.library import Content
from trainer.content.papers import Card
from trainer.web.language import show_day
from trainer.web.paper import qr_code, typeset

CARD: Final = Path(__file__).with_name("card.typ")
OBSERVATION: Final = Path(__file__).with_name("observation.typ")


def draw_card(content: Content, card: Card, address: str) -> bytes:
    """Return a field card as two pages, the rule on the second. `address` is where its QR code leads."""
    line = content.strip_lines()[0]
    texts = {
        "brand": whose(content.site.name, content),
        "title": card.title,
        "together": [part.text for part in card.together],
        "alone": [part.text for part in card.alone],
        "never": card.never,
        "do": card.do,
        "dont": card.dont,
        "ladder": [{"seen": rung.seen, "do": rung.do, "asks": not rung.rules} for rung in content.vocabulary.ladder],
        "number": line.phone or "",
        "text": _("text %(word)s to %(number)s", word=line.text, number=line.text_number) if line.text_number else "",
        "line": line.name,
        "seen": _("Number seen on %(day)s.", day=show_day(line.seen_on, "long")),
        "address": address,
        "qr": qr_code(address),
        "words": {
            "alone": _("Report on one"),
            "together": _("Report together, or again on another day"),
            "never": _("Never on these"),
            "then": _("Then what"),
            "question": _("Would I think this if they looked and spoke like me?"),
            "rule": _("Which line fits first?"),
            "now": _("Danger now: %(number)s", number=content.vocabulary.emergency_number),
            "aid": content.vocabulary.disclaimers.card,
            "qr": _("QR code: opens this card and the signs behind it"),
        },
    }
    return typeset(CARD, {"card": json.dumps(texts)}, line.seen_on)


def whose(heading: str, content: Content) -> str:
    """Return what stands at the top of a paper with help lines: in whose region its numbers are right, too."""
    return f"{heading} · {content.region.name}"


def draw_observation(content: Content, address: str) -> bytes:
    """Return the observation template as one page to fill in by hand."""
    line = content.strip_lines()[0]
    texts = {
        "brand": whose(content.site.name, content),
        "title": _("Observation"),
        "first": " ".join(
            [
                content.vocabulary.sentences.observation,
                _("Write what you saw and heard, in the words that were said."),
            ]
        ),
        "questions": [
            (_("When"), _("Day, from when to when. Seen before? Which days?"), 1),
            (_("Where"), _("Place, door, room, site, direction."), 1),
            (
                _("Who"),
                _(
                    "How many people, what each one did. Clothes and height only to tell them apart. "
                    "No guess at origin."
                ),
                3,
            ),
            (_("What I saw and heard"), _("Facts and exact words. Plate, times, who held what."), 6),
            (_("Why it worries me"), _("Name the sign, and the ordinary reason you ruled out."), 3),
            (_("What I think but did not see"), _("Keep it apart. Leave it empty if you can."), 2),
            (_("Whom I told, and when"), _("Name or post, time. What they said they would do."), 2),
        ],
        "line": f"{line.name}: {line.phone or ''}.",
        "last": _(
            "Don’t question, follow, search, hold or photograph anyone. Keep this page confidential: hand it to "
            "the person your site names, and to nobody else."
        ),
        "address": address,
    }
    return typeset(OBSERVATION, {"form": json.dumps(texts)}, line.seen_on)

"""The cover of an evidence pack: its summary on paper."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import typst
from flask_babel import gettext as _

from trainer.content.serving import served
from trainer.extras.packs import words
from trainer.extras.packs.records import Records
from trainer.extras.packs.words import PackTally
from trainer.web.paper import qr_code, typeset

TEMPLATE: Final = Path(__file__).with_name("cover.typ")


def draw_cover(records: Records, tally: PackTally) -> bytes:
    """Return the cover as a tagged PDF. The same records in the same language give the same bytes.

    What the firm wrote in letters for which there is no font is left out: the page has all of it.
    """
    texts = _texts(records, tally)
    made = _typeset(texts, records)
    if made is None:
        limits = _("Not all of the firm: index.html says what this pack is limited to.") if records.limits else ""
        plain: dict[str, Any] = {"firm": "", "required": [], "facts": [], "caveats": [], "limits": limits}

        def or_nothing(part: str) -> bool:
            return _typeset({**texts, **plain, part: texts[part]}, records) is not None

        made = _typeset(
            {**texts, **{part: texts[part] if or_nothing(part) else plain[part] for part in plain}}, records
        )
    assert made is not None  # what is left are our own words
    return made


def _texts(records: Records, tally: PackTally) -> dict[str, Any]:
    return {
        "title": _("Training records"),
        "firm": _breakable(records.firm),
        "foot": served().site.name,
        "mark": records.mark or "",
        "moment": words.moment(records),
        "limits": _breakable(records.limits),
        "headline": words.headline(records),
        "sentences": " ".join(words.sentences(records)),
        "disclaimers": words.disclaimers(records),
        "caveats": list(records.caveats),
        "parts": [[part.name, part.contents] for part in words.parts(records, tally)],
        "required": [_breakable(words.describe(requirement, records)) for requirement in records.requirements]
        or [_("Nothing was required on that day.")],
        "checking": words.checking(records),
        "url": records.check_url or "",
        "qr": qr_code(records.check_url) if records.check_url else "",
        "facts": [
            [_("Ordered by"), _breakable(records.ordered_by)],
            [_("Created"), words.made(records)],
            [_("Time zone"), records.zone.replace("_", " ")],
        ],
        "words": {
            "holds": _("What this pack contains"),
            "begin": _("Open index.html to read all of it: no internet and no account needed."),
            "required": _("What was required"),
            "check": _("Check this pack"),
            "made": _("Made by"),
            "qr": _("QR code: opens the page that checks this pack"),
        },
    }


def _typeset(texts: dict[str, Any], records: Records) -> bytes | None:
    """Return the paper, or None if it has a letter that no font can show."""
    try:
        return typeset(TEMPLATE, {"cover": json.dumps(texts)}, records.as_of)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
        return None


def _breakable(text: str) -> str:
    """Let an endless word break, so that it can't run off the page."""
    return re.sub(r"(\S{30})(?=\S)", "\\1\u200b", text)

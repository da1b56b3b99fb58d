"""Draw the briefing sheet as one Letter page."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

import typst
from flask_babel import gettext as _

from trainer.content.serving import served
from trainer.instructing import briefing_words as words
from trainer.instructing.briefing import Briefing, Mistake, ReadAloud
from trainer.web.language import show_day
from trainer.web.paper import typeset

SHEET: Final = Path(__file__).with_name("briefing.typ")


def draw_briefing(name: str, brief: Briefing, day: dt.date) -> bytes:
    """Return a tagged PDF. A class's name that no font can show is left out: the class knows what it is called."""
    sheet = _sheet(name, brief, day)
    try:
        return typeset(SHEET, {"sheet": json.dumps(sheet)}, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
    return typeset(SHEET, {"sheet": json.dumps({**sheet, "name": _("This class")})}, day)


def _sheet(name: str, brief: Briefing, day: dt.date) -> dict[str, Any]:
    return {
        "kind": f"{_('Briefing sheet')} · {served().region.name}",
        "day": show_day(day, "long"),
        "title": _("What this group gets wrong"),
        "name": name,
        "people": words.first_answers(brief.people),
        "mistakes": [_row(mistake) for mistake in brief.mistakes],
        "scenes": [_scene(read) for read in brief.scenes],
        "words": {
            "talk": _("To talk about"),
            "few": words.too_few(),
            "heads": [
                *(_("What"), _("Mistake"), _("Answers"), _("Percentage, and the range it could be"), _("Lesson")),
            ],
            "ranges": words.ranges(),
            "ask": _("Ask:"),
            "close": _("Before you close"),
            "closing": words.before_you_close(),
            "help": words.help_for_all(),
            "unseen": _("Employers don’t get this sheet."),
        },
    }


def _row(mistake: Mistake) -> dict[str, Any]:
    low, high = mistake.rate.interval
    return {
        "what": mistake.label,
        "mistake": words.mistake_name(mistake.is_missed),
        "answers": _("%(part)s of %(whole)s", part=mistake.rate.part, whole=mistake.rate.whole),
        "low": 100 * low,
        "share": 100 * mistake.rate.share,
        "high": 100 * high,
        "range": words.with_range(mistake.rate),
        "lesson": mistake.lesson.file.title if mistake.lesson else "",
    }


def _scene(read: ReadAloud) -> dict[str, Any]:
    scene = read.side.scene
    judged = " " + words.judged(read.rate, read.side.is_concern) if read.rate else ""
    return {
        "title": _("Read aloud: %(title)s", title=scene.file.title),
        "story": scene.paragraphs,
        "ask": words.ask(read.side.is_concern),
        "answer": _("Answer: %(verdict)s.", verdict=served().vocabulary.verdicts[scene.file.best].name),
        "reason": read.side.reason + judged,
    }

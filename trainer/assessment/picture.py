"""A picture of one result that someone may share: counts, and a name only where it was asked for."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Final

import typst
from flask_babel import gettext as _

from trainer.assessment.progress import Window, WindowKind
from trainer.content.library import Content
from trainer.core.errors import Invalid
from trainer.credentials.certificate import NameNeedsFonts, clean_name
from trainer.web.paper import draw_picture, typeset

PICTURE: Final = Path(__file__).with_name("picture.typ")
LONGEST_NAME: Final = 60  # characters, two lines


def draw(window: Window, name: str, content: Content, day: dt.date) -> bytes:
    """Return a PNG of 1200 by 630. Raises Invalid for a name that can't be printed."""
    tally = window.tally
    texts = {
        "brand": content.site.name,
        "name": _printable(name) if name else "",
        "lines": [
            _("Caught %(hits)s of %(all)s.", hits=tally.hits, all=tally.concerns),
            _("Over-reported %(alarms)s of %(all)s.", alarms=tally.false_alarms, all=tally.innocents),
        ],
        "about": _("Written scenes of a final: %(num)s", num=tally.answered)
        if window.stage is WindowKind.FINAL
        else _("Written scenes in practice: %(num)s", num=tally.answered),
        "cells": [
            [str(tally.hits), _("caught")],
            [str(tally.misses), _("missed")],
            [str(tally.false_alarms), _("over-reported")],
            [str(tally.correct_rejections), _("left alone")],
        ],
        "fine": f"{content.vocabulary.disclaimers.kind}; {content.vocabulary.disclaimers.approval}.",
    }
    inputs = {"picture": json.dumps(texts)}
    if name:
        _hold(inputs, day)
    return draw_picture(PICTURE, inputs)


def _printable(name: str) -> str:
    try:
        return re.sub(r"(\S{20})(?=\S)", "\\1\u200b", clean_name(name)[:LONGEST_NAME])  # an endless word may be broken
    except NameNeedsFonts as error:
        raise Invalid(str(error)) from error


def _hold(inputs: dict[str, str], day: dt.date) -> None:
    """Refuse letters without a glyph. Typst reports them only when it makes a tagged PDF."""
    try:
        typeset(PICTURE, inputs, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
        raise Invalid(_("We have no font for a letter of your name. Create the picture without it.")) from error

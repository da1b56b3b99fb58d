"""The short form on paper: the scenes with a sheet for the answers, and apart from it the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _

from trainer.assessment.localized import localize, reader_words
from trainer.content.objects import Content
from trainer.content.serving import served_in
from trainer.content.subject import Truth
from trainer.extras.short_form.rules import ShortForm
from trainer.items.judge.forms import CONFIDENCE_LABELS
from trainer.items.judge.payload import payload_of, without_yes
from trainer.web.language import language_tag
from trainer.web.paper import typeset_sheet

TEMPLATE: Final = Path(__file__).with_name("paper.typ")


def draw_form(form: ShortForm, content: Content, address: str) -> bytes:
    """Return the scenes, and on a page of its own what to mark for each. `address`: where the form is on the web."""
    verdicts = reader_words().verdicts.values()
    shown = served_in(language_tag())
    sheet = {
        **_heading(form, content, address, _("Short form")),
        "first": _(
            "Each scene is made up. Some are to report, and some aren’t. Read a scene once, then mark what you would "
            "do and how sure you are on the last page. There’s no time limit, and you can leave out any scene."
        ),
        "verdicts": [f"{words.name}: {words.hint}." for words in verdicts],
        "scenes": [
            {"setting": telling.file.setting, "told": telling.paragraphs}
            for telling in (shown.scenarios.get(scene.id, scene) for scene in form.scenes)
        ],
        "answers": {
            "title": _("Your answers"),
            "first": _("Mark one box of the first three and one of the last three for each scene."),
            "scene": _("Scene"),
            "heads": [*(words.name for words in verdicts), *map(str, CONFIDENCE_LABELS.values())],
            "kept": _("Don’t write your name."),
        },
    }
    return typeset_sheet(TEMPLATE, sheet, content.strip_lines()[0].seen_on)


def draw_key(form: ShortForm, content: Content, address: str) -> bytes:
    """Return the key with how to score, for whoever hands the form out."""
    verdicts = reader_words().verdicts
    rows = [
        (str(number), payload.title, verdicts[payload.fits].name, without_yes(payload.verdicts[payload.fits]))
        for number, payload in enumerate((localize(payload_of(scene))[0] for scene in form.scenes), start=1)
    ]
    numbers = [
        ", ".join(str(number) for number, scene in enumerate(form.scenes, start=1) if scene.file.truth is truth)
        for truth in Truth
    ]
    sheet = {
        **_heading(form, content, address, _("Key to the short form")),
        "first": _("Keep the key apart from the form. People shouldn’t see it before they have answered."),
        "score": [
            _("To report are scenes %(numbers)s. Count how many of them someone would report now.", numbers=numbers[0]),
            _(
                "The others are scenes %(numbers)s. Count how many of them someone left alone: either of the other two "
                "verdicts.",
                numbers=numbers[1],
            ),
            _(
                "Tell people both numbers, never one alone. Someone who reports everything has all of the first and "
                "none of the second. A difference of one says nothing."
            ),
            _(
                "It measures how someone judges written scenes, not what they would do at work. Don’t use it to hire, "
                "dismiss or license anyone."
            ),
        ],
        "key": {"heads": [_("Scene"), _("Title"), _("What fits"), _("Why")], "rows": rows},
    }
    return typeset_sheet(TEMPLATE, sheet, content.strip_lines()[0].seen_on)


def _heading(form: ShortForm, content: Content, address: str, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "brand": content.site.name,
        "version": _("Version %(version)s", version=form.version),
        "address": address,
        "scene": _("Scene"),
    }

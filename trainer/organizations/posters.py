"""Draw posters by which people come in: a code, its QR picture, and what will be seen of them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import typst
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from trainer.content.serving import served
from trainer.web.language import show_day
from trainer.web.paper import qr_code, typeset

POSTER: Final = Path(__file__).with_name("poster.typ")
LONGEST_NAME: Final = 120
SAMPLE_FIRM: Final = _l("Sample Firm")
"""What the made-up firm of samples is called."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says. `name`: of the firm or class; `site`: where it hangs, or nothing; `sees`: the heading over
    what will be seen."""

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
    site: str = ""
    second: Sequence[str] = ()
    """The steps in a second language. Without them, there's room to write them by hand."""


def firm_poster(
    firm: str, code: str, address: str, until: dt.date, site: str = "", second_language: str | None = None
) -> Poster:
    """Return what the poster of a firm says, at one of its sites."""
    return Poster(
        title=_("Join the course"),
        name=firm,
        site=site,
        code=code,
        address=address,
        until=until,
        steps=_steps(),
        second=_steps_in(second_language) if second_language else (),
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


def draw(posters: Sequence[Poster], day: dt.date) -> bytes:
    """Return a Letter page for each poster. A name that no font can show is left out: the code is what counts."""
    pages = [_page(poster) for poster in posters]
    try:
        return _typeset(pages, day)
    except typst.TypstError as error:
        if "could not be displayed with" not in str(error):
            raise
    return _typeset([{**page, **_shown(page, day)} for page in pages], day)


def _steps() -> Sequence[str]:
    return (
        _("Open the page and see what the firm will see about you."),
        _("Create an account, or sign in."),
        _("Join, and take the course at your own pace, on your phone."),
    )


def _steps_in(language: str) -> Sequence[str]:
    with force_locale(language):
        return _steps()


def _page(poster: Poster) -> dict[str, Any]:
    return {
        **asdict(poster),
        "brand": served().site.name,
        "name": _breakable(poster.name),
        "site": _breakable(poster.site),
        "until": poster.until.isoformat(),
        "qr": qr_code(poster.address),
        "words": {
            "qr": _("QR code: opens the page to join"),
            "scan": _("Scan, or type this code:"),
            "at": _("at %(site)s", site=poster.address.partition("://")[2].rpartition("/")[0]),
            "until": _("Valid until %(day)s", day=show_day(poster.until, "long")),
            "how": _("How it goes"),
            "now": _("Danger now: call %(number)s.", number=served().vocabulary.emergency_number),
            "second": _("The same in another language:"),
        },
    }


def _breakable(name: str) -> str:
    """Return a name in which an endless word may be broken."""
    return re.sub(r"(\S{20})(?=\S)", "\\1\u200b", name[:LONGEST_NAME])


def _shown(page: dict[str, Any], day: dt.date) -> dict[str, str]:
    """Return the firm's name and the site of a page, each empty if no font can show it."""
    shown = {}
    for key in ("name", "site"):
        try:
            _typeset([{**page, "name": "", "site": "", key: page[key]}], day)
        except typst.TypstError:
            shown[key] = ""
        else:
            shown[key] = page[key]
    return shown


def _typeset(pages: Sequence[dict[str, Any]], day: dt.date) -> bytes:
    return typeset(POSTER, {"posters": json.dumps(pages)}, day)

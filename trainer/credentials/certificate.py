"""Draw the certificate: a PDF picture of what a credential says. The check page, not the paper, is the proof."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typst

from trainer.credentials.rules import disclaimer
from trainer.web.paper import qr_code, typeset

TEMPLATE: Final = Path(__file__).with_name("certificate.typ")
BRAND: Final = "Would you recognize it?"
LONGEST_NAME: Final = 240  # characters; the form allows half of it
LONGEST_WORD: Final = 24  # characters; a longer word may be broken
MOST_MARKS: Final = 3  # combining marks on one letter; no script needs more

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_JOINERS: Final = "\u200c\u200d"  # Persian and the Indic scripts write with them


class NameNeedsFonts(Exception):
    """A name has letters for which no font is installed, or none that can be printed."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What stands on a certificate. `serial` is given in its groups, `minutes` are active minutes."""

    holder_name: str
    course_title: str
    edition: str | None
    achievement: str
    minutes: int
    issued_on: dt.date
    valid_until: dt.date
    course_version: str
    serial: str
    is_local_trial: bool
    scenes: int
    unapproved_states: tuple[str, ...] = ()
    """States that want an approved course, which this one isn't."""


def render_certificate(facts: CertificateFacts, url: str) -> bytes:
    """Render one Letter page as a tagged PDF. The same facts give the same bytes.

    Raises NameNeedsFonts where the name can't be printed, ValueError for a `url` that is no web address.
    """
    if not re.fullmatch(r"https?://[!-~]+", url):
        raise ValueError(f"not a web address: {url!r}")
    try:
        return typeset(TEMPLATE, _texts(facts, url), facts.issued_on)
    except typst.TypstError as error:
        # PDF/UA refuses letters without a glyph: https://typst.app/docs/reference/pdf/
        if "could not be displayed with" in str(error):
            raise NameNeedsFonts(_font_advice(str(error))) from error
        raise


def clean_name(name: str) -> str:
    """Take out of a name what is no letter: controls, marks that turn the text around, pictures."""
    kept = "".join(char for char in unicodedata.normalize("NFC", name) if _is_printable(char))
    kept = _limit_marks(" ".join(kept.split()))
    if not any(char.isalnum() for char in kept):
        raise NameNeedsFonts("The name has no letter that can be printed. Write it in letters.")
    return kept if len(kept) <= LONGEST_NAME else kept[: LONGEST_NAME - 1].rstrip() + "…"


def _texts(facts: CertificateFacts, url: str) -> dict[str, str]:
    name = clean_name(facts.holder_name)
    edition = f" ({facts.edition})" if facts.edition else ""
    return {
        "brand": BRAND,
        "trial": "Local trial" if facts.is_local_trial else "",
        "name": _allow_breaks(name),
        "rtl": "yes" if _reads_from_the_right(name) else "",
        "course": facts.course_title,
        "achievement": facts.achievement,
        "minutes": f"{facts.minutes} min active",
        "issued": _day(facts.issued_on),
        "until": _day(facts.valid_until),
        "version": f"{facts.course_version}{edition}",
        "serial": facts.serial,
        "url": url,
        "qr": qr_code(url),
        "fine": (
            f"Awareness training; not a license; measured on {facts.scenes} written scenes; not approved by any state. "
            "Proof is the check page, not this paper."
        ),
        "unapproved": " ".join(map(disclaimer, facts.unapproved_states)),
    }


def _day(day: dt.date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _is_printable(char: str) -> bool:
    if char in _JOINERS or char.isspace():
        return True
    if "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0000":  # variation selectors, tags
        return False
    # Signs such as $ and < are printed as they are; what else counts as a symbol is mostly a picture.
    return unicodedata.category(char)[0] in ("LMNPS" if char < "\u0250" else "LMNP")


def _limit_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) == "Mn" else 0
        if marks <= MOST_MARKS and not (marks and not kept):
            kept.append(char)
    return "".join(kept)


def _allow_breaks(name: str) -> str:
    """Let a word without an end be broken, so that it can't leave the page."""
    return re.sub(rf"(\S{{{LONGEST_WORD}}})(?=\S)", "\\1\u200b", name)


def _reads_from_the_right(text: str) -> bool:
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((side for side in directions if side in ("L", "R", "AL")), "L") != "L"


def _font_advice(error: str) -> str:
    letters = re.search(r'text [`"]+(.*?)[`"]+ could', error)
    shown = f" ({letters[1][:20]})" if letters else ""
    return (
        f"No font is installed for some letters of this name{shown}. Install pylopdf-fonts-jp, pylopdf-fonts-zh-cn or "
        "pylopdf-fonts-ko for Japanese, Chinese or Korean, or give the name in other letters."
    )

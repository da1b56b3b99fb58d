"""Draw the certificate: a PDF picture of what a credential says. The check page, not the paper, is the proof."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst
from flask_babel import gettext as _

from trainer.content.subject import Vocabulary
from trainer.credentials.models import Stated
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer
from trainer.web.language import show_day
from trainer.web.paper import qr_code, typeset, unprinted

TEMPLATE: Final = Path(__file__).with_name("certificate.typ")
LONGEST_NAME: Final = 240  # characters; the form allows half of it
LONGEST_WORD: Final = 24  # characters; a longer word may be broken
MOST_MARKS: Final = 3  # combining marks on one letter; no script needs more

_JOINERS: Final = "\u200c\u200d"  # Persian and the Indic scripts write with them


class CertificatePaper(StrEnum):
    """The papers on which certificates are printed, as Typst calls them."""

    LETTER = "us-letter"
    A4 = "a4"


class NameNeedsFonts(Exception):
    """A name has letters for which no font is installed, or none that can be printed."""


def render_certificate(
    stated: Stated,
    url: str | None,
    brand: str,
    vocabulary: Vocabulary,
    sheet: CertificatePaper = CertificatePaper.LETTER,
    *,
    is_titled: bool = False,
) -> bytes:
    """Render one page as a tagged PDF. The same facts in the same language give the same bytes.

    Without a `url` where it can be checked it is a sample: marked all over, and without a QR code. `is_titled`: the
    course's title was made for certificates and says what it is about, so no sentence does.

    Raises NameNeedsFonts where a name can't be printed, ValueError for a `url` that is no web address.
    """
    if url is not None and not re.fullmatch(r"https?://[!-~]+", url):
        raise ValueError(f"not a web address: {url!r}")
    try:
        texts = {**_texts(stated, url, brand, vocabulary, is_titled), "paper": sheet}
        return _typeset(frozenset(texts.items()), stated.issued_on)
    except typst.TypstError as error:
        raise NameNeedsFonts(_font_advice(unprinted(error))) from error


@lru_cache(maxsize=200)
def _typeset(texts: frozenset[tuple[str, str]], day: dt.date) -> bytes:
    """Draw a certificate, or give the one that was drawn of the same texts: it takes some 40 KB, and a while."""
    return typeset(TEMPLATE, dict(texts), day)


def clean_name(name: str) -> str:
    """Remove from a name what isn't text: control characters, marks that turn the direction of text, pictures."""
    kept = "".join(char for char in unicodedata.normalize("NFC", name) if _is_printable(char))
    kept = _limit_marks(" ".join(kept.split()))
    if not any(char.isalnum() for char in kept):
        raise NameNeedsFonts(_("The name has no letter that can be printed. Write it in letters."))
    return kept if len(kept) <= LONGEST_NAME else kept[: LONGEST_NAME - 1].rstrip() + "…"


def _texts(stated: Stated, url: str | None, brand: str, vocabulary: Vocabulary, is_titled: bool) -> dict[str, str]:
    name = clean_name(stated.holder_name)
    edition = f" ({stated.edition})" if stated.edition else ""
    return {
        "brand": brand,
        "trial": _("Local trial") if stated.is_local_trial else "",
        "name": _allow_breaks(name),
        "rtl": "yes" if _reads_from_the_right(name) else "",
        "course": stated.course_title,
        "words": json.dumps(_words(stated, vocabulary, is_titled)),
        "facts": json.dumps(
            [
                [_("Learning time"), _("%(minutes)s min active", minutes=stated.minutes)],
                [_("Issued"), show_day(stated.issued_on, "long")],
                [_("Valid until"), show_day(stated.valid_until, "long")],
                [_("Course version"), f"{stated.course_version}{edition}"],
            ]
        ),
        "serial": show_serial(stated.serial),
        "url": url or "",
        "qr": qr_code(url) if url else "",
        "fine": _(
            "%(kind)s; measured on %(scenes)s written scenes; %(approval)s. Proof is the check page, not this paper.",
            kind=vocabulary.disclaimers.kind,
            approval=vocabulary.disclaimers.approval,
            scenes=stated.scenes,
        ),
        "unapproved": " ".join(map(disclaimer, stated.unapproved_states)),
    }


def _words(stated: Stated, vocabulary: Vocabulary, is_titled: bool) -> dict[str, Any]:
    """Return the certificate's texts around the facts. The course's title goes in bold between two parts."""
    if is_titled:
        completed = _(
            "has completed the course %(course)s, and %(achievement)s", course="\0", achievement=stated.achievement
        )
    else:
        completed = _(
            "has completed %(course)s, %(about)s, and %(achievement)s",
            course="\0",
            about=vocabulary.sentences.certificate,
            achievement=stated.achievement,
        )
    return {
        "title": _("Certificate"),
        "heading": _("Certificate of completion"),
        "certifies": _("This certifies that"),
        "completed": completed.split("\0", 1),
        "number": _("Number"),
        "qr": _("QR code: opens the check page"),
        "check": _("Check it:"),
        "sample": _("Sample – not a certificate"),
        "across": [_("SAMPLE"), _("not a certificate")],
        "no_code": _("Sample: no code"),
        "unchecked": _("A sample, with a made-up person and number. It can’t be checked."),
    }


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
    """Let an overlong word break, so that it can't run off the page."""
    return re.sub(rf"(\S{{{LONGEST_WORD}}})(?=\S)", "\\1\u200b", name)


def _reads_from_the_right(text: str) -> bool:
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((side for side in directions if side in ("L", "R", "AL")), "L") != "L"


def _font_advice(letters: str) -> str:
    return str(
        _(
            "No font is installed for some letters of this name%(shown)s. The name can be printed in other letters, or "
            "once the people who run this site have added a font.",
            shown=f" ({letters})" if letters else "",
        )
    )

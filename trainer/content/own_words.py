"""Our own few words within what authors write, such as "Open the source", in the language of the text around them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from babel.support import NullTranslations, Translations

SOURCE: Final = "en"
"""The language that everything is written in first."""
CATALOGS: Final = Path(__file__).parents[1] / "translations"


@cache
def own_words(language: str) -> NullTranslations:
    """Return the catalog of a language; where there is none, words stay as they are."""
    return Translations.load(CATALOGS, [language])

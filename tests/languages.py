"""A second language for tests: each text of ours in brackets that every font has, and longer; read
from the right, with dates of its own."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from flask import Flask

from tests.once import once
from trainer.core.settings import ROOT

PSEUDO: Final = "ar"
ON_PAPER: Final = "uk"
"""The same from the left, for paper: what stands in a PDF comes out of it in the order in which it is seen."""
_METHODS: Final = [
    (one["pattern"], one["method"])
    for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
]
_MARKS: Final = {**DEFAULT_KEYWORDS, "_l": None}


def pseudo(text: str) -> str:
    """Return a text as the second language has it."""
    return f"«{text} ···»"


def speak_pseudo(app: Flask) -> None:
    """Let the app speak the second language to whoever asks for it in Accept-Language, and in mails that want it."""
    babel = app.extensions["babel"]
    babel.translation_directories[:] = [str(catalogs())]
    app.extensions["languages"] = lambda: ["en", PSEUDO, ON_PAPER]


@cache
def catalogs() -> Path:
    """Return the folder with the catalog of the second language, as `trainer/translations` has those of others."""
    return once("languages", _write_catalogs)


def _write_catalogs(folder: Path) -> None:
    extracted = extract_from_dir(ROOT / "trainer", _METHODS, keywords=_MARKS)
    texts = [text for _file, _line, text, _comments, _context in extracted]
    for language in (PSEUDO, ON_PAPER):
        file = folder / language / "LC_MESSAGES" / "messages.mo"
        file.parent.mkdir(parents=True)
        with file.open("wb") as out:
            write_mo(out, _catalog(language, texts))


def _catalog(language: str, texts: list[str | tuple[str, ...]]) -> Catalog:
    catalog = Catalog(locale=language, fuzzy=False)
    for text in texts:
        if isinstance(text, tuple):
            one, many = text
            catalog.add(text, (pseudo(one), *[pseudo(many)] * (catalog.num_plurals - 1)))
        else:
            catalog.add(text, pseudo(text))
    return catalog

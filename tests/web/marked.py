"""Words of a page that aren't marked for translation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import yaml

from tests.conftest import CONTENT
from tests.web.world import World
from trainer.content.quotes import straight

# addresses, codes, numbers of requests
_NO_WORD = re.compile(r"https?://\S+|[0-9A-Z]{3,4}-[0-9A-Z]{3,4}|\d{3}-[0-9a-f]{12}")
_SPOKEN = ("alt", "title", "aria-label", "placeholder")


class _Texts(HTMLParser):
    """Collects what a page shows or says."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.extend(value for name, value in attrs if name in _SPOKEN and value)
        if tag in {"script", "style", "code", "option"}:
            self.silent = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def unmarked(page: str) -> Iterator[str]:
    """Yield texts with a word in them that stands outside all brackets."""
    texts = _Texts()
    texts.feed(page)
    yield from unmarked_in(texts.found)


def unmarked_in(found: Iterable[str]) -> Iterator[str]:
    """Yield texts with a word in them that stands outside all brackets, which may open in one text and close later."""
    whole, before = " ¶ ".join(" ".join(text.split()) for text in found), ""
    while whole != before:
        before, whole = whole, re.sub("«[^«»]*»", "¶", whole)
    for text in re.split("¶| – ", whole):
        text = text.strip(" –.:;,\u2068\u2069")
        if re.search("[A-Za-z]{3}", text) and not _NO_WORD.fullmatch(text):
            yield text


def of_firm(world: World) -> set[str]:
    """Return the addresses of all pages of the firm."""
    firm = f"/organizations/{world.values['organization_id']}"
    return {address for method, _endpoint, address in world.routes() if method == "GET" and address.startswith(firm)}


def is_content(text: str, folder: Path = CONTENT) -> bool:
    """Return True for a line or a value of the content, or for a sentence of it, whichever quotation marks it has."""
    text = straight(text)
    values, words = words_of_content(folder)
    sentences = [one.rstrip(".") for one in re.split(r"(?<=\.)\s+", text)]
    return text in values or all(one in values for one in sentences) or (len(text.split()) > 5 and text in words)


@cache
def words_of_content(folder: Path = CONTENT) -> tuple[set[str], str]:
    """Return lines and words of the content, which has translations of its own beside its files."""
    written = sorted(file for file in folder.rglob("*") if file.suffix in {".md", ".yaml"})
    files = [file for file in written if len(file.suffixes) == 1]  # Without translations, such as us.es.yaml.
    lists = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files if file.parent == folder / "help"]
    phones = {line["id"]: str(line.get("phone")) for lines in lists for line in lines}
    told = [re.sub(r"\{help:(.+?)\}", lambda line: phones.get(line[1], line[0]), file.read_text()) for file in files]
    lines = [re.sub("[*_`]", "", straight(line)).strip() for text in told for line in text.splitlines()]
    values = {re.sub(r"^(- )?([a-z_]+: )?", "", line).strip(" \"'.:;,") for line in lines}
    said = {
        straight(word).strip(" .")
        for word in _texts(yaml.safe_load((folder / "vocabulary.yaml").read_text(encoding="utf-8")))
    }
    return values | said | {word[:1].upper() + word[1:] for word in said}, " ".join(" ".join(lines).split())


def _texts(written: object) -> Iterator[str]:
    """Yield each text of a file, wherever it stands."""
    if isinstance(written, str):
        yield written
    elif isinstance(written, list | dict):
        for one in written.values() if isinstance(written, dict) else written:
            yield from _texts(one)

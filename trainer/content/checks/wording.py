"""Words that the vocabulary bans, in any text that is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from os.path import commonprefix
from typing import Any, Final

from trainer.content import markdown
from trainer.content.catalogue import Source
from trainer.content.folder import Entry, Folder
from trainer.content.markdown import Body
from trainer.content.phrases import pattern_of
from trainer.content.quotes import straight
from trainer.content.schema import ScenarioFile
from trainer.content.yaml_lines import Key

_NOT_SHOWN: Final = frozenset(
    {
        "id",
        "address",
        "web",
        "chat",
        "exit_target",
        "source",
        "sources",
        "indicators",
        "pair",
        "banned",
        "banned_in_scenes",
        "finds",
        "lacks",
    }
)
_WORD_REMEDY: Final = "Use another word, or mark a quotation or a name of a law with [[...]]."


def check_wording(folder: Folder) -> None:
    """Check every text that is shown."""
    if folder.vocabulary is None:
        return
    words = folder.vocabulary.value
    everywhere, in_scenes = pattern_of(words.banned), pattern_of([*words.banned, *words.banned_in_scenes])
    stems = [_stem(phrase) for phrase in (*words.banned, *words.banned_in_scenes)]
    for entry in folder.entries:
        if folder.is_settled(entry):
            continue
        pattern = in_scenes if isinstance(entry.value, ScenarioFile) else everywhere
        whole = straight(f"{entry.written.whole_text()} {entry.body.source}").lower()
        letters = whole.replace("*", "").replace("_", "")
        if not any(stem in letters for stem in stems):  # nearly always
            continue
        for key, text in _shown_texts(entry):
            for match in pattern.finditer(straight(text)):
                line = entry.body.first_line if key is None else entry.line(*key)
                at = line + text.count("\n", 0, match.start())
                word = " ".join(match[0].split())
                entry.refuse(at, f'"{word}" is a word that we do not use', _WORD_REMEDY)


def _stem(phrase: str) -> str:
    """Return a part that every text with the phrase contains; searching for it is faster."""
    beginnings = (commonprefix(word.lower().split("|")) for word in straight(phrase).split())  # noqa: RUF071 letters, no paths
    return max(beginnings, key=len)


def _shown_texts(entry: Entry[Any]) -> Iterator[tuple[Key | None, str]]:
    """Yield each text with its key; the body has none."""
    is_exempt = isinstance(entry.value, Source) and entry.value.exempt
    for key, text in entry.written.texts():
        names = [part for part in key if isinstance(part, str)]
        if not _NOT_SHOWN.intersection(names) and not is_exempt:
            yield key, markdown.blank_exempt(text).replace("\n", " ")
    yield None, _words_of(entry.body)


def _words_of(body: Body) -> str:
    """Blank what is not read as words, keeping each line where it is."""
    without_addresses = re.sub(r"\]\([^])\n]*\)", "]", body.source)
    return re.sub(r"[*_]", "", markdown.blank_exempt(without_addresses))

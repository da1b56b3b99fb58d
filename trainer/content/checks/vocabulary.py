"""The vocabulary of the subject: each word once, and every other file takes its words from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from trainer.content.complaints import short
from trainer.content.folder import Entry, Folder
from trainer.content.parts import Part
from trainer.content.plain_words import label
from trainer.content.schema import Refuse
from trainer.content.subject import Vocabulary, WordList
from trainer.content.yaml_lines import Key


def check_vocabulary(folder: Folder) -> None:
    """Check that no word is listed twice, and that each danger sign is there."""
    entry = folder.vocabulary
    if entry is None:
        return
    for words in get_args(WordList):
        listed = entry.value.ids(words)
        for index, word in enumerate(listed):
            if word in listed[:index]:
                entry.refuse((words, index), f'"{word}" is listed twice in "{words}"', "Take one out.")
    _check_ladder(entry)
    for index, sign in enumerate(entry.value.danger_signs):
        if not folder.knows("indicator", sign):
            entry.refuse(("danger_signs", index), f'no indicator is called "{sign}"', "Correct its id.")


def _check_ladder(entry: Entry[Vocabulary]) -> None:
    rules, drawn = entry.value.ids("rules"), [rule for rung in entry.value.ladder for rule in rung.rules]
    for index, rung in enumerate(entry.value.ladder):
        for rule in rung.rules:
            hold_word(rules, ("ladder", index, "rules"), rule, entry.refuse)
    for rule in rules:
        if drawn.count(rule) != 1:
            entry.refuse("ladder", f'"{rule}" stands {drawn.count(rule)} times on the ladder', "Put it on one rung.")


def check_word(folder: Folder, entry: Entry[Part], key: Key, word: str, words: WordList) -> None:
    """Check that a word of a file is in a list of the vocabulary."""
    if folder.vocabulary is not None:
        hold_word(folder.vocabulary.value.ids(words), key, word, entry.refuse)


def hold_word(known: Sequence[str], key: Key, word: str, refuse: Refuse) -> None:
    """Refuse a word that is not among those of the vocabulary."""
    if word not in known:
        refuse(
            key,
            f'{label(key)} can\'t be "{short(word)}"',
            f"Use one of: {', '.join(known)}; or add it to vocabulary.yaml.",
        )

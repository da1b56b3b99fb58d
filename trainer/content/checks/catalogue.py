"""The signs and their groups."""

from __future__ import annotations

from trainer.content.catalogue import Indicator
from trainer.content.checks.bodies import check_source
from trainer.content.checks.vocabulary import check_word
from trainer.content.folder import Entry, Folder


def check_categories(folder: Folder) -> None:
    """Check that each group of signs has its own letter, and the picture that it names."""
    letters: dict[str, str] = {}
    for category in folder.categories.values():
        if category.value.letter in letters:
            category.refuse(
                "letter",
                f'"{category.value.id}" and "{letters[category.value.letter]}" have the same letter',
                "Give each its own.",
            )
        letters[category.value.letter] = category.value.id
        picture = category.value.picture
        if picture and not folder.knows("picture", picture):
            category.refuse("picture", f'there is no picture "{picture}"', f"Add pictures/{picture}.svg.")


def check_indicators(folder: Folder) -> None:
    """Check that each sign is in its group, has its sources, and is told in full if it misleads."""
    for indicator in folder.indicators.values():
        _check_indicator(folder, indicator)


def _check_indicator(folder: Folder, entry: Entry[Indicator]) -> None:
    indicator = entry.value
    category = folder.categories.get(indicator.category)
    if category is not None and category.value.letter != indicator.id[0]:
        entry.refuse(
            "category",
            f'{indicator.id} is in category "{indicator.category}", which has the letter {category.value.letter}',
            "Correct the category.",
        )
    if not folder.knows("category", indicator.category):
        entry.refuse("category", f'no category is called "{indicator.category}"', "Add it or correct its id.")
    check_word(folder, entry, ("about",), indicator.about, "topics")
    for index, venue in enumerate(indicator.venues):
        check_word(folder, entry, ("venues", index), venue, "venues")
    for index, source in enumerate(indicator.sources):
        check_source(folder, entry, ("sources", index), source)
    if indicator.counts_in and not folder.knows("category", indicator.counts_in):
        entry.refuse("counts_in", f'no category is called "{indicator.counts_in}"', "Correct its id.")
    for index, detail in enumerate(indicator.details):
        if detail.id in [other.id for other in indicator.details[:index]]:
            entry.refuse(("details", index, "id"), f'"{detail.id}" is there twice', "Give one another id.")
        if detail.source:
            check_source(folder, entry, ("details", index, "source"), detail.source)
    if indicator.details and indicator.kind == "false_cue":
        entry.refuse("details", f"{indicator.id} misleads, whatever the details", "Take them out.")
    if indicator.strength == "medium-strong" and "strong" not in indicator.strengths.values():
        entry.refuse("strength", f"no detail makes {indicator.id} strong", "Add it to its details, or write medium.")
    for key in ("told", "misleads"):
        if indicator.kind == "false_cue" and getattr(indicator, key) is None:
            entry.refuse((), f'false cue {indicator.id} has no "{key}"', "Add it: learners compare the two.")

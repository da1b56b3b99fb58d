"""Field cards: signs that count, alone or together, by the rule."""

from __future__ import annotations

from trainer.content.checks.rule import STRONG, has_two_medium
from trainer.content.checks.vocabulary import check_word
from trainer.content.folder import Entry, Folder
from trainer.content.papers import Card, Together
from trainer.content.yaml_lines import Key


def check_cards(folder: Folder) -> None:
    """Check that each card is of known venues, and that the signs on it add up."""
    for entry in folder.cards.values():
        for index, venue in enumerate(entry.value.venues):
            check_word(folder, entry, ("venues", index), venue, "venues")
        for key in ("together", "alone"):
            for index, part in enumerate(getattr(entry.value, key)):
                _check_card_signs(folder, entry, (key, index), part)


def _check_card_signs(folder: Folder, entry: Entry[Card], key: Key, part: Together) -> None:
    line = entry.line(*key)
    for sign in part.signs:
        if not folder.knows("indicator", sign):
            entry.refuse(line, f'no indicator is called "{sign}"', "Correct its id.")
    signs = [folder.indicators[sign].value for sign in part.signs if sign in folder.indicators]
    if len(signs) < len(part.signs):
        return
    misleading = [sign.id for sign in signs if sign.kind == "false_cue"]
    if misleading:
        entry.refuse(line, f"{', '.join(misleading)} misleads and counts nowhere", "Take it out.")
    if key[0] == "alone" and not any(sign.strength in STRONG or sign.strength_note for sign in signs):
        entry.refuse(line, "no sign in it counts alone", 'Put it under "together".')
    if key[0] == "together" and not has_two_medium(signs):
        entry.refuse(line, "these signs don't add up by the rule", "Name signs of two groups.")

"""Field cards: signs that count, alone or together, by the rule."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.content.catalogue import Indicator
from trainer.content.checks.vocabulary import check_word
from trainer.content.evidence import line_of, shown_signs
from trainer.content.folder import Entry, Folder
from trainer.content.papers import Card, Log, Together
from trainer.content.subject import Evidence, Truth, Verdict
from trainer.content.yaml_lines import Key


def check_cards(folder: Folder) -> None:
    """Check that each card is of known venues, and that the signs on it add up."""
    for entry in folder.cards.values():
        for index, venue in enumerate(entry.value.venues):
            check_word(folder, entry, ("venues", index), venue, "venues")
        for key in ("together", "alone"):
            for index, part in enumerate(getattr(entry.value, key)):
                _check_card_signs(folder, entry, (key, index), part)
        if entry.value.log:
            _check_log(folder, entry, entry.value.log)


def _check_log(folder: Folder, entry: Entry[Card], log: Log) -> None:
    """A log names signs where its line of the rule rests on some, and none that mislead."""
    check_word(folder, entry, ("log", "rule"), log.rule, "rules")
    _find_signs(folder, entry, entry.line("log", "signs"), log.signs)
    rule = folder.vocabulary.value.find_rule(log.rule) if folder.vocabulary else None
    if rule is None:
        return
    if rule.signs.best is not Verdict.NOTHING_TO_REPORT and not log.signs:
        entry.refuse(("log", "rule"), f'"{rule.id}" rests on signs, and the log names none', 'Add "signs".')
    if rule.signs is Evidence.NONE and log.signs:
        entry.refuse(("log", "signs"), f'by "{rule.id}" there is no sign', "Take them out, or name another line.")


def _check_card_signs(folder: Folder, entry: Entry[Card], key: Key, part: Together) -> None:
    line = entry.line(*key)
    signs = _find_signs(folder, entry, line, part.signs)
    if signs is None:
        return
    if key[0] == "alone" and not any("strong" in sign.strengths.values() for sign in signs):
        entry.refuse(line, "no sign in it counts alone", 'Put it under "together".')
    together = shown_signs([sign.id for sign in signs], {sign.id: sign for sign in signs})
    if key[0] == "together" and line_of(together, is_repeated=True).truth is not Truth.CONCERN:
        entry.refuse(line, "these signs don't add up by the rule", "Name signs of two groups.")


def _find_signs(folder: Folder, entry: Entry[Card], line: int, names: Sequence[str]) -> list[Indicator] | None:
    """Return the signs of these names, or None if some aren't known; complain of those and of what misleads."""
    for sign in names:
        if not folder.knows("indicator", sign):
            entry.refuse(line, f'no indicator is called "{sign}"', "Correct its id.")
    signs = [folder.indicators[sign].value for sign in names if sign in folder.indicators]
    if len(signs) < len(names):
        return None
    misleading = [sign.id for sign in signs if sign.kind == "false_cue"]
    if misleading:
        entry.refuse(line, f"{', '.join(misleading)} misleads and counts nowhere", "Take it out.")
    return signs

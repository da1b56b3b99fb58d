"""Rare shifts: enough short events to draw a night from, each with signs that carry its line of the rule."""

from __future__ import annotations

from itertools import pairwise

from trainer.content.checks.rule import find_signs, rule_fault
from trainer.content.checks.vocabulary import check_word
from trainer.content.evidence import line_of
from trainer.content.folder import Entry, Folder
from trainer.content.nights import RareEvent, RareFile
from trainer.content.subject import Rule, Truth, Vocabulary


def check_rare_shifts(folder: Folder) -> None:
    """Check the rare shift of each course that has one."""
    for course in folder.courses.values():
        if course.rare:
            _check_rare(folder, course.rare)


def _check_rare(folder: Folder, entry: Entry[RareFile]) -> None:
    night = entry.value
    names = [event.id for event in night.events]
    for index, event in enumerate(night.events):
        if event.id in names[:index]:
            entry.refuse(("events", index, "id"), f'"{event.id}" is there twice', "Give one another id.")
        check_word(folder, entry, ("events", index, "rule"), event.rule, "rules")
    words = folder.vocabulary.value if folder.vocabulary else None
    rules = [(event, words.find_rule(event.rule) if words else None) for event in night.events]
    for index, (event, rule) in enumerate(rules):
        if words and rule:
            _check_event(folder, entry, index, event, rule, words)
    clocks = [event.clock for event in night.events if event.clock]
    if sum(later < earlier for earlier, later in pairwise(clocks)) > 1:  # once it may be midnight
        entry.refuse("events", "the events aren't in the order of the clock", "Reorder them.")
    if all(rule for _event, rule in rules):
        worrying = sum(rule.signs.truth is Truth.CONCERN for _event, rule in rules if rule)
        ordinary = len(rules) - worrying
        for key, there, needed, kind in (
            ("number", ordinary, night.number, "ordinary"),
            ("worrying_at_most", worrying, night.worrying_at_most, "worrying"),
        ):
            if there < needed:
                entry.refuse(key, f"there are only {there} {kind} events to draw {needed} from", "Add some.")


def _check_event(
    folder: Folder, entry: Entry[RareFile], index: int, event: RareEvent, rule: Rule, words: Vocabulary
) -> None:
    at = ("events", index, "signs")
    shown = find_signs(folder, entry, {(*at, number): ref for number, ref in enumerate(event.signs)})
    if shown is None:
        return
    if fault := rule_fault(rule, line_of(shown), shown, words):
        entry.refuse(("events", index, "rule"), *fault)
    elif rule.signs.truth is Truth.CONCERN and event.clock:
        entry.refuse(("events", index, "clock"), "a worrying event has no clock", "It may come at any hour.")

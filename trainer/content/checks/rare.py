"""Rare shifts: enough short events to draw a night from, each with signs that carry its line of the rule."""

from __future__ import annotations

from itertools import pairwise

from trainer.content.checks.rule import concern_fault, quiet_fault, strength_fault
from trainer.content.checks.vocabulary import check_word
from trainer.content.folder import Entry, Folder
from trainer.content.nights import RareEvent, RareFile
from trainer.content.subject import Evidence, Rule, Truth, Vocabulary


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
    for sign in event.signs:
        if not folder.knows("indicator", sign):
            entry.refuse((*at, sign), f'no indicator is called "{sign}"', "Correct its id.")
    shown = [(folder.indicators[sign].value, how) for sign, how in event.signs.items() if sign in folder.indicators]
    if len(shown) < len(event.signs):
        return
    for indicator, strength in shown:
        too_strong = strength_fault(indicator, strength)
        if too_strong:
            entry.refuse((*at, indicator.id), *too_strong)
            return
    if rule.signs.truth is Truth.CONCERN:
        fault = concern_fault(rule, shown, words.danger_signs)
        groups = {indicator.category for indicator, strength in shown if strength != "weak"}
        if not fault and rule.signs is Evidence.TWO_MEDIUM and len(groups) < 2:
            fault = "the groups of two medium signs of one night must differ", "Add a sign, or correct the rule."
        if event.clock:
            entry.refuse(("events", index, "clock"), "a worrying event has no clock", "It may come at any hour.")
    else:
        fault = quiet_fault(rule, shown)
    if fault:
        entry.refuse(at if event.signs else ("events", index), *fault)

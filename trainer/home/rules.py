"""What a firm's own page leads through until it runs, and the weeks that it looks ahead. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trainer.assignments.rules import SOON

NEAR: Final = dt.timedelta(days=14)
"""Certificates and waivers that end within this time need someone's attention."""


class SetupStep(StrEnum):
    """A step of setting up a firm."""

    REQUIREMENT = "requirement"
    ROSTER = "roster"
    INVITATIONS = "invitations"
    SLIPS = "slips"
    POSTERS = "posters"
    JOINED = "joined"


class StepState(StrEnum):
    """How a step stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


OPTIONAL: Final = (SetupStep.INVITATIONS, SetupStep.SLIPS, SetupStep.POSTERS)
"""People can join in one of these ways or another."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """How far a firm is set up. People are counted without the one who looks, and only those who are here."""

    people: int
    joined: int
    has_requirement: bool
    with_address: int
    """Of those who haven't joined."""
    uninvited: int
    without_address: int
    """Of those who haven't joined."""
    slipless: int | None
    """None where no slips can be printed."""
    has_code: bool
    skipped: frozenset[str]


def steps(beginning: Beginning) -> list[tuple[SetupStep, StepState]]:
    """Return the steps in order. Those for people with or without an address aren't there where there are none."""
    is_done = {
        SetupStep.REQUIREMENT: beginning.has_requirement,  # first, so that an invitation can say what is required
        SetupStep.ROSTER: beginning.people > 0,
        SetupStep.INVITATIONS: beginning.uninvited == 0,
        SetupStep.SLIPS: beginning.slipless == 0,
        SetupStep.POSTERS: beginning.has_code,
        SetupStep.JOINED: beginning.joined > 0,
    }
    if not beginning.with_address:
        del is_done[SetupStep.INVITATIONS]
    if not beginning.without_address or beginning.slipless is None:
        del is_done[SetupStep.SLIPS]
    return [
        (step, StepState.DONE if done else StepState.SKIPPED if step in beginning.skipped else StepState.OPEN)
        for step, done in is_done.items()
    ]


def weeks(today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return the first and last days of the weeks from today to the last day that is soon; weeks begin on Monday."""
    last, first, spans = today + dt.timedelta(days=SOON), today, []
    while first <= last:
        sunday = first + dt.timedelta(days=6 - first.weekday())
        spans.append((first, min(sunday, last)))
        first = sunday + dt.timedelta(days=1)
    return spans

"""How a class judged before its first course, and how on the check-in that asks the other form of the same pairs."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from trainer.assessment import pretest
from trainer.assessment.measures.disclosure import GroupCount, may_tell
from trainer.assessment.measures.groups import PairAnswer, crossover
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.subject import Truth, Verdict
from trainer.core.db import db
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import present

_BOTH = (Kind.PRETEST, Kind.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class GainChange:
    """How many answers of people who gave both were reports: (reports, answers) before and after, and the change
    of the share that is free of the forms, with the interval in which it plausibly lies."""

    before: tuple[int, int]
    after: tuple[int, int]
    difference: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Gain:
    """Before and after of a class. `hits`: of scenes to report, `false_alarms`: of innocent ones. None: too few."""

    people: int
    """Who answered both since joining."""
    hits: GainChange | None = None
    false_alarms: GainChange | None = None
    asked: int = 0
    """Who answered the pretest since joining."""

    @property
    def lost(self) -> int:
        """Who answered the pretest and not, or not yet, the check-in."""
        return self.asked - self.people


class FormAnswer(NamedTuple):
    """A verdict of someone whose pretest had one of the two forms, on one of the two days."""

    kind: Kind
    first_form: str
    truth: Truth
    answer: PairAnswer


def count_gain(cohort: Cohort) -> Gain:
    """Return what changed from the pretest to the check-in on day 163, of people who answered both since joining.

    Both days ask the same, and are scored by the verdict, which is recorded before either shows first steps. Told from
    `groups.FEWEST_PEOPLE` people on; other scenes, such as those of finals, are no measure of a change.
    """
    answers = _answers(cohort)
    before, after = ({given.answer.person for given in answers if given.kind is kind} for kind in _BOTH)
    both = before & after

    def change(truth: Truth) -> GainChange | None:
        told = [given for given in answers if given.truth is truth and given.answer.person in both]
        orders = [_days(given for given in told if given.first_form == form) for form in pretest.FORMS]
        changed = crossover(orders) if len({given.answer.pair for given in told}) > 1 else None
        days = _days(told)
        if changed is None or not all(may_tell(_counted(day)) for day in days):
            return None
        first, second = (_counted(day) for day in days)
        return GainChange((first.part, first.whole), (second.part, second.whole), changed.value, changed.interval())

    return Gain(len(both), change(Truth.CONCERN), change(Truth.NO_CONCERN), len(before))


def _days(given: Iterable[FormAnswer]) -> tuple[list[PairAnswer], list[PairAnswer]]:
    """Return the answers of both days."""
    answers = list(given)
    first, second = ([row.answer for row in answers if row.kind is kind] for kind in _BOTH)
    return first, second


def _answers(cohort: Cohort) -> list[FormAnswer]:
    verdict, payload = Response.given["verdict"].as_string(), ItemSnapshot.payload
    rows = db.session.execute(
        select(
            Attempt.user_id,
            Attempt.kind,
            Attempt.rule["form"].as_string(),
            Response.item,
            verdict,
            payload["truth"].as_string(),
            payload["pair"].as_string(),
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(ItemSnapshot, ItemSnapshot.digest == Response.item_digest)
        .join(CohortMember, CohortMember.user_id == Attempt.user_id)
        .where(
            present(cohort),
            Attempt.course == cohort.course,
            Attempt.kind.in_(_BOTH),
            Attempt.submitted_at.is_not(None),
            Response.saved_at >= CohortMember.joined_at,
            verdict.is_not(None),
        )
        .order_by(Response.saved_at)
    )
    # A second certificate asks the other form again: the first time is the one that counts.
    firsts: dict[tuple[uuid.UUID, str, str], FormAnswer] = {}
    forms: dict[Hashable, str] = {}
    for user_id, kind, form, item, said, truth, pair in rows:
        if kind == Kind.PRETEST:
            forms[user_id] = form
        answer = PairAnswer(user_id, pair, said == Verdict.REPORT_NOW)
        firsts.setdefault((user_id, kind, item), FormAnswer(Kind(kind), "", Truth(truth), answer))
    return [given._replace(first_form=forms.get(given.answer.person, "")) for given in firsts.values()]


def _counted(answers: Sequence[PairAnswer]) -> GroupCount:
    return GroupCount(
        len({answer.person for answer in answers}), sum(answer.is_report for answer in answers), len(answers)
    )

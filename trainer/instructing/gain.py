"""How a class judged before its first course, and how on the check-in that asks the other form of the same pairs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from trainer.assessment.measures.groups import PairAnswer, difference
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.subject import Truth, Verdict
from trainer.core.db import db
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import present

_BOTH = (Kind.PRETEST, Kind.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class GainChange:
    """How many answers of people who gave both were reports: (reports, answers) before and after, and the shares'
    difference with the interval in which it plausibly lies."""

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


def count_gain(cohort: Cohort) -> Gain:
    """Return what changed from the pretest to the check-in on day 163, of people who answered both since joining.

    Said from `groups.FEWEST_PEOPLE` people on; other scenes, such as those of finals, are no measure of a change.
    """
    answers = _answers(cohort)
    of_kind = {kind: [answer for answer in answers if answer[0] is kind] for kind in _BOTH}
    both = set.intersection(*({row[2].person for row in rows} for rows in of_kind.values()))

    def change(truth: Truth) -> GainChange | None:
        before, after = (
            [answer for _kind, shown, answer in rows if shown is truth and answer.person in both]
            for rows in of_kind.values()
        )
        changed = difference(before, after) if len({answer.pair for answer in before + after}) > 1 else None
        if changed is None:
            return None
        return GainChange(_counted(before), _counted(after), changed.value, changed.interval())

    return Gain(len(both), change(Truth.CONCERN), change(Truth.NO_CONCERN))


def _answers(cohort: Cohort) -> list[tuple[Kind, Truth, PairAnswer]]:
    verdict, payload = Response.given["verdict"].as_string(), ItemSnapshot.payload
    rows = db.session.execute(
        select(
            Attempt.user_id,
            Attempt.kind,
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
    firsts: dict[tuple[uuid.UUID, str, str], tuple[Kind, Truth, PairAnswer]] = {}
    for user_id, kind, item, said, truth, pair in rows:
        answer = PairAnswer(user_id, pair, said == Verdict.REPORT_NOW)
        firsts.setdefault((user_id, kind, item), (Kind(kind), Truth(truth), answer))
    return list(firsts.values())


def _counted(answers: Iterable[PairAnswer]) -> tuple[int, int]:
    said = [answer.is_report for answer in answers]
    return sum(said), len(said)

"""The answers of a trial, one row each, under codes that are fresh in each export; what each column means."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.subject import Truth, Verdict
from trainer.core import chance
from trainer.core.db import db
from trainer.core.errors import NotYet
from trainer.extras.study.models import Trial, TrialPerson
from trainer.items.judge.payload import ScenePayload
from trainer.items.registry import read_scene
from trainer.web.tables import Table

OCCASIONS: Final = {Kind.PRETEST: 1, Kind.RETEST: 2}
CODEBOOK: Final = {
    "person": "Random code of a person, new in each export. Codes of two exports can't be joined.",
    "site": "Random code of the team or class at which the lot was drawn, new in each export.",
    "arm": "Group by lot: 'now' (course after the first form) or 'later' (course after the second form).",
    "form": "Form of the scenes on this occasion: 'a' or 'b'. Everyone judges both; each has one twin of each pair.",
    "occasion": "1: after agreeing to take part. 2: 28 days later, or up to 14 days after that.",
    "kind": "Kind of attempt: 'pretest' (occasion 1) or 'retest' (occasion 2).",
    "position": "Place of the scene in the form, from 1. The order is random for each person.",
    "pair": "Id of the pair of twins that the scene belongs to.",
    "truth": "'concern': to report by the rule. 'no_concern': not.",
    "telling": "1: first telling of the scene. 2: the same with the second set of people.",
    "verdict": "What was said: 'report-now', 'note-and-watch' or 'nothing-to-report'. Reported means 'report-now'.",
    "sureness": "How sure: 'guessing', 'fairly-sure' or 'certain'.",
    "step_grade": "Grade of the first step: 'best', 'fine', 'wrong-route' or 'harmful'. Empty: none was given.",
    "seconds": "How long the scene was shown before its verdict was recorded, as the page says. Empty: unknown.",
    "language": "Language of the page when the form was begun, as a tag of BCP 47.",
    "content": "SHA-256 of the scene as it was shown: its content version.",
}
"""The columns of an export, in order, and what each means."""


@dataclass(frozen=True, slots=True)
class StudyAnswer:
    """One answer of someone who takes part."""

    user_id: uuid.UUID
    arm: str
    form: str
    occasion: int
    attempt: Attempt
    response: Response
    scene: ScenePayload
    digest: str

    @property
    def is_report(self) -> bool:
        """True if the verdict is to report now."""
        return (self.response.given or {}).get("verdict") == Verdict.REPORT_NOW

    @property
    def is_concern(self) -> bool:
        """True if it is to be reported."""
        return self.scene.truth is Truth.CONCERN

    @property
    def pair(self) -> str:
        """The id of its pair."""
        return self.scene.pair or self.response.item

    def told(self) -> dict[str, str | int | float | None]:
        """Return what an export says of it, without codes."""
        given = self.response.given or {}
        grades = {action.id: action.grade.value for action in self.scene.actions}
        return {
            "arm": self.arm,
            "form": self.form,
            "occasion": self.occasion,
            "kind": self.attempt.kind,
            "position": self.response.position,
            "pair": self.pair,
            "truth": self.scene.truth.value,
            "telling": 2 if self.scene.is_swapped else 1,
            "verdict": given.get("verdict"),
            "sureness": given.get("confidence"),
            "step_grade": grades.get(given.get("action") or ""),
            "seconds": self.response.seconds,
            "language": self.attempt.language,
            "content": self.digest,
        }


def list_people(trial: Trial) -> list[TrialPerson]:
    """Return who takes part and hasn't withdrawn, in random order."""
    query = select(TrialPerson).where(TrialPerson.trial_id == trial.id, TrialPerson.withdrew_at.is_(None))
    people = list(db.session.scalars(query))
    chance.rng.shuffle(people)
    return people


def iterate_answers(person: TrialPerson) -> Iterator[StudyAnswer]:
    """Yield what someone answered on both occasions, of forms that were handed in before the trial was closed."""
    rows = db.session.execute(
        select(Attempt, Response, ItemSnapshot)
        .join(Response, Response.attempt_id == Attempt.id)
        .join(ItemSnapshot, ItemSnapshot.digest == Response.item_digest)
        .join(Trial, Trial.id == person.trial_id)
        .where(
            Attempt.user_id == person.user_id,
            Attempt.kind.in_(OCCASIONS),
            Attempt.submitted_at.is_not(None),
            (Trial.closed_at.is_(None)) | (Attempt.submitted_at <= Trial.closed_at),
            Response.given.is_not(None),
        )
        .order_by(Attempt.kind, Response.position)
    )
    for attempt, response, snapshot in rows:
        if not (response.given or {}).get("verdict"):
            continue
        occasion = OCCASIONS[Kind(attempt.kind)]
        form = person.form if occasion == 1 else {"a": "b", "b": "a"}[person.form]
        scene = read_scene(snapshot.payload)
        yield StudyAnswer(person.user_id, person.arm, form, occasion, attempt, response, scene, snapshot.digest)


def answers_table(trial: Trial) -> Table:
    """Return all answers of a closed trial as a table, read as it is written. Raises NotYet for an open one."""
    if trial.closed_at is None:
        raise NotYet(_l("The answers of a trial can be exported once it is closed."))
    name = "made-up-study-answers" if trial.is_made_up else "study-answers"
    return Table(name, tuple(CODEBOOK), _rows(list_people(trial)))


def _rows(people: list[TrialPerson]) -> Iterator[list[str | int | float | None]]:
    sites: dict[str, str] = {}
    for person in people:
        code, site = f"P{secrets.token_hex(5)}", sites.setdefault(person.site, f"S{secrets.token_hex(4)}")
        for answer in iterate_answers(person):
            row = {"person": code, "site": site, **answer.told()}
            yield [row[name] for name in CODEBOOK]

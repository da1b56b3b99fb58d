"""Which scenes someone judged wrongly, for classes that said so before people joined."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainer.assessment import words
from trainer.assessment.models import Attempt, Response
from trainer.assessment.queries import list_responses
from trainer.assessment.review import list_shown
from trainer.assessment.rules import Kind
from trainer.content.library import Content
from trainer.core.db import db
from trainer.instructing.misreads import scene_label
from trainer.instructing.models import Cohort, CohortMember
from trainer.items.judge.payload import Outcome
from trainer.items.registry import read_scene

MOST = 200


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A scene that was judged wrongly."""

    kind: Kind
    answered_at: dt.datetime
    label: str
    outcome: Outcome
    word: str


def list_answers(cohort: Cohort, member: CohortMember, content: Content) -> list[WrongAnswer]:
    """Return what someone judged wrongly since joining, the newest first: of a final what they are shown themselves."""
    rows = db.session.execute(
        select(Attempt, Response)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(
            Attempt.user_id == member.user_id,
            Attempt.course == cohort.course,
            Attempt.kind.in_([Kind.PRACTICE, Kind.FINAL]),
            Attempt.submitted_at.is_not(None),
            Response.saved_at >= member.joined_at,
        )
        .options(joinedload(Response.snapshot))
        .order_by(Response.saved_at.desc())
    )
    answers: list[WrongAnswer] = []
    shown: dict[uuid.UUID, set[int]] = {}
    for attempt, response in rows:
        kind = Kind(attempt.kind)
        if attempt.id not in shown:
            shown[attempt.id] = {each.position for each in list_shown(attempt, list_responses(attempt))}
        if response.position not in shown[attempt.id]:
            continue
        scene = read_scene(response.snapshot.payload)
        outcome = scene.judge(response.given, content.vocabulary.danger_rules).outcome
        if outcome is not None and not outcome.is_right and response.saved_at is not None:
            label = scene_label(content, scene.scenario)
            answers.append(WrongAnswer(kind, response.saved_at, label, outcome, words.outcome(outcome)))
    return answers[:MOST]

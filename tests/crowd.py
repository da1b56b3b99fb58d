"""Many people who answered scenes, written straight into the tables: what counts is only what they said."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from flask import Flask

from tests.support import COURSE
from trainer.accounts.models import User
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.library import Scenario
from trainer.content.serving import served
from trainer.content.subject import Truth
from trainer.core import clock
from trainer.core.db import insert_all, insert_missing, transaction
from trainer.items.judge.payload import ScenePayload, payload_of
from trainer.learning.models import Enrollment

Said = tuple[str, str]
"""A verdict and a first action; ("", "") where the scene was drawn and not answered."""
_PORTION = 1_000


class Begun(NamedTuple):
    """In what people answer."""

    course: str
    kind: Kind
    is_handed_in: bool
    language: str
    seconds: float | None
    at: dt.datetime


def rightly(scene: Scenario) -> Said:
    """Return the right verdict with the best first action."""
    verdict = "report-now" if scene.file.truth is Truth.CONCERN else "nothing-to-report"
    return verdict, payload_of(scene).best_action.id


def wrongly(scene: Scenario) -> Said:
    """Return the wrong verdict, with a first action that reports nobody."""
    verdict = "nothing-to-report" if scene.file.truth is Truth.CONCERN else "report-now"
    return verdict, next(one.id for one in payload_of(scene).actions if not one.is_report)


def let_answer(
    app: Flask,
    people: Iterable[Mapping[str, Said]],
    *,
    course: str = COURSE,
    kind: Kind = Kind.PRACTICE,
    scenes: Mapping[str, Scenario] | None = None,
    is_handed_in: bool = True,
    language: str = "en",
    seconds: float | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Let people answer scenes, each in one attempt, now or at an instant."""
    begun = Begun(course, kind, is_handed_in, language, seconds, at or clock.now())
    with app.app_context(), transaction():
        there = scenes or served().scenarios
        payloads = {name: payload_of(scene) for name, scene in there.items()}
        _keep(there, payloads)
        answers, digests = list(people), {name: scene.digest for name, scene in there.items()}
        for first in range(0, len(answers), _PORTION):
            _write(answers[first : first + _PORTION], digests, begun)


def _keep(there: Mapping[str, Scenario], payloads: Mapping[str, ScenePayload]) -> None:
    at = clock.now()
    insert_missing(
        ItemSnapshot,
        [
            {"digest": scene.digest, "item": name, "payload": payloads[name].kept(), "created_at": at}
            for name, scene in there.items()
        ],
    )


def _write(people: Sequence[Mapping[str, Said]], digests: Mapping[str, str], sat: Begun) -> None:
    at = sat.at
    begun = [(uuid.uuid4(), uuid.uuid4(), uuid.uuid4()) for _one in people]
    insert_all(User, [{"id": one, "created_at": at, "second_factor_misses": 0} for _a, _e, one in begun])
    taken = {"course": sat.course, "course_title": "-", "course_version": "-", "course_digest": "-", "conditions": {}}
    state = {"cycle": 1, "active_seconds": 0, "started_at": at}
    insert_all(Enrollment, [{"id": enrollment, "user_id": one, **taken, **state} for _a, enrollment, one in begun])
    insert_all(
        Attempt,
        [
            {
                "id": attempt,
                "user_id": one,
                "enrollment_id": enrollment,
                "kind": sat.kind.value,
                "round": 1,
                "number": 1,
                "course": sat.course,
                "language": sat.language,
                "rule": {},
                "scenes": len(said),
                "started_at": at,
                "submitted_at": at if sat.is_handed_in else None,
            }
            for (attempt, enrollment, one), said in zip(begun, people, strict=True)
        ],
    )
    insert_all(
        Response,
        [
            {
                "attempt_id": attempt,
                "position": position,
                "item": scene,
                "item_digest": digests[scene],
                "action_order": [],
                "given": _given(verdict, action),
                "version": 1,
                "saved_at": at + dt.timedelta(seconds=position) if verdict else None,
                "seconds": sat.seconds,
            }
            for (attempt, _enrollment, _one), said in zip(begun, people, strict=True)
            for position, (scene, (verdict, action)) in enumerate(said.items(), start=1)
        ],
    )


def _given(verdict: str, action: str) -> dict[str, str] | None:
    if not verdict:
        return None
    return {"verdict": verdict, "confidence": "certain", "action": action} if action else {"verdict": verdict}

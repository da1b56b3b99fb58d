"""What a class misreads: the chart, CSV and XLSX all come from `list_misreads`. It never shows who said what."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.rules import Kind
from trainer.content.library import Content
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.core.db import db
from trainer.core.signing import digest
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import present
from trainer.instructing.rules import LEAST, Grain, Misread, Rate
from trainer.items.judge.payload import Outcome
from trainer.items.registry import read_scene


@dataclass(slots=True)
class _Count:
    part: int = 0
    whole: int = 0
    people: set[uuid.UUID] = field(default_factory=set)

    def add(self, user_id: uuid.UUID, number: int, *, is_reported: bool) -> None:
        self.part += number if is_reported else 0
        self.whole += number
        self.people.add(user_id)


def list_misreads(cohort: Cohort, content: Content) -> list[Misread]:
    """Return how often a class reported what is to report, and what isn't: in all, by kind of sign, scene, sign.

    Counted are scenes answered since each person joined, in practice and in finals that were handed in.
    """
    counts: dict[tuple[Grain, str], tuple[_Count, _Count]] = {}
    answers = _count_answers(cohort)
    scenes = _read_scenes({row[1] for row in answers})
    danger_rules = content.vocabulary.danger_rules
    payloads = {item_digest: read_scene(scene) for item_digest, scene in scenes.items()}
    for user_id, item_digest, verdict, action, number in answers:
        scene = scenes[item_digest]
        outcome = payloads[item_digest].judge({"verdict": verdict, "action": action or ""}, danger_rules).outcome
        for key in _keys(scene):
            concern, innocent = counts.setdefault(key, (_Count(), _Count()))
            which = concern if scene["truth"] == Truth.CONCERN else innocent
            which.add(user_id, number, is_reported=outcome in (Outcome.HIT, Outcome.FALSE_ALARM))
    return [
        Misread(grain, label, _rate(grain, counts[grain, key][0]), _rate(grain, counts[grain, key][1]))
        for grain, key, label in _labels(content, counts.keys())
    ]


def scene_label(content: Content, scenario: str) -> str:
    """Return what an instructor reads of a scene: its title, or a number where it is kept for finals."""
    scene = content.scenarios.get(scenario)
    if scene is not None and scene.file.pool is Pool.OPEN:
        truth = _("to report") if scene.file.truth is Truth.CONCERN else _("innocent")
        return f"{scene.file.title} ({truth})"
    number = "".join(char for char in digest("scene-label", scenario) if char.isalnum())[:5].upper()
    return str(_("Scene %(number)s of the final", number=number))


def _count_answers(cohort: Cohort) -> list[tuple[uuid.UUID, str, str, str | None, int]]:
    """Return (user, scene's digest, verdict, first action, how often)."""
    verdict, action = Response.given["verdict"].as_string(), Response.given["action"].as_string()
    counted = or_(
        and_(Attempt.kind == Kind.FINAL, Attempt.submitted_at.is_not(None)),
        and_(Attempt.kind == Kind.PRACTICE, Response.recorded_at.is_not(None)),
    )
    said = (
        select(
            Attempt.user_id,
            Response.item_digest,
            verdict.label("verdict"),
            action.label("action"),
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(CohortMember, CohortMember.user_id == Attempt.user_id)
        .where(
            present(cohort),
            Attempt.course == cohort.course,
            Response.saved_at >= CohortMember.joined_at,
            verdict.is_not(None),
            counted,
        )
        .subquery()
    )
    columns = (said.c.user_id, said.c.item_digest, said.c.verdict, said.c.action)
    return [tuple(row) for row in db.session.execute(select(*columns, func.count()).group_by(*columns))]


def _read_scenes(digests: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows = db.session.execute(select(ItemSnapshot.digest, ItemSnapshot.payload).where(ItemSnapshot.digest.in_(digests)))
    return {row[0]: row[1] for row in rows}


def _keys(scene: dict[str, Any]) -> set[tuple[Grain, str]]:
    signs = scene["signs"]
    categories = {sign["category"] for sign in signs} or {""}
    return {
        (Grain.ALL, ""),
        (Grain.SCENE, scene["scenario"]),
        *((Grain.CATEGORY, category) for category in categories),
        *((Grain.INDICATOR, sign["id"]) for sign in signs),
    }


def _labels(content: Content, keys: Iterable[tuple[Grain, str]]) -> list[tuple[Grain, str, str]]:
    """Return (grain, key, label) in the order to be read."""
    there = set(keys)
    labels = [(Grain.ALL, "", _("All scenes"))]
    labels += [(Grain.CATEGORY, category.name, category.name) for category in content.categories]
    labels += [(Grain.CATEGORY, "", _("Scenes without any sign"))]
    scenes = [(Grain.SCENE, key, scene_label(content, key)) for grain, key in there if grain is Grain.SCENE]
    labels += sorted(scenes, key=lambda label: label[2])
    labels += [(Grain.INDICATOR, sign.id, f"{sign.id} {sign.name}") for sign in content.indicators.values()]
    known = {(grain, key) for grain, key, _label in labels}
    # Snapshots keep what has left the content folder since, or has another name there.
    labels += [(grain, key, key) for grain, key in sorted(there - known)]
    return [label for label in labels if (label[0], label[1]) in there]


def _rate(grain: Grain, count: _Count) -> Rate:
    return Rate(count.part, count.whole, len(count.people), LEAST[grain])

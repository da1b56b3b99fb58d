"""What a class misreads: the chart, CSV, XLSX and briefing sheet all come from `count_misreads`, never who said what.

Of each person only the first answer to a scene counts: whoever answers again may know the key.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from trainer.assessment.measures.disclosure import GroupCount, list_tellable, may_tell
from trainer.assessment.measures.groups import share_of
from trainer.assessment.measures.shares import wilson
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
    """Answers by person and pair of scenes: (how many were reports, how many there are)."""

    cells: dict[tuple[uuid.UUID, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, user_id: uuid.UUID, pair: str, *, is_reported: bool) -> None:
        reports, number = self.cells.get((user_id, pair), (0, 0))
        self.cells[user_id, pair] = reports + is_reported, number + 1

    @property
    def total(self) -> GroupCount:
        return GroupCount(
            len({person for person, _pair in self.cells}),
            sum(reports for reports, _number in self.cells.values()),
            sum(number for _reports, number in self.cells.values()),
        )

    def without(self, other: _Count) -> _Count:
        """Return the answers that aren't among those of another count, which are some of these."""
        rest = {}
        for key, (reports, number) in self.cells.items():
            less, fewer = other.cells.get(key, (0, 0))
            if number > fewer:
                rest[key] = reports - less, number - fewer
        return _Count(rest)

    def rate(self, *, is_shown: bool) -> Rate:
        total = self.total
        interval = self._interval(total.part, total.whole) if is_shown else (0.0, 1.0)
        return Rate(total.part, total.whole, total.people, interval, is_shown)

    def _interval(self, part: int, whole: int) -> tuple[float, float]:
        """Return where the share plausibly lies: for other people and other pairs or, of a single pair, other people.

        Where all answers are alike nothing varies between clusters, and they count as one each: Wilson's interval.
        """
        if part in (0, whole) or len({pair for _person, pair in self.cells}) < 2:
            return wilson(part, whole)
        low, high = share_of(self.cells).interval()
        return max(0.0, low), min(1.0, high)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a class said of the scenes of one kind, before it has a name in a reader's language."""

    grain: Grain
    key: str
    hits: Rate
    false_alarms: Rate


def count_misreads(cohort: Cohort, content: Content) -> list[Counted]:
    """Return how often a class reported what is to report, and what isn't: in all, by kind of sign, scene, sign.

    Counted are scenes answered since each person joined, in practice and in finals that were handed in.
    """
    counts: dict[tuple[Grain, str], tuple[_Count, _Count]] = {}
    answers = _first_answers(cohort)
    scenes = _read_scenes({row[1] for row in answers})
    danger_rules = content.vocabulary.danger_rules
    payloads = {item_digest: read_scene(scene) for item_digest, scene in scenes.items()}
    keys = {item_digest: _keys(scene) for item_digest, scene in scenes.items()}
    reported: dict[tuple[str, str, str], bool] = {}
    for user_id, item_digest, verdict, action in answers:
        said = (item_digest, verdict, action or "")
        if said not in reported:
            outcome = payloads[item_digest].judge({"verdict": verdict, "action": said[2]}, danger_rules).outcome
            reported[said] = outcome in (Outcome.HIT, Outcome.FALSE_ALARM)
        scene = scenes[item_digest]
        for key in keys[item_digest]:
            concern, innocent = counts.setdefault(key, (_Count(), _Count()))
            which = concern if scene["truth"] == Truth.CONCERN else innocent
            which.add(user_id, scene["pair"] or scene["scenario"], is_reported=reported[said])
    told = [_list_told({key: both[side] for key, both in counts.items()}) for side in (0, 1)]
    return [
        Counted(*key, concern.rate(is_shown=key in told[0]), innocent.rate(is_shown=key in told[1]))
        for key, (concern, innocent) in counts.items()
    ]


def _list_told(counts: dict[tuple[Grain, str], _Count]) -> set[tuple[Grain, str]]:
    """Return which counts of a class may be told beside each other.

    Scenes are parts of all answers. Signs and their kinds overlap, so each is held against what is left without it.
    """
    every, told = counts.get((Grain.ALL, ""), _Count()), set[tuple[Grain, str]]()
    if may_tell(every.total, LEAST[Grain.ALL]):
        told.add((Grain.ALL, ""))
    scenes = {key: count for key, count in counts.items() if key[0] is Grain.SCENE}

    def together(keys: Iterable[tuple[Grain, str]]) -> GroupCount:
        return _Count({cell: number for key in keys for cell, number in scenes[key].cells.items()}).total

    told |= list_tellable(scenes, together, LEAST[Grain.SCENE])
    for (grain, name), count in counts.items():
        rest = every.without(count).total
        is_told = may_tell(count.total, LEAST[grain]) and (not rest.whole or may_tell(rest))
        if grain in (Grain.CATEGORY, Grain.INDICATOR) and is_told:
            told.add((grain, name))
    return told


def name_misreads(counted: Iterable[Counted], content: Content) -> list[Misread]:
    """Return counts with the names that a reader of the content's language knows, in the order to be read."""
    by_key = {(row.grain, row.key): row for row in counted}
    return [
        Misread(grain, key, label, by_key[grain, key].hits, by_key[grain, key].false_alarms)
        for grain, key, label in _labels(content, by_key.keys())
    ]


def scene_label(content: Content, scenario: str) -> str:
    """Return a scene's name for an instructor: its title, or a number if it is reserved for finals."""
    scene = content.scenarios.get(scenario)
    if scene is not None and scene.file.pool is Pool.OPEN:
        truth = _("to report") if scene.file.truth is Truth.CONCERN else _("innocent")
        return f"{scene.file.title} ({truth})"
    number = "".join(char for char in digest("scene-label", scenario) if char.isalnum())[:5].upper()
    return str(_("Scene %(number)s of the final", number=number))


def _first_answers(cohort: Cohort) -> list[tuple[uuid.UUID, str, str, str | None]]:
    """Return (user, scene's digest, verdict, first action) of each person's first answer to each scene."""
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
            func.row_number()
            .over(partition_by=(Attempt.user_id, Response.item), order_by=(Response.saved_at, Response.attempt_id))
            .label("number"),
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
    return [tuple(row) for row in db.session.execute(select(*columns).where(said.c.number == 1))]


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

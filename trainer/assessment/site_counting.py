"""Counting what all people of this site show together, a portion of people at a time. Never commits.

Only the first answer of each person to a scene counts, in whatever attempt: whoever answers again may know the key.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select

from trainer.assessment.attempt_policies import POLICIES
from trainer.assessment.measures.disclosure import GroupCount, may_tell
from trainer.assessment.measures.groups import FEWEST_PEOPLE, Estimate, PairAnswer, crossover
from trainer.assessment.measures.pooled import Pooled, RatedAs
from trainer.assessment.measures.rating import rate
from trainer.assessment.measures.reliability import Scored, split_half
from trainer.assessment.measures.strength import Prior, Right, fit
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.pretest import FORMS
from trainer.assessment.rules import Kind
from trainer.assessment.site_figures import Everyone, Interval, KindFigures, SiteGain, SiteRate, categories_of
from trainer.content.library import Content
from trainer.content.subject import Truth, Verdict
from trainer.core.db import db
from trainer.items.judge.model import Confidence
from trainer.items.judge.payload import Outcome, ScenePayload
from trainer.items.registry import read_scene

PORTION: Final = 500
"""People."""
MEASURED: Final = (Kind.PRETEST, Kind.PRACTICE, Kind.FINAL, Kind.CHECK_IN, Kind.FOLLOW_UP)
"""Kinds of attempts that ask for a verdict and for sureness."""
MOST_SPLIT: Final = 2_000
"""Finals that are split in halves, and people whose two forms are compared: more wouldn't say more."""
MOST_WEIGHT: Final = 20.0
"""What is known of people never weighs more than so many of one's own answers: among a few people who happen to be
alike, one's own would count for nothing."""
_KINDS: Final = [kind.value for kind, policy in POLICIES.items() if policy.asks_scenes]
_SEALED: Final = (Kind.PRETEST, Kind.FOLLOW_UP)
"""Both days of a change."""
Days = tuple[list[PairAnswer], list[PairAnswer]]


@dataclass(frozen=True, slots=True)
class SiteScene:
    """What matters here of a scene as it was drawn."""

    item: str
    truth: Truth
    pair: str
    categories: frozenset[str]
    likeness: tuple[str, ...]
    """What it has in common with others: halves of a final have as many of each."""


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """One person's answer to a scene, which can't be changed anymore."""

    scene: SiteScene
    kind: Kind
    attempt_id: uuid.UUID
    is_in_first_try: bool
    """In the first stage of a first try at a final: who goes on to later ones isn't anybody."""
    is_right: bool
    rating: int | None
    """None where sureness wasn't asked for."""
    is_verdict_to_report: bool = False
    """What is asked in the same way before a first course and on day 163, whatever the first action."""
    form: str | None = None
    """Of a pretest."""


@dataclass(slots=True)
class SiteSums:
    """What has been added up so far."""

    kinds: dict[Kind, Pooled] = field(default_factory=lambda: {kind: Pooled() for kind in MEASURED})
    finals: list[list[Scored]] = field(default_factory=list)
    categories: dict[tuple[str, Truth], Counter[Right]] = field(default_factory=dict)
    """How many people had so many right, of so many."""
    orders: dict[str, dict[Truth, Days]] = field(
        default_factory=lambda: {form: {truth: ([], []) for truth in Truth} for form in FORMS}
    )
    """By the form of their pretest: what people said then, and on day 163."""
    both: int = 0
    """Who answered both."""

    def add(self, answers: Sequence[SiteAnswer]) -> None:
        """Add one person's answers, in the order in which they were given."""
        first: dict[str, SiteAnswer] = {}
        for answer in answers:
            first.setdefault(answer.scene.item, answer)
        own = list(first.values())
        final_id = next((answer.attempt_id for answer in answers if answer.is_in_first_try), None)
        final = [answer for answer in own if answer.is_in_first_try and answer.attempt_id == final_id]
        for kind, pooled in self.kinds.items():
            asked = final if kind is Kind.FINAL else [answer for answer in own if answer.kind is kind]
            pooled.add(
                (answer.scene.pair, RatedAs(answer.scene.truth is Truth.CONCERN, answer.rating))
                for answer in asked
                if answer.rating is not None
            )
        if final and len(self.finals) < MOST_SPLIT:
            self.finals.append([Scored(answer.scene.likeness, answer.is_right) for answer in final])
        rights: dict[tuple[str, Truth], list[bool]] = {}
        for answer in own:
            for category in answer.scene.categories if answer.kind not in _SEALED else ():
                rights.setdefault((category, answer.scene.truth), []).append(answer.is_right)
        for key, right in rights.items():
            self.categories.setdefault(key, Counter())[Right(sum(right), len(right))] += 1

        self._add_days(own)

    def _add_days(self, own: Sequence[SiteAnswer]) -> None:
        days = [[answer for answer in own if answer.kind is kind] for kind in _SEALED]
        form = next((answer.form for answer in days[0]), None)
        if form not in self.orders or not days[1] or self.both >= MOST_SPLIT:
            return
        self.both += 1
        for place, answers in enumerate(days):
            for answer in answers:
                said = PairAnswer(self.both, answer.scene.pair, answer.is_verdict_to_report)
                self.orders[form][answer.scene.truth][place].append(said)

    def _gain(self, truth: Truth) -> Interval | None:
        orders = [self.orders[form][truth] for form in FORMS]
        days = [[answer for order in orders for answer in order[place]] for place in range(len(_SEALED))]
        are_told = all(
            may_tell(
                GroupCount(len({answer.person for answer in day}), sum(answer.is_report for answer in day), len(day))
            )
            for day in days
        )
        change = crossover(orders) if are_told and len({answer.pair for answer in days[0] + days[1]}) > 1 else None
        return _interval(change, -1, 1) if change else None

    def estimate(self, rng: random.Random) -> Everyone:
        """Return the figures that may be told: of at least 5 people who don't all say the same, and some of 30."""
        is_enough = len(self.finals) >= FEWEST_PEOPLE
        priors: dict[str, dict[Truth, Prior]] = {}
        for (category, truth), people in sorted(self.categories.items()):
            prior = _fit(people)
            if prior is not None:
                priors.setdefault(category, {})[truth] = prior
        return Everyone(
            kinds=tuple(_figures(kind, pooled) for kind, pooled in self.kinds.items()),
            finals=len(self.finals),
            reliability=split_half(self.finals, rng) if is_enough else None,
            priors=priors,
            gain=SiteGain(self.both, self._gain(Truth.CONCERN), self._gain(Truth.NO_CONCERN)),
        )


def _fit(people: Counter[Right]) -> Prior | None:
    right = sum(own.right * number for own, number in people.items())
    answers = sum(own.answers * number for own, number in people.items())
    if people.total() < FEWEST_PEOPLE or not 0 < right < answers:
        return None
    prior = fit(list(people.elements()))
    weight = min(prior.weight, MOST_WEIGHT)
    return Prior(weight * prior.mean, weight * (1 - prior.mean))


def _figures(kind: Kind, pooled: Pooled) -> KindFigures:
    hits, false_alarms = (_rate(pooled, is_concern=is_concern) for is_concern in (True, False))
    if not (hits and false_alarms):
        return KindFigures(kind, pooled.people, pooled.pairs, hits, false_alarms)
    return KindFigures(
        kind,
        pooled.people,
        pooled.pairs,
        hits,
        false_alarms,
        sensitivity=_interval(pooled.sensitivity()),
        bias=_interval(pooled.bias()),
        area=_interval(pooled.area(), 0, 1),
    )


def _rate(pooled: Pooled, *, is_concern: bool) -> SiteRate | None:
    reports, answers = pooled.count(is_concern=is_concern)
    if pooled.pairs < 2 or not may_tell(GroupCount(pooled.people, reports, answers)):
        return None
    return SiteRate(reports, answers, _interval(pooled.rate(is_concern=is_concern), 0, 1))


def _interval(estimate: Estimate, least: float = float("-inf"), most: float = float("inf")) -> Interval:
    low, high = estimate.interval()
    return Interval(estimate.value, max(low, least), min(high, most))


def count_portion(sums: SiteSums, content: Content, after: uuid.UUID | None) -> uuid.UUID | None:
    """Add the answers of the next people after one, and return the last of them; None once there are no more."""
    people = select(Attempt.user_id).distinct().order_by(Attempt.user_id).limit(PORTION)
    ids = db.session.scalars(people.where(Attempt.user_id > after) if after else people).all()
    if not ids:
        return None
    rows = db.session.execute(_answers_of(ids)).all()
    marking = _marking({row.item_digest for row in rows}, content)
    for _user, group in groupby(rows, key=attrgetter("user_id")):
        sums.add([marking(row) for row in group])
    return ids[-1] if len(ids) == PORTION else None


def _answers_of(user_ids: Sequence[uuid.UUID]) -> Select[Any]:
    """Return the statement of what people answered, person by person, the oldest answer first."""
    first_stage = func.coalesce(Attempt.rule[("stages", 0, "scenes")].as_integer(), Attempt.scenes)
    is_first_try = and_(Attempt.kind == Kind.FINAL, Attempt.round == 1, Attempt.number == 1)
    return (
        select(
            Attempt.user_id,
            Attempt.id,
            Attempt.kind,
            and_(is_first_try, Response.position <= first_stage).label("is_in_first_try"),
            Attempt.rule["form"].as_string().label("form"),
            Response.item_digest,
            Response.given,
        )
        .join(Response, Response.attempt_id == Attempt.id)
        .where(
            Attempt.user_id.in_(user_ids),
            Attempt.kind.in_(_KINDS),
            Response.given["verdict"].as_string().is_not(None),
            or_(Response.recorded_at.is_not(None), Attempt.submitted_at.is_not(None)),
        )
        .order_by(Attempt.user_id, Response.saved_at, Response.position)
    )


def _marking(digests: Iterable[str], content: Content) -> Callable[[Any], SiteAnswer]:
    """Return what marks answers to these scenes: by the same code as a result, each different answer once."""
    kept = db.session.execute(
        select(ItemSnapshot.digest, ItemSnapshot.payload).where(ItemSnapshot.digest.in_(list(digests)))
    )
    payloads = {digest: read_scene(payload) for digest, payload in kept}
    scenes = {digest: _scene(payload, content) for digest, payload in payloads.items()}
    marks: dict[tuple[str | None, ...], tuple[bool, int | None]] = {}

    def mark(row: Any) -> SiteAnswer:
        said = (row.given["verdict"], row.given.get("confidence"), row.given.get("action"))
        key = (row.item_digest, *said)
        if key not in marks:
            marks[key] = _rated(payloads[row.item_digest], row.given)
        kind, is_in_first_try = Kind(row.kind), bool(row.is_in_first_try)
        is_to_report = row.given["verdict"] == Verdict.REPORT_NOW
        return SiteAnswer(scenes[row.item_digest], kind, row.id, is_in_first_try, *marks[key], is_to_report, row.form)

    return mark


def _scene(payload: ScenePayload, content: Content) -> SiteScene:
    known = content.scenarios.get(payload.scenario)
    return SiteScene(
        payload.scenario,
        payload.truth,
        payload.pair or payload.scenario,
        frozenset(categories_of(payload, content)),
        (payload.truth, known.file.difficulty or "" if known else ""),
    )


def _rated(payload: ScenePayload, given: dict[str, Any]) -> tuple[bool, int | None]:
    """Return whether an answer is right, and its class. A report by the first action is one that was guessed."""
    judged = payload.judge(given, ())
    assert judged.outcome is not None  # there is a verdict
    sureness = Confidence.GUESSING if judged.is_reported_by_step else given.get("confidence")
    is_report = judged.outcome in {Outcome.HIT, Outcome.FALSE_ALARM}
    return judged.outcome.is_right, rate(is_report, Confidence(sureness)) if sureness else None

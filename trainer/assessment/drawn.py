"""What is drawn for an attempt: the pairs there are, what was met of them, and keeping what was drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from trainer.assessment.attempt_policies import VERDICT_FIRST, policy_of
from trainer.assessment.drawing import Aims, Pair, PairTelling, draw
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.planned import Plan
from trainer.assessment.queries import count_met, list_met, list_responses
from trainer.assessment.rules import REPLACED
from trainer.content.instrument import kind_of
from trainer.content.library import Content, Scenario
from trainer.content.schema import Difficulty, Pool
from trainer.content.subject import Truth, Verdict
from trainer.core import chance
from trainer.core.db import db, insert_missing
from trainer.items.judge.payload import payload_of
from trainer.items.payload import Payload
from trainer.organizations.queries import list_colleagues
from trainer.web.language import language_tag

LATELY: Final = dt.timedelta(days=180)
"""For how long colleagues may talk of what they met in a final."""


@dataclass(frozen=True)
class DrawableItem:
    """An item to be drawn, as it is now."""

    id: str
    digest: str
    payload: Payload


def draw_into(
    attempt: Attempt, content: Content, pool: Pool, aims: Aims, now: dt.datetime, venues: Collection[str] = ()
) -> Attempt:
    """Draw for an attempt by its aims, pairs of the learner's workplace first among those that are equally fresh."""
    pairs = pairs_of(content, pool, list_met(attempt.user_id))
    return keep_drawn(attempt, content, draw(pairs, aims, chance.rng, at_venues(pairs, venues, content)), now)


def draw_stage(attempt: Attempt, content: Content, aims: Aims, plan: Plan | None, now: dt.datetime) -> Attempt:
    """Draw a stage of a final by its aims and plan. What colleagues met lately comes less often."""
    among_colleagues = count_met(list_colleagues(attempt.user_id), now - LATELY)
    pairs = pairs_of(content, Pool.RESERVED, list_met(attempt.user_id), among_colleagues)
    if attempt.handed_in:  # a further stage has other pairs
        pairs = not_shown(attempt, pairs)
    return keep_drawn(attempt, content, draw(pairs, aims, chance.rng, plan=plan), now)


def not_shown(attempt: Attempt, pairs: Sequence[Pair]) -> list[Pair]:
    """Return those pairs that an attempt hasn't shown yet, whatever the clock says of when they were met."""
    shown = {response.item for response in list_responses(attempt)}
    shown.update(scene["item"] for scene in attempt.rule.get(REPLACED, ()))
    return [pair for pair in pairs if shown.isdisjoint(telling.scene for telling in pair.tellings)]


def keep_drawn(attempt: Attempt, content: Content, drawn: Sequence[PairTelling], now: dt.datetime) -> Attempt:
    """Keep an attempt with what was drawn for it."""
    return keep(attempt, [item_of(told(content, telling)) for telling in drawn], now)


def item_of(scenario: Scenario) -> DrawableItem:
    """Return a scene as an item to be drawn."""
    return DrawableItem(scenario.id, scenario.digest, payload_of(scenario))


def keep(attempt: Attempt, items: Sequence[DrawableItem], now: dt.datetime) -> Attempt:
    """Keep an attempt with these items, behind those that were handed in before."""
    if not attempt.handed_in and policy_of(attempt).has_menu:  # further stages are asked as the first one was
        attempt.rule = {**attempt.rule, VERDICT_FIRST: True}
    if not attempt.handed_in:
        attempt.language = language_tag()
    db.session.add(attempt)
    db.session.flush()
    _keep_snapshots(items, now)
    db.session.add_all(
        Response(
            attempt_id=attempt.id,
            position=position,
            item_digest=item.digest,
            item=item.id,
            action_order=item.payload.draw(chance.rng),
            version=0,
        )
        for position, item in enumerate(items, start=attempt.handed_in + 1)
    )
    db.session.flush()
    return attempt


def put_in_place(response: Response, item: DrawableItem, now: dt.datetime) -> None:
    """Ask another item in place of one. A page that still shows the old one can't save anything anymore."""
    _keep_snapshots([item], now)
    response.item, response.item_digest = item.id, item.digest
    response.action_order = item.payload.draw(chance.rng)
    response.version += 1
    response.given = response.saved_at = response.seconds = None


def _keep_snapshots(items: Sequence[DrawableItem], now: dt.datetime) -> None:
    insert_missing(
        ItemSnapshot,
        [{"digest": item.digest, "item": item.id, "payload": item.payload.kept(), "created_at": now} for item in items],
    )


def pairs_of(
    content: Content,
    pool: Pool,
    met: Collection[tuple[str, str, dt.datetime]] = (),
    among_colleagues: Mapping[str, int] = MappingProxyType({}),
) -> list[Pair]:
    """Return the matched pairs of a pool, without those that were taken out of finals.

    `met`: items and digests that were drawn for someone, and when; `among_colleagues`: how often scenes were drawn for
    colleagues lately.
    """
    by_digest = {digest: met_at for _item, digest, met_at in met}
    by_scene: dict[str, dt.datetime] = {}
    for item, _digest, met_at in met:
        scene = item.partition("/")[0]  # a further question tells the scene, too
        by_scene[scene] = max(met_at, by_scene.get(scene, met_at))
    pairs = []
    for scenario in content.pool(pool):
        if scenario.file.truth is not Truth.CONCERN:
            continue
        both = (scenario, content.twin(scenario))
        if all(scene.file.finals for scene in both):
            kind = kind_of(scenario.file, content.vocabulary)
            tellings = tuple(telling for scene in both for telling in _tellings(scene, by_digest, by_scene))
            colleagues = sum(among_colleagues.get(scene.id, 0) for scene in both)
            pairs.append(Pair(tellings, kind.danger, kind.on_duty, kind.topic, colleagues))
    return pairs


def at_venues(pairs: Collection[Pair], venues: Collection[str], content: Content) -> set[Pair]:
    """Return the pairs that are set at any of the venues."""
    return {pair for pair in pairs if content.scenarios[pair.tellings[0].scene].file.venue in venues}


def showing(pairs: Collection[Pair], categories: Collection[str], content: Content) -> set[Pair]:
    """Return the pairs of which a scene shows signs of any of the categories."""
    signs = {name for name, sign in content.indicators.items() if sign.category in categories}
    return {
        pair
        for pair in pairs
        if any(not signs.isdisjoint(content.scenarios[telling.scene].file.sign_ids) for telling in pair.tellings)
    }


def _tellings(
    scene: Scenario, by_digest: Mapping[str, dt.datetime], by_scene: Mapping[str, dt.datetime]
) -> Iterator[PairTelling]:
    """Say when each telling was met. What was met of a scene that has changed since counts as its first telling."""
    other = by_digest.get(scene.other.digest) if scene.other else None
    first = by_digest.get(scene.digest) or (None if other else by_scene.get(scene.id))
    telling = PairTelling(
        scene.id,
        scene.file.truth is Truth.CONCERN,
        met_at=first,
        is_noted=scene.file.best is Verdict.NOTE_AND_WATCH,
        is_hard=scene.file.difficulty is Difficulty.HARD,
    )
    yield telling
    if scene.other:
        yield replace(telling, is_swapped=True, met_at=other)


def told(content: Content, telling: PairTelling) -> Scenario:
    """Return a scene as it was drawn, with whichever set of people."""
    scenario = content.scenarios[telling.scene]
    return scenario.other if telling.is_swapped and scenario.other else scenario

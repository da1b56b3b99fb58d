"""Answers of a final that came too fast to have been read: their scenes are replaced by others, once in each try."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from trainer.assessment.deciding import FinalRule
from trainer.assessment.drawing import Pair, stand_ins
from trainer.assessment.drawn import item_of, not_shown, pairs_of, put_in_place, told
from trainer.assessment.models import Attempt, Response
from trainer.assessment.queries import GivenSoFar, list_met
from trainer.assessment.rules import REPLACED
from trainer.content.library import Content
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.core import chance
from trainer.core.db import db
from trainer.items.judge.payload import ScenePayload
from trainer.items.registry import read_scene

MOST_RUSHED: Final = 4
"""Answers of a final that may come too fast."""
FAST_READING: Final = 300
"""Words a minute."""
SHARE_OF_READING: Final = 1 / 3


def is_rushed(response: Response) -> bool:
    """Return whether a verdict came in less than a third of the time in which someone fast reads the scene."""
    if response.seconds is None:
        return False
    words = len(read_scene(response.snapshot.payload).story.striptags().split())
    return response.seconds < SHARE_OF_READING * words * 60 / FAST_READING


def replace_rushed(attempt: Attempt, responses: Sequence[Response], content: Content, now: dt.datetime) -> bool:
    """Replace the scenes under way that were answered too fast, if too many were; return whether any was.

    It happens once in a try, and not where the pool has too few other pairs, those of later stages included.
    """
    rushed = [response for response in responses if is_rushed(response)]
    under_way = [response for response in rushed if response.position > attempt.handed_in]
    if REPLACED in attempt.rule or len(rushed) <= MOST_RUSHED:
        return False
    pairs = not_shown(attempt, pairs_of(content, Pool.RESERVED, list_met(attempt.user_id)))
    later = FinalRule.read(attempt.rule, attempt.scenes).ends[-1] - attempt.scenes
    if not under_way or len(pairs) < len(under_way) + later:
        return False
    scenes = [read_scene(response.snapshot.payload) for response in under_way]
    replaced = [(_pair(scene, content), scene.truth is Truth.CONCERN) for scene in scenes]
    attempt.rule = {**attempt.rule, REPLACED: [_kept(response) for response in under_way]}
    for response, telling in zip(under_way, stand_ins(pairs, replaced, chance.rng), strict=True):
        put_in_place(response, item_of(told(content, telling)), now)
    db.session.flush()
    return True


def are_untouched(attempt: Attempt, responses: Iterable[Response | GivenSoFar]) -> bool:
    """Return whether scenes were replaced, and none of those that came in their place has an answer yet."""
    positions = {scene["position"] for scene in attempt.rule.get(REPLACED, ())}
    untouched = [response.given is None for response in responses if response.position in positions]
    return bool(untouched) and all(untouched)


def _kept(response: Response) -> dict[str, str | int | float | None]:
    return {
        "position": response.position,
        "item": response.item,
        "digest": response.item_digest,
        "seconds": response.seconds,
    }


def _pair(scene: ScenePayload, content: Content) -> Pair:
    """Return the pair of a scene, or what is known of one that has left the content."""
    for pair in pairs_of(content, Pool.RESERVED):
        if any(telling.scene == scene.scenario for telling in pair.tellings):
            return pair
    return Pair((), is_danger=scene.rule in content.vocabulary.danger_rules, topic=scene.about)

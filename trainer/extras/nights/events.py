"""A short event of a rare shift as it was drawn. Its answer is a verdict alone."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from typing import Any, Literal

from trainer.content.evidence import shown_signs
from trainer.content.nights import RareEvent, RareFile
from trainer.content.objects import Content
from trainer.content.subject import Truth, Verdict
from trainer.items.payload import Kept, Payload


class EventSign(Kept):
    """A sign that an event shows, and how strong it is there."""

    id: str
    name: str
    strength: str


class EventPayload(Payload):
    """An event as it was drawn. Its title is its whole text; its setting is the title of the night."""

    type: Literal["event"] = "event"
    clock: str | None
    truth: Truth
    best: Verdict
    rule: str
    why: str
    signs: list[EventSign]

    def draw(self, rng: random.Random) -> list[str]:
        """Return no order: the three verdicts stand as they always do."""
        return []

    @property
    def is_worrying(self) -> bool:
        """True if the rule asks for a report."""
        return self.truth is Truth.CONCERN

    @property
    def digest(self) -> str:
        """Hash what is seen before answering and what scoring rests on; a corrected reason keeps the digest."""
        told = [self.scenario, self.clock, self.title, self.rule, [[sign.id, sign.strength] for sign in self.signs]]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def payload_of(event: RareEvent, night: RareFile, content: Content) -> EventPayload:
    """Return an event as it is now, to be drawn."""
    rule = content.vocabulary.find_rule(event.rule)
    assert rule is not None  # the checks have shown it
    return EventPayload(
        scenario=event.id,
        title=event.text,
        setting=night.title,
        note=None,
        clock=event.clock,
        truth=rule.signs.truth,
        best=rule.signs.best,
        rule=event.rule,
        why=event.why,
        signs=[
            EventSign(id=sign.id, name=sign.name, strength=strength)
            for sign, strength in shown_signs(event.signs, content.indicators)
        ],
    )


def read_event(kept: Mapping[str, Any]) -> EventPayload:
    """Return an event of a rare shift as it was drawn."""
    return EventPayload.model_validate(kept)

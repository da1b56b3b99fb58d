"""What differs of a rare shift from other attempts."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trainer.assessment.attempt_policies import AttemptPolicy, What
from trainer.assessment.models import Response
from trainer.extras.nights.events import read_event
from trainer.extras.nights.rare import NightCounts, count_night
from trainer.items.judge.model import VERDICT_ALONE


@dataclass(frozen=True)
class RarePolicy(AttemptPolicy):
    """The policy of rare shifts, which are counted in natural frequencies."""

    def count(self, responses: Sequence[Response], _danger_rules: Container[str]) -> NightCounts:
        """Return the result of the responses."""
        return count_night((read_event(response.snapshot.payload), response.given) for response in responses)

    def read(self, kept: Mapping[str, Any]) -> NightCounts:
        """Return the result of a rare shift, as it was kept."""
        return NightCounts.read(kept)


RARE: Final = RarePolicy(
    "rare.event",
    result="rare.result",
    what=What.EVENTS,
    is_held_back=True,
    asks=VERDICT_ALONE,
    overview="nights/_overview.html",
    past="nights/_past.html",
)

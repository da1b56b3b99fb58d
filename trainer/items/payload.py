"""An item as it was drawn, and what was given for it: what is kept of both."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

Given = Mapping[str, Any]
"""What a learner gave, as a response keeps it: ready for JSON."""


class Kept(BaseModel):
    """Something that is kept as JSON. What is read may be older than the code: what is new in it has a default."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Payload(Kept):
    """An item as it was drawn: all that is needed to show and to score it forever. `version` is that of its shape."""

    type: str
    version: int = 1
    scenario: str
    title: str
    setting: str
    note: str | None

    def kept(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return self.model_dump(mode="json")

    def draw(self, rng: random.Random) -> list[str]:
        """Return its choices in the order in which one learner sees them."""
        raise NotImplementedError

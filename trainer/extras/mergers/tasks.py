"""What the worker does for entries of a roster that were joined."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from trainer.content.serving import served
from trainer.core.isolation import one_by_one
from trainer.extras.mergers.operations import settle
from trainer.extras.mergers.queries import list_to_settle


def settle_mergers() -> Iterator[None]:
    """Finish joining the entries that can't be separated anymore."""

    def act(merger_id: uuid.UUID, now: dt.datetime) -> None:
        settle(merger_id, served().courses, now)

    return one_by_one("settling merger", list_to_settle, act)

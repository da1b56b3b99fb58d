"""Order mail for those who asked for it and have a check-in today, a portion of people at a time."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from trainer.assessment.check_ins import order_mails
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction


def remind_of_check_ins() -> Iterator[None]:
    """Order the mails of today."""
    after: UUID | None = None
    while True:
        with transaction():
            after = order_mails(served(), now(), after)
        yield
        if after is None:
            return

"""What the worker does for trials."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.extras.study.emails import order_mails


def remind_of_second_forms() -> Iterator[None]:
    """Order the mail for those for whom the second form has opened, a portion of people at a time."""
    has_more = True
    while has_more:
        with transaction():
            has_more = order_mails(now())
        yield

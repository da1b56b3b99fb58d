"""Order mail for those who asked for it and can renew a certificate by now, a portion of people at a time."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.assessment.renewal_mails import order_mails
from trainer.core.clock import now
from trainer.core.db import transaction


def remind_of_renewals() -> Iterator[None]:
    """Order the mails of today."""
    has_more = True
    while has_more:
        with transaction():
            has_more = order_mails(now())
        yield

"""Tell other systems of firms what happened: who is told first, then the messages, one at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from flask import current_app

from trainer.core import events
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.events import Event
from trainer.core.failures import is_outage
from trainer.core.isolation import describe
from trainer.core.leases import is_due
from trainer.extras.webhooks import telling
from trainer.extras.webhooks.addresses import AddressRefused, WebhookFault
from trainer.extras.webhooks.models import Delivery
from trainer.extras.webhooks.sending import send

log = logging.getLogger(__name__)


def tell_all() -> Iterator[None]:
    """Work until nothing waits; between two events or messages the caller may do something else."""
    while _fan_out_one():
        yield
    while _deliver_one():
        yield


def _fan_out_one() -> bool:
    if not is_due(Event, now()):
        return False
    with transaction():
        event = events.claim(now())
    if event is None:
        return False
    try:
        with transaction():
            telling.fan_out(event, now())
    except Exception as error:  # of this event alone, whatever it is
        if is_outage(error):
            raise
        db.session.rollback()
        log.error("event %s wasn't told: %s", event.id.hex, describe(error))
        with transaction():
            events.note_failed(event, describe(error), now())
    return True


def _deliver_one() -> bool:
    if not telling.is_any_due(now()):
        return False
    with transaction():
        delivery = telling.claim(now())
    if delivery is None:
        return False
    began = time.monotonic()
    try:
        code = _send(delivery)
    except Exception as error:  # of this message alone, whatever it is
        if is_outage(error):
            raise
        db.session.rollback()
        refused = error if isinstance(error, AddressRefused) else AddressRefused(WebhookFault.OURS)
        log.warning("delivery %s: %s", delivery.id.hex, refused.fault.value if error is refused else describe(error))
        with transaction():
            telling.note_failed(delivery, refused, now())
    else:
        if code is not None:
            with transaction():
                telling.note_sent(delivery, code, time.monotonic() - began, now())
    return True


def _send(delivery: Delivery) -> int | None:
    settings = current_app.config["SETTINGS"]
    message = telling.compose(delivery, settings.base_url, now())
    db.session.rollback()  # no transaction stays open while the other side takes its time
    if message is None:
        return None
    return send(message.url, message.headers, message.body, allows_loopback=settings.webhooks_loopback)

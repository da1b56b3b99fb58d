"""Webhooks of a firm: creating, pausing, deleting, and what is asked of their deliveries. Part of the operations."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from trainer.core.audit import note
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict
from trainer.core.events import EventKind
from trainer.core.keys import Key, Ring
from trainer.core.signing import keys
from trainer.extras.webhooks.addresses import read_url
from trainer.extras.webhooks.models import Delivery, Webhook
from trainer.extras.webhooks.queries import get_delivery, get_webhook
from trainer.extras.webhooks.signatures import mask_for, secret_of, show_secret
from trainer.extras.webhooks.telling import is_about_erased
from trainer.organizations.actor import Actor
from trainer.organizations.queries import lock_organization

MOST_WEBHOOKS: Final = 5
"""Webhooks that a firm can have at a time."""
TEST: Final = "test"
"""The kind of what the test button sends."""


def make_webhook(actor: Actor, url: str, kinds: Collection[EventKind], now: dt.datetime) -> tuple[Webhook, str]:
    """Make a webhook; return it with its secret, which no page shows again. Raises Conflict where there are enough."""
    lock_organization(actor)
    living = select(func.count()).where(Webhook.organization_id == actor.organization_id)
    if (db.session.scalar(living) or 0) >= MOST_WEBHOOKS:
        raise Conflict(_l("Five webhooks are set up. Delete one first."))
    key = keys().current
    webhook = Webhook(
        id=uuid.uuid4(),
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        url=url,
        kinds=[kind.value for kind in EventKind if kind in kinds],
        key_id=key.id,
        created_at=now,
        failures=0,
    )
    db.session.add(webhook)
    db.session.flush()
    _note(actor, "webhook.made", webhook, now, kinds=", ".join(webhook.kinds))
    return webhook, show_secret(secret_of(webhook.id, key, None))


def order_test(actor: Actor, webhook_id: uuid.UUID, now: dt.datetime) -> None:
    """Order a message that says only that it is a test. Raises NotFound, and Conflict while nothing is sent."""
    webhook = get_webhook(actor, webhook_id, for_change=True)
    if webhook.paused_at is not None:
        raise Conflict(_l("This webhook is paused. Resume it first."))
    webhook.rests_until = None
    db.session.add(
        Delivery(
            organization_id=webhook.organization_id,
            webhook_id=webhook.id,
            event_id=uuid.uuid4(),
            kind=TEST,
            happened_at=now,
            facts={},
            began_at=now,
            created_at=now,
            due_at=now,
            tries=0,
        )
    )


def pause(actor: Actor, webhook_id: uuid.UUID, now: dt.datetime) -> None:
    """Hold back what a webhook would be told. Raises NotFound."""
    webhook = get_webhook(actor, webhook_id, for_change=True)
    if webhook.paused_at is None:
        webhook.paused_at = now
        _note(actor, "webhook.paused", webhook, now)


def resume(actor: Actor, webhook_id: uuid.UUID, now: dt.datetime) -> None:
    """Send again, beginning with what was held back. Raises NotFound."""
    webhook = get_webhook(actor, webhook_id, for_change=True)
    if webhook.paused_at is not None:
        webhook.paused_at = webhook.rests_until = None
        webhook.failures = 0
        db.session.execute(
            update(Delivery)
            .where(Delivery.webhook_id == webhook.id, Delivery.WAITING)
            .values(due_at=now, began_at=now, tries=0)
            .execution_options(synchronize_session=False)
        )
        _note(actor, "webhook.resumed", webhook, now)


def delete_webhook(actor: Actor, webhook_id: uuid.UUID, now: dt.datetime) -> str:
    """Delete a webhook with all its deliveries; return its address. Raises NotFound."""
    webhook = get_webhook(actor, webhook_id, for_change=True)
    _note(actor, "webhook.deleted", webhook, now)
    db.session.execute(
        delete(Delivery).where(Delivery.webhook_id == webhook.id).execution_options(synchronize_session=False)
    )
    db.session.delete(webhook)
    return webhook.url


def send_again(actor: Actor, webhook_id: uuid.UUID, delivery_id: uuid.UUID, now: dt.datetime) -> None:
    """Send a delivery once more that arrived or was given up: the same message, signed at the new time.

    Raises NotFound, and Conflict for one that still waits or is about someone who had everything erased.
    """
    webhook = get_webhook(actor, webhook_id, for_change=True)
    delivery = get_delivery(actor, webhook_id, delivery_id)
    if delivery.sent_at is None and delivery.dead_at is None:
        raise Conflict(_l("This message is still on its way. We’ll keep trying."))
    if is_about_erased(delivery):
        raise Conflict(_l("This message is about someone whose account was erased. It isn’t sent anymore."))
    delivery.sent_at = delivery.dead_at = delivery.last_error = delivery.answer_code = None
    delivery.due_at = delivery.began_at = now
    delivery.tries = 0
    webhook.rests_until = None
    _note(actor, "webhook.sent_again", webhook, now, event=delivery.event_id.hex)


def move_secrets(ring: Ring, old: Key) -> int:
    """Move the secrets of all webhooks from an older key to the current one; return how many. Receivers notice
    nothing."""
    moved = 0
    for webhook in db.session.scalars(select(Webhook).where(Webhook.key_id == old.id).with_for_update()):
        secret = secret_of(webhook.id, old, webhook.mask)
        webhook.key_id, webhook.mask = ring.current.id, mask_for(secret, webhook.id, ring.current)
        moved += 1
    return moved


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many of a firm's webhooks and their messages; return how many rows."""
    return delete_some(
        most,
        (Delivery, Delivery.organization_id == organization_id),
        (Webhook, Webhook.organization_id == organization_id),
    )


def _note(actor: Actor, act: str, webhook: Webhook, now: dt.datetime, **details: str) -> None:
    note(
        act,
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=webhook.id,
        host=read_url(webhook.url).host,  # not all of the address: some hold a secret
        **details,
    )

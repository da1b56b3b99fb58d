"""Reading webhooks, what became of their messages, and whom a certificate concerns."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from trainer.assignments.queries import required_of
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.paging import Page, read_page
from trainer.credentials.models import Credential
from trainer.credentials.queries import list_named_at
from trainer.extras.webhooks.models import Delivery, Webhook
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import firm_is_open, list_owner_ids, names_of
from trainer.organizations.rules import was_here


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """A webhook as it is listed, with who made it."""

    webhook: Webhook
    maker: str | None
    has_owner: bool


def list_webhooks(actor: Actor) -> Sequence[WebhookLine]:
    """Return the firm's webhooks, the oldest first."""
    query = select(Webhook).where(Webhook.organization_id == actor.organization_id)
    webhooks = db.session.scalars(query.order_by(Webhook.created_at, Webhook.id)).all()
    names, owners = (
        names_of(actor, {webhook.created_by_id for webhook in webhooks}),
        list_owner_ids(actor.organization_id),
    )
    return [
        WebhookLine(webhook, names.get(webhook.created_by_id), webhook.created_by_id in owners) for webhook in webhooks
    ]


def get_webhook(actor: Actor, webhook_id: uuid.UUID, *, for_change: bool = False) -> Webhook:
    """Return a webhook of the actor's firm. Raises NotFound."""
    query = select(Webhook).where(Webhook.id == webhook_id, Webhook.organization_id == actor.organization_id)
    webhook = db.session.scalar(query.with_for_update() if for_change else query)
    if webhook is None:
        raise NotFound
    return webhook


def get_delivery(actor: Actor, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> Delivery:
    """Return a delivery of a webhook of the actor's firm, to change it. Raises NotFound."""
    query = select(Delivery).where(
        Delivery.id == delivery_id,
        Delivery.webhook_id == webhook_id,
        Delivery.organization_id == actor.organization_id,
    )
    delivery = db.session.scalar(query.with_for_update())
    if delivery is None:
        raise NotFound
    return delivery


def page_of_deliveries(actor: Actor, webhook_id: uuid.UUID, after: str | None, most: int = 50) -> Page[Delivery]:
    """Return a webhook's deliveries, the newest first."""
    query = select(Delivery).where(Delivery.webhook_id == webhook_id, Delivery.organization_id == actor.organization_id)
    page = read_page(query, Delivery.created_at, Delivery.id, after=after, most=most, is_newest_first=True)
    return Page([delivery for (delivery,) in page.rows], page.next_after)


def firms_told_of(credential: Credential) -> Sequence[tuple[Organization, Membership]]:
    """Return the open firms that the API would give a credential, each with the person there, newest entry first.

    One that the person left before this credential got its name isn't told of that name.
    """
    named_at = list_named_at([credential.id]).get(credential.id, credential.issued_at)
    rows = db.session.execute(
        select(Organization, Membership)
        .join(Membership, Membership.organization_id == Organization.id)
        .join(Credential, Credential.user_id == Membership.user_id)
        .where(Credential.id == credential.id, firm_is_open(), required_of(Membership))
        .order_by(Membership.created_at.desc(), Membership.id)
    ).all()
    told: dict[uuid.UUID, tuple[Organization, Membership]] = {}
    for firm, person in rows:
        if was_here(firm.time_zone, person.ended_on, named_at):
            told.setdefault(firm.id, (firm, person))
    return list(told.values())


def count_failing_webhooks() -> int:
    """Return how many webhooks failed the last time they were told something, of all firms."""
    failing = select(func.count()).select_from(Webhook).where(Webhook.failures > 0, Webhook.paused_at.is_(None))
    return db.session.scalar(failing) or 0

"""A webhook of a firm, and a message on its way to it."""

from __future__ import annotations

from sqlalchemy import select

from trainer.core import clock
from trainer.core.db import db
from trainer.core.events import EventKind
from trainer.extras.webhooks.models import Delivery
from trainer.extras.webhooks.operations import make_webhook, order_test
from trainer.organizations.actor import Actor

OF_FIRMS = {"webhooks", "webhook_deliveries"}
TOLD = ("hooks.example.org",)
LEFT = {"webhooks.created_by_id"}
OF_PEOPLE = ()


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Create a webhook and order a test of it."""
    webhook, _secret = make_webhook(actor, "https://hooks.example.org/in", list(EventKind), clock.now())
    order_test(actor, webhook.id, clock.now())
    delivery = db.session.scalars(select(Delivery.id).where(Delivery.webhook_id == webhook.id)).one()
    return {"webhook_id": str(webhook.id), "delivery_id": str(delivery)}, {}

"""A firm whose other systems read by tokens and are told by webhooks, and one that has none."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from flask import Flask

from tests.cast import actor_of, add_second_factor, make_firm
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.events import EventKind
from trainer.extras.api.models import ApiToken
from trainer.extras.api.operations import make_token, revoke_token
from trainer.extras.api.rules import Scope
from trainer.extras.webhooks.models import Delivery
from trainer.extras.webhooks.operations import make_webhook
from trainer.organizations.actor import Actor


def set_tokens(app: Flask, owner_id: UUID, name: str, *, is_making: bool) -> dict[str, str]:
    """Create a firm, with tokens in each state or with none; return the paths by name."""
    firm = make_firm(app, owner_id, "Beacon Guards")
    add_second_factor(app, owner_id)
    here = f"/organizations/{firm}/tokens"
    if not is_making:
        return {name: here, "no webhooks": f"/organizations/{firm}/webhooks"}
    with app.app_context(), transaction() as session:
        actor = actor_of(owner_id, firm)
        for label in ("Payroll, nightly import", "Intranet", "Old payroll", "Last year"):
            make_token(actor, label, list(Scope) if label == "Intranet" else [Scope.PEOPLE], now())
        tokens = {one.label: one for one in session.query(ApiToken).filter_by(organization_id=firm)}
        tokens["Payroll, nightly import"].last_used_at = now()
        tokens["Last year"].expires_at = now() - dt.timedelta(days=1)
        revoke_token(actor, tokens["Old payroll"].id, now())
        db.session.flush()
        webhook = _set_webhooks(actor)
    there = f"/organizations/{firm}/webhooks"
    return {
        name: here,
        "token": f"{here}/{tokens['Intranet'].id}/revocation",
        "webhooks": there,
        "webhook": f"{there}/{webhook}",
        "webhook_deletion": f"{there}/{webhook}/deletion",
    }


def _set_webhooks(actor: Actor) -> UUID:
    """Make three webhooks, one with deliveries in each state; return its id."""
    first, _secret = make_webhook(
        actor, "https://hooks.payroll.example.org/training?firm=beacon", list(EventKind), now()
    )
    paused, _secret = make_webhook(actor, "https://intranet.example.org/hook", [EventKind.LEFT], now())
    failing, _secret = make_webhook(
        actor, "https://learning.example.com/in", [EventKind.COMPLETED, EventKind.OVERDUE], now()
    )
    paused.paused_at, failing.failures = now(), 3
    states: list[dict[str, object]] = [
        {"kind": "test", "facts": {}},
        {"kind": EventKind.COMPLETED.value, "sent_at": now(), "answer_code": 204, "tries": 1},
        {"kind": EventKind.REVOKED.value, "dead_at": now(), "answer_code": 500, "tries": 20, "last_error": "status"},
        {"kind": EventKind.OVERDUE.value, "tries": 2, "last_error": "too_slow"},
        {"kind": EventKind.LEFT.value, "dead_at": now(), "tries": 3, "last_error": "not_public"},
    ]
    for number, state in enumerate(states):
        at = now() - dt.timedelta(minutes=7 * number)
        times = {"happened_at": at, "began_at": at, "created_at": at, "due_at": at, "facts": {}}
        ids = {"organization_id": actor.organization_id, "webhook_id": first.id, "event_id": uuid4()}
        db.session.add(Delivery(**ids, **{"tries": 0, **times, **state}))
    return first.id

"""What the worker does for webhooks: who is told of an event, what the message says, and what came of sending it.

Part of the operations; never commits.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, or_, select, update

from trainer.accounts.models import User
from trainer.assignments.models import Assignment
from trainer.assignments.rules import LATE
from trainer.assignments.snapshots import on
from trainer.assignments.statements import duties_where
from trainer.core import events, leases
from trainer.core.db import db, insert_missing
from trainer.core.events import KEPT, Event, EventKind
from trainer.core.signing import keys
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.extras.webhooks.addresses import AddressRefused, WebhookFault
from trainer.extras.webhooks.models import Delivery, Webhook
from trainer.extras.webhooks.queries import firms_told_of
from trainer.extras.webhooks.signatures import secret_of, sign
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import firm_is_open
from trainer.organizations.rules import Role, local_day

LEASE = dt.timedelta(minutes=2)
"""How long a claimed delivery is left to whoever claimed it."""
MOST_TRIES: Final = 20
SLOW: Final = 2.0
"""With the delays of `leases.delay` the last try is 68 hours after the first."""
LASTS = dt.timedelta(days=3)
"""After that long without an answer it is given up, however few tries there were."""
LONGEST_REST = dt.timedelta(minutes=15)
NEWLY = dt.timedelta(days=7)
"""For how long after a due day a duty is told as overdue, if nothing ran before."""
PORTION = 500
_OVERDUE = uuid.UUID("5a7d5f5e-6e0c-4d0e-9b7c-0f6a4f4d8c11")
"""Names events that the worker finds: the same duty and due day are the same event."""

Facts = dict[str, Any]


def fan_out(event: Event, now: dt.datetime) -> None:
    """Note for each webhook that wants to know of an event that it is to be told. Doing it twice does it once."""
    told = list(_told(event, now))
    webhooks = db.session.scalars(
        select(Webhook).where(
            Webhook.organization_id.in_([firm_id for firm_id, _facts in told]), Webhook.created_at <= event.created_at
        )
    ).all()
    rows = [
        {
            "id": uuid.uuid4(),
            "organization_id": firm_id,
            "webhook_id": webhook.id,
            "event_id": event.id,
            "kind": event.kind,
            "happened_at": event.created_at,
            "facts": facts,
            "began_at": now,
            "created_at": now,
            "due_at": now,
            "tries": 0,
        }
        for firm_id, facts in told
        for webhook in webhooks
        if webhook.organization_id == firm_id and event.kind in webhook.kinds
    ]
    insert_missing(Delivery, rows)
    events.note_told(event, now)


def note_overdue(
    organization: Organization, _courses: object, now: dt.datetime, after: uuid.UUID | None
) -> uuid.UUID | None:
    """Note which duties of a firm became overdue; a step like those of `assignments.upkeep`."""
    webhooks = select(Webhook.kinds).where(Webhook.organization_id == organization.id)
    if not any(EventKind.OVERDUE in kinds for kinds in db.session.scalars(webhooks)):
        return None
    portion = select(Assignment.id).where(Assignment.organization_id == organization.id, Assignment.ended_at.is_(None))
    if after is not None:
        portion = portion.where(Assignment.id > after)
    ids = db.session.scalars(portion.order_by(Assignment.id).limit(PORTION)).all()
    today = local_day(organization.time_zone, now)
    duty = duties_where(Assignment.id.in_(ids))
    late = db.session.execute(
        select(duty.c.assignment_id, duty.c.due_on).where(duty.c.status.in_(LATE), duty.c.due_on >= today - NEWLY),
        on(organization.id, today),
    ).all()
    subjects = {uuid.uuid5(_OVERDUE, f"{number.hex} {due_on.isoformat()}"): number for number, due_on in late}
    events.happen_once(EventKind.OVERDUE, subjects, now)
    return ids[-1] if len(ids) == PORTION else None


def is_any_due(now: dt.datetime) -> bool:
    """Return whether a delivery waits that may be sent now."""
    return leases.is_due(Delivery, now, _may_be_sent(now))


def claim(now: dt.datetime) -> Delivery | None:
    """Return the delivery that has been due longest, as `leases.claim` does."""
    return leases.claim(
        Delivery, now, _may_be_sent(now), lease=LEASE, most_tries=MOST_TRIES, unheard=WebhookFault.UNHEARD.value
    )


@dataclass(frozen=True, slots=True)
class Message:
    """A delivery as it is sent."""

    url: str
    headers: dict[str, str]
    body: bytes


def compose(delivery: Delivery, site: str, now: dt.datetime) -> Message | None:
    """Return what is sent, signed; None if the webhook was deleted.

    Raises Refused without the key of its secret, and for a message about someone who had everything erased.
    """
    webhook = db.session.get(Webhook, delivery.webhook_id)
    if webhook is None:
        return None
    if is_about_erased(delivery):
        raise AddressRefused(WebhookFault.ERASED)
    key = keys().find(webhook.key_id)
    if key is None:
        raise AddressRefused(WebhookFault.NO_KEY)
    body = body_of(delivery)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"wyr-webhooks/1 (+{site})",
        **sign(secret_of(webhook.id, key, webhook.mask), delivery.event_id.hex, now, body),
    }
    return Message(webhook.url, headers, body)


def is_about_erased(delivery: Delivery) -> bool:
    """Return True if the person whom a message is about has had everything erased."""
    person_id = delivery.facts.get("person_id")
    erased = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organization_id == delivery.organization_id, User.erased_at.is_not(None))
    )
    return person_id is not None and db.session.scalar(erased.where(Membership.id == uuid.UUID(person_id))) is not None


def body_of(delivery: Delivery) -> bytes:
    """Return a message's body, the same at each try."""
    told = {
        "id": delivery.event_id.hex,
        "type": delivery.kind,
        "timestamp": delivery.happened_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": delivery.facts,
    }
    return json.dumps(told, sort_keys=True).encode()


def note_sent(delivery: Delivery, code: int, seconds: float, now: dt.datetime) -> None:
    """Note that the other system took it, and in how many seconds. A slow one rests, so that others have their turn."""
    rests_until = now + dt.timedelta(seconds=60 * seconds) if seconds > SLOW else None
    leases.note(Delivery, delivery.id, sent_at=now, answer_code=code, last_error=None)
    _set(delivery, failures=0, rests_until=rests_until)


def note_failed(delivery: Delivery, refused: AddressRefused, now: dt.datetime) -> None:
    """Note why it wasn't taken; it is tried again later, and its webhook rests for a while, longer each time.

    What is withheld is given up at once, and is no fault of the other system.
    """
    if refused.fault is WebhookFault.ERASED:
        leases.note_own(delivery, dead_at=now, last_error=refused.fault.value)
        return
    is_dead = delivery.tries >= MOST_TRIES or now >= delivery.began_at + LASTS
    leases.note_failed(delivery, refused.fault.value, now, answer_code=refused.code, dead_at=now if is_dead else None)
    failures = (db.session.scalar(select(Webhook.failures).where(Webhook.id == delivery.webhook_id)) or 0) + 1
    _set(delivery, failures=failures, rests_until=now + min(leases.delay(min(failures, 10)), LONGEST_REST))


def forget_deliveries(now: dt.datetime) -> None:
    """Give up what couldn't be sent for three days, unless it is held back; delete what is older than 30."""
    running = select(Webhook.id).where(Webhook.paused_at.is_(None))
    db.session.execute(
        update(Delivery)
        .where(Delivery.WAITING, Delivery.began_at < now - LASTS, Delivery.webhook_id.in_(running))
        .values(dead_at=now, last_error=WebhookFault.TOO_LATE.value)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(Delivery).where(Delivery.created_at < now - KEPT).execution_options(synchronize_session=False)
    )


def _told(event: Event, now: dt.datetime) -> Iterator[tuple[uuid.UUID, Facts]]:
    """Yield (firm, what it is told) of an event, of firms that are open."""
    match event.kind:
        case EventKind.COMPLETED | EventKind.ISSUED | EventKind.REVOKED:
            credential = db.session.get_one(Credential, event.subject_id)
            for firm, holder in firms_told_of(credential):
                yield firm.id, _of_credential(event.kind, credential, holder)
        case EventKind.OVERDUE:
            yield from _of_duty(event.subject_id, now)
        case EventKind.LEFT:
            query = select(Membership).join(Organization, Organization.id == Membership.organization_id)
            person = db.session.scalar(query.where(Membership.id == event.subject_id, firm_is_open()))
            if person is not None and person.ended_on is not None:
                yield person.organization_id, {"person_id": str(person.id), "ended_on": person.ended_on.isoformat()}


def _of_credential(kind: str, credential: Credential, person: Membership) -> Facts:
    facts = {"person_id": str(person.id), "course": credential.course, "serial": show_serial(credential.serial)}
    if kind == EventKind.COMPLETED:
        return {**facts, "completed_on": credential.issued_on.isoformat()}
    if kind == EventKind.ISSUED:
        valid_until = credential.valid_until.isoformat()
        return {**facts, "issued_on": credential.issued_on.isoformat(), "valid_until": valid_until}
    assert credential.revoked_at is not None
    return {**facts, "revoked_on": credential.revoked_at.date().isoformat()}


def _of_duty(assignment_id: uuid.UUID, now: dt.datetime) -> Iterator[tuple[uuid.UUID, Facts]]:
    query = select(Organization).join(Assignment, Assignment.organization_id == Organization.id)
    firm = db.session.scalar(query.where(Assignment.id == assignment_id, firm_is_open()))
    if firm is None:
        return
    duty = duties_where(Assignment.id == assignment_id)
    row = db.session.execute(
        select(duty.c.membership_id, duty.c.requirement_id, duty.c.course, duty.c.due_on).where(
            duty.c.status.in_(LATE)
        ),
        on(firm.id, local_day(firm.time_zone, now)),
    ).first()
    if row is not None:
        ids = {"person_id": row.membership_id, "assignment_id": assignment_id, "requirement_id": row.requirement_id}
        facts = {name: str(number) for name, number in ids.items()}
        yield firm.id, {**facts, "course": row.course, "due_on": row.due_on.isoformat()}


def _may_be_sent(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of deliveries of webhooks that run, don't rest, and act for an owner of an open firm."""
    running = (
        select(Webhook.id)
        .join(Organization, Organization.id == Webhook.organization_id)
        .where(
            Webhook.paused_at.is_(None),
            or_(Webhook.rests_until.is_(None), Webhook.rests_until <= now),
            firm_is_open(),
            select(Membership.id)
            .where(
                Membership.organization_id == Webhook.organization_id,
                Membership.user_id == Webhook.created_by_id,
                Membership.role == Role.OWNER,
                Membership.ended_at.is_(None),
            )
            .exists(),
        )
    )
    return Delivery.webhook_id.in_(running)


def _set(delivery: Delivery, **values: Any) -> None:
    db.session.execute(
        update(Webhook)
        .where(Webhook.id == delivery.webhook_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )

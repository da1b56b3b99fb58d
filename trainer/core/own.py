"""What `core` itself brings to the app: what it keeps of people, and for how long."""

from __future__ import annotations

import datetime as dt
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core import audit, events, outbox
from trainer.core.audit import AuditEvent
from trainer.core.events import Event, forget_events
from trainer.core.feature import Feature, WorkQueue
from trainer.core.limits import LimitCount, forget_counts
from trainer.core.outbox import OutboxMessage
from trainer.core.periods import Period
from trainer.core.privacy import Held
from trainer.core.work import Job

PERIODS: Final = (
    Period(
        title=_l("Counts of failed tries, scrambled, after they ended"),
        lasts=dt.timedelta(),
        why=_l("They have done their work: the next hour starts from zero."),
        record=LimitCount,
        since=LimitCount.ends_at,
        forget=forget_counts,
    ),
    Period(
        title=_l("To which address an email went"),
        lasts=outbox.KEPT,
        why=_l("A firm shows an inspector a year’s reminders. That one was sent, and when, stays without the address."),
        record=OutboxMessage,
        since=OutboxMessage.created_at,
        forget=outbox.forget_old,
        of=OutboxMessage.recipient != "",
    ),
    Period(
        title=_l("The log"),
        lasts=audit.KEPT,
        why=_l("Longer than any law we know of asks for records of training."),
        record=AuditEvent,
        since=AuditEvent.at,
        forget=audit.forget_events,
    ),
    Period(
        title=_l("What happened, for a firm’s other systems"),
        lasts=events.KEPT,
        why=_l("So that what failed can be sent again."),
        record=Event,
        since=Event.created_at,
        forget=forget_events,
    ),
)

HELD: Final = {
    "work": Held({"jobs"}, ()),
    "emails": Held({"outbox_messages"}, ()),
    "log": Held({"audit_events"}, ()),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "content_releases": "The content itself.",
    "events": "Ids of what happened, without anyone's name, for a month.",
    "heartbeats": "The worker's own.",
    "installations": "The database's own.",
    "limit_counts": "Keyed digests, deleted within the hour.",
    "running_processes": "The app's own.",
    "schema_revisions": "The database's own.",
}
"""Tables that say nothing of a person by themselves, and why."""

FEATURE = Feature(
    name="core",
    held=HELD,
    holds_nobody=NOBODY,
    periods=PERIODS,
    queues=(WorkQueue("mail", _l("Mail"), OutboxMessage), WorkQueue("jobs", _l("Long jobs"), Job)),
)

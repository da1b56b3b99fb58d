"""Which firms there is something to do for: those in which something has changed, and those whose time has come.

Each firm has a row (`Upkeep`) that says when it is looked at next, whatever happens; what changes in the meantime
brings it forward. Workers claim these rows as they do jobs (`leases`), so they share the firms, and a firm without
change costs a row that isn't selected.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import ColumnElement, exists, func, or_, select, true, update
from sqlalchemy.orm import aliased

from trainer.assignments.models import Assignment
from trainer.core import leases
from trainer.core.audit import AuditEvent
from trainer.core.db import db, insert_missing
from trainer.core.events import Event, EventKind
from trainer.core.releases import ContentRelease
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment
from trainer.organizations.models import LONGEST_REST, Organization, Upkeep
from trainer.organizations.queries import changes_duties, find_open_firm, firm_is_open
from trainer.organizations.rules import next_turn_of_day

LEASE: Final = dt.timedelta(minutes=10)
"""How long a firm is left to the worker that claimed it; each portion of work begins it again."""
MOST_TRIES: Final = 5
"""Workers in a row that may be ended by one firm."""
REST: Final = dt.timedelta(seconds=5)
"""Between two looks at a firm that is being changed all the time."""
_WRITTEN: Final = dt.timedelta(seconds=10)
"""Within which the transaction of an act has ended, as a rule; the hourly look sees to the others."""


def bring_forward(now: dt.datetime) -> None:
    """Make firms due that are new or in which something has changed. Needs a write transaction."""
    new = select(Organization.id).where(firm_is_open(), ~exists().where(Upkeep.organization_id == Organization.id))
    _begin(db.session.scalars(new), now)
    db.session.execute(
        update(Upkeep)
        .where(Upkeep.tries == 0, Upkeep.due_at > now, _has_news(now))  # one that is claimed isn't taken away
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def list_changed(now: dt.datetime) -> list[uuid.UUID]:
    """Return the firms to be looked at now, since something in the last minutes changes their duties: an act of theirs,
    or one of their people who began a course, whose conditions a requirement may tighten."""
    recent = now - dt.timedelta(minutes=2)  # a worker that just started looks at all of them anyway
    acts = select(func.max(AuditEvent.at)).where(AuditEvent.organization_id == Organization.id)
    newest = acts.where(AuditEvent.at > recent, changes_duties()).scalar_subquery()
    changed = dict(db.session.execute(select(Organization.id, newest).where(newest.is_not(None))).all())
    begun = db.session.execute(select(Enrollment.user_id, Enrollment.started_at).where(Enrollment.started_at > recent))
    if starts := dict(begun.all()):
        theirs = select(Assignment.organization_id, Assignment.user_id).where(Assignment.user_id.in_(starts))
        for firm, user_id in db.session.execute(theirs):
            if user_id is not None:
                changed[firm] = max(starts[user_id], changed.get(firm, starts[user_id]))
    looked = select(Upkeep.organization_id, Upkeep.seen_until).where(Upkeep.organization_id.in_(changed))
    seen = dict(db.session.execute(looked).all()) if changed else {}
    return [firm for firm, at in changed.items() if firm not in seen or _is_due(seen[firm], at, now)]


def _is_due(seen_until: dt.datetime, acted_at: dt.datetime, now: dt.datetime) -> bool:
    began_at = seen_until + Upkeep.SLACK
    if acted_at < began_at:  # once more for what may not have been written yet
        return acted_at > began_at - _WRITTEN and now >= began_at + _WRITTEN
    return now >= began_at + REST


def make_due(firms: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Make firms due. Needs a write transaction."""
    _begin(firms, now)
    db.session.execute(
        update(Upkeep)
        .where(Upkeep.organization_id.in_(firms), Upkeep.tries == 0, Upkeep.due_at > now)
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def _begin(firms: Iterable[uuid.UUID], now: dt.datetime) -> None:
    rows = [
        {"organization_id": firm, "seen_until": now - Upkeep.SLACK, "created_at": now, "due_at": now, "tries": 0}
        for firm in firms
    ]
    insert_missing(Upkeep, rows)


def claim(now: dt.datetime, began_at: dt.datetime, firms: Collection[uuid.UUID] | None = None) -> Upkeep | None:
    """Return the open firm that has been due longest, if it was when a run began; `firms`: one of these.

    Needs a write transaction.
    """
    is_open = exists().where(Organization.id == Upkeep.organization_id, firm_is_open())
    unheard = "Each worker that took it up was ended."
    conditions = (is_open, Upkeep.due_at <= began_at, Upkeep.organization_id.in_(firms) if firms else true())
    return leases.claim(Upkeep, now, *conditions, lease=LEASE, most_tries=MOST_TRIES, unheard=unheard)


def hold(upkeep: Upkeep, now: dt.datetime) -> bool:
    """Keep a firm that was claimed; False if another worker has taken it up. Needs a write transaction."""
    return upkeep.due_at - now > LEASE / 2 or leases.hold(upkeep, now + LEASE)


def note_done(upkeep: Upkeep, began_at: dt.datetime, now: dt.datetime) -> None:
    """Note that a firm was looked at, as it was at a moment. Next when its day turns, or after the longest rest."""
    firm = find_open_firm(upkeep.organization_id)
    following = now + LONGEST_REST
    if firm is not None:
        following = min(following, next_turn_of_day(began_at, firm.time_zone))
    leases.note_own(upkeep, due_at=following, seen_until=began_at - Upkeep.SLACK, tries=0, last_error=None)


def note_undone(upkeep: Upkeep, error: str | None, now: dt.datetime) -> None:
    """Note that not all could be done for a firm, and why if that was an error: the next run tries again."""
    soon = now + dt.timedelta(seconds=1)  # not in the run that is under way
    leases.note_own(upkeep, due_at=soon, tries=0, last_error=error[:300] if error else None)


def _has_news(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of firms in which something has changed that can give them, or someone there, a duty.

    Acts of the firm are in its audit log. What its people do elsewhere counts if it takes a certificate from them, or
    begins a course under conditions that the firm may tighten. Anything else waits for the firm's time.
    """
    acts = exists().where(AuditEvent.organization_id == Upkeep.organization_id, AuditEvent.at > Upkeep.seen_until)
    contents = exists().where(ContentRelease.released_at > Upkeep.seen_until)
    since = now - 2 * LONGEST_REST  # whatever is older, the firm's own time has come since
    upkeep = aliased(Upkeep)
    # Without grouping: SQLite would then go through the duties of all firms instead of beginning with what is recent.
    duties = select(upkeep.id).join(Assignment, Assignment.organization_id == upkeep.organization_id)
    revoked = (
        duties.join(Credential, Credential.user_id == Assignment.user_id)
        .join(Event, Event.subject_id == Credential.id)
        .where(Event.kind == EventKind.REVOKED, Event.created_at > since, Event.created_at > upkeep.seen_until)
    )
    begun = duties.join(Enrollment, Enrollment.user_id == Assignment.user_id).where(
        Enrollment.started_at > since, Enrollment.started_at > upkeep.seen_until
    )
    return or_(acts, contents, Upkeep.id.in_(revoked), Upkeep.id.in_(begun))

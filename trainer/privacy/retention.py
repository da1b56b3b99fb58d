"""How long each sort of record is kept, and why: one table, from which the worker deletes and the page tells.

What isn't listed stays as long as the account, the firm or the class that it belongs to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, Date, and_, false, func

from trainer.accounts.models import Link, PinTry, Session, User
from trainer.accounts.operations import forget_links, forget_sessions
from trainer.accounts.pin_rules import MONTH
from trainer.accounts.pins import forget_tries
from trainer.accounts.queries import is_a_guest
from trainer.accounts.rules import KEPT as GUESTS_KEPT
from trainer.accounts.rules import LINKS_KEPT, SESSIONS_KEPT
from trainer.assessment.models import Remark
from trainer.assessment.remarks import KEPT as REMARKS_KEPT
from trainer.assessment.remarks import forget_remarks
from trainer.compliance.certificate_files import KIND as CERTIFICATES
from trainer.compliance.certificate_files import ORDERS_KEPT, forget_orders
from trainer.compliance.models import ReportMail, ReportRecipient
from trainer.compliance.packs import forget_packs
from trainer.compliance.report_rules import LOG_KEPT as REPORTS_KEPT
from trainer.compliance.reports import forget_reports
from trainer.compliance.rules import PACK_KEPT
from trainer.core import audit, events, outbox
from trainer.core.audit import AuditEvent
from trainer.core.db import Base
from trainer.core.events import Event, forget_events
from trainer.core.limits import LimitCount, forget_counts
from trainer.core.outbox import OutboxMessage
from trainer.core.work import Job
from trainer.instructing.models import WalkIn
from trainer.instructing.walk_ins import KEPT as NAMES_KEPT
from trainer.instructing.walk_ins import forget_names, is_unclaimed, last_seen
from trainer.interop.models import Delivery, PersonWrite
from trainer.interop.rules import REMEMBERED as WRITES_KEPT
from trainer.interop.telling import forget_deliveries
from trainer.interop.writing import forget_writes
from trainer.joining.drafts import KEPT as DRAFTS_KEPT
from trainer.joining.drafts import forget_drafts
from trainer.joining.operations import forget_guests
from trainer.organizations.models import RosterDraft
from trainer.privacy.copies import forget_copies
from trainer.privacy.queries import COPY
from trainer.privacy.rules import COPY_KEPT


@dataclass(frozen=True)
class Period:
    """How long one sort of record is kept, from when on, and why."""

    title: LazyString
    lasts: dt.timedelta
    why: LazyString
    record: type[Base]
    since: Any
    """The column, or SQL, with the instant or day of a record from which on its time runs."""
    forget: Callable[[dt.datetime], object]
    """Deletes what is past its time, in the caller's transaction."""
    of: ColumnElement[bool] | None = None
    """Which records of the table are meant, if not all."""

    def is_past(self, now: dt.datetime) -> ColumnElement[bool]:
        """Return the condition of records that should be gone."""
        before = now - self.lasts
        is_of_days = isinstance(self.since.type, Date)
        is_old = self.since < (before.date() if is_of_days else before)
        return is_old if self.of is None else and_(self.of, is_old)

    @property
    def words(self) -> str:
        """How long that is."""
        days = self.lasts.days
        if days > 730:
            return str(ngettext("%(num)s year", "%(num)s years", days // 365))
        return str(ngettext("%(num)s day", "%(num)s days", days) if days else _("not at all"))


PERIODS: Final = (
    Period(
        title=_l("Progress kept without an account, after the last visit"),
        lasts=GUESTS_KEPT,
        why=_l("When the cookie is gone, nobody can open it anymore."),
        record=User,
        since=User.created_at,  # and nothing done since
        forget=forget_guests,
        of=and_(is_a_guest(), User.erased_at.is_(None)),
    ),
    Period(
        title=_l("Sign-ins on a device, after they ended"),
        lasts=SESSIONS_KEPT,
        why=_l("So that you and the people who run this site can look into misuse."),
        record=Session,
        since=Session.ended_at,
        forget=forget_sessions,
    ),
    Period(
        title=_l("Links we emailed, after they ran out"),
        lasts=LINKS_KEPT,
        why=_l("So that a late click gets a clear answer."),
        record=Link,
        since=Link.expires_at,
        forget=forget_links,
    ),
    Period(
        title=_l("Wrong PINs"),
        lasts=MONTH,
        why=_l("How many there may be in that time is limited."),
        record=PinTry,
        since=PinTry.at,
        forget=forget_tries,
    ),
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
        title=_l("A copy of your data, once it is ready"),
        lasts=COPY_KEPT,
        why=_l("Long enough to download it. A new one costs nothing."),
        record=Job,
        since=Job.finished_at,
        forget=forget_copies,
        of=Job.kind == COPY,
    ),
    Period(
        title=_l("Files of evidence packs"),
        lasts=PACK_KEPT,
        why=_l("Long enough to download them. One beside an inspector’s link is kept until that link ends."),
        record=Job,
        since=Job.created_at,
        forget=forget_packs,
        of=false(),  # files, not rows
    ),
    Period(
        title=_l("Orders of certificates as one file"),
        lasts=ORDERS_KEPT,
        why=_l("What was searched for may be someone’s name."),
        record=Job,
        since=Job.created_at,
        forget=forget_orders,
        of=Job.kind == CERTIFICATES,
    ),
    Period(
        title=_l("Rosters that were sent and not confirmed"),
        lasts=DRAFTS_KEPT,
        why=_l("Long enough to go through them."),
        record=RosterDraft,
        since=func.coalesce(RosterDraft.applied_at, RosterDraft.created_at),
        forget=forget_drafts,
    ),
    Period(
        title=_l("Who gets reports outside a firm, after they stopped"),
        lasts=REPORTS_KEPT,
        why=_l("A firm shows to whom its reports went that year."),
        record=ReportRecipient,
        since=ReportRecipient.stopped_at,
        forget=forget_reports,
    ),
    Period(
        title=_l("That a report was sent"),
        lasts=REPORTS_KEPT,
        why=_l("A firm shows to whom its reports went that year."),
        record=ReportMail,
        since=ReportMail.created_at,
        forget=forget_reports,
    ),
    Period(
        title=_l("Names noted at meetings of public classes that nobody claimed, after the last meeting"),
        lasts=NAMES_KEPT,
        why=_l("Someone who joins by then gets what was signed off for them."),
        record=WalkIn,
        since=last_seen(),
        forget=forget_names,
        of=is_unclaimed(),
    ),
    Period(
        title=_l("What a firm’s other systems wrote about someone"),
        lasts=WRITES_KEPT,
        why=_l("Nothing older than that comes late."),
        record=PersonWrite,
        since=PersonWrite.written_at,
        forget=forget_writes,
    ),
    Period(
        title=_l("What a firm’s other systems were told"),
        lasts=events.KEPT,
        why=_l("So that what failed can be sent again."),
        record=Delivery,
        since=Delivery.created_at,
        forget=forget_deliveries,
    ),
    Period(
        title=_l("What happened, for a firm’s other systems"),
        lasts=events.KEPT,
        why=_l("So that what failed can be sent again."),
        record=Event,
        since=Event.created_at,
        forget=forget_events,
    ),
    Period(
        title=_l("What people wrote about scenes, without who wrote it"),
        lasts=REMARKS_KEPT,
        why=_l("Long enough to improve the scene."),
        record=Remark,
        since=Remark.written_on,
        forget=forget_remarks,
    ),
)

"""How pages and files name where someone stands."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from trainer.assignments.models import Reminder
from trainer.assignments.rules import Audience, Status
from trainer.core.outbox import OutboxMessage
from trainer.web.language import show_day

STATUS_NAMES = {
    Status.NOT_STARTED: _l("Not started"),
    Status.IN_PROGRESS: _l("In progress"),
    Status.CURRENT: _l("Current"),
    Status.DUE_SOON: _l("Due soon"),
    Status.OVERDUE: _l("Overdue"),
    Status.EXPIRED: _l("Expired"),
    Status.WAIVED: _l("Waived"),
}
STATUS_CHIPS = {
    Status.NOT_STARTED: ("none", "circle-o"),
    Status.IN_PROGRESS: ("note", "circle-h"),
    Status.CURRENT: ("ok", "check"),
    Status.DUE_SOON: ("due", "clock"),
    Status.OVERDUE: ("late", "bang"),
    Status.EXPIRED: ("late", "bang"),
    Status.WAIVED: ("note", "paper"),
}
"""Kind and icon of each chip: meaning never hangs on color alone."""

AUDIENCES = {
    Audience.EVERYONE: _l("Everyone on the roster"),
    Audience.TEAMS: _l("People of chosen teams"),
    Audience.ROLE: _l("People of one role"),
    Audience.HIRED_SINCE: _l("People hired since a day"),
}
SKIPPED = {
    "not joined": _l("hasn’t joined yet"),
    "no address": _l("no email address"),
    "waived": _l("waived"),
}


def status_name(status: Status, unapproved_state: str | None) -> str:
    """Return the status in words; where a state wants an approved course, nobody is just "current"."""
    if unapproved_state and status is Status.CURRENT:
        return str(_l("Trained, not state-approved"))
    return str(STATUS_NAMES[status])


def outcome(reminder: Reminder, mail: OutboxMessage | None) -> str:
    """Return what became of a reminder, the same wherever it is told."""
    if reminder.skipped:
        return str(gettext("Not sent: %(why)s", why=SKIPPED[reminder.skipped]))
    if mail is None:
        return str(gettext("No longer kept"))
    if mail.sent_at is not None:
        return str(gettext("Sent %(day)s", day=show_day(mail.sent_at, "long")))
    if mail.dead_at is None:
        return str(gettext("Waiting to be sent"))
    if mail.last_error == "no longer needed":
        return str(gettext("Not sent: no longer due by the time it was to go out"))
    if not mail.tries:
        return str(gettext("Not sent: canceled before the first try"))
    return str(gettext("Not sent: the mail server refused it"))


def reminder_name(kind: str) -> str:
    """Return which reminder it is, by its day before or its week after the due day."""
    first, _blank, second = kind.partition(" ")
    if first == "overdue":
        return str(gettext("Overdue, week %(number)s", number=second))
    return str(ngettext("%(num)s day before", "%(num)s days before", int(first)))

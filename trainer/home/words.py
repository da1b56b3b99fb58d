"""What needs attention, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from trainer.home.queries import Kind, Need
from trainer.web.language import isolated, show_day, show_time


def say(need: Need) -> str:
    """Return one line of what needs attention."""
    count = need.number
    match need.kind:
        case Kind.LATE if count == need.people:
            return str(ngettext("%(num)s person is overdue", "%(num)s people are overdue", count))
        case Kind.LATE:
            of_people = ngettext("%(num)s person", "%(num)s people", need.people)
            return str(_("%(duties)s duties of %(people)s are overdue", duties=count, people=of_people))
        case Kind.WITHDRAWN:
            assert need.at is not None
            return str(
                _(
                    "%(name)s’s certificate was withdrawn on %(day)s: %(reason)s",
                    name=isolated(need.name),
                    day=show_day(need.at),
                    reason=need.reason,
                )
            )
        case Kind.ROUNDS:
            return str(
                ngettext(
                    "%(num)s person is asking for another round of the final",
                    "%(num)s people are asking for another round of the final",
                    count,
                )
            )
        case Kind.FAILED_REMINDERS:
            return str(
                ngettext(
                    "%(num)s reminder couldn’t be delivered: %(title)s",
                    "%(num)s reminders couldn’t be delivered: %(title)s",
                    count,
                    title=need.name,
                )
            )
        case Kind.TRAININGS:
            return str(
                ngettext(
                    "%(num)s record of earlier training is waiting for your approval",
                    "%(num)s records of earlier training are waiting for your approval",
                    count,
                )
            )
        case Kind.REPORTS:
            return str(
                ngettext(
                    "%(num)s address that gets reports by email can’t be reached",
                    "%(num)s addresses that get reports by email can’t be reached",
                    count,
                )
            )
        case Kind.WEBHOOK:
            return str(_("The webhook to %(host)s isn’t getting through", host=need.name))
        case Kind.ROSTER:
            sent_at = show_time(need.at) if need.at else ""
            return str(_("A roster that you sent at %(time)s is waiting for you to confirm it", time=sent_at))
        case Kind.CERTIFICATES:
            return str(
                ngettext(
                    "%(num)s certificate or training record expires within 14 days",
                    "%(num)s certificates or training records expire within 14 days",
                    count,
                )
            )
        case Kind.WAIVERS:
            return str(ngettext("%(num)s waiver ends within 14 days", "%(num)s waivers end within 14 days", count))
        case _:
            return _of_joining(need)


def _of_joining(need: Need) -> str:
    count = need.number
    match need.kind:
        case Kind.FAILED_INVITATIONS:
            said = ngettext(
                "%(num)s invitation couldn’t be delivered", "%(num)s invitations couldn’t be delivered", count
            )
        case Kind.UNANSWERED:
            said = ngettext(
                "%(num)s invitation has no answer, and nothing more goes out automatically",
                "%(num)s invitations have no answer, and nothing more goes out automatically",
                count,
            )
        case Kind.UNINVITED:
            said = ngettext("%(num)s person hasn’t been invited", "%(num)s people haven’t been invited", count)
        case Kind.SLIPS_ENDING:
            said = ngettext(
                "%(num)s PIN slip has expired or expires within 3 days",
                "%(num)s PIN slips have expired or expire within 3 days",
                count,
            )
        case _:
            said = ngettext(
                "%(num)s person without email has no PIN slip", "%(num)s people without email have no PIN slip", count
            )
    return str(said)

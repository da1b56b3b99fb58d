"""The days of someone's check-ins and the last day of their certificate, as a calendar file."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from trainer.assessment.check_ins import CheckIns
from trainer.content.serving import served

if TYPE_CHECKING:
    from icalendar import Calendar


def calendar_of(check_ins: CheckIns, address: str, now: dt.datetime) -> bytes:
    """Return the days that are still to come in the iCalendar format (RFC 5545). `address`: of the page about them.

    Imported again, a file updates the entries of an older one instead of doubling them.
    """
    from icalendar import Calendar  # few ask for the file, and every process would start later for it

    calendar = Calendar()
    calendar.add("prodid", f"-//{served().site.name}//check-ins//EN")
    calendar.add("version", "2.0")
    title = check_ins.course.file.title
    for scheduled in check_ins.schedule.days:
        if scheduled.due_on >= now.date() and scheduled.number not in check_ins.schedule.done:
            said = _("Check-in: %(num)s scenes, %(course)s", num=check_ins.scenes(scheduled), course=title)
            _add(
                calendar, f"check-in-{scheduled.number}-{check_ins.enrollment_id}", said, scheduled.due_on, address, now
            )
    ends = check_ins.credential.valid_until
    said = _("Your certificate ends today: %(course)s", course=title)
    _add(calendar, f"certificate-{check_ins.credential.id}", said, ends, address, now)
    return bytes(calendar.to_ical())


def _add(calendar: Calendar, uid: str, said: str, day: dt.date, address: str, now: dt.datetime) -> None:
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", said)
    event.add("url", address)
    event.add("transp", "TRANSPARENT")  # a day on which something is due isn't a day that is taken
    calendar.add_component(event)

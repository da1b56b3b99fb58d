"""What an evidence pack says in sentences: on its cover, on its page and in its README."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_time, get_timezone_name
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from trainer.assignments.models import Requirement
from trainer.assignments.rules import Audience
from trainer.assignments.words import who
from trainer.compliance.rules import StatusGroup
from trainer.content.serving import served
from trainer.credentials.words import disclaimer
from trainer.extras.packs.records import Records, Rule
from trainer.extras.packs.sealing import MANIFEST, SEAL
from trainer.organizations.rules import local_day
from trainer.web.language import show_day


@dataclass(slots=True)
class PackTally:
    """How much there is of what a pack holds, counted while it is written."""

    people: int = 0
    former: set[object] = field(default_factory=set)
    """Ids of former staff: each may have several certificates."""
    excused: int = 0
    excuses: int = 0
    meetings: int = 0
    sent: int = 0
    unsent: int = 0
    unserved: int = 0
    """Of these, not sent since the site had no mail server."""
    changes: int = 0


class PackPart(NamedTuple):
    """A part of a pack: its place on the page, what it is called, how much is in it, its file."""

    place: str
    name: str
    contents: str
    file: str


def headline(records: Records) -> str:
    """Return how many people were current."""
    counts, day = records.counts, show_day(records.as_of, "long")
    if not counts.total:
        return str(_("Training records on %(day)s", day=day))
    if len(records.requirements) > 1:
        return str(
            ngettext(
                "On %(day)s, %(current)s of %(num)s person was current in everything required.",
                "On %(day)s, %(current)s of %(num)s people were current in everything required.",
                counts.people,
                day=day,
                current=counts.people_current,
            )
        )
    return str(
        ngettext(
            "On %(day)s, %(current)s of %(num)s person was current.",
            "On %(day)s, %(current)s of %(num)s people were current.",
            counts.total,
            day=day,
            current=counts.of(StatusGroup.CURRENT),
        )
    )


def sentences(records: Records) -> list[str]:
    """Return how the others stood."""
    counts = records.counts
    if not counts.total:
        return [str(_("Nothing was required of anyone on that day."))]
    told = []
    if counts.total != counts.people:
        told.append(ngettext("Together they had %(num)s duty.", "Together they had %(num)s duties.", counts.total))
    if late := counts.of(StatusGroup.LATE):
        told.append(ngettext("%(num)s was overdue.", "%(num)s were overdue.", late))
    if due := counts.of(StatusGroup.DUE):
        told.append(ngettext("%(num)s was due within 30 days.", "%(num)s were due within 30 days.", due))
    if left := counts.of(StatusGroup.OPEN):
        told.append(ngettext("%(num)s had more time than that.", "%(num)s had more time than that.", left))
    if excused := counts.of(StatusGroup.WAIVED):
        told.append(
            ngettext("%(num)s was excused, with a reason.", "%(num)s were excused, each with a reason.", excused)
        )
    return [str(sentence) for sentence in told]


def moment(records: Records) -> str:
    """Return which moment the pack shows: the end of its day, or when it was made if that was the same day."""
    zone, locale = ZoneInfo(records.zone), get_locale()
    name = get_timezone_name(zone, width="long", locale=locale)
    if local_day(records.zone, records.made_at) > records.as_of:
        return str(_("At the end of %(day)s, %(zone)s", day=show_day(records.as_of, "full"), zone=name))
    time = format_time(records.made_at, "short", tzinfo=zone, locale=locale)
    return str(_("On %(day)s, %(time)s, %(zone)s", day=show_day(records.as_of, "full"), time=time, zone=name))


def made(records: Records) -> str:
    """Return when the pack was made, by the firm's clock."""
    zone, locale = ZoneInfo(records.zone), get_locale()
    day = show_day(local_day(records.zone, records.made_at), "long")
    return str(_("%(day)s, %(time)s", day=day, time=format_time(records.made_at, "short", tzinfo=zone, locale=locale)))


def describe(requirement: Rule, records: Records) -> str:
    """Describe a requirement: what it asks, of whom and since when."""
    course = served().courses.get(requirement.course)
    asked = ngettext(
        "the course “%(course)s,” every month, at least %(minutes)s active minutes, new people within "
        "%(days)s days. For: %(who)s. In effect since %(since)s.",
        "the course “%(course)s,” every %(num)s months, at least %(minutes)s active minutes, new people within "
        "%(days)s days. For: %(who)s. In effect since %(since)s.",
        requirement.cadence_months,
        course=course.file.title if course else requirement.course,
        minutes=requirement.least_minutes,
        days=requirement.days_allowed,
        who=who(Audience.read(requirement.audience), records.team_names),
        since=show_day(requirement.starts_on, "long"),
    )
    told, region = str(_("%(title)s: %(asked)s", title=requirement.title, asked=asked)), region_of(requirement)
    return f"{told} {_('Shown with the numbers and laws of: %(region)s', region=region)}." if region else told


def region_of(requirement: Rule) -> str | None:
    """Return the name of a requirement's own region. Which one it had on an earlier day isn't kept."""
    own = requirement.region if isinstance(requirement, Requirement) else None
    return next((there.region.name for name, there in served().regions.items() if name == own), None)


def parts(records: Records, tally: PackTally) -> list[PackPart]:
    """Return the pack's contents, in the order of its page."""
    unchanged = _("what each one asked, and of whom")
    told = [
        PackPart("people", _("People"), _roster(tally), "training-status.csv"),
        PackPart("excused", _("Excused, with reasons"), _excused(tally), "waivers.csv"),
        PackPart(
            "certificates",
            _("Certificates"),
            ngettext(
                "%(num)s file, named “Name - number - serial”",
                "%(num)s files, named “Name - number - serial”",
                len(records.certificates),
            ),
            "completions.csv",
        ),
        PackPart(
            "meetings",
            _("Meetings in person"),
            ngettext(
                "%(num)s meeting: who taught, who was there",
                "%(num)s meetings: who taught, who was there",
                tally.meetings,
            ),
            "meetings.csv",
        ),
        PackPart(
            "reminders",
            _("Reminders"),
            _reminders(tally),
            "reminders.csv",
        ),
        PackPart(
            "required",
            _("What was required"),
            ngettext(
                "%(num)s entry on who set or changed it", "%(num)s entries on who set or changed it", tally.changes
            )
            if tally.changes
            else unchanged,
            "requirement-history.csv",
        ),
    ]
    return [PackPart(place, str(name), str(contents), file) for place, name, contents, file in told]


def files() -> dict[str, str]:
    """Return file -> what it holds, for those who look into the folder."""
    return {
        "index.html": _("the whole pack as a page: start here"),
        "cover.pdf": _("the summary, for printing"),
        "README.txt": _("what each file contains, in plain text"),
        "roster.csv": _("who was on the roster on that day"),
        "training-status.csv": _("where everyone stood on that day"),
        "completions.csv": _("certificates earned by that day; each can be checked by its number"),
        "attestations.csv": _("statements that were signed"),
        "earlier-training.csv": _("training elsewhere, recorded by the firm; its proof is in proof-files/"),
        "former-staff.csv": _("people who had left, as long as a law wants their records kept"),
        "waivers.csv": _("who was excused, why, and who decided it"),
        "meetings.csv": _("meetings in person: who taught, who was there, what was signed off"),
        "reminders.csv": _("reminders that were sent, and why one wasn’t"),
        "requirements.csv": _("what the firm required on that day"),
        "requirement-history.csv": _("who set, changed or ended what is required, and when"),
        "rule-….html": _("how the final of each course decides, as of now"),
        "course-….txt": _("outline of each course as taught now; completions.csv names the version that was earned"),
        "certificates/": _("the certificates"),
        MANIFEST: _("SHA-256 of every other file"),
        SEAL: _("our signature of manifest.json"),
    }


def disclaimers(records: Records) -> list[str]:
    """Return the disclaimers about the training."""
    states = sorted({item.unapproved_state for item in records.requirements if item.unapproved_state})
    return [served().vocabulary.disclaimers.records, *(disclaimer(state) for state in states)]


def keeping(records: Records) -> list[str]:
    """Return for how long former staff are in the pack, by each law that says so."""
    told = {
        "completion": lambda years: ngettext(
            "for %(num)s year after completing the course", "for %(num)s years after completing the course", years
        ),
        "leaving": lambda years: ngettext("for %(num)s year after leaving", "for %(num)s years after leaving", years),
    }
    return [
        str(_("%(law)s: %(time)s", law=law.title, time=told[law.former_staff.since](law.former_staff.years)))
        for law in records.laws
        if law.former_staff
    ]


def checking(records: Records) -> list[str]:
    """Return how to find out whether a pack is as it was made."""
    if records.check_url is None:
        return [str(_("This is a sample. It can’t be checked."))]
    return [
        str(
            _(
                "Open %(url)s and choose the file %(manifest)s, or paste its SHA-256.",
                url=records.check_url,
                manifest=MANIFEST,
            )
        ),
        str(_("The page says whether we made this pack, for whom, for which day, and when.")),
        str(
            _(
                "%(manifest)s has the SHA-256 of every other file. A file that was changed has a different one.",
                manifest=MANIFEST,
            )
        ),
        str(
            _(
                "%(seal)s is a signature of %(manifest)s, if the site had a key: a detached JWS (RS256). The key is at "
                "/.well-known/did.json of the site.",
                seal=SEAL,
                manifest=MANIFEST,
            )
        ),
        str(
            _(
                "To see a file’s SHA-256: “certutil -hashfile FILE SHA256” on Windows, “shasum -a 256 FILE” on a Mac, "
                "“sha256sum FILE” on Linux."
            )
        ),
    ]


def _roster(tally: PackTally) -> str:
    there = ngettext("%(num)s on the roster that day", "%(num)s on the roster that day", tally.people)
    if not tally.former:
        return str(there)
    return str(_("%(there)s, %(former)s former", there=there, former=len(tally.former)))


def _reminders(tally: PackTally) -> str:
    numbers = {"sent": tally.sent, "unsent": tally.unsent, "unserved": tally.unserved}
    if not tally.unserved:
        return str(_("%(sent)s sent, %(unsent)s not sent", **numbers))
    if tally.unserved == tally.unsent:
        return str(_("%(sent)s sent, %(unsent)s not sent: the site had no mail server", **numbers))
    return str(
        _("%(sent)s sent, %(unsent)s not sent, %(unserved)s of them since the site had no mail server", **numbers)
    )


def _excused(tally: PackTally) -> str:
    if not tally.excuses:
        return str(_("no one"))
    return str(
        _(
            "%(excused)s on that day, %(earlier)s earlier; who decided, until when",
            excused=tally.excused,
            earlier=tally.excuses - tally.excused,
        )
    )

"""A sample evidence pack: of a made-up firm, by the code that writes the real ones. Its records are never saved."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.assignments.models import Requirement
from trainer.assignments.rules import LATE, Audience, CoveringCredential, Duty, Status, Terms, first_due, status
from trainer.assignments.words import who
from trainer.compliance.file_names import certificate_name
from trainer.compliance.rules import Row, StatusCounts
from trainer.content.library import Content, Course
from trainer.credentials.models import Credential
from trainer.credentials.paper import sample_pdf
from trainer.credentials.rules import show_serial, valid_until
from trainer.extras.packs.files import about, write_files, zip_files
from trainer.extras.packs.records import AuditedChange, Excuse, Meeting, PackPerson, Records, Reminding, TaughtLesson
from trainer.learning.models import Enrollment
from trainer.learning.rules import Conditions
from trainer.organizations.models import Membership
from trainer.organizations.posters import SAMPLE_FIRM
from trainer.organizations.rules import Role
from trainer.organizations.words import act_name
from trainer.web.language import show_day

MARK: Final = _l("Sample, made-up people")

_ZONE: Final = "America/New_York"
_MADE_AT: Final = dt.datetime(2026, 10, 1, 16, 0, tzinfo=dt.UTC)
_DAY: Final = _MADE_AT.date()
_SINCE: Final = dt.date(2025, 7, 1)  # the firm's first day on the site
_STATEMENT: Final = _l("I did all of this course myself.")
_GUARD: Final = _l("Guard")
_GATE: Final = _l("North gate")
_WAREHOUSE: Final = _l("Warehouse")
_DESK: Final = _l("Night desk")
_OWNER: Final = _l("Ada Sample, owner")
_INSTRUCTOR: Final = _l("Grace Sample")


class _SamplePerson(NamedTuple):
    """Someone made up. `earned_on`: the day of the certificate; `waived_until`: the last day of an excuse."""

    name: str
    job_title: LazyString
    team: LazyString
    hired_on: dt.date
    earned_on: dt.date | None = None
    waived_until: dt.date | None = None
    has_begun: bool = False
    role: Role = Role.MEMBER


_PEOPLE: Final = (
    _SamplePerson(
        "Ada Sample", _l("Site supervisor"), _GATE, dt.date(2021, 5, 3), dt.date(2026, 3, 12), role=Role.OWNER
    ),
    _SamplePerson("Ben Sample", _GUARD, _GATE, dt.date(2023, 9, 18), dt.date(2026, 2, 26)),
    _SamplePerson("Cora Sample", _GUARD, _GATE, dt.date(2024, 1, 8), dt.date(2025, 10, 15)),
    _SamplePerson("Dev Sample", _GUARD, _WAREHOUSE, dt.date(2022, 6, 27), dt.date(2025, 9, 4)),
    _SamplePerson("Elena Sample", _GUARD, _WAREHOUSE, dt.date(2026, 8, 17), has_begun=True),
    _SamplePerson("Femi Sample", _GUARD, _WAREHOUSE, dt.date(2019, 2, 11), waived_until=dt.date(2026, 12, 31)),
    _SamplePerson(
        "Grace Sample", _l("Dispatcher"), _DESK, dt.date(2024, 11, 4), dt.date(2026, 5, 21), role=Role.INSTRUCTOR
    ),
    _SamplePerson("Hugo Sample", _GUARD, _DESK, dt.date(2026, 6, 1)),
)


def sample_pack(content: Content) -> bytes:
    """Return the ZIP; the same content in the same language gives the same bytes."""
    course = next((known for known in content.courses.values() if known.file.attestation), None)
    course = course or next(iter(content.courses.values()))
    requirement = _requirement(course)
    people = [(person, _membership(number, person)) for number, person in enumerate(_PEOPLE, 1)]
    earned = [
        (member, _credential(number, person, person.earned_on, course))
        for number, (person, member) in enumerate(people, 1)
        if person.earned_on is not None
    ]
    serials = {member.id: credential for member, credential in earned}
    rows = [_row(person, member, requirement, serials.get(member.id)) for person, member in people]
    names = {
        credential.serial: certificate_name(member.name, member.employee_number, show_serial(credential.serial), "pdf")
        for member, credential in earned
    }
    records = Records(
        firm=str(SAMPLE_FIRM),
        zone=_ZONE,
        as_of=_DAY,
        made_at=_MADE_AT,
        ordered_by=str(_OWNER),
        check_url=None,
        requirements=[requirement],
        laws=[],
        team_names={},
        courses=[course],
        counts=_counts(rows),
        people=[PackPerson(member, (str(person.team),)) for person, member in people],
        standings=rows,
        completions=earned,
        attestations=[(member, credential, _enrollment(member, credential)) for member, credential in earned],
        trainings=[],
        former=[],
        excuses=[_excuse(person, member, requirement) for person, member in people if person.waived_until],
        meetings=[_meeting(course, [member for _person, member in people[:4]])],
        reminders=[_reminding(row) for row in rows if row.status in LATE],
        changes=[_change(requirement)],
        certificates=names,
        mark=str(MARK),
    )
    files: dict[str, bytes] = {}

    def put(name: str, portions: Iterable[bytes]) -> None:
        files[name] = b"".join(portions)

    write_files(records, put)
    files |= {f"certificates/{names[credential.serial]}": sample_pdf(credential) for _member, credential in earned}
    pack = io.BytesIO()
    zip_files(pack, about(records), ((name, [data]) for name, data in sorted(files.items())))
    return pack.getvalue()


def _counts(rows: Sequence[Row]) -> StatusCounts:
    by_status = Counter(row.status for row in rows)
    return StatusCounts(people=len(rows), people_current=by_status[Status.CURRENT], by_status=dict(by_status))


def _excuse(person: _SamplePerson, member: Membership, requirement: Requirement) -> Excuse:
    assert person.waived_until is not None
    return Excuse(
        member.name,
        member.employee_number,
        requirement.title,
        str(_("On leave")),
        person.waived_until,
        _MADE_AT - dt.timedelta(days=20),
        str(_OWNER),
        None,
        None,
        is_in_effect=True,
    )


def _meeting(course: Course, members: Sequence[Membership]) -> Meeting:
    lessons = course.lessons[:2]
    minutes = sum(lesson.file.minutes for lesson in lessons)
    held_at = _MADE_AT - dt.timedelta(days=40)
    return Meeting(
        held_at.date(),
        minutes,
        str(_("First class, %(site)s", site=_GATE)),
        course.file.title,
        tuple(lesson.file.title for lesson in lessons),
        str(_INSTRUCTOR),
        [
            TaughtLesson(
                *(member.name, member.employee_number, len(lessons), minutes, held_at, str(_INSTRUCTOR)),
                str(_INSTRUCTOR),
                str(_("I taught these people in person on %(day)s.", day=show_day(held_at, "long"))),
            )
            for member in members
        ],
    )


def _reminding(row: Row) -> Reminding:
    ordered_at = dt.datetime.combine(row.due_on - dt.timedelta(days=7), dt.time(16), dt.UTC)
    told = str(_("Sent %(day)s", day=show_day(ordered_at, "long")))
    return Reminding(
        row.name, row.employee_number, row.requirement, "7 days", row.due_on, ordered_at, told, is_sent=True
    )


def _change(requirement: Requirement) -> AuditedChange:
    made_at = dt.datetime.combine(_SINCE, dt.time(16), dt.UTC)
    details = f"{_('who')}: {who(Audience(), {})}"
    return AuditedChange(made_at, act_name("requirement.made"), requirement.title, str(_OWNER), details)


def _requirement(course: Course) -> Requirement:
    return Requirement(
        id=uuid.UUID(int=1),
        title=_("%(course)s, yearly", course=course.file.title),
        course=course.slug,
        audience=Audience().written(),
        least_minutes=course.file.least_minutes,
        cadence_months=12,
        days_allowed=90,
        renewal_days=60,
        is_paced=False,
        allows_test_out=True,
        attestation=str(_STATEMENT),
        starts_on=_SINCE,
    )


def _membership(number: int, person: _SamplePerson) -> Membership:
    return Membership(
        id=uuid.UUID(int=number),
        name=person.name,
        employee_number=f"{1000 + number}",
        job_title=str(person.job_title),
        role=person.role.value,
        hired_on=person.hired_on,
        joined_at=dt.datetime.combine(max(person.hired_on, _SINCE), dt.time(16), dt.UTC),
    )


def _credential(number: int, person: _SamplePerson, earned_on: dt.date, course: Course) -> Credential:
    return Credential(
        serial=f"SAMPLE{number:04}",  # too short to be one: it is found nowhere
        holder_name=person.name,
        course=course.slug,
        course_title=course.file.credential_title or course.file.title,
        course_version=course.file.version,
        edition=course.file.edition,
        achievement=course.file.achievement,
        course_digest=course.digest,
        started_on=earned_on,
        scenes=course.file.final.scenes,
        minutes=course.file.least_minutes + 7 * number,
        is_attested=True,
        is_paced=False,
        is_tested_out=False,
        unapproved_states=[],
        issued_at=dt.datetime.combine(earned_on, dt.time(16), dt.UTC),
        issued_on=earned_on,
        valid_until=valid_until(earned_on, course.file.validity_months),
        is_local_trial=False,
    )


def _enrollment(member: Membership, credential: Credential) -> Enrollment:
    return Enrollment(
        conditions=Conditions(attestation=str(_STATEMENT)).kept(),
        attested_at=credential.issued_at,
        attested_as=member.name,
    )


def _row(person: _SamplePerson, member: Membership, requirement: Requirement, credential: Credential | None) -> Row:
    """Return where someone stands, as the rules of real duties have it."""
    terms = Terms(
        requirement.least_minutes,
        requirement.cadence_months,
        requirement.renewal_days,
        requirement.is_paced,
        needs_attestation=True,
    )
    done = _completion(credential) if credential else None
    duty = Duty(
        terms,
        first_due(person.hired_on, requirement.starts_on, requirement.days_allowed),
        (done,) if done else (),
        person.waived_until,
        person.has_begun,
    )
    return Row(
        membership_id=member.id,
        assignment_id=member.id,
        name=member.name,
        employee_number=member.employee_number,
        job_title=member.job_title,
        teams=(str(person.team),),
        hired_on=member.hired_on,
        requirement_id=requirement.id,
        requirement=requirement.title,
        course=requirement.course,
        status=status(duty, _DAY),
        due_on=duty.due_on,
        completed_on=done.issued_on if done else None,
        serial=credential.serial if credential else None,
        minutes=credential.minutes if credential else None,
        unapproved_state=None,
        waived_until=person.waived_until,
    )


def _completion(credential: Credential) -> CoveringCredential:
    return CoveringCredential(
        credential.issued_on,
        credential.valid_until,
        credential.minutes,
        credential.is_attested,
        credential.is_paced,
    )

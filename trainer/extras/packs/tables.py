"""The tables of an evidence pack, each a CSV file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from trainer.assignments.rules import Audience
from trainer.assignments.words import earlier_told, reminder_name, who
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer
from trainer.extras.packs.records import (
    AuditedChange,
    Excuse,
    FormerPerson,
    Meeting,
    PackPerson,
    Reminding,
    Rule,
    Trained,
)
from trainer.extras.packs.words import region_of
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership
from trainer.organizations.rules import local_day
from trainer.organizations.words import ROLE_WORDS
from trainer.web.tables import Cell, Table


def roster_table(people: Iterable[PackPerson], zone: str) -> Table:
    """Return who was on the roster."""
    heads = (
        *(_("Name"), _("Employee number"), _("Job title"), _("Teams"), _("Role"), _("Hired on"), _("Last day")),
        _("Joined on"),
    )
    roles = {role.value: str(word) for role, word in ROLE_WORDS.items()}
    return Table(
        "roster",
        heads,
        (
            (
                person.name,
                person.employee_number,
                person.job_title,
                "; ".join(teams),
                roles[person.role],
                person.hired_on,
                person.ended_on,
                local_day(zone, person.joined_at) if person.joined_at else None,
            )
            for person, teams in people
        ),
    )


def former_table(former: Iterable[FormerPerson]) -> Table:
    """Return who had left, with the certificates earned before that."""
    heads = (
        *(_("Name"), _("Employee number"), _("Job title"), _("Hired on"), _("Last day"), _("Course")),
        *(_("Issued on"), _("Valid until"), _("Certificate")),
    )
    return Table("former-staff", heads, (_former_cells(*row) for row in former))


def _former_cells(person: Membership, credential: Credential | None) -> tuple[Cell, ...]:
    return (
        *(person.name, person.employee_number, person.job_title, person.hired_on, person.ended_on),
        credential.course_title if credential else None,
        credential.issued_on if credential else None,
        credential.valid_until if credential else None,
        show_serial(credential.serial) if credential else None,
    )


def trainings_table(trainings: Iterable[Trained], zone: str) -> Table:
    """Return the trainings elsewhere that the firm recorded. None of them is a certificate."""
    heads = (
        *(_("Name"), _("Employee number"), _("Training"), _("Provider"), _("Completed on"), _("Hours"), _("Basis")),
        *(_("Recorded on"), _("Recorded by"), _("Approved on"), _("Approved by"), _("Proof file"), _("Note")),
    )
    basis = _("Recorded by the firm")
    return Table(
        "earlier-training",
        heads,
        (
            (
                training.name,
                training.employee_number,
                training.title,
                training.issuer,
                training.completed_on,
                f"{training.minutes / 60:.2f}".rstrip("0").rstrip("."),
                basis,
                local_day(zone, training.recorded_at),
                training.recorded_by,
                local_day(zone, training.approved_at),
                training.approved_by,
                training.proof,
                training.note,
            )
            for training in trainings
        ),
    )


def waivers_table(excuses: Iterable[Excuse], zone: str) -> Table:
    """Return who was excused, why, and who decided it."""
    heads = (
        *(_("Name"), _("Employee number"), _("Requirement"), _("Reason"), _("From"), _("Until")),
        *(_("Decided by"), _("Ended early on"), _("Ended by"), _("In effect on the day of this pack")),
    )
    said = {True: _("yes"), False: _("no")}
    return Table(
        "waivers",
        heads,
        (
            (
                excuse.name,
                excuse.employee_number,
                excuse.requirement,
                excuse.reason,
                local_day(zone, excuse.made_at),
                excuse.until,
                excuse.made_by,
                local_day(zone, excuse.ended_at) if excuse.ended_at else None,
                excuse.ended_by,
                said[excuse.is_in_effect],
            )
            for excuse in excuses
        ),
    )


def meetings_table(meetings: Iterable[Meeting], zone: str) -> Table:
    """Return a row for each person at each meeting in person, and one for a meeting without anyone."""
    heads = (
        *(_("Held on"), _("Class"), _("Course"), _("Minutes"), _("Lessons taught"), _("Taught by"), _("Name")),
        *(_("Employee number"), _("Lessons signed off"), _("Minutes credited"), _("Signed off on"), _("Signed off by")),
        *(_("Signature"), _("Statement signed"), _("Place")),
    )

    def rows() -> Iterable[tuple[Cell, ...]]:
        for meeting in meetings:
            facts = (meeting.held_on, meeting.class_title, meeting.course, meeting.minutes, "; ".join(meeting.lessons))
            if not meeting.people:
                yield (*facts, meeting.taught_by, *(None,) * 8, meeting.place)
            for person in meeting.people:
                signed_on = local_day(zone, person.signed_at) if person.signed_at else None
                yield (
                    *(*facts, meeting.taught_by, person.name, person.employee_number, person.lessons, person.minutes),
                    *(signed_on, person.signed_by, person.signed_as, person.statement),
                    meeting.place,
                )

    return Table("meetings", heads, rows())


def reminders_table(reminders: Iterable[Reminding], zone: str) -> Table:
    """Return the reminders sent, and why some weren't."""
    heads = (
        *(_("Name"), _("Employee number"), _("Requirement"), _("Reminder"), _("Due on"), _("Ordered on")),
        _("Outcome"),
    )
    names: dict[str, str] = {}
    return Table(
        "reminders",
        heads,
        (
            (
                reminder.name,
                reminder.employee_number,
                reminder.requirement,
                names.get(reminder.kind) or names.setdefault(reminder.kind, reminder_name(reminder.kind)),
                reminder.due_on,
                local_day(zone, reminder.ordered_at),
                reminder.outcome,
            )
            for reminder in reminders
        ),
    )


def changes_table(changes: Iterable[AuditedChange], zone: str) -> Table:
    """Return the changes to requirements, with who made them."""
    heads = (_("On"), _("What"), _("Requirement"), _("By"), _("Details"))
    return Table(
        "requirement-history",
        heads,
        ((local_day(zone, change.at), change.act, change.requirement, change.by, change.details) for change in changes),
    )


def completions_table(completions: Iterable[tuple[Membership, Credential]], zone: str) -> Table:
    """Return the certificates that were earned."""
    heads = (
        *(_("Name"), _("Employee number"), _("Name on the certificate"), _("Course"), _("Version"), _("Issued on")),
        *(_("Valid until"), _("Active minutes"), _("Scenes"), _("Signed a statement"), _("Lessons in order")),
        _("Skipped known lessons"),
        *(_("Withdrawn on"), _("Certificate")),
    )
    said = {True: _("yes"), False: _("no")}
    return Table(
        "completions",
        heads,
        (
            (
                person.name,
                person.employee_number,
                credential.holder_name,
                credential.course_title,
                credential.course_version,
                credential.issued_on,
                credential.valid_until,
                credential.minutes,
                credential.scenes,
                said[credential.is_attested],
                said[credential.is_paced],
                said[credential.is_tested_out],
                local_day(zone, credential.revoked_at) if credential.revoked_at else None,
                show_serial(credential.serial),
            )
            for person, credential in completions
        ),
    )


def attestations_table(attestations: Iterable[tuple[Membership, Credential, Enrollment]]) -> Table:
    """Return the statements that were signed."""
    heads = (
        *(_("Name"), _("Employee number"), _("Course"), _("Statement"), _("Signed as"), _("Signed at (UTC)")),
        _("Certificate"),
    )
    return Table(
        "attestations",
        heads,
        (
            (
                person.name,
                person.employee_number,
                credential.course_title,
                enrollment.asks.attestation or "",
                enrollment.attested_as,
                enrollment.attested_at.isoformat(timespec="seconds") if enrollment.attested_at else None,
                show_serial(credential.serial),
            )
            for person, credential, enrollment in attestations
        ),
    )


def requirements_table(requirements: Iterable[Rule], teams: Mapping[uuid.UUID, str]) -> Table:
    """Return the firm's requirements."""
    heads = (
        *(_("Requirement"), _("Course"), _("Who"), _("In effect since")),
        *(_("Minimum active minutes"), _("Every (months)")),
        *(
            _("Days for new people"),
            _("Opens (days before)"),
            _("Lessons in order"),
            _("May skip known lessons"),
            _("Statement"),
            _("Earlier training that counts"),
            _("Note"),
            _("Region"),
        ),
    )
    return Table(
        "requirements",
        heads,
        (
            (
                requirement.title,
                requirement.course,
                who(Audience.read(requirement.audience), teams),
                requirement.starts_on,
                requirement.least_minutes,
                requirement.cadence_months,
                requirement.days_allowed,
                requirement.renewal_days,
                _("yes") if requirement.is_paced else _("no"),
                _("yes") if requirement.allows_test_out else _("no"),
                requirement.attestation,
                earlier_told(requirement),
                disclaimer(requirement.unapproved_state) if requirement.unapproved_state else None,
                region_of(requirement),
            )
            for requirement in requirements
        ),
    )

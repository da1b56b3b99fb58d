"""Write an evidence pack, real or sample, from records that were found or made up: one ZIP with roster, training
status, completions, certificates, attestations, what was required, course outlines, and a manifest of SHA-256 hashes.

Memory stays flat: rows and files pass through. The same records in the same language give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from flask_babel import gettext as _

from trainer.assignments.models import Requirement
from trainer.assignments.rules import Audience
from trainer.assignments.words import who
from trainer.compliance.rules import Row
from trainer.compliance.words import as_table
from trainer.content.library import Course
from trainer.content.serving import served
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership
from trainer.organizations.rules import local_day
from trainer.organizations.words import ROLE_WORDS
from trainer.web.tables import Table, csv_lines

_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the same pack gives the same bytes


@dataclass(frozen=True, slots=True)
class Records:
    """What a pack shows of a firm. Rows are read when their file is written, each once."""

    firm: str
    zone: str
    as_of: dt.date
    made_at: dt.datetime
    requirements: Sequence[Requirement]
    teams: Mapping[uuid.UUID, str]
    """Names of the teams that requirements are for."""
    courses: Sequence[Course]
    people: Iterable[Membership]
    standings: Iterable[Row]
    completions: Iterable[tuple[Membership, Credential]]
    attestations: Iterable[tuple[Membership, Credential, Enrollment]]
    certificates: Iterable[tuple[str, bytes]]
    """Name of the file, and what it holds."""
    mark: str | None = None
    """What every file says of a pack that shows nobody."""


def write_pack(target: Path | IO[bytes], records: Records) -> None:
    """Write the ZIP, with a manifest of its files' SHA-256."""
    manifest: dict[str, str] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, portions in _texts(records):
            manifest[name] = _add(pack, name, portions)
        for name, data in records.certificates:
            manifest[f"certificates/{name}"] = _add(pack, f"certificates/{name}", [data])
        about = {
            **({"note": records.mark} if records.mark else {}),
            "organization": records.firm,
            "as_of": records.as_of.isoformat(),
            "made_at": records.made_at.isoformat(timespec="seconds"),
            "sha256": manifest,
        }
        _add(pack, "manifest.json", [json.dumps(about, indent=1, ensure_ascii=False).encode()])


def _texts(records: Records) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "README.txt", [_text(_readme(records), records.mark)]
    tables = (
        _roster(records.people, records.zone),
        as_table(records.standings),
        _completion_table(records.completions),
        _attestation_table(records.attestations),
        _requirement_table(records.requirements, records.teams),
    )
    for table in tables:
        yield f"{table.name}.csv", _csv(table, records.mark)
    for course in records.courses:
        yield f"course-{course.slug}-{course.file.version}.txt", [_text(_outline(course), records.mark)]


def _text(text: str, mark: str | None) -> bytes:
    return (f"{mark}\n\n{text}" if mark else text).encode()


def _csv(table: Table, mark: str | None) -> Iterator[bytes]:
    if mark:
        sample = _("Sample")  # in a column of its own, so that no row is without it
        table = replace(table, heads=(mark, *table.heads), rows=((sample, *row) for row in table.rows))
    return (portion.encode() for portion in csv_lines(table))


def _add(pack: zipfile.ZipFile, name: str, portions: Iterable[bytes]) -> str:
    """Write a file into the pack; return its SHA-256."""
    entry = zipfile.ZipInfo(name, _ZIP_DAY)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".pdf") else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    digest = hashlib.sha256()
    with pack.open(entry, "w") as file:
        for portion in portions:
            digest.update(portion)
            file.write(portion)
    return digest.hexdigest()


def _roster(people: Iterable[Membership], zone: str) -> Table:
    heads = (_("Name"), _("Employee number"), _("Job title"), _("Role"), _("Hired on"), _("Last day"), _("Joined on"))
    roles = {role.value: str(word) for role, word in ROLE_WORDS.items()}
    return Table(
        "roster",
        heads,
        (
            (
                person.name,
                person.employee_number,
                person.job_title,
                roles[person.role],
                person.hired_on,
                person.ended_on,
                local_day(zone, person.joined_at) if person.joined_at else None,
            )
            for person in people
        ),
    )


def _completion_table(completions: Iterable[tuple[Membership, Credential]]) -> Table:
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
                credential.revoked_at.date() if credential.revoked_at else None,
                show_serial(credential.serial),
            )
            for person, credential in completions
        ),
    )


def _attestation_table(attestations: Iterable[tuple[Membership, Credential, Enrollment]]) -> Table:
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


def _requirement_table(requirements: Iterable[Requirement], teams: Mapping[uuid.UUID, str]) -> Table:
    heads = (
        *(_("Requirement"), _("Course"), _("Who"), _("In effect since")),
        *(_("Minimum active minutes"), _("Every (months)")),
        *(
            _("Days for new people"),
            _("Opens (days before)"),
            _("Lessons in order"),
            _("May skip known lessons"),
            _("Statement"),
            _("Note"),
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
                disclaimer(requirement.unapproved_state) if requirement.unapproved_state else None,
            )
            for requirement in requirements
        ),
    )


def _outline(course: Course) -> str:
    lines = [_("%(course)s, version %(version)s", course=course.file.title, version=course.file.version), ""]
    for module in course.modules:
        is_optional = module.file.deeper
        lines.append(_("%(module)s (optional)", module=module.file.title) if is_optional else module.file.title)
        lines += [
            "  " + _("%(lesson)s (%(minutes)s min)", lesson=lesson.file.title, minutes=lesson.file.minutes)
            for lesson in module.lessons
        ]
    return "\n".join([*lines, ""])


def _readme(records: Records) -> str:
    files = {
        "roster.csv": _("who was on the roster on that day"),
        "training-status.csv": _("status, when this was made, of everyone then on the roster"),
        "completions.csv": _("certificates earned by that day; each can be checked by its number"),
        "attestations.csv": _("statements that were signed"),
        "requirements.csv": _("what the firm requires"),
        "course-….txt": _("outline of each course as taught now; completions.csv names the version that was earned"),
        "certificates/": _("the certificates"),
        "manifest.json": _("SHA-256 of every file"),
    }
    lines = [
        _("Training records of %(firm)s", firm=records.firm),
        _(
            "Roster as of %(day)s; made %(moment)s.",
            day=records.as_of.isoformat(),
            moment=records.made_at.isoformat(timespec="seconds"),
        ),
        "",
        *(f"{name:20} {contents}" for name, contents in files.items()),
        "",
        served().vocabulary.disclaimers.records,
    ]
    states = sorted(
        {requirement.unapproved_state for requirement in records.requirements if requirement.unapproved_state}
    )
    return "\n".join([*lines, *(disclaimer(state) for state in states), ""])

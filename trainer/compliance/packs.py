"""Evidence packs: one ZIP with roster, training status, completions, certificates, attestations, what was required,
course outlines, and a manifest of SHA-256 hashes.

Made in slices by the worker. What a slice has made lies in the pack's folder, so that whoever comes after a stop goes
on from there; the ZIP appears under its name only when it is whole. Memory stays flat: rows and files pass through.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import and_, or_, select

from trainer.assignments.models import Assignment, Requirement
from trainer.assignments.queries import list_requirements
from trainer.assignments.rules import day_begins
from trainer.compliance.queries import iterate_rows, sight_of
from trainer.compliance.rules import PACK_KEPT, Narrowing
from trainer.compliance.words import as_table
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.work import Job
from trainer.courses.current import content
from trainer.courses.library import Course
from trainer.credentials.certificate import NameNeedsFonts
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf
from trainer.credentials.rules import disclaimer, show_serial
from trainer.learning.models import Enrollment
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.queries import find_actor, seen_by
from trainer.organizations.rules import local_day
from trainer.web.tables import Table, csv_lines

SLICE = 2.0  # seconds of work before others have their turn
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # the same pack gives the same bytes


def folder_of(job_id: UUID) -> Path:
    """Return where a pack is made and kept."""
    return Path(current_app.config["SETTINGS"].instance) / "packs" / job_id.hex


def file_of(job: Job) -> Path | None:
    """Return a finished pack's file, or None if it isn't finished or isn't kept any more."""
    path = folder_of(job.id) / "pack.zip"
    return path if job.finished_at is not None and path.is_file() else None


def advance(job: Job, now: dt.datetime) -> tuple[int, int]:
    """Work on a pack for a slice; return (steps done, steps in all), equal once the pack is there.

    Raises NotFound where whoever ordered it may no longer see this firm's people.
    """
    assert job.organization_id is not None
    actor = find_actor(job.ordered_by_id, job.organization_id)
    if actor is None or not actor.may("see training status"):
        raise NotFound("Whoever ordered this may no longer see it.")
    folder = folder_of(job.id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    as_of = dt.date.fromisoformat(str(job.details["as_of"]))
    serials = _plan(folder, actor, as_of)
    left = [serial for serial in serials if not (folder / f"{serial}.pdf").exists()]
    until = time.monotonic() + SLICE
    while left:
        portion, left = left[:20], left[20:]
        for credential in db.session.scalars(select(Credential).where(Credential.serial.in_(portion))):
            _write_certificate(folder, credential)
        if time.monotonic() >= until:
            break
    if left:
        return len(serials) - len(left), len(serials) + 1
    _zip(folder, actor, as_of, serials, now)
    return len(serials) + 1, len(serials) + 1


def forget_packs(now: dt.datetime) -> None:
    """Delete the files of packs that are no longer kept, and of those that were given up."""
    packs = Path(current_app.config["SETTINGS"].instance) / "packs"
    if not packs.is_dir():
        return
    kept = {
        job_id.hex
        for job_id in db.session.scalars(
            select(Job.id).where(Job.kind == "evidence-pack", Job.failed_at.is_(None), Job.created_at > now - PACK_KEPT)
        )
    }
    for folder in packs.iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _plan(folder: Path, actor: Actor, as_of: dt.date) -> list[str]:
    """Return the serials of the certificates that belong in the pack, settled by the first slice."""
    path = folder / "plan.json"
    if not path.exists():
        rows = db.session.execute(_completions(actor, as_of, Credential.serial)).scalars()
        _write(path, json.dumps(sorted(set(rows))).encode())
    serials: list[str] = json.loads(path.read_text())
    return serials


def _on_roster(actor: Actor, as_of: dt.date) -> Any:
    """Return the condition of memberships that the actor sees and that were on the roster on a day."""
    listed = and_(Membership.hired_on.is_(None), Membership.created_at < _end_of(actor, as_of))
    begun = or_(Membership.hired_on <= as_of, listed)
    return and_(seen_by(actor), begun, or_(Membership.ended_on.is_(None), Membership.ended_on >= as_of))


def _end_of(actor: Actor, day: dt.date) -> dt.datetime:
    """Return the instant at which the firm's day ends."""
    return day_begins(day + dt.timedelta(days=1), actor.organization.time_zone)


def _completions(actor: Actor, as_of: dt.date, *columns: Any) -> Any:
    """Return the credentials, of courses ever required of a person, of those on the roster, earned by that day."""
    return (
        select(*columns)
        .join(Membership, Membership.user_id == Credential.user_id)
        .where(
            _on_roster(actor, as_of),
            Credential.issued_at < _end_of(actor, as_of),
            Credential.course.in_(
                select(Requirement.course)
                .join(Assignment, Assignment.requirement_id == Requirement.id)
                .where(Assignment.membership_id == Membership.id)
            ),
        )
    )


def _write_certificate(folder: Path, credential: Credential) -> None:
    try:
        pdf = certificate_pdf(credential)
    except NameNeedsFonts as error:
        pdf = b""
        _write(folder / f"{credential.serial}.txt", f"{error}\n".encode())
    _write(folder / f"{credential.serial}.pdf", pdf)


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(data)
    part.replace(path)


def _zip(folder: Path, actor: Actor, as_of: dt.date, serials: list[str], now: dt.datetime) -> None:
    manifest: dict[str, str] = {}
    part = folder / "pack.zip.part"
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, portions in _texts(actor, as_of, now):
            manifest[name] = _add(pack, name, portions)
        for serial in serials:
            pdf = (folder / f"{serial}.pdf").read_bytes()
            name = f"certificates/{show_serial(serial)}.{'pdf' if pdf else 'txt'}"
            manifest[name] = _add(pack, name, [pdf or (folder / f"{serial}.txt").read_bytes()])
        about = {
            "organization": actor.organization.name,
            "as_of": as_of.isoformat(),
            "made_at": now.isoformat(timespec="seconds"),
            "sha256": manifest,
        }
        _add(pack, "manifest.json", [json.dumps(about, indent=1, ensure_ascii=False).encode()])
    part.replace(folder / "pack.zip")
    for serial in serials:
        for ending in ("pdf", "txt"):
            (folder / f"{serial}.{ending}").unlink(missing_ok=True)


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


def _texts(actor: Actor, as_of: dt.date, now: dt.datetime) -> Iterator[tuple[str, Iterable[bytes]]]:
    requirements = list_requirements(actor.organization_id)
    yield "README.txt", [_readme(actor, as_of, requirements, now).encode()]
    yield "roster.csv", _csv(_roster(actor, as_of))
    rows = iterate_rows(sight_of(actor, now), Narrowing())
    yield "training-status.csv", _csv(as_table(rows))
    yield "completions.csv", _csv(_completion_table(actor, as_of))
    yield "attestations.csv", _csv(_attestation_table(actor, as_of))
    yield "requirements.csv", _csv(_requirement_table(requirements))
    for slug in sorted({one.course for one in requirements}):
        course = content().courses.get(slug)
        if course is not None:
            yield f"course-{slug}-{course.file.version}.txt", [_outline(course).encode()]


def _csv(table: Table) -> Iterator[bytes]:
    return (portion.encode() for portion in csv_lines(table))


def _roster(actor: Actor, as_of: dt.date) -> Table:
    query = select(Membership).where(_on_roster(actor, as_of)).order_by(Membership.name_key, Membership.id)
    people = db.session.scalars(query.execution_options(yield_per=500))
    heads = ("Name", "Employee number", "Job title", "Role", "Hired on", "Last day", "Came in")
    return Table(
        "roster",
        heads,
        (
            (
                one.name,
                one.employee_number,
                one.job_title,
                one.role,
                one.hired_on,
                one.ended_on,
                local_day(actor.organization.time_zone, one.joined_at) if one.joined_at else None,
            )
            for one in people
        ),
    )


def _completion_table(actor: Actor, as_of: dt.date) -> Table:
    query = _completions(actor, as_of, Membership, Credential)
    found = db.session.execute(
        query.order_by(Membership.name_key, Membership.id, Credential.issued_at).execution_options(yield_per=500)
    )
    heads = (
        *("Name", "Employee number", "Name on the certificate", "Course", "Version", "Issued on", "Valid until"),
        *("Active minutes", "Scenes", "Signed a statement", "Lessons in order", "Withdrawn on", "Certificate"),
    )
    return Table(
        "completions",
        heads,
        (
            (
                person.name,
                person.employee_number,
                one.holder_name,
                one.course_title,
                one.course_version,
                one.issued_on,
                one.valid_until,
                one.minutes,
                one.scenes,
                "yes" if one.is_attested else "no",
                "yes" if one.is_paced else "no",
                one.revoked_at.date() if one.revoked_at else None,
                show_serial(one.serial),
            )
            for person, one in found
        ),
    )


def _attestation_table(actor: Actor, as_of: dt.date) -> Table:
    query = _completions(actor, as_of, Membership, Credential, Enrollment).join(
        Enrollment, Enrollment.credential_id == Credential.id
    )
    found = db.session.execute(
        query.where(Enrollment.attested_at.is_not(None))
        .order_by(Membership.name_key, Membership.id, Credential.issued_at)
        .execution_options(yield_per=500)
    )
    heads = ("Name", "Employee number", "Course", "Statement", "Signed as", "Signed at (UTC)", "Certificate")
    return Table(
        "attestations",
        heads,
        (
            (
                person.name,
                person.employee_number,
                one.course_title,
                str(enrollment.conditions.get("attestation") or ""),
                enrollment.attested_as,
                enrollment.attested_at.isoformat(timespec="seconds"),
                show_serial(one.serial),
            )
            for person, one, enrollment in found
        ),
    )


def _requirement_table(requirements: Iterable[Requirement]) -> Table:
    heads = (
        *("Requirement", "Course", "In force since", "Least active minutes", "Every (months)", "Days for new people"),
        *("Opens (days before)", "Lessons in order", "Statement", "Note"),
    )
    return Table(
        "requirements",
        heads,
        (
            (
                one.title,
                one.course,
                one.starts_on,
                one.least_minutes,
                one.cadence_months,
                one.days_allowed,
                one.renewal_days,
                "yes" if one.is_paced else "no",
                one.attestation,
                disclaimer(one.unapproved_state) if one.unapproved_state else None,
            )
            for one in requirements
        ),
    )


def _outline(course: Course) -> str:
    lines = [f"{course.file.title}, version {course.file.version}", ""]
    for module in course.modules:
        lines.append(module.file.title)
        lines += [f"  {lesson.file.title} ({lesson.file.minutes} min)" for lesson in module.lessons]
    return "\n".join([*lines, ""])


def _readme(actor: Actor, as_of: dt.date, requirements: Iterable[Requirement], now: dt.datetime) -> str:
    lines = [
        f"Training records of {actor.organization.name}",
        f"Roster as of {as_of.isoformat()}; made {now.isoformat(timespec='seconds')}.",
        "",
        "roster.csv           who was on the roster on that day",
        "training-status.csv  where everyone now on the roster stands, on the day this was made",
        "completions.csv      certificates earned by that day; each can be checked by its number",
        "attestations.csv     statements that were signed",
        "requirements.csv     what the firm requires",
        "course-….txt         outline of each course as it is taught now; the version earned stands in completions.csv",
        "certificates/        the certificates",
        "manifest.json        SHA-256 of every file",
        "",
        "This is awareness training, measured on written scenes. It is no license, and no state has approved it.",
    ]
    states = sorted({one.unapproved_state for one in requirements if one.unapproved_state})
    return "\n".join([*lines, *(disclaimer(state) for state in states), ""])

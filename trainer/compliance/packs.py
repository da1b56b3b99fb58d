"""Evidence packs of a firm: finding its records as of a day, and making the ZIP of them (`pack_files.py`).

Made in slices by the worker. What a slice has made lies in the pack's folder, so that whoever comes after a stop goes
on from there; the ZIP appears under its name only when it is whole. Memory stays flat: rows and files pass through.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from trainer.assignments.models import Assignment, Requirement
from trainer.assignments.queries import list_requirements, list_team_names
from trainer.assignments.rules import day_begins
from trainer.compliance.pack_files import Records, write_pack
from trainer.compliance.queries import iterate_rows, sight_of
from trainer.compliance.rules import PACK_KEPT, Narrowing
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.work import Job
from trainer.credentials.certificate import NameNeedsFonts
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf
from trainer.credentials.rules import show_serial
from trainer.learning.models import Enrollment
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.queries import find_actor, seen_by

SLICE = 2.0  # seconds of work before others have their turn
_PORTION = 500  # rows in memory
_BY_PERSON = (Membership.name_key, Membership.id, Credential.issued_at)


def folder_of(job_id: UUID) -> Path:
    """Return where a pack is made and kept."""
    return Path(current_app.config["SETTINGS"].instance) / "packs" / job_id.hex


def file_of(job: Job) -> Path | None:
    """Return a finished pack's file, or None if it isn't finished or is no longer kept."""
    path = folder_of(job.id) / "pack.zip"
    return path if job.finished_at is not None and path.is_file() else None


def advance(job: Job, now: dt.datetime) -> tuple[int, int]:
    """Work on a pack for a slice; return (steps done, steps in all), equal once the pack is there.

    Raises NotFound where whoever ordered it may no longer see this firm's people.
    """
    assert job.organization_id is not None
    actor = find_actor(job.ordered_by_id, job.organization_id)
    if actor is None or not actor.may("see training status"):
        raise NotFound(_l("The person who ordered this may no longer see it."))
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
            select(Job.id).where(Job.failed_at.is_(None), Job.created_at > now - PACK_KEPT)
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
    part = folder / "pack.zip.part"
    write_pack(part, _records(folder, actor, as_of, serials, now))
    part.replace(folder / "pack.zip")
    for serial in serials:
        for ending in ("pdf", "txt"):
            (folder / f"{serial}.{ending}").unlink(missing_ok=True)


def _records(folder: Path, actor: Actor, as_of: dt.date, serials: list[str], now: dt.datetime) -> Records:
    requirements = list_requirements(actor.organization_id)
    courses = served().courses
    return Records(
        firm=actor.organization.name,
        zone=actor.organization.time_zone,
        as_of=as_of,
        made_at=now,
        requirements=requirements,
        teams=list_team_names(actor.organization_id),
        courses=[
            courses[slug] for slug in sorted({requirement.course for requirement in requirements}) if slug in courses
        ],
        people=_list_people(actor, as_of),
        standings=iterate_rows(sight_of(actor, now), Narrowing()),
        completions=_list_completions(actor, as_of),
        attestations=_list_attestations(actor, as_of),
        certificates=_list_certificates(folder, serials),
    )


def _list_people(actor: Actor, as_of: dt.date) -> Iterator[Membership]:
    query = select(Membership).where(_on_roster(actor, as_of)).order_by(Membership.name_key, Membership.id)
    yield from db.session.scalars(query.execution_options(yield_per=_PORTION))


def _list_completions(actor: Actor, as_of: dt.date) -> Iterator[tuple[Membership, Credential]]:
    query = _completions(actor, as_of, Membership, Credential).order_by(*_BY_PERSON)
    yield from db.session.execute(query.execution_options(yield_per=_PORTION))


def _list_attestations(actor: Actor, as_of: dt.date) -> Iterator[tuple[Membership, Credential, Enrollment]]:
    query = (
        _completions(actor, as_of, Membership, Credential, Enrollment)
        .join(Enrollment, Enrollment.credential_id == Credential.id)
        .where(Enrollment.attested_at.is_not(None))
        .order_by(*_BY_PERSON)
    )
    yield from db.session.execute(query.execution_options(yield_per=_PORTION))


def _list_certificates(folder: Path, serials: list[str]) -> Iterator[tuple[str, bytes]]:
    for serial in serials:
        pdf = (folder / f"{serial}.pdf").read_bytes()
        advice = folder / f"{serial}.txt"  # in place of a name that can't be printed
        yield f"{show_serial(serial)}.{'pdf' if pdf else 'txt'}", pdf or advice.read_bytes()

"""The certificates behind a filter of training status as one ZIP with a manifest, made in slices by the worker.

What a slice has made lies in the job's folder, so that whoever comes after a stop
goes on from there; the ZIP appears under its name only when it is whole, and files pass through.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete, select

from trainer.compliance.file_names import certificate_name
from trainer.compliance.order_queries import get_orderer, written_teams
from trainer.compliance.orders import add_to_zip, folder_of, is_written, portions_of, write_certificates
from trainer.compliance.queries import iterate_rows, viewer_of
from trainer.compliance.rules import StatusFilter, StatusGroup
from trainer.core.db import db
from trainer.core.replica import read_from_replica
from trainer.core.whole_files import drop_parts, has_content, part_of, put_whole, write_whole
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.organizations.actor import Actor
from trainer.web.tables import Cell, Table, csv_lines

KIND: Final = "certificates"
ORDERS_KEPT: Final = dt.timedelta(days=30)
"""How long it is known that a file was ordered; what was searched for may be someone's name."""


class Holder(NamedTuple):
    """Whose certificate it is, as the firm writes it."""

    serial: str
    name: str
    employee_number: str | None


def details_of(actor: Actor, status_filter: StatusFilter) -> dict[str, str]:
    """Return a job's details: the filter, and the teams that the actor sees, which is checked again later."""
    return {
        "text": status_filter.text,
        "team": status_filter.team_id.hex if status_filter.team_id else "",
        "requirement": status_filter.requirement_id.hex if status_filter.requirement_id else "",
        "group": status_filter.group or "",
        "changed": "unread" if status_filter.owes_top_up else "",
        "email": "none" if status_filter.has_no_email else "",
        "seen": written_teams(actor.team_ids),
    }


def status_filter_of(job: Job) -> StatusFilter:
    """Return the filter that a file was ordered with."""
    details = job.details
    return StatusFilter(
        text=details["text"],
        team_id=uuid.UUID(hex=details["team"]) if details["team"] else None,
        requirement_id=uuid.UUID(hex=details["requirement"]) if details["requirement"] else None,
        group=StatusGroup(details["group"]) if details["group"] else None,
        owes_top_up=bool(details.get("changed")),
        has_no_email=bool(details.get("email")),
    )


def path_of(job: Job) -> Path | None:
    """Return where a finished file is, or None if it isn't finished or is no longer kept."""
    path = folder_of(job.id) / "certificates.zip"
    return path if job.finished_at is not None and path.is_file() else None


def forget_orders(now: dt.datetime) -> None:
    """Delete orders whose time is over; the audit log has that there was one."""
    old = delete(Job).where(Job.kind == KIND, Job.created_at < now - ORDERS_KEPT)
    db.session.execute(old.execution_options(synchronize_session=False))


def advance(job: Job, now: dt.datetime) -> tuple[int, int]:
    """Work on a file for a slice; return (steps done, steps in all), equal once the file is there.

    Raises NotFound where whoever ordered it may no longer see these people.
    """
    actor = get_orderer(job)
    return read_from_replica(lambda: _advance(job, actor, now))


def _advance(job: Job, actor: Actor, now: dt.datetime) -> tuple[int, int]:
    folder = folder_of(job.id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    holders = _plan(folder, actor, status_filter_of(job), now)
    steps = len(holders) + 1
    if has_content(folder / "certificates.zip"):
        return steps, steps
    left = [holder.serial for holder in holders if not is_written(folder, holder.serial)]
    if left := write_certificates(folder, left):
        return len(holders) - len(left), steps
    _zip(folder, holders)
    return steps, steps


def _plan(folder: Path, actor: Actor, status_filter: StatusFilter, now: dt.datetime) -> list[Holder]:
    """Return whose certificates belong in the file, settled by the first slice."""
    path = folder / "plan.json"
    if not has_content(path):
        holders = {
            row.serial: Holder(row.serial, row.name, row.employee_number)
            for row in iterate_rows(viewer_of(actor, now), status_filter)
            if row.serial
        }
        write_whole(path, [json.dumps(list(holders.values())).encode()])
    return [Holder(*parts) for parts in json.loads(path.read_bytes())]


def _zip(folder: Path, holders: list[Holder]) -> None:
    part = part_of(folder / "certificates.zip")
    with zipfile.ZipFile(part, "w") as archive:
        rows = [
            row
            for first in range(0, len(holders), 500)
            for row in _add_portion(archive, folder, holders[first : first + 500])
        ]
        manifest = csv_lines(_manifest(rows))
        add_to_zip(archive, "manifest.csv", (text.encode() for text in manifest))
    put_whole(part, folder / "certificates.zip")
    for path in (*folder.glob("*.pdf"), *folder.glob("*.txt")):
        path.unlink(missing_ok=True)
    drop_parts(folder)


def _add_portion(archive: zipfile.ZipFile, folder: Path, holders: list[Holder]) -> Iterator[tuple[Cell, ...]]:
    credentials = _facts([holder.serial for holder in holders])
    for holder in holders:
        text = folder / f"{holder.serial}.txt"
        source = text if text.exists() else folder / f"{holder.serial}.pdf"
        shown = show_serial(holder.serial)
        name = certificate_name(holder.name, holder.employee_number, shown, source.suffix.removeprefix("."))
        digest = add_to_zip(archive, name, portions_of(source))
        held = credentials[holder.serial]
        facts = (held.holder_name, shown, held.course_title, held.issued_on, held.valid_until)
        yield holder.name, holder.employee_number, *facts, name, digest


def _facts(serials: list[str]) -> Mapping[str, Any]:
    columns = (Credential.holder_name, Credential.course_title, Credential.issued_on, Credential.valid_until)
    rows = db.session.execute(select(Credential.serial, *columns).where(Credential.serial.in_(serials)))
    return {row.serial: row for row in rows}


def _manifest(rows: Iterable[tuple[Cell, ...]]) -> Table:
    heads = (
        *(_("Name"), _("Employee number"), _("Name on the certificate"), _("Certificate"), _("Course")),
        *(_("Issued on"), _("Valid until"), _("File"), "SHA-256"),
    )
    return Table("manifest", heads, rows)

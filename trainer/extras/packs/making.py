"""Evidence packs of a firm, made in slices by the worker: certificates, then the other files, then the ZIP of them.

What a slice has made lies in the pack's folder, so that whoever comes after a stop goes on from there; each file
appears under its name only when it is whole. Memory stays flat: rows and files pass through.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from flask import current_app, url_for
from flask_babel import gettext as _

from trainer.assignments.models import Requirement
from trainer.assignments.queries import list_team_names
from trainer.compliance.file_names import certificate_name
from trainer.compliance.order_queries import get_orderer
from trainer.compliance.orders import folder_of, is_written, portions_of, write_certificates
from trainer.compliance.queries import count_rows, iterate_rows, known_since, list_concerning, list_laws
from trainer.compliance.rules import Limits, StatusFilter
from trainer.content.library import Course
from trainer.content.papers import FormerStaff, Pack
from trainer.content.serving import for_readers_in, served
from trainer.core.replica import read_from_replica
from trainer.core.whole_files import drop_parts, has_content, is_part, part_of, put_whole, write_whole
from trainer.core.work import Job
from trainer.credentials.rules import show_serial
from trainer.extras.packs import reading
from trainer.extras.packs.files import about, write_files, zip_files
from trainer.extras.packs.limits import limits_of_pack, tell_limits
from trainer.extras.packs.records import Records, Rule
from trainer.extras.packs.sealing import MANIFEST, seal
from trainer.extras.packs.view import View
from trainer.organizations.actor import Actor
from trainer.web.language import show_day


class PackPlan(NamedTuple):
    """What the first slice settles: when the pack was begun, and the name of each certificate's file, by serial."""

    made_at: dt.datetime
    names: dict[str, str]


class Made(NamedTuple):
    """What is told of a finished pack to those who check it."""

    sha256: str
    firm: str
    as_of: dt.date
    made_at: dt.datetime
    files: int


def file_of(job: Job) -> Path | None:
    """Return a finished pack's file, or None if it isn't finished or is no longer kept."""
    path = folder_of(job.id) / "pack.zip"
    return path if job.finished_at is not None and path.is_file() else None


def advance(job: Job, now: dt.datetime) -> tuple[int, int]:
    """Work on a pack for a slice; return (steps done, steps in all), equal once the pack is there.

    Raises NotFound where whoever ordered it may no longer see these people.
    """
    as_of, requirement_id = dt.date.fromisoformat(str(job.details["as_of"])), limits_of_pack(job).requirement_id
    view = View(get_orderer(job), as_of, now, requirement_id)
    with for_readers_in(view.actor.organization.region):
        return read_from_replica(lambda: _advance(job, view))


def _advance(job: Job, view: View) -> tuple[int, int]:
    folder = folder_of(job.id)
    (folder / "files").mkdir(mode=0o700, parents=True, exist_ok=True)
    plan = _plan(folder, view)
    steps = len(plan.names) + 2  # the certificates, the other files, the ZIP
    if has_content(folder / "pack.zip"):
        return steps, steps
    left = [serial for serial in plan.names if not is_written(folder, serial)]
    if left:
        return len(plan.names) - len(write_certificates(folder, left)), steps
    view = replace(view, at=plan.made_at)
    if not has_content(folder / "records.json"):
        records = _records(folder, view, plan)
        write_files(records, lambda name, portions: write_whole(folder / "files" / name, portions))
        for name, content in reading.list_proofs(view):
            write_whole(folder / "files" / name, [content])
        write_whole(folder / "records.json", [json.dumps(about(records)).encode()])
        return steps - 1, steps
    _zip(folder, plan)
    return steps, steps


def read_made(job: Job) -> Made:
    """Return the facts of a pack that `advance` has finished."""
    with zipfile.ZipFile(folder_of(job.id) / "pack.zip") as pack:
        manifest = pack.read(MANIFEST)
        files = len(pack.namelist())
    said = json.loads(manifest)
    return Made(
        hashlib.sha256(manifest).hexdigest(),
        said["organization"],
        dt.date.fromisoformat(said["as_of"]),
        dt.datetime.fromisoformat(said["made_at"]),
        files,
    )


def _plan(folder: Path, view: View) -> PackPlan:
    """Return which certificates belong in the pack and under which names, settled by the first slice."""
    path = folder / "names.json"
    if not has_content(path):
        names: dict[str, str] = {}
        for earned in reading.list_earned(view, _former_staff(list_laws(view.viewer))):
            shown = show_serial(earned.serial)
            names.setdefault(earned.serial, certificate_name(earned.name, earned.employee_number, shown, "pdf"))
        write_whole(path, [json.dumps([view.at.isoformat(), names]).encode()])
    made_at, names = json.loads(path.read_bytes())
    return PackPlan(dt.datetime.fromisoformat(made_at), names)


def _former_staff(laws: Sequence[Pack]) -> list[FormerStaff]:
    return [law.former_staff for law in laws if law.former_staff]


def _zip(folder: Path, plan: PackPlan) -> None:
    part = part_of(folder / "pack.zip")
    zip_files(part, json.loads((folder / "records.json").read_bytes()), _list_files(folder, plan), seal)
    put_whole(part, folder / "pack.zip")
    shutil.rmtree(folder / "files", ignore_errors=True)
    drop_parts(folder)
    for serial in plan.names:
        for ending in ("pdf", "txt"):
            (folder / f"{serial}.{ending}").unlink(missing_ok=True)


def _list_files(folder: Path, plan: PackPlan) -> Iterator[tuple[str, Iterable[bytes]]]:
    files = folder / "files"
    for path in sorted(path for path in files.rglob("*") if path.is_file() and not is_part(path)):
        yield path.relative_to(files).as_posix(), portions_of(path)
    for serial, name in _certificates(folder, plan).items():
        yield f"certificates/{name}", portions_of(folder / f"{serial}.{name.rpartition('.')[2]}")


def _certificates(folder: Path, plan: PackPlan) -> dict[str, str]:
    """Return serial -> file of the certificates: a text stands in place of one whose name can't be printed."""
    return {
        serial: f"{name.removesuffix('.pdf')}.txt" if (folder / f"{serial}.txt").exists() else name
        for serial, name in plan.names.items()
    }


def _records(folder: Path, view: View, plan: PackPlan) -> Records:
    actor, organization = view.actor, view.actor.organization
    requirements, laws = list_concerning(view.viewer), list_laws(view.viewer)
    return Records(
        firm=organization.name,
        zone=organization.time_zone,
        as_of=view.as_of,
        made_at=plan.made_at,
        ordered_by=view.author(actor.user_id),
        check_url=current_app.config["SETTINGS"].base_url + url_for("pack_checks.ask"),
        requirements=requirements,
        laws=laws,
        team_names=_team_names(actor),
        courses=_courses(requirements),
        counts=count_rows(view.viewer, StatusFilter()),
        people=reading.list_people(view),
        standings=iterate_rows(view.viewer, StatusFilter()),
        completions=reading.list_completions(view),
        attestations=reading.list_attestations(view),
        trainings=reading.list_trainings(view),
        former=reading.list_former(view, _former_staff(laws)),
        excuses=reading.list_excuses(view),
        meetings=reading.list_meetings(view),
        reminders=reading.list_reminders(view),
        changes=reading.list_changes(view),
        certificates=_certificates(folder, plan),
        caveats=_caveats(view),
        limits=tell_limits(actor.organization_id, Limits(actor.team_ids, view.requirement_id)),
    )


def _courses(requirements: Sequence[Rule]) -> list[Course]:
    """Return the courses that are required: in the region of a requirement that has one, or else in the firm's."""
    regions = dict.fromkeys(sorted({rule.course for rule in requirements}), "")
    regions |= {rule.course: rule.region for rule in requirements if isinstance(rule, Requirement) and rule.region}
    there = {slug: served().regions.get(region, served()).courses for slug, region in regions.items()}
    return [courses[slug] for slug, courses in there.items() if slug in courses]


def _team_names(actor: Actor) -> dict[UUID, str]:
    """Return the names of the firm's teams; of those that the pack isn't about only that they are others."""
    names, others = list_team_names(actor.organization_id), _("other teams")
    return {
        team_id: name if actor.team_ids is None or team_id in actor.team_ids else others
        for team_id, name in names.items()
    }


def _caveats(view: View) -> list[str]:
    """Return the caveats for a day before team moves and changes were recorded."""
    since = known_since(view.actor.organization, view.viewer)
    if since is None:
        return []
    return [
        _(
            "Team moves and changed requirements have been kept since %(day)s. For earlier days, this pack says what "
            "the records and the audit log show.",
            day=show_day(since, "long"),
        )
    ]

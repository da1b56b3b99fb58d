"""The copy of someone's data: a ZIP of tables as JSON and CSV, with certificates, made in slices by the worker.

What a slice has made lies in the copy's folder, so that whoever comes after a stop goes on from there; rows pass
through, so that memory stays flat however many there are.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import shutil
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from flask import current_app, render_template
from sqlalchemy import delete, select

from trainer.accounts.queries import find_user, get_user
from trainer.core import work
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.feature import ask_extra
from trainer.core.outbox import find_message, post
from trainer.core.privacy import Plain, Row, Told
from trainer.core.replica import read_from_replica
from trainer.core.whole_files import drop_parts, has_content, is_part, part_of, put_whole, write_whole
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.credentials.taking_along import certificate_files
from trainer.privacy.queries import COPY, find_copy, is_kept_copy
from trainer.privacy.register import ANSWERS, HOLDINGS, exports, holding_of
from trainer.web.language import language_tag, mail_language
from trainer.web.tables import Cell, Table, csv_lines

SLICE: Final = 2.0  # seconds of work before others have their turn
_FORGOTTEN_AFTER: Final = dt.timedelta(days=30)  # one that couldn't be made


def order_copy(user_id: uuid.UUID, now: dt.datetime) -> Job:
    """Order a copy of someone's data; return the one that is under way or can be downloaded, if there is one."""
    get_user(user_id)  # locked: asked for twice at once, there is one
    job = find_copy(user_id, now)
    if job is not None and job.failed_at is None:
        return job
    if job is not None:
        _drop(job)
    job = work.order(COPY, now, ordered_by_id=user_id, language=language_tag())
    note("copy.ordered", now, actor_id=user_id, subject_id=job.id)
    return job


def drop_copies(user_id: uuid.UUID) -> None:
    """Delete all copies of someone's data, finished or not."""
    for job in db.session.scalars(select(Job).where(Job.kind == COPY, Job.ordered_by_id == user_id)):
        _drop(job)
    db.session.flush()


def path_of(job: Job) -> Path | None:
    """Return where a finished copy is, or None if it isn't finished or is no longer kept."""
    path = _folder(job.id) / "copy.zip"
    return path if job.finished_at is not None and path.is_file() else None


def note_download(user_id: uuid.UUID, job: Job, now: dt.datetime) -> None:
    """Record that a copy was downloaded."""
    note("copy.downloaded", now, actor_id=user_id, subject_id=job.id)


def forget_copies(now: dt.datetime) -> None:
    """Delete copies whose time is over, and files whose order is gone."""
    old = Job.kind == COPY, ~is_kept_copy(now) | (Job.failed_at < now - _FORGOTTEN_AFTER)
    db.session.execute(delete(Job).where(*old).execution_options(synchronize_session=False))
    kept = {number.hex for number in db.session.scalars(select(Job.id).where(Job.kind == COPY))}
    for folder in _folders().glob("*"):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def advance(job: Job, _now: dt.datetime) -> tuple[int, int]:
    """Work on a copy for a slice; return (steps done, steps in all), equal once the ZIP is there."""
    user = find_user(job.ordered_by_id)
    if user is None or user.erased_at is not None:
        raise NotFound
    user_id, is_certain = user.id, user.pin_replaced_at is None
    return read_from_replica(lambda: _advance(job, user_id, is_certain))


def _advance(job: Job, user_id: uuid.UUID, is_certain: bool) -> tuple[int, int]:
    folder, until = _folder(job.id), time.monotonic() + SLICE
    (folder / "files").mkdir(mode=0o700, parents=True, exist_ok=True)
    earned = select(Credential.id).where(Credential.user_id == user_id).order_by(Credential.issued_at, Credential.id)
    write_feature = partial(_write_feature, user_id, is_certain)
    pieces: dict[str, Callable[[Path], None]] = {
        **{f"feature-{name}": partial(write_feature, export) for name, export in exports().items()},
        **{f"credential-{number.hex}": partial(_write_credential, number) for number in db.session.scalars(earned)},
    }
    steps = len(pieces) + 1
    if has_content(folder / "copy.zip"):
        return steps, steps
    for done, (mark, write) in enumerate(pieces.items()):
        if (folder / mark).exists():
            continue
        if time.monotonic() >= until:
            return done, steps
        write(folder / "files")
        (folder / mark).touch()
    _zip(folder, is_certain)
    return steps, steps


def tell_ready(job: Job, now: dt.datetime) -> None:
    """Mail the person, once, that the copy is there; the mail has the job's own number."""
    user = get_user(job.ordered_by_id)
    if user.email is not None and db.session.get(Job, job.id) is not None and find_message(job.id) is None:
        ids = {"user": user.id.hex, "copy": job.id.hex}
        post("copy-ready", user.email, mail_language(user.language), ids, now, number=job.id)


def _write_feature(user_id: uuid.UUID, is_certain: bool, export: Callable[[uuid.UUID], Told], folder: Path) -> None:
    """Write what one feature knows of someone, each kind of record as two files."""
    for kind, rows in export(user_id).items():
        first = next(iter(rows), None)
        if first is None or (kind in ANSWERS and not is_certain):
            continue
        place = folder / holding_of(kind).slug
        write_whole(place / f"{kind}.json", (line.encode() for line in _json_lines(rows)))
        table = Table(kind, list(first), ([_cell(value) for value in row.values()] for row in rows))
        write_whole(place / f"{kind}.csv", (lines.encode() for lines in csv_lines(table)))


def _write_credential(number: uuid.UUID, folder: Path) -> None:
    credential = db.session.get_one(Credential, number)
    for name, content in certificate_files(credential, ask_extra("badge_to_take_along", credential)).items():
        write_whole(folder / "certificates" / show_serial(credential.serial) / name, [content])


def _json_lines(rows: Iterable[Row]) -> Iterator[str]:
    yield "[\n"
    for before, row in zip(itertools.chain([""], itertools.repeat(",\n")), rows):  # noqa: B905 the second ends it
        yield before + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"


def _cell(value: Plain) -> Cell:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _zip(folder: Path, is_certain: bool) -> None:
    files = folder / "files"
    made = (path for path in files.rglob("*") if path.is_file() and not is_part(path))
    names = sorted(path.relative_to(files).as_posix() for path in made)
    part = part_of(folder / "copy.zip")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        held = [(holding, [name for name in names if name.startswith(f"{holding.slug}/")]) for holding in HOLDINGS]
        archive.writestr("about.txt", render_template("privacy/about.txt", holdings=held, is_certain=is_certain))
        for name in names:
            archive.write(files / name, name)
    put_whole(part, folder / "copy.zip")
    drop_parts(folder)
    shutil.rmtree(files, ignore_errors=True)


def _drop(job: Job) -> None:
    shutil.rmtree(_folder(job.id), ignore_errors=True)
    db.session.delete(job)


def _folder(job_id: uuid.UUID) -> Path:
    return _folders() / job_id.hex


def _folders() -> Path:
    return Path(current_app.config["SETTINGS"].files) / "copies"

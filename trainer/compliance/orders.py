"""Files that someone ordered and the worker makes in slices: where they lie, and the certificates and ZIPs in them."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from flask import current_app
from sqlalchemy import or_, select

from trainer.compliance.rules import FILES_KEPT
from trainer.core.db import db
from trainer.core.feature import ask_extra
from trainer.core.whole_files import has_content, write_whole
from trainer.core.work import Job
from trainer.credentials.certificate import NameNeedsFonts
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf

SLICE: Final = 2.0  # seconds of work before others have their turn
_PORTION: Final = 20  # certificates between two looks at the clock
_BLOCK: Final = 65_536  # bytes
_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes


def folder_of(job_id: UUID) -> Path:
    """Return where a file is made and kept."""
    return _folders() / job_id.hex


def forget_files(now: dt.datetime) -> None:
    """Delete the files that are no longer kept, and those that were given up.

    An evidence pack beside an inspector's link is kept as long as the link.
    """
    folders = _folders()
    if not folders.is_dir():
        return
    shared = ask_extra("shared_packs", now)
    is_kept = or_(Job.created_at > now - FILES_KEPT, Job.id.in_(shared if shared is not None else ()))
    kept = {job_id.hex for job_id in db.session.scalars(select(Job.id).where(Job.failed_at.is_(None), is_kept))}
    for folder in folders.iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def write_certificates(folder: Path, serials: list[str]) -> list[str]:
    """Write certificates for a slice; return the serials of those that are left."""
    left, until = serials, time.monotonic() + SLICE
    while left:
        portion, left = left[:_PORTION], left[_PORTION:]
        for credential in db.session.scalars(select(Credential).where(Credential.serial.in_(portion))):
            _write(folder, credential)
        if time.monotonic() >= until:
            break
    return left


def portions_of(path: Path) -> Iterator[bytes]:
    """Yield a file's content in blocks."""
    with path.open("rb") as file:
        while portion := file.read(_BLOCK):
            yield portion


def add_to_zip(archive: zipfile.ZipFile, name: str, portions: Iterable[bytes]) -> str:
    """Write a file into a ZIP; return its SHA-256."""
    entry = zipfile.ZipInfo(name, _ZIP_DAY)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".pdf") else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    digest = hashlib.sha256()
    with archive.open(entry, "w") as file:
        for portion in portions:
            digest.update(portion)
            file.write(portion)
    return digest.hexdigest()


def _folders() -> Path:
    return Path(current_app.config["SETTINGS"].files) / "packs"


def is_written(folder: Path, serial: str) -> bool:
    """Return whether a certificate's file is there, or the reason why it can't be made."""
    return any(has_content(folder / f"{serial}.{ending}") for ending in ("pdf", "txt"))


def _write(folder: Path, credential: Credential) -> None:
    """Write a certificate to its folder, or, where its name can't be printed, a text that says so."""
    try:
        pdf = certificate_pdf(credential)
    except NameNeedsFonts as error:
        write_whole(folder / f"{credential.serial}.txt", [f"{error}\n".encode()])
    else:
        write_whole(folder / f"{credential.serial}.pdf", [pdf])

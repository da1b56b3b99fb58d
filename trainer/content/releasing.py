"""Put a content folder into service for all machines, and take what is in service.

What is released is read from the very bytes that go into the database, and only if nothing is wrong with them.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from trainer.content.cache import BuiltContent, Cache, code_key, seal, unseal
from trainer.content.complaints import ContentRefused
from trainer.content.files import walk
from trainer.content.library import load
from trainer.content.schema import ItemModels
from trainer.core import releases
from trainer.core.releases import ContentRelease
from trainer.core.settings import Settings

_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)
_log = logging.getLogger(__name__)


def archive_folder(folder: Path) -> bytes:
    """Return the files of a folder that are read as content, as a ZIP. The check refuses what leads elsewhere."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in walk(folder, "", lambda *_complaint: None):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DAY), (folder / name).read_bytes(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def load_archive(archive: bytes, settings: Settings, items: ItemModels, today: dt.date) -> BuiltContent:
    """Read and check what a ZIP holds. Raises ContentRefused."""
    with tempfile.TemporaryDirectory(prefix="content") as folder:
        root = Path(folder, settings.content.name)  # complaints name it
        root.mkdir()
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            files.extractall(root)  # it drops ".." and leading slashes
        return load(root, today, items, kept_in=Cache(settings.instance, settings.secret_key))


def release(archive: bytes, kept: BuiltContent, settings: Settings, now: dt.datetime) -> int:
    """Put into service what `load_archive` found in order, in the caller's transaction; return the release's number."""
    content, _complaints = kept
    built_by = code_key()
    built = seal(settings.secret_key, _key(content.digest, built_by), kept)
    return releases.add_release(content.digest, archive, built, built_by, now)


def keep_built(newest: ContentRelease, kept: BuiltContent, settings: Settings) -> None:
    """Keep what this code made of the newest release, in the caller's transaction, if other code had made it."""
    built_by = code_key()
    if newest.built_by != built_by:
        releases.keep_built(newest.number, seal(settings.secret_key, _key(newest.digest, built_by), kept), built_by)


def take(newest: ContentRelease, settings: Settings, items: ItemModels, today: dt.date) -> BuiltContent | None:
    """Return the content of a release, or None if a newer one has taken its place or this code can't serve it."""
    built_by = code_key()
    if newest.built is not None and newest.built_by == built_by:
        kept = unseal(settings.secret_key, _key(newest.digest, built_by), newest.built)
        if kept is not None:
            return kept
    if newest.archive is None:
        return None
    try:
        return load_archive(newest.archive, settings, items, today)
    except ContentRefused as refused:
        _log.error(
            "content %s, in service elsewhere, can't be served by this version, which keeps its own: %s",
            newest.digest[:12],
            next((str(complaint) for complaint in refused.complaints if complaint.level == "error"), ""),
        )
        return None


def _key(digest: str, built_by: str) -> str:
    return f"{built_by} {digest}"

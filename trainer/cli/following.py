"""Follow the content in service: each process checks for a newer release, and swaps it in one step."""

from __future__ import annotations

import logging
import threading
from time import monotonic, sleep
from typing import Final, cast

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from trainer.cli import watching
from trainer.cli.watching import Watch
from trainer.content.library import Content, ContentRefused, Library
from trainer.content.releasing import archive_folder, keep_built, load_archive, release, take
from trainer.content.serving import library, note_refused, open_library
from trainer.core import releases
from trainer.core.clock import now, today
from trainer.core.db import db, transaction
from trainer.core.failures import reason_of
from trainer.core.settings import Settings
from trainer.items.registry import MODELS

EVERY: Final = 0.5
"""Seconds between two looks; all machines are to serve a release within two."""
_log = logging.getLogger(__name__)


def follow(app: Flask, watch: Watch | None = None) -> None:
    """From now on, serve each new release, which a thread looks for; `watch`: it also looks whether the folder changes.

    In development only the folder counts.
    """
    if not app.config["SETTINGS"].development:
        threading.Thread(target=_follow, args=(app, watch), name="content", daemon=True).start()


def catch_up(app: Flask) -> None:
    """Serve the newest release, or the folder where there is none; in development always the folder."""
    settings = app.config["SETTINGS"]
    if settings.development:
        return
    number = releases.find_newest_number()
    if number == app.extensions.get("release") and "library" in app.extensions:
        return
    newest = releases.find_newest()
    if "library" not in app.extensions:
        kept = take(newest, settings, MODELS, today()) if newest else None
        app.extensions["library"] = open_library(settings, MODELS, begins_with=kept)
    elif newest and newest.digest != _shelf(app).content.digest:
        kept = take(newest, settings, MODELS, today())
        if kept is not None:
            _shelf(app).take(kept)
            app.extensions["forget_pages"]()
            _log.info("content release %d, %s, is served now", number, newest.digest[:12])
    app.extensions["release"] = number  # a release that this code can't serve isn't tried again and again


def fall_back(app: Flask, refused: ContentRefused) -> Content:
    """Serve the newest release instead of a folder that is refused; return its content.

    Raises ContentRefused where there is none that this code can serve.
    """
    settings: Settings = app.config["SETTINGS"]
    try:
        newest = None if settings.development else releases.find_newest()
    except SQLAlchemyError:  # no database, or one from before there were releases
        newest = None
    finally:
        db.session.remove()
    kept = take(newest, settings, MODELS, today()) if newest else None
    if kept is None:
        raise refused
    app.extensions["library"] = open_library(settings, MODELS, begins_with=kept)
    reason = str(refused).splitlines()[0]
    note_refused(settings.instance, reason)
    _log.error("the content folder can't be served, so what is in service stays: %s", reason)
    return kept[0]


def put_into_service(app: Flask) -> None:
    """Release the folder at a start, and serve what is in service. Raises ContentRefused.

    Where several machines share the database, a folder that was in service before is an older one, and gives way.
    """
    settings: Settings = app.config["SETTINGS"]
    if settings.development:
        return
    content, newest = library().content, releases.find_newest()
    if newest is not None and newest.digest == content.digest:
        with transaction():
            keep_built(newest, (content, library().complaints), settings)
    elif newest is not None and db.engine.dialect.name != "sqlite" and releases.was_released(content.digest):
        print(f"Content   {settings.content} holds an older version than the one in service, which stays.")
        print("          To put this folder into service: flask content reload", flush=True)
    else:
        release_folder(settings)
    catch_up(app)


def release_folder(settings: Settings) -> tuple[int, str]:
    """Put the content folder into service on all machines; return the release's number and digest.

    Raises ContentRefused.
    """
    archive = archive_folder(settings.content)
    kept = load_archive(archive, settings, MODELS, today())
    with transaction():
        number = release(archive, kept, settings, now())
    note_refused(settings.instance, None)
    return number, kept[0].digest


def _follow(app: Flask, watch: Watch | None) -> None:
    was_heard, looks_at = True, monotonic()
    while True:
        sleep(EVERY)
        try:
            with app.app_context():
                if watch is not None and monotonic() >= looks_at:
                    looks_at = monotonic() + watching.EVERY
                    watch.look()
                catch_up(app)
            was_heard = True
        except SQLAlchemyError as error:
            if was_heard:
                _log.warning("checking for new content failed: %s", reason_of(error))
            was_heard = False
        except Exception:
            _log.exception("new content can't be served")


def _shelf(app: Flask) -> Library:
    return cast(Library, app.extensions["library"])

"""Each process reports every few seconds that it is running, from a separate thread, however busy the others are."""

from __future__ import annotations

import datetime as dt
import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from trainer.content.serving import library
from trainer.core.damage import DatabaseDamaged, database_file, keep_pulse
from trainer.core.db import db, transaction
from trainer.core.failures import reason_of
from trainer.core.processes import EVERY, Itself, ProcessRole, note_seen
from trainer.core.settings import Settings

log = logging.getLogger(__name__)


def begin_heartbeats(app: Flask, role: ProcessRole, stopped: threading.Event | None = None) -> threading.Thread:
    """Begin to say that this process runs, until `stopped` is set; return the thread that does. Call it after the last
    fork: threads don't come along."""
    ends = stopped or threading.Event()
    thread = threading.Thread(target=_beat, args=(app, Itself(role), ends), name="beats", daemon=True)
    thread.start()
    return thread


def _beat(app: Flask, itself: Itself, stopped: threading.Event) -> None:
    was_heard = True
    while not stopped.is_set():
        was_heard = say_so(app, itself, is_logged=was_heard)
        stopped.wait(EVERY)


def say_so(app: Flask, itself: Itself, *, is_logged: bool = True) -> bool:
    """Note once that a process runs; return whether the database took it."""
    with app.app_context():
        try:
            with transaction():
                instant = note_seen(itself, library().content.digest)
            _keep_pulse(app.config["SETTINGS"], instant)
        except SQLAlchemyError as error:
            if is_logged:
                log.warning("this process can't be recorded as running: %s", reason_of(error))
            return False
        except DatabaseDamaged as damaged:
            if is_logged:
                log.error("%s", damaged.message)
            return False
        except Exception:  # what isn't known of a process mustn't end it
            log.exception("recording that this process is running failed")
            return False
        finally:
            db.session.remove()
    return True


def _keep_pulse(settings: Settings, instant: dt.datetime) -> None:
    database = database_file(settings.database_url)
    if database is not None:
        keep_pulse(settings.instance, database, f"{instant:%Y-%m-%d %H:%M:%S.%f}")  # as SQLite has it

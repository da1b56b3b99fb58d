"""The thorough checks for `flask doctor` and the operator's page: the whole installation, and what takes a while."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from flask import current_app
from limits.storage import Storage
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from trainer.accounts.models import User
from trainer.core import releases, replica
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.failures import reason_of
from trainer.core.feature import ask_extra
from trainer.core.heartbeat import Heartbeat, list_heartbeats
from trainer.core.issuer_keys import FILE as BADGE_KEYS
from trainer.core.limits import DatabaseStorage
from trainer.core.outbox import FAILED_FOR, OutboxMessage, has_failed
from trainer.core.processes import RunningProcess, list_processes, measure_clock
from trainer.core.settings import Settings
from trainer.jobs.delivery import SmtpConnection
from trainer.jobs.runner import list_tasks
from trainer.operating.health import ask, look_at_web, look_for_readiness
from trainer.operating.rules import CLOCK_OFF, Finding, fine, in_number, in_words, problem, warn
from trainer.web.paper import FONTS

_FONT_ENDINGS = {".ttf", ".otf", ".ttc"}
_MISSED = 3
"""Turns that a task may miss before that is worth a look."""


def look_at_all() -> list[Finding]:
    """Return all that `flask doctor` says, in the order in which to fix things."""
    findings = [
        look_at_settings(),
        *look_for_readiness(),
        look_at_second_steps(),
        look_at_badge_keys(),
        look_at_fonts(),
        look_at_mail_server(),
        look_at_limits(),
        look_at_replica(),
        *look_at_rest(),
        ask_extra("look_at_replaced"),
    ]
    return [finding for finding in findings if finding is not None]


def look_at_rest() -> list[Finding]:
    """Return what the operator's page adds to what decides readiness."""
    findings = [look_at_web(), look_at_tasks(), look_at_given_up(), look_at_clocks(), look_at_versions()]
    backup = ask_extra("look_at_backup")
    return findings if backup is None else [*findings, backup]


def look_at_settings() -> Finding:
    """Look for settings that are for a trial or for development only."""
    settings = _settings()
    if settings.development:
        return warn("settings", "development", "TRAINER_DEVELOPMENT is on.", "Unset it if other people use the site.")
    if settings.is_local:
        return fine("settings", f"{settings.base_url}, in local mode: certificates say “Local trial.”")
    if settings.smtp_url is not None and settings.smtp_plain:
        return warn("settings", "plain", "TRAINER_SMTP_PLAIN lets mail go out unencrypted.", "Use TLS, and unset it.")
    return fine("settings", f"{settings.base_url}.")


def look_at_second_steps() -> Finding:
    """Check whether the keys that second steps were made with are here."""
    return ask("second steps", _look_at_second_steps)


def look_at_badge_keys() -> Finding:
    """Check whether badges can be signed."""
    settings = _settings()
    try:
        current = settings.issuer_keys.current
    except (OSError, ValueError):
        return problem("badge keys", "unreadable", f"{settings.instance / BADGE_KEYS} can't be read.", "Restore it.")
    if current is None:
        return problem("badge keys", "missing", "There is no key to sign badges with.", "Run: flask setup")
    return fine("badge keys", f"Badges are signed with {current.id}.")


def look_at_fonts() -> Finding:
    """Check whether the fonts for certificates are there."""
    more = _settings().fonts
    if _count_fonts(FONTS) == 0:
        return problem("fonts", "missing", f"There are no fonts in {FONTS}.", "Install the app again.")
    if more is not None and _count_fonts(more) == 0:
        return warn("fonts", "empty", f"TRAINER_FONTS is {more}, which has no TTF or OTF fonts.", "Add some.")
    return fine("fonts", f"{_count_fonts(FONTS) + (_count_fonts(more) if more else 0)} fonts for certificates.")


def look_at_mail_server() -> Finding:
    """Sign in to the mail server. Nothing is sent."""
    settings = _settings()
    if settings.smtp_url is None:
        return warn(
            "mail", "unset", "No mail server is set: mail waits, and links aren’t sent.", "Set TRAINER_SMTP_URL."
        )
    try:
        with closing(SmtpConnection(settings.smtp_url, allows_plain=settings.smtp_plain)) as line:
            line.open()
    except smtplib.SMTPResponseException as error:  # its text may name the account
        return problem("mail", "refused", f"The mail server refused: {error.smtp_code}.", "Check TRAINER_SMTP_URL.")
    except smtplib.SMTPException as error:
        return problem("mail", "refused", f"The mail server can't be used: {error}.", "Check TRAINER_SMTP_URL.")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return problem("mail", "unreachable", f"The mail server can't be reached: {reason}.", "Check TRAINER_SMTP_URL.")
    return fine("mail", "The mail server can be used.")


def look_at_limits() -> Finding:
    """Check whether what counts the limits answers."""
    counts: Storage = current_app.extensions["limits"]
    if isinstance(counts, DatabaseStorage):
        return fine("limits", "Counted in the database.")
    if not counts.check():
        return problem("limits", "unreachable", "The server of TRAINER_LIMITS_URL can't be reached.", "Start it.")
    try:
        counts.incr("doctor", 1)
    except counts.base_exceptions as error:
        says = f"The server of TRAINER_LIMITS_URL counts nothing, so the database does: {error}."
        return problem("limits", "refused", says, "Is its memory full?")
    return fine("limits", "The server of TRAINER_LIMITS_URL counts.")


def look_at_replica() -> Finding:
    """Check whether long work can be read from the replica: whether it answers, follows the database, and keeps up."""
    try:
        standing = replica.look_at_replica()
    except SQLAlchemyError as error:
        says = f"The server of TRAINER_REPLICA_URL can't be reached or read: {reason_of(error)}."
        return problem("replica", "unreachable", says, "Start it.")
    finally:
        db.session.remove()
    if standing is None:
        return fine("replica", "None is set.")
    if not standing.is_standby:
        says = "The server of TRAINER_REPLICA_URL isn't a standby."
        return problem("replica", "primary", says, "Name a standby of the database, or unset it.")
    if not standing.is_ours:
        says = "The server of TRAINER_REPLICA_URL doesn't follow this database."
        return problem("replica", "other", says, "After a failover, point it at the new primary.")
    if not standing.has_all:
        says = f"The replica is {standing.bytes_behind:,} bytes and {_in_seconds(standing)} behind."
        return warn("replica", "behind", says, "Is it replaying? See pg_stat_replication on the primary.")
    return fine("replica", "The replica is a standby and has all that the database has.")


def _in_seconds(standing: replica.ReplicaLag) -> str:
    return in_words(dt.timedelta(seconds=round(standing.seconds_behind)))


def look_at_tasks() -> Finding:
    """Check whether each of the worker's tasks has run lately, and well."""
    return ask("tasks", _look_at_tasks)


def look_at_given_up() -> Finding:
    """Look for mail that couldn't be delivered."""
    return ask("undelivered", _look_at_given_up)


def look_at_clocks() -> Finding:
    """Check whether the clocks of all machines agree with the database's."""
    return ask("clock", _look_at_clocks)


def look_at_versions() -> Finding:
    """Check that all processes run the same version of the app and serve the same content."""
    return ask("versions", _look_at_versions)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _count_fonts(folder: Path) -> int:
    return sum(path.suffix.lower() in _FONT_ENDINGS for path in folder.rglob("*"))


def _look_at_second_steps() -> Finding:
    needed = db.session.scalars(
        select(User.second_factor_key_id).where(User.second_factor_key_id.is_not(None)).distinct()
    )
    missing = sorted({key for key in needed if key} - {key.id for key in _settings().keys.keys})
    if missing:
        says = f"Some second steps need the key {missing[0]}, which is missing."
        return problem("second steps", "key", says, "Restore secret_keys_older from a backup.")
    return fine("second steps", "All their keys are in place.")


def _look_at_tasks() -> Finding:
    beats = {beat.task: beat for beat in list_heartbeats()}
    failing = [beat for beat in beats.values() if beat.failures]
    if failing:
        names = ", ".join(beat.task for beat in failing)
        return warn("tasks", "failing", f"These worker tasks are failing: {names}.", "Run: flask jobs beats")
    late = [task.label for task in list_tasks() if _is_late(beats.get(task.label), task.every)]
    if late:
        return warn("tasks", "late", f"These worker tasks are late: {', '.join(late)}.", "Is a worker running?")
    return fine("tasks", "All have run on time.")


def _is_late(beat: Heartbeat | None, every: float) -> bool:
    # Those that run every second are noted once a minute.
    longest = dt.timedelta(seconds=max(every, 60.0) * _MISSED)
    return beat is None or beat.ended_at is None or now() - beat.ended_at > longest


def _look_at_given_up() -> Finding:
    number = (
        db.session.scalar(select(func.count()).select_from(OutboxMessage).where(has_failed(now() - FAILED_FOR))) or 0
    )
    if number:
        says = f"{in_number(number, 'email')} of the last {FAILED_FOR.days} days couldn't be delivered."
        return warn("undelivered", "some", says, "Run: flask mail list --dead")
    return fine("undelivered", f"All email of the last {FAILED_FOR.days} days was delivered or is still waiting.")


def _look_at_clocks() -> Finding:
    own, _instant = measure_clock()
    offsets = [(abs(process.clock_ahead_ms) / 1000, process.machine) for process in list_processes()]
    worst, machine = max([*offsets, (abs(own), "this machine")])
    says = f"The clock of {machine} is off by {in_words(dt.timedelta(seconds=worst))} compared with the database's."
    if worst > CLOCK_OFF.total_seconds():
        return problem("clock", "off", says, "Synchronize the clocks of all machines (NTP).")
    return fine("clock", "All clocks agree with the database's.")


def _look_at_versions() -> Finding:
    processes = list_processes()
    versions = {process.version for process in processes}
    if len(versions) > 1:
        says = f"{len(versions)} versions of the app are being served: {_joined(versions)}."
        return warn("versions", "several", says, "Restart the machines that are behind.")
    contents = {process.content for process in processes}
    if len(contents) > 1:
        return _tell_of_contents(processes, contents)
    machines = in_number(len({process.machine for process in processes}), "machine")
    return fine("versions", f"{in_number(len(processes), 'process', 'processes')} on {machines}.")


def _tell_of_contents(processes: Sequence[RunningProcess], contents: set[str]) -> Finding:
    """Return which machines serve other content than the newest release: restarting others would be of no use."""
    newest = releases.find_newest()
    says = f"{len(contents)} versions of the content are being served: {_joined(each[:12] for each in contents)}."
    behind = {process.machine for process in processes if newest is not None and process.content != newest.digest}
    if newest is not None and behind:
        says += f" Not the newest, {newest.digest[:12]}: {_joined(behind)}."
    remedy = (
        "If this lasts longer than half a minute, the logs of those machines say why. "
        "Put the content right, run: flask content reload, and restart machines that still are behind."
    )
    return warn("versions", "several", says, remedy)


def _joined(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))

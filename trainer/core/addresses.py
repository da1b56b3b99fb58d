"""Addresses among the settings: of the site, the databases, the mail server and the memory of limits."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from trainer.core.variables import SettingsRefused

_POSTGRES = "postgresql+psycopg://"
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:]+")


def read_limits_url(env: Mapping[str, str]) -> str | None:
    """Return where limits are counted for all machines, or None. Raises SettingsRefused."""
    given = env.get("TRAINER_LIMITS_URL", "").strip()
    if not given:
        return None
    try:
        parts = urlsplit(given)
        _ = parts.port  # raises for an impossible one
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        # Not shown: it may hold a password.
        raise SettingsRefused("TRAINER_LIMITS_URL can't be read. Write it like redis://:password@127.0.0.1:6379/0.")
    return given


def read_smtp_url(env: Mapping[str, str]) -> str | None:
    """Return the mail server, or None: then no email is sent. Raises SettingsRefused."""
    given = env.get("TRAINER_SMTP_URL", "").strip()
    if not given:
        return None
    try:
        parts = urlsplit(given)
        _ = parts.port  # raises for an impossible one
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/"):
        # Not shown: it may hold a password.
        raise SettingsRefused(
            "TRAINER_SMTP_URL can't be read. Write it like smtp://user:password@mail.example.org:587."
        )
    return given


def read_mail_from(env: Mapping[str, str], host: str) -> str:
    """Return who emails are from. Raises SettingsRefused."""
    given = env.get("TRAINER_MAIL_FROM", "").strip() or f"training@{host}"
    if not re.fullmatch(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+", given):
        raise SettingsRefused(f"TRAINER_MAIL_FROM is {given!r}. Write an address, such as training@example.org.")
    return given


def read_base_url(env: Mapping[str, str], host: str, port: int) -> str:
    """Return the address of the site, without a path. Raises SettingsRefused."""
    given = env.get("TRAINER_BASE_URL", "").rstrip("/")
    if not given:
        if not is_loopback(host):
            raise SettingsRefused(
                f"HOST is {host}, which others can reach, and TRAINER_BASE_URL is not set. "
                "Set it to the https address that people will use."
            )
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    parts = _split(given)
    if (
        parts is None
        or not parts.hostname
        or not _HOST.fullmatch(parts.hostname)
        or given != f"{parts.scheme}://{parts.netloc}"
    ):
        raise SettingsRefused(f"TRAINER_BASE_URL is {given!r}. Write it like https://training.example.org, no path.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsRefused(f"TRAINER_BASE_URL is {given}. Away from a loopback address it must begin with https.")
    return given


def _split(address: str) -> SplitResult | None:
    """Return the parts of a web address with nothing but scheme, host and port, or None."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for an impossible one
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and "@" not in parts.netloc else None


def read_database_url(given: str, instance: Path) -> str:
    """Return the address of the database; of a file, the one that SQLite opens. Raises SettingsRefused."""
    given = _with_driver(given)
    if not given.startswith(("sqlite:///", _POSTGRES)):
        raise SettingsRefused("TRAINER_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):  # not shown: it may hold a password
        raise SettingsRefused("TRAINER_DATABASE_URL can't be read. Is its port a number?") from None
    if not given.startswith("sqlite"):
        return given
    if not url.database or url.database == ":memory:":
        raise SettingsRefused(
            "TRAINER_DATABASE_URL names no file: all would be lost. Write sqlite:////a/path/trainer.db."
        )
    # The file itself, whatever leads to it: beside that one SQLite keeps its log. A relative path begins in the
    # instance folder, as it does for Flask-SQLAlchemy.
    path = url.database if url.database.startswith("file:") else os.path.realpath(instance / url.database)
    return given if path == url.database else url.set(database=path).render_as_string(hide_password=False)


def read_replica_url(env: Mapping[str, str], database_url: str) -> str | None:
    """Return the address of the standby to read from, or None. Raises SettingsRefused."""
    given = _with_driver(env.get("TRAINER_REPLICA_URL", "").strip())
    if not given:
        return None
    if not database_url.startswith(_POSTGRES):
        raise SettingsRefused("TRAINER_REPLICA_URL is for PostgreSQL, and TRAINER_DATABASE_URL names none. Unset it.")
    if not given.startswith(_POSTGRES):
        raise SettingsRefused("TRAINER_REPLICA_URL must begin with postgresql://.")
    try:
        place = _place_of(given)
    except (ArgumentError, ValueError):  # not shown: it may hold a password
        raise SettingsRefused("TRAINER_REPLICA_URL can't be read. Is its port a number?") from None
    if place == _place_of(database_url):
        raise SettingsRefused(
            "TRAINER_REPLICA_URL is the address of TRAINER_DATABASE_URL. Name the standby's, or unset it."
        )
    return given


def _with_driver(given: str) -> str:
    return _POSTGRES + given.split("://", 1)[1] if given.startswith(("postgres://", "postgresql://")) else given


def _place_of(database_url: str) -> tuple[object, ...]:
    """Return server, port and database of a PostgreSQL address, whoever signs in there."""
    url = make_url(database_url)
    host, port = url.query.get("host", url.host), url.query.get("port", url.port)
    return host or "", str(port or 5432), url.database or url.username


def is_loopback(host: str) -> bool:
    """Return True if a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""Settings: one frozen object from environment variables and the instance folder, checked at start."""

from __future__ import annotations

import ipaddress
import os
import pwd
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from click import ClickException
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from trainer.core.db import connect_args
from trainer.core.issuer_keys import FILE as BADGE_KEYS
from trainer.core.issuer_keys import IssuerKeys, read_issuer_keys
from trainer.core.keys import CURRENT, OLDER, SERVED, Ring, make_ring, read_older

ROOT = Path(__file__).resolve().parents[2]
"""Where the package `trainer` is: the checkout, or what Python installs packages into."""
_INSTALLED = ROOT / "trainer" / "shipped"
IS_INSTALLED = _INSTALLED.is_dir()
SHIPPED = _INSTALLED if IS_INSTALLED else ROOT
"""Where content and migrations are."""
FROM_FILE = "_FILE"
"""How the name of a variable ends that names a file with the value of another one."""
_KNOWN_KEYS = {"dev", "secret", "changeme", "change-me", "password", "default"}
_LEAST_KEY = 32
_POSTGRES = "postgresql+psycopg://"
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:]+")


class SettingsRefused(ClickException):
    """A setting is wrong. The message is one line: which, why, what to do; a command prints it and ends."""


@dataclass(frozen=True)
class Settings:
    """All settings. docs/operate.md documents each variable (a test holds it to that)."""

    host: str
    port: int
    workers: int
    base_url: str
    database_url: str
    replica_url: str | None
    instance: Path
    files: Path
    content: Path
    watch_content: bool
    secret_key: str
    secret_keys_older: tuple[str, ...]
    badge_keys: str | None
    fonts: Path | None
    down_page: Path | None
    """Where the page is written that a proxy shows while the app is down."""
    development: bool
    proxies: int
    max_body_kb: int
    smtp_url: str | None
    smtp_plain: bool
    mail_from: str
    limits_url: str | None
    webhooks_loopback: bool
    metrics_host: str
    metrics_port: int
    """0: nobody can ask for figures."""
    log_format: str
    log_level: str
    log_requests: bool
    slow_ms: int
    """0: no statement is logged."""

    @cached_property
    def keys(self) -> Ring:
        """The current key and the older ones."""
        return make_ring(self.secret_key, self.secret_keys_older)

    @property
    def issuer_keys(self) -> IssuerKeys:
        """The keys that sign badges, as they are now: a compromised one is refused without a restart."""
        return read_issuer_keys(self.instance, self.badge_keys)

    @cached_property
    def is_local(self) -> bool:
        """True on a loopback address: no Secure cookies, no HSTS, certificates say "Local trial"."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def host_names(self) -> list[str]:
        """Host names that requests may name."""
        name = urlsplit(self.base_url).hostname or ""
        return [name, "127.0.0.1", "localhost", "[::1]"] if self.is_local else [name]


VARIABLES = {
    "host": "HOST",
    "port": "PORT",
    "workers": "TRAINER_WORKERS",
    "base_url": "TRAINER_BASE_URL",
    "database_url": "TRAINER_DATABASE_URL",
    "replica_url": "TRAINER_REPLICA_URL",
    "instance": "TRAINER_INSTANCE",
    "files": "TRAINER_FILES",
    "content": "TRAINER_CONTENT",
    "watch_content": "TRAINER_WATCH_CONTENT",
    "secret_key": "TRAINER_SECRET_KEY",
    "secret_keys_older": "TRAINER_SECRET_KEYS_OLDER",
    "badge_keys": "TRAINER_BADGE_KEYS",
    "fonts": "TRAINER_FONTS",
    "down_page": "TRAINER_DOWN_PAGE",
    "development": "TRAINER_DEVELOPMENT",
    "proxies": "TRAINER_PROXIES",
    "max_body_kb": "TRAINER_MAX_BODY_KB",
    "smtp_url": "TRAINER_SMTP_URL",
    "smtp_plain": "TRAINER_SMTP_PLAIN",
    "mail_from": "TRAINER_MAIL_FROM",
    "limits_url": "TRAINER_LIMITS_URL",
    "webhooks_loopback": "TRAINER_WEBHOOKS_LOOPBACK",
    "metrics_host": "TRAINER_METRICS_HOST",
    "metrics_port": "TRAINER_METRICS_PORT",
    "log_format": "TRAINER_LOG_FORMAT",
    "log_level": "TRAINER_LOG_LEVEL",
    "log_requests": "TRAINER_LOG_REQUESTS",
    "slow_ms": "TRAINER_SLOW_MS",
}
assert set(VARIABLES) == {field.name for field in fields(Settings)}


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings. Raises SettingsRefused with one clear line."""
    try:
        return _read(_with_files(os.environ if environ is None else environ))
    except PermissionError as error:
        raise SettingsRefused(
            f"{error.filename} can't be read by {_name_of(os.geteuid())}, who runs this. "
            f"Run: chown {_name_of(os.geteuid())} {error.filename}"
        ) from None


def variable(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """Return what a variable is set to, or the content of the file that `NAME_FILE` names; None if neither is set.

    Raises SettingsRefused, and PermissionError.
    """
    env = os.environ if environ is None else environ
    path = env.get(name + FROM_FILE)
    if path is None:
        return env.get(name)
    if name in env:
        raise SettingsRefused(f"{name} and {name}{FROM_FILE} are both set. Unset one of them.")
    try:
        return Path(path).read_text("utf-8").strip()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, UnicodeDecodeError):
        raise SettingsRefused(f"{name}{FROM_FILE} is {path}, which can't be read as a text.") from None


def _with_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Return all variables, those that come from a file, too: secrets that nobody else should find among variables."""
    named = [name for name in VARIABLES.values() if name + FROM_FILE in environ]
    return {**environ, **{name: value for name in named if (value := variable(name, environ)) is not None}}


def _read(env: Mapping[str, str]) -> Settings:
    host = env.get("HOST", "127.0.0.1")
    port = _number(env, "PORT", 8000, 1, 65535)
    development = _switch(env, "TRAINER_DEVELOPMENT")
    instance = Path(env.get("TRAINER_INSTANCE") or _default_instance(env)).resolve()
    base_url = _base_url(env, host, port)
    local = is_loopback(urlsplit(base_url).hostname or "")
    if not (local and is_loopback(host)) and (development or _switch(env, "FLASK_DEBUG")):
        raise SettingsRefused("TRAINER_DEVELOPMENT and FLASK_DEBUG are for a loopback address only. Unset them.")
    webhooks_loopback = _switch(env, "TRAINER_WEBHOOKS_LOOPBACK")
    if webhooks_loopback and not local:
        raise SettingsRefused("TRAINER_WEBHOOKS_LOOPBACK is for tests on a loopback base URL only. Unset it.")
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsRefused(
            f"TRAINER_INSTANCE is {instance}, and no folder can be there: {error.strerror}."
        ) from None
    _check_owner(instance)
    database_url = _database_url(env.get("TRAINER_DATABASE_URL", f"sqlite:///{instance / 'trainer.db'}"), instance)
    secret_key, *older = _keys(env, instance, database_url).keys
    return Settings(
        host=host,
        port=port,
        workers=_number(env, "TRAINER_WORKERS", 2, 1, 64),
        base_url=base_url,
        database_url=database_url,
        replica_url=_replica_url(env, database_url),
        instance=instance,
        files=_files(env, instance),
        content=_content(env),
        watch_content=_switch(env, "TRAINER_WATCH_CONTENT"),
        secret_key=secret_key.secret,
        secret_keys_older=tuple(key.secret for key in older),
        badge_keys=_badge_keys(env, instance),
        fonts=_fonts(env),
        down_page=Path(given).resolve() if (given := env.get("TRAINER_DOWN_PAGE", "").strip()) else None,
        development=development,
        proxies=_number(env, "TRAINER_PROXIES", 0, 0, 5),
        max_body_kb=_number(env, "TRAINER_MAX_BODY_KB", 256, 16, 10_240),
        smtp_url=_smtp_url(env),
        smtp_plain=_switch(env, "TRAINER_SMTP_PLAIN"),
        mail_from=_mail_from(env, "localhost" if local else urlsplit(base_url).hostname or "localhost"),
        limits_url=_limits_url(env),
        webhooks_loopback=webhooks_loopback,
        metrics_host=env.get("TRAINER_METRICS_HOST", "").strip() or "127.0.0.1",
        metrics_port=_number(env, "TRAINER_METRICS_PORT", 0, 0, 65535),
        log_format=_choice(env, "TRAINER_LOG_FORMAT", ("text", "json")),
        log_level=_choice(env, "TRAINER_LOG_LEVEL", ("info", "debug", "warning", "error")).upper(),
        log_requests=_switch(env, "TRAINER_LOG_REQUESTS"),
        slow_ms=_number(env, "TRAINER_SLOW_MS", 500, 0, 600_000),
    )


def _check_owner(instance: Path) -> None:
    """Raise SettingsRefused for someone else's folder: the app couldn't read what is written there, such as a key."""
    owner, user = instance.stat().st_uid, os.geteuid()
    if owner != user:
        raise SettingsRefused(
            f"TRAINER_INSTANCE is {instance}, which belongs to {_name_of(owner)}, and this runs as {_name_of(user)}. "
            f"Run it as {_name_of(owner)}, such as with deploy/trainer."
        )
    if not os.access(instance, os.R_OK | os.X_OK):
        raise SettingsRefused(
            f"TRAINER_INSTANCE is {instance}, which its owner may not read. Run: chmod 700 {instance}"
        )


def _name_of(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)


def _default_instance(env: Mapping[str, str]) -> Path:
    """Return the folder beside a checkout, or of whoever runs an installed app: what installs packages may replace all
    that is beside those."""
    if not IS_INSTALLED:
        return ROOT / "instance"
    shared = env.get("XDG_DATA_HOME", "").strip()
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "trainer"


def _limits_url(env: Mapping[str, str]) -> str | None:
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


def _smtp_url(env: Mapping[str, str]) -> str | None:
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


def _mail_from(env: Mapping[str, str], host: str) -> str:
    given = env.get("TRAINER_MAIL_FROM", "").strip() or f"training@{host}"
    if not re.fullmatch(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+", given):
        raise SettingsRefused(f"TRAINER_MAIL_FROM is {given!r}. Write an address, such as training@example.org.")
    return given


def _base_url(env: Mapping[str, str], host: str, port: int) -> str:
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


def _database_url(given: str, instance: Path) -> str:
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


def _replica_url(env: Mapping[str, str], database_url: str) -> str | None:
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


def _content(env: Mapping[str, str]) -> Path:
    # That it is there is no matter of settings: without it, what is in service is served.
    return Path(env.get("TRAINER_CONTENT", str(SHIPPED / "content"))).resolve()


def _files(env: Mapping[str, str], instance: Path) -> Path:
    given = env.get("TRAINER_FILES", "").strip()
    if not given:
        return instance
    folder = Path(given).resolve()
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        # It isn't made here: on a machine where the shared folder isn't mounted, files would be lost without a word.
        raise SettingsRefused(f"TRAINER_FILES is {folder}, and this user can't write to that folder. Is it mounted?")
    return folder


def _fonts(env: Mapping[str, str]) -> Path | None:
    given = env.get("TRAINER_FONTS", "").strip()
    if not given:
        return None
    folder = Path(given).resolve()
    if not folder.is_dir():
        raise SettingsRefused(f"TRAINER_FONTS is {folder}, and there is no such folder.")
    return folder


def _keys(env: Mapping[str, str], instance: Path, database_url: str) -> Ring:
    current = _secret_key(env, instance, database_url)
    listed = env.get("TRAINER_SECRET_KEYS_OLDER", "").split()
    if any(_is_weak(key) for key in listed):
        raise SettingsRefused(
            f"TRAINER_SECRET_KEYS_OLDER names a key of fewer than {_LEAST_KEY} characters. Separate keys by spaces."
        )
    path = instance / OLDER
    try:
        if path.exists():
            _check_mode(path)
        kept = [older.key.secret for older in read_older(instance)]
    except ValueError:
        raise SettingsRefused(
            f"{path} can't be read. Put the backup's file there. Without it, nothing made with an older key works."
        ) from None
    ring = make_ring(current, [*listed, *kept])
    # A process that is started again must not use another key than the ones beside it, which began before.
    served = ring.find(env.get(SERVED))
    return make_ring(served.secret, [key.secret for key in ring.keys]) if served else ring


def _badge_keys(env: Mapping[str, str], instance: Path) -> str | None:
    given, path = env.get("TRAINER_BADGE_KEYS", "").strip() or None, instance / BADGE_KEYS
    if given is None and path.exists():
        _check_mode(path)
    try:
        keys = read_issuer_keys(instance, given)
    except ValueError:
        where = path if given is None else "TRAINER_BADGE_KEYS"
        raise SettingsRefused(
            f"{where} can't be read. Put your copy of the file {BADGE_KEYS} there; badges are signed with it."
        ) from None
    if given is not None and keys.current is None:
        raise SettingsRefused("TRAINER_BADGE_KEYS holds no key that may sign. Run `flask keys rotate --badges` first.")
    return given


def _secret_key(env: Mapping[str, str], instance: Path, database_url: str) -> str:
    given = env.get("TRAINER_SECRET_KEY")
    if given is not None:
        if _is_weak(given):
            raise SettingsRefused(
                f"TRAINER_SECRET_KEY is too easy to guess. Use {_LEAST_KEY} random characters or more, "
                "or unset it: a key is then made in the instance folder."
            )
        return given
    path = instance / CURRENT
    if path.exists():
        return _read_key(path)
    if _has_users(database_url):
        raise SettingsRefused(
            f"{path} is missing, and the database has users: their second steps and mailed links need it. "
            'Put the backup\'s key there, or read "A lost key" in docs/operate.md.'
        )
    return secrets.token_urlsafe(48)  # of an installation that isn't set up yet: `flask setup` keeps it


def _has_users(database_url: str) -> bool:
    """Return whether a database holds anybody. Raises SettingsRefused if it can't be asked."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    engine = create_engine(url, poolclass=NullPool, connect_args=connect_args(database_url))
    try:
        with engine.connect() as connection:
            return inspect(connection).has_table("users") and bool(
                connection.scalar(text("SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1) AS found"))
            )
    except SQLAlchemyError as error:
        own = error.orig if isinstance(error, DBAPIError) else error  # the address may hold a password
        reason = (str(own).strip().splitlines() or [type(own).__name__])[0]
        raise SettingsRefused(f"The database can't be reached or read: {reason}") from None


def _is_weak(key: str) -> bool:
    return key.lower() in _KNOWN_KEYS or len(key.strip()) < _LEAST_KEY


def _read_key(path: Path) -> str:
    _check_mode(path)
    key = path.read_text().strip()
    if len(key) < _LEAST_KEY:
        raise SettingsRefused(
            f'{path} is empty or too short. Put the backup\'s key there, or read "A lost key" in docs/operate.md.'
        )
    return key


def _check_mode(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsRefused(f"{path} can be read by others. Run: chmod 600 {path}")


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    given = env.get(name, "").strip()
    if not given:
        return default
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
        raise SettingsRefused(f"{name} is {given!r}. It must be a whole number from {least} to {most}.")
    return int(given)


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """Return which of the choices is set; the first, if none is."""
    given = env.get(name, "").strip().lower() or choices[0]
    if given not in choices:
        raise SettingsRefused(f"{name} is {given!r}. It must be one of {', '.join(choices)}.")
    return given


def _switch(env: Mapping[str, str], name: str) -> bool:
    given = env.get(name, "").strip().lower()
    if given in {"", "0", "false", "no"}:
        return False
    if given in {"1", "true", "yes"}:
        return True
    raise SettingsRefused(f"{name} is {given!r}. It must be 1 or 0.")


def is_loopback(host: str) -> bool:
    """Return True if a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

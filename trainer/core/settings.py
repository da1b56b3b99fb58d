"""Settings: one frozen object from environment variables and the instance folder, checked at start."""

from __future__ import annotations

import os
import pwd
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from trainer.core.addresses import (
    is_loopback,
    read_base_url,
    read_database_url,
    read_limits_url,
    read_mail_from,
    read_replica_url,
    read_smtp_url,
)
from trainer.core.connections import connect_args
from trainer.core.failures import reason_of
from trainer.core.issuer_keys import FILE as BADGE_KEYS
from trainer.core.issuer_keys import IssuerKeys, read_issuer_keys
from trainer.core.keys import CURRENT, OLDER, SERVED, Ring, make_ring, read_older
from trainer.core.variables import FROM_FILE, SettingsRefused, read_choice, read_number, read_switch, variable

ROOT = Path(__file__).resolve().parents[2]
"""Where the package `trainer` is: the checkout, or what Python installs packages into."""
_INSTALLED = ROOT / "trainer" / "shipped"
IS_INSTALLED = _INSTALLED.is_dir()
SHIPPED = _INSTALLED if IS_INSTALLED else ROOT
"""Where content and migrations are."""
_KNOWN_KEYS = {"dev", "secret", "changeme", "change-me", "password", "default"}
_LEAST_KEY = 32


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


def _with_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Return all variables, those that come from a file, too: secrets that nobody else should find among variables."""
    named = [name for name in VARIABLES.values() if name + FROM_FILE in environ]
    return {**environ, **{name: value for name in named if (value := variable(name, environ)) is not None}}


def _read(env: Mapping[str, str]) -> Settings:
    host = env.get("HOST", "127.0.0.1")
    port = read_number(env, "PORT", 8000, 1, 65535)
    development = read_switch(env, "TRAINER_DEVELOPMENT")
    instance = Path(env.get("TRAINER_INSTANCE") or _default_instance(env)).resolve()
    base_url = read_base_url(env, host, port)
    local = is_loopback(urlsplit(base_url).hostname or "")
    if not (local and is_loopback(host)) and (development or read_switch(env, "FLASK_DEBUG")):
        raise SettingsRefused("TRAINER_DEVELOPMENT and FLASK_DEBUG are for a loopback address only. Unset them.")
    webhooks_loopback = read_switch(env, "TRAINER_WEBHOOKS_LOOPBACK")
    if webhooks_loopback and not local:
        raise SettingsRefused("TRAINER_WEBHOOKS_LOOPBACK is for tests on a loopback base URL only. Unset it.")
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsRefused(
            f"TRAINER_INSTANCE is {instance}, and no folder can be there: {error.strerror}."
        ) from None
    _check_owner(instance)
    database_url = read_database_url(env.get("TRAINER_DATABASE_URL", f"sqlite:///{instance / 'trainer.db'}"), instance)
    secret_key, *older = _keys(env, instance, database_url).keys
    return Settings(
        host=host,
        port=port,
        workers=read_number(env, "TRAINER_WORKERS", 2, 1, 64),
        base_url=base_url,
        database_url=database_url,
        replica_url=read_replica_url(env, database_url),
        instance=instance,
        files=_files(env, instance),
        content=_content(env),
        watch_content=read_switch(env, "TRAINER_WATCH_CONTENT"),
        secret_key=secret_key.secret,
        secret_keys_older=tuple(key.secret for key in older),
        badge_keys=_badge_keys(env, instance),
        fonts=_fonts(env),
        down_page=Path(given).resolve() if (given := env.get("TRAINER_DOWN_PAGE", "").strip()) else None,
        development=development,
        proxies=read_number(env, "TRAINER_PROXIES", 0, 0, 5),
        max_body_kb=read_number(env, "TRAINER_MAX_BODY_KB", 256, 16, 10_240),
        smtp_url=read_smtp_url(env),
        smtp_plain=read_switch(env, "TRAINER_SMTP_PLAIN"),
        mail_from=read_mail_from(env, "localhost" if local else urlsplit(base_url).hostname or "localhost"),
        limits_url=read_limits_url(env),
        webhooks_loopback=webhooks_loopback,
        metrics_host=env.get("TRAINER_METRICS_HOST", "").strip() or "127.0.0.1",
        metrics_port=read_number(env, "TRAINER_METRICS_PORT", 0, 0, 65535),
        log_format=read_choice(env, "TRAINER_LOG_FORMAT", ("text", "json")),
        log_level=read_choice(env, "TRAINER_LOG_LEVEL", ("info", "debug", "warning", "error")).upper(),
        log_requests=read_switch(env, "TRAINER_LOG_REQUESTS"),
        slow_ms=read_number(env, "TRAINER_SLOW_MS", 500, 0, 600_000),
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
        raise SettingsRefused(f"The database can't be reached or read: {reason_of(error)}") from None


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

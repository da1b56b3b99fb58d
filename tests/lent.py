"""Apps for tests: one that a test left as it found it serves the next, on that test's database.

To build an app with its 360 addresses, and to load the templates of its first page, takes as long as five pages do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask

from trainer.app import _config, create_app
from trainer.content.library import Library
from trainer.core.db import db, dispose_engines, init_db
from trainer.core.logs import init_logs, log_slow_statements
from trainer.core.replica import init_replica
from trainer.core.settings import Settings

_OWN = {"config", "extensions", "instance_path", "_got_first_request"}
"""What differs between tests, or is looked at below."""


@dataclass(frozen=True, slots=True)
class _Spare:
    app: Flask
    settings: Settings
    """Of no place."""
    shelf: Library
    parts: dict[str, Any]
    """What the app is made of, wherever its database is."""


@dataclass(frozen=True, eq=False)
class _Same:
    """An object that equals only itself."""

    it: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


_spares: list[_Spare] = []


@contextmanager
def lent_app(settings: Settings, shelf: Library) -> Iterator[Flask]:
    """Lend the real app with these settings and this content, its database and what it remembers of pages empty."""
    spare = _spares.pop() if _spares else None
    of_no_place = replace(settings, instance=Path(), files=Path(), database_url="")
    if spare is not None and spare.shelf is shelf and spare.settings == of_no_place:
        app = spare.app
        _begin_anew(app, settings)
    else:
        app = create_app(settings, shelf)
        spare = _Spare(app, of_no_place, shelf, _look(app))
    before = spare.parts | _look_here(app)
    yield app
    with app.app_context():
        db.session.remove()
        dispose_engines()
    after = _look(app) | _look_here(app)
    if all(after.get(name) == part for name, part in before.items()):
        _spares.append(spare)


def _begin_anew(app: Flask, settings: Settings) -> None:
    """Do what `create_app` does for settings that say only another place."""
    app._got_first_request = False
    app.config.update(_config(settings))
    app.instance_path = str(settings.instance)
    init_logs(settings)
    del app.extensions["sqlalchemy"], db._app_engines[app]
    init_db(app)
    init_replica(app)
    # It was there before.
    app.teardown_appcontext_funcs.pop()
    app.shell_context_processors.pop()
    if settings.slow_ms:
        with app.app_context():
            for engine in db.engines.values():
                log_slow_statements(engine, settings.slow_ms / 1000)
    app.extensions["forget_pages"]()


def _look(app: Flask) -> dict[str, Any]:
    """Return what an app is made of, to be compared: a test that changes any of it has the app to itself."""
    parts = {name: _shape(value) for name, value in vars(app).items() if name not in _OWN}
    environment = app.jinja_env
    parts["globals"], parts["filters"] = _same(environment.globals), _same(environment.filters)
    return parts | {"addresses": len(list(app.url_map.iter_rules()))}


def _look_here(app: Flask) -> dict[str, Any]:
    """Return what is another with each database."""
    return {"attached": _same(app.extensions), "values": dict(app.config)}


def _same(held: Mapping[str, object]) -> dict[str, _Same]:
    return {name: _Same(value) for name, value in held.items()}


def _shape(value: object) -> object:
    # By `type`: a proxy would be asked for what it stands for.
    if issubclass(type(value), dict):
        held = ((name, _shape(part)) for name, part in value.items())  # type: ignore[attr-defined]
        return {name: part for name, part in held if part not in ({}, ())}  # some appear once they are asked for
    if type(value) in {list, tuple}:
        return tuple(map(_shape, value))  # type: ignore[call-overload]
    return value if type(value) in {str, int, bool, type(None)} else _Same(value)

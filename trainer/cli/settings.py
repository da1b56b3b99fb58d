"""`flask settings`: the settings in force, and where each is from."""

from __future__ import annotations

import os
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url

from trainer.core.settings import VARIABLES, Settings
from trainer.core.variables import FROM_FILE

_KEYS: Final = {"secret_key", "secret_keys_older", "badge_keys"}
_ADDRESSES: Final = {"database_url", "replica_url", "smtp_url", "limits_url"}
"""What may hold a password."""
_HIDDEN: Final = "***"


@click.command("settings")
@with_appcontext
def show_settings() -> None:
    """Print the settings in force, and where each is from. Keys and passwords are hidden."""
    settings: Settings = current_app.config["SETTINGS"]
    for name, variable in VARIABLES.items():
        source = "file" if variable + FROM_FILE in os.environ else "set" if os.environ.get(variable) else "default"
        print(f"{source:8} {variable}={_shown(name, getattr(settings, name))}")


def _shown(name: str, value: object) -> str:
    if value is None or value == ():
        return ""
    if name in _KEYS:
        return _HIDDEN
    if name in _ADDRESSES:
        url = make_url(str(value))
        hidden = {key: _HIDDEN for key in url.query if "password" in key}
        return url.update_query_dict(hidden).render_as_string(hide_password=True)
    return str(int(value)) if isinstance(value, bool) else str(value)

"""Environment variables: what one is set to, itself or in a file, and as a number, a choice or a switch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from click import ClickException

FROM_FILE = "_FILE"
"""How the name of a variable ends that names a file with the value of another one."""


class SettingsRefused(ClickException):
    """A setting is wrong. The message is one line: which, why, what to do; a command prints it and ends."""


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


def read_number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """Return the whole number that a variable is set to. Raises SettingsRefused."""
    given = env.get(name, "").strip()
    if not given:
        return default
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
        raise SettingsRefused(f"{name} is {given!r}. It must be a whole number from {least} to {most}.")
    return int(given)


def read_choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """Return which of the choices is set; the first, if none is."""
    given = env.get(name, "").strip().lower() or choices[0]
    if given not in choices:
        raise SettingsRefused(f"{name} is {given!r}. It must be one of {', '.join(choices)}.")
    return given


def read_switch(env: Mapping[str, str], name: str) -> bool:
    """Return whether a variable is on. Raises SettingsRefused."""
    given = env.get(name, "").strip().lower()
    if given in {"", "0", "false", "no"}:
        return False
    if given in {"1", "true", "yes"}:
        return True
    raise SettingsRefused(f"{name} is {given!r}. It must be 1 or 0.")

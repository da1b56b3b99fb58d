"""Groups of commands that need the database as this version knows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup

from trainer.core.schema import check_schema


class Commands(AppGroup):
    """Commands of one subject; each says in one line what is wrong with the database instead of beginning."""

    def command(  # type: ignore[override]
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Make a command of a function, as AppGroup does."""
        decorate = super().command(*args, **kwargs)

        def decorator(function: Callable[..., Any]) -> click.Command:
            @wraps(function)
            def checked(*given: Any, **named: Any) -> Any:
                check_schema()
                return function(*given, **named)

            return decorate(checked)

        return decorator

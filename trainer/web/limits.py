"""Throttling of tries, in this process's memory. Limits that matter are constraints in the database.

Counted by network address, never by account, so that nobody can lock someone else out; the address is
kept in memory for the length of the window only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

F = TypeVar("F", bound=Callable[..., Any])

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", strategy="moving-window")


def init_limits(app: Flask) -> None:
    """Bind the limiter to the app."""
    limiter.init_app(app)


def limit_tries(limit: str, *, methods: list[str] | None = None) -> Callable[[F], F]:
    """Limit how often one network address may call the view below."""
    return cast("Callable[[F], F]", limiter.limit(limit, methods=methods))

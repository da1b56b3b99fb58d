"""Throttling of tries, in this process's memory. Limits that matter are constraints in the database.

Counted by network address, never by account, so that nobody can lock someone else out; the address is
kept in memory for the length of the window only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

F = TypeVar("F", bound=Callable[..., Any])

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", strategy="moving-window")


def init_limits(app: Flask) -> None:
    """Bind the limiter to the app."""
    limiter.init_app(app)


def limit_tries(limit: str, *, methods: list[str] | None = None, only_failed: bool = False) -> Callable[[F], F]:
    """Limit how often one network address may call the view below, or fail there: a whole shift shares one address."""
    counts = _has_failed if only_failed else None
    return cast("Callable[[F], F]", limiter.limit(limit, methods=methods, deduct_when=counts))


def _has_failed(response: Response) -> bool:
    return response.status_code in {404, 409}

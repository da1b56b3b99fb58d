"""Limits of what one source may do: failures are counted, and acts that could be repeated forever.

A source is a network (an address, of IPv6 its /64), an account or a token. Counts have keyed digests for names, others
each day. Reading counts nothing, and a view without a limit does no work for it. Limits that records rely on are
constraints in the database.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import threading
import time
from collections.abc import Callable, Collection
from contextlib import nullcontext
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import Flask, current_app, make_response, request
from flask_login import current_user
from limits import parse
from limits.errors import ConfigurationError
from limits.storage import Storage, storage_from_string
from werkzeug.exceptions import HTTPException, TooManyRequests

from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.core.errors import DomainError
from trainer.core.limits import DatabaseStorage
from trainer.core.signing import digest
from trainer.core.variables import SettingsRefused
from trainer.web.access import shown_token
from trainer.web.errors import status_of

F = TypeVar("F", bound=Callable[..., Any])

UNKNOWN: Final = frozenset({404})
"""What guessing at links and codes is answered with."""
WRONG: Final = frozenset({422})
"""What a wrong password is answered with."""
_FULL = -1
_PATIENCE: Final = 0.5
"""Seconds that a server for limits may take."""
_REST: Final = 10.0
"""Seconds before a server that failed is asked again."""
_RESTS_UNTIL: Final = "limits rest until"
_IN_DATABASE: Final = DatabaseStorage()
_SAID: Final = {"failures": "failed, per network", "acts": "done, per account", "own": "wrong, per account"}
_log = logging.getLogger(__name__)


def init_limits(app: Flask) -> None:
    """Choose where counts are kept. Raises SettingsRefused if that can't be used."""
    url = app.config["SETTINGS"].limits_url
    patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE} if url else {}
    try:
        app.extensions["limits"] = storage_from_string(url or "database://", **patience)
    except ConfigurationError:
        raise SettingsRefused(
            "TRAINER_LIMITS_URL names a Redis server, but its client isn't installed. "
            "Run: .venv/bin/pip install 'redis>=5', or unset it: counts are then kept in the database."
        ) from None


def limit_failures(
    limit: str, *, methods: Collection[str] | None = None, statuses: frozenset[int] = UNKNOWN
) -> Callable[[F], F]:
    """Limit how often requests of one network may fail here.

    A whole shift shares one address, so a request that is right isn't counted.
    """
    return _limit("failures", limit, methods, _network, lambda status: status in statuses)


def limit_acts(
    limit: str, *, methods: Collection[str] | None = None, refused: frozenset[int] = frozenset()
) -> Callable[[F], F]:
    """Limit how often an account, or without one a network, may do what is done here.

    `refused`: statuses of refusals that count, too, since telling costs as much as doing.
    """
    return _limit("acts", limit, methods, _account_or_network, lambda status: status < 400 or status in refused)


def limit_own_failures(limit: str, *, statuses: frozenset[int] = WRONG) -> Callable[[F], F]:
    """Limit how often an account may be wrong here, on forms that ask for its password or a code again."""
    return _limit("own", limit, {"POST"}, _account_or_network, lambda status: status in statuses)


def limits_of(view: Callable[..., Any]) -> dict[str, Collection[str] | None]:
    """Return each limit of a view in words, with the methods that it is for (None: all)."""
    return getattr(view, "limits", {})


def seconds_left(key: str, most: int) -> int:
    """Return how long to wait until something may be done again; 0 if it may be done now."""
    return _with_counts(lambda counts: _left(counts, key, most))


def count(key: str, seconds: int, amount: int = 1) -> int:
    """Count something for so long from its first time; return how often it was counted. Never commits."""
    return _with_counts(lambda counts: counts.incr(key, seconds, amount))


def _left(counts: Storage, key: str, most: int) -> int:
    if counts.get(key) < most:
        return 0
    return max(1, math.ceil(counts.get_expiry(key) - now().timestamp()))


def _with_counts(use: Callable[[Storage], int], in_database: Callable[[], Any] = nullcontext) -> int:
    """Use the counts of the server for limits or, if there is none or it is down, slow or full, the database's."""
    counts: Storage = current_app.extensions["limits"]
    if not isinstance(counts, DatabaseStorage) and time.monotonic() >= current_app.extensions.get(_RESTS_UNTIL, 0.0):
        try:
            return use(counts)
        except counts.base_exceptions as error:
            current_app.extensions[_RESTS_UNTIL] = time.monotonic() + _REST
            _log.error("the server for limits failed (%s); the database counts for a while", type(error).__name__)
    with in_database():
        return use(_IN_DATABASE)


def wait(seconds: int) -> TooManyRequests:
    """Return the error that says when to try again."""
    return TooManyRequests(retry_after=seconds)


def key_of(*parts: str) -> str:
    """Return the name of a count. It changes each day, and without our key nobody can tell what it counts."""
    return digest("limit", today().isoformat(), *parts)


def network_of(address: str) -> str:
    """Return the part of an IP address that one household or site shares: all of IPv4, the /64 of IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


class TokenLimit:
    """At most so many requests a minute for each token, whatever address they come from.

    Each process counts on its own and tells the others each so many requests, so that reading seldom writes. Limits of
    one kind are one limit.
    """

    def __init__(self, most: int, portion: int, kind: str = "token") -> None:
        self.most = most
        self._kind = kind
        self._portion = portion
        self._lock = threading.Lock()
        self._minute = ""
        self._counted: dict[str, int] = {}

    def __call__(self, view: F) -> F:
        """Limit a view."""

        @wraps(view)
        def limited(*arguments: Any, **values: Any) -> Any:
            instant = now()
            minute = instant.strftime("%H:%M")
            key = key_of(self._kind, minute, shown_token() or "")
            counted = self._count(key, minute)
            if counted == _FULL:
                raise wait(60 - instant.second)
            if counted % self._portion == 0 and _count_now(key, 120, self._portion) >= self.most:
                self._counted[key] = _FULL
            return view(*arguments, **values)

        limited.limits = {**limits_of(view), f"{self.most} per 1 minute, per token": None}  # type: ignore[attr-defined]
        return cast("F", limited)

    def _count(self, key: str, minute: str) -> int:
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counted.clear()
            if self._counted.get(key) != _FULL:
                self._counted[key] = self._counted.get(key, 0) + 1
            return self._counted[key]


def _limit(
    kind: str,
    limit: str,
    methods: Collection[str] | None,
    source: Callable[[], str],
    counts: Callable[[int], bool],
) -> Callable[[F], F]:
    item = parse(limit)
    # Of many at once no more get in than one after the other; but a whole shift shares a network.
    counts_first = kind != "failures"

    def declare(view: F) -> F:
        @wraps(view)
        def limited(*arguments: Any, **values: Any) -> Any:
            if methods is not None and request.method not in methods:
                return view(*arguments, **values)
            key, expiry = key_of(kind, str(request.endpoint), source()), item.get_expiry()
            if seconds := seconds_left(key, item.amount):
                raise wait(seconds)
            if counts_first and _count_now(key, expiry) > item.amount:
                raise wait(seconds_left(key, item.amount) or 1)
            try:
                answer = make_response(view(*arguments, **values))
            except (DomainError, HTTPException) as error:
                _settle(key, expiry, has_counted=counts_first, counts=counts(status_of(error)))
                raise
            _settle(key, expiry, has_counted=counts_first, counts=counts(answer.status_code))
            return answer

        limited.limits = {**limits_of(view), f"{limit}, {_SAID[kind]}": methods}  # type: ignore[attr-defined]
        return cast("F", limited)

    return declare


def _settle(key: str, seconds: int, *, has_counted: bool, counts: bool) -> None:
    if has_counted != counts:
        _count_now(key, seconds, 1 if counts else -1)


def _count_now(key: str, seconds: int, amount: int = 1) -> int:
    return _with_counts(lambda counts: counts.incr(key, seconds, amount), transaction)


def _network() -> str:
    return network_of(request.remote_addr or "")


def _account_or_network() -> str:
    return current_user.id.hex if current_user.is_authenticated and not current_user.is_guest else _network()

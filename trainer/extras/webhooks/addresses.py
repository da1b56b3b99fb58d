"""Which addresses of other systems we connect to: https, a name, and nothing but the public internet behind it.

A name is resolved by us, and what it resolves to is what we connect to: between the check and the connection nothing
is looked up again. One address that isn't public is enough to refuse the name.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 500
RESOLVES_WITHIN: Final = 4.0  # seconds

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""At least two parts, and a last one that begins with a letter: no number, in whatever notation, is one."""
_OF_CLOUDS = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")))
"""Python takes them for global, but they answer a virtual machine about itself (Azure, Oracle), or led to 6to4."""
_UNICAST = ipaddress.ip_network("2000::/3")
_TUNNELS = tuple(map(ipaddress.ip_network, ("2001::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")))
"""Teredo and 6to4, behind which is an IPv4 address that could be any; AS112, and documentation."""


class WebhookFault(StrEnum):
    """Why something wasn't sent, or an address not taken."""

    UNREADABLE = "unreadable"
    NOT_HTTPS = "not_https"
    NO_NAME = "no_name"
    NOT_FOUND = "not_found"
    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    NOT_TRUSTED = "not_trusted"
    TOO_SLOW = "too_slow"
    NO_HTTP = "no_http"
    REDIRECTS = "redirects"
    STATUS = "status"
    NO_KEY = "no_key"
    UNHEARD = "unheard"
    TOO_LATE = "too_late"
    OURS = "ours"
    ERASED = "withheld: erased"


class AddressRefused(Exception):
    """Nothing is sent there, or nothing arrived."""

    def __init__(self, fault: WebhookFault, code: int | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.code = code
        """What was answered, if anything was."""


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where a message goes: a name, a port, and path with query."""

    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        return self.host if self.port == 443 else f"{self.host}:{self.port}"


def read_url(given: str) -> WebhookTarget:
    """Return the parts of an address. Raises Refused for whatever isn't plain https to a name."""
    if len(given) > LONGEST or not re.fullmatch(r"[!-~]+", given) or "\\" in given:
        raise AddressRefused(WebhookFault.UNREADABLE)
    try:
        parts = urlsplit(given)
        port = 443 if parts.port is None else parts.port
    except ValueError:
        raise AddressRefused(WebhookFault.UNREADABLE) from None
    if parts.scheme != "https":
        raise AddressRefused(WebhookFault.NOT_HTTPS)
    if "@" in parts.netloc or "#" in given or not port:
        raise AddressRefused(WebhookFault.UNREADABLE)
    host = parts.hostname or ""
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise AddressRefused(WebhookFault.NO_NAME)
    return WebhookTarget(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def find(target: WebhookTarget, *, allows_loopback: bool) -> Sequence[str]:
    """Resolve a name, once; return its addresses, all of them public. Raises Refused."""
    addresses = _resolve(target)
    if not addresses:
        raise AddressRefused(WebhookFault.NOT_FOUND)
    if not all(is_public(address) or (allows_loopback and _is_loopback(address)) for address in addresses):
        raise AddressRefused(WebhookFault.NOT_PUBLIC)
    return addresses


def is_public(address: str) -> bool:
    """Return True for an address of the public internet that belongs to one machine; anything unknown isn't one."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:  # such as one with a zone, which is of this link alone
        return False
    if number.is_multicast or number.is_reserved or not number.is_global:
        return False
    if isinstance(number, ipaddress.IPv4Address):
        return not any(number in network for network in _OF_CLOUDS)
    return number in _UNICAST and not any(number in tunnel for tunnel in _TUNNELS)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _resolve(target: WebhookTarget) -> Sequence[str]:
    """Resolve a host name. The system's resolver has no timeout, so it runs in a thread."""
    addresses: list[str] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        addresses.extend(dict.fromkeys(str(place[0]) for *_, place in answers))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(RESOLVES_WITHIN)
    return [] if asking.is_alive() else addresses

"""Send one message to another system: one connection, one request, the status line of one answer.

Small enough to see what it doesn't do: it follows no redirect, uses no proxy, resolves the name once, and stops reading
after a few kilobytes and a few seconds, however slowly the other side writes.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from trainer.extras.webhooks.addresses import AddressRefused, WebhookFault, WebhookTarget, find, read_url

WITHIN: Final = 8.0  # seconds for all of it, once the name is resolved
CONNECTS_WITHIN: Final = 3.0  # seconds
MOST_READ: Final = 4096  # bytes
_MOST_ADDRESSES: Final = 2
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})[ \r\n]")


def send(url: str, headers: Mapping[str, str], body: bytes, *, allows_loopback: bool) -> int:
    """Post a body; return the status that was answered, one of 2xx. Raises Refused for all else."""
    target = read_url(url)
    addresses = find(target, allows_loopback=allows_loopback)
    until = time.monotonic() + WITHIN
    try:
        with _connect(addresses, target.port) as plain:
            plain.settimeout(_left(until))
            # It checks the name against the certificate; that the address is another than yesterday is no matter.
            with ssl.create_default_context().wrap_socket(plain, server_hostname=target.host) as line:
                line.settimeout(_left(until))
                line.sendall(_request(target, headers, body))
                code = _read_status(line, until)
    except ssl.SSLCertVerificationError:
        raise AddressRefused(WebhookFault.NOT_TRUSTED) from None
    except TimeoutError:
        raise AddressRefused(WebhookFault.TOO_SLOW) from None
    except OSError:
        raise AddressRefused(WebhookFault.UNREACHABLE) from None
    if not 200 <= code < 300:
        raise AddressRefused(WebhookFault.REDIRECTS if 300 <= code < 400 else WebhookFault.STATUS, code)
    return code


def _connect(addresses: Sequence[str], port: int) -> socket.socket:
    """Connect to the first of these very addresses that answers. Raises OSError."""
    for address in addresses[:_MOST_ADDRESSES]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with suppress(OSError):
            plain = socket.socket(family, socket.SOCK_STREAM)
            try:
                plain.settimeout(CONNECTS_WITHIN)
                plain.connect((address, port))
            except BaseException:
                plain.close()
                raise
            return plain
    raise OSError("none of its addresses answers")


def _request(target: WebhookTarget, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _read_status(line: socket.socket, until: float) -> int:
    """Return the status of the final answer; what comes before it ("100 Continue") is skipped."""
    read = b""
    while len(read) < MOST_READ:
        line.settimeout(_left(until))
        more = line.recv(MOST_READ - len(read))
        read += more
        while read.startswith(b"HTTP/1.1 1") and b"\r\n\r\n" in read:
            read = read.partition(b"\r\n\r\n")[2]
        status = _STATUS.match(read)
        if status is not None and int(status[1]) >= 200:
            return int(status[1])
        if not more:
            break
    raise AddressRefused(WebhookFault.NO_HTTP)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left

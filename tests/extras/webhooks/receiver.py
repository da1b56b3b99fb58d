"""Real listeners on loopback: a receiver of webhooks that speaks TLS, and a canary that must never be reached."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest

NAME = "hooks.example.org"
PARTLY = b"HTTP/1.1 200 OK\r\n"


def make_certificate(folder: Path) -> Path:
    """Make a certificate for NAME that nobody vouches for, with its key in the same file."""
    key, made = folder / "key.pem", folder / "made.pem"
    words = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
    subprocess.run(["openssl", *words.split(), "-keyout", key, "-out", made], check=True, capture_output=True)
    made.write_text(made.read_text() + key.read_text())
    return made


class Listener:
    """Accepts connections on loopback until it is closed; counts them."""

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.create_server((address, port), family=family)
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                line, _peer = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with suppress(OSError):
                self.serve(line)
            line.close()

    def serve(self, line: socket.socket) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(60)


class Receiver(Listener):
    """Speaks TLS, keeps what it was sent, and answers as it is told: `answers` first, one a request, else "200 OK"."""

    def __init__(self, certificate: Path) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[bytes] = []
        self.drips = False
        """Writes each answer a byte at a time, slowly."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        super().__init__()

    def serve(self, line: socket.socket) -> None:
        """Read a request and answer it."""
        line.settimeout(60)
        with self._context.wrap_socket(line, server_side=True) as secure:
            read = b""
            while b"\r\n\r\n" not in read:
                read += secure.recv(65536)
            head, _, body = read.partition(b"\r\n\r\n")
            first, *rest = head.decode("ascii").split("\r\n")
            headers = {name.lower(): value for name, value in (one.split(": ", 1) for one in rest)}
            while len(body) < int(headers["content-length"]):
                body += secure.recv(65536)
            self.requests.append(({**headers, "request": first}, body))
            answer = self.answers.pop(0) if self.answers else PARTLY + b"Content-Length: 0\r\n\r\n"
            for piece in [answer[at : at + 1] for at in range(len(answer))] if self.drips else [answer]:
                secure.sendall(piece)
                time.sleep(0.05 if self.drips else 0)


class Names:
    """What names resolve to, for whoever asks the system: a list for each time it is asked, the last one for ever."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.known: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        real = socket.getaddrinfo

        def resolve(host: str, port: int, *more: int, **named: int) -> list[object]:
            if host not in self.known:
                return [*real(host, port, *more, **named)]
            self.asked.append(host)
            turns = self.known[host]
            found = turns.pop(0) if len(turns) > 1 else turns[0]
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return [
                (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
                for one in found
            ]

        patch.setattr(socket, "getaddrinfo", resolve)


Kind = TypeVar("Kind", bound=Listener)


@contextmanager
def listening(listener: Kind) -> Iterator[Kind]:
    """Close a listener at the end."""
    try:
        yield listener
    finally:
        listener.close()

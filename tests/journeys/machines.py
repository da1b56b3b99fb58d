"""An installation on two machines."""

from __future__ import annotations

from http.client import HTTPConnection
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import Client

from tests.cast import LOCAL
from tests.support import Visitor


class InTurn:
    """A balancer: hands each request to the next server, over a connection of its own."""

    def __init__(self, addresses: list[str]) -> None:
        self._turns = cycle(urlsplit(address) for address in addresses)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        turn = next(self._turns)
        connection = HTTPConnection(turn.hostname or "", turn.port, timeout=60)
        headers = {
            name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        body = environ["wsgi.input"].read()
        connection.request(environ["REQUEST_METHOD"], environ["PATH_INFO"] + query, body or None, headers)
        answer = connection.getresponse()
        start_response(f"{answer.status} {answer.reason}", answer.getheaders())
        content = answer.read()
        connection.close()
        return [content]


class Machines:
    """The servers, and those who use them."""

    def __init__(self, app: Flask, addresses: list[str]) -> None:
        self.app = app
        self.addresses = addresses

    def visitor(self, like: Visitor | None = None) -> Visitor:
        """Return a browser whose requests meet the servers in turn; `like`: one whose cookies it has."""
        visitor = Visitor(self.app, LOCAL)
        visitor.client = Client(InTurn(self.addresses), self.app.response_class)  # type: ignore[assignment]
        if like is not None:
            name, _, value = like.cookie().partition("=")
            visitor.client.set_cookie(name, value, domain="127.0.0.1")
        return visitor

"""Bob's certificate on a site with an address of its own, and whoever verifies there."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import certify, make_account
from tests.remembered import remembered
from tests.support import Visitor
from trainer.accounts.operations import confirm_address
from trainer.accounts.queries import get_user
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.settings import Settings
from trainer.credentials.models import Credential

SITE = "https://training.example.org"
DID = "did:web:training.example.org"


@dataclass
class Issued:
    """The site, with one certificate."""

    app: Flask
    bob: UUID
    serial: str

    def get(self, path: str) -> bytes:
        """Fetch what anybody may."""
        answer = Visitor(self.app, SITE).get(path)
        assert answer.status_code == 200, answer.text
        data: bytes = answer.data
        return data

    def download(self, address: str) -> bytes:
        """Fetch what a verifier asks for, from this site alone."""
        path = address.removeprefix(SITE)
        assert path != address, f"asked elsewhere: {address}"
        return self.get(path)

    def change(self, **values: object) -> None:
        """Change the record itself."""
        with self.app.app_context(), transaction() as session:
            session.execute(db.update(Credential).values(**values))


@pytest.fixture
def issued(settings: Settings, shelf: Library) -> Iterator[Issued]:
    """Return the site once Bob has passed."""
    app = create_app(replace(settings, base_url=SITE), shelf)

    def make() -> UUID:
        bob = make_account(app)
        certify(app, bob)
        with app.app_context(), transaction():
            confirm_address(get_user(bob), clock.now())
        return bob

    bob = remembered("issued", app, make)
    with app.app_context():
        serial = db.session.scalars(select(Credential.serial)).one()
    yield Issued(app, bob, serial)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Return the header, the claims and the signature of a token."""
    header, claims, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    return json.loads(header), json.loads(claims), signature


def encode(data: bytes) -> str:
    """Write bytes as tokens have them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def written(value: dict[str, Any]) -> str:
    """Write a part of a token."""
    return encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

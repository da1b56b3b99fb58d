"""Words of someone's own, and looking for their bytes wherever the app may have left them."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import update
from sqlalchemy.engine import make_url

from tests.cast import certify, join_class, make_account, make_class, make_firm, put_on_roster, sign_in_as
from tests.petra import dump
from tests.support import Visitor
from trainer.accounts.models import User
from trainer.accounts.operations import request_address, request_reset
from trainer.accounts.queries import get_user
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.learning.models import Enrollment
from trainer.organizations.rules import Role

GONE = ("canary-address", "canary-new", "canary-work", "Canary Alias", "canary-place")
KEPT = ("Canary Holder", "Canary Roster")  # by the written rule: on the certificate, on the firm's roster


def live(app: Flask) -> tuple[UUID, UUID, Visitor]:
    """Let someone have a canary wherever the core keeps words of theirs; return (whose, their place in a class, their
    browser)."""
    wren = make_account(app, "canary-address@example.org")
    alice, ines = make_account(app, "alice@example.org"), make_account(app, "ines@example.org")
    acme = make_firm(app, alice)
    put_on_roster(app, acme, ines, Role.INSTRUCTOR, name="Ines Ito", email="ines@acme.example.org")
    put_on_roster(app, acme, wren, name="Canary Roster", email="canary-work@example.org")
    certify(app, wren, "Canary Holder")
    cohort = make_class(app, ines, acme, taught_by="Ines")
    member = join_class(app, wren, cohort, "Canary Alias")
    with app.app_context(), transaction():
        db.session.execute(update(User).where(User.id == wren).values(certificate_name="Canary Alias"))
        db.session.execute(update(Enrollment).where(Enrollment.user_id == wren).values(place="canary-place"))
        request_address(get_user(wren), "canary-new@example.org", clock.now())
        request_reset("canary-address@example.org", clock.now())
    visitor = sign_in_as(app, wren)
    visitor.post("/account/data/copy")
    return wren, member, visitor


def find(app: Flask, marks: tuple[str, ...]) -> set[str]:
    """Return which marks are found in rows, in any file of the instance and, on SQLite, in the database's files."""
    rows = "\n".join(f"{table} {row}" for (table, _key), row in dump(app).items())
    with app.app_context():
        db.session.remove()  # connections stay open, as a server's do: the write-ahead log isn't emptied by itself
    instance = Path(app.config["SETTINGS"].instance)
    url = make_url(app.config["SETTINGS"].database_url)
    files = {path for path in instance.rglob("*") if path.is_file()}
    if url.get_backend_name() == "sqlite":
        files |= set(Path(str(url.database)).parent.glob(Path(str(url.database)).name + "*"))
    assert files or url.get_backend_name() == "postgresql"
    held = [path.read_bytes() for path in files]
    return {mark for mark in marks if mark in rows or any(mark.encode() in content for content in held)}

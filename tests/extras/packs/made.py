"""Evidence packs that were ordered and made, and what is in them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from uuid import UUID

import pypdf
from flask import Flask

from tests.cast import actor_of
from tests.compliance.conftest import Training
from tests.organizations.conftest import Acme
from trainer.assignments.upkeep import assign_missing
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.work import Job
from trainer.extras.packs import making
from trainer.extras.packs.operations import order_pack
from trainer.jobs.work import advance


def order(training: Training) -> UUID:
    acme = training.acme
    with acme.app.app_context(), transaction():
        actor = actor_of(acme.users["alice"], acme.id)
        assign_missing(actor.organization, served().courses, now(), None)
        return order_pack(actor, actor.today(now()), now()).id


def finish(app: Flask, job_id: UUID) -> dict[str, bytes]:
    """Let the worker make a pack; return its files."""
    with app.app_context():
        while advance():
            db.session.remove()
        path = making.file_of(db.session.get_one(Job, job_id))
        assert path is not None
        with zipfile.ZipFile(path) as pack:
            return {name: pack.read(name) for name in pack.namelist()}


def order_on(acme: Acme, day: dt.date | None, name: str = "alice") -> UUID:
    """Order a pack of a day, or of the firm's today."""
    with acme.app.app_context(), transaction():
        actor = actor_of(acme.users[name], acme.id)
        return order_pack(actor, day or actor.today(now()), now()).id


def table(files: Mapping[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"))))


def page(files: Mapping[str, bytes], name: str = "index.html") -> str:
    """Return the text of a page, without style and markup."""
    text = re.sub(r"(?s)<style>.*?</style>|<title>.*?</title>", "", files[name].decode())
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def cover(files: Mapping[str, bytes]) -> str:
    reader = pypdf.PdfReader(io.BytesIO(files["cover.pdf"]))
    assert reader.trailer["/Root"].get_object()["/MarkInfo"]["/Marked"]  # type: ignore[index]
    return " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())

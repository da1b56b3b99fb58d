"""The floor: a Flask page with one ORM read, and one write, on the same server and database settings."""

from __future__ import annotations

import os

from flask import Flask, render_template, request
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from trainer.core import connections as ours
from trainer.server.asgi import Adapter


class Base(DeclarativeBase):
    """Base of the bare app."""


database = SQLAlchemy(model_class=Base)


class Note(Base):
    """One row."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    version: Mapped[int]


def create_server() -> Adapter:
    """Build the bare app as ours is served, so that both pay the same for the server."""
    changing, reading = (1, 1) if os.environ["BARE_DATABASE_URL"].startswith("sqlite") else (3, 2)
    return Adapter(create_app(), most_bytes=lambda _environ: 256 * 1024, changing=changing, reading=reading)


def create_app() -> Flask:
    """Build the bare app."""
    app = Flask("bare")
    # By name, so that it is compiled once: a text given to Flask as it is would be compiled at each request.
    app.jinja_loader = DictLoader({"page.html": "<!doctype html><title>t</title><p>{{ note.text }}</p>"})
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
    database.init_app(app)
    with app.app_context():
        if database.engine.dialect.name == "sqlite":
            event.listen(database.engine, "connect", ours._prepare_sqlite)
            event.listen(database.engine, "begin", ours._begin_sqlite)
        database.create_all()
        if database.session.get(Note, 1) is None:
            database.session.add_all(Note(id=number, text="hello", version=0) for number in range(1, 33))
            database.session.commit()

    @app.get("/")
    def page() -> str:
        note = database.session.scalar(select(Note).where(Note.id == 1))
        return render_template("page.html", note=note)

    @app.post("/<int:number>")
    def write(number: int) -> dict[str, int]:
        database.session.connection(execution_options={"trainer_writes": True})
        note = database.session.get_one(Note, number)
        note.text, note.version = request.form["text"], note.version + 1
        database.session.commit()
        return {"version": note.version}

    return app

"""What a visitor can read, and that reading it leaves nothing behind."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.core.db import Base, db


def public_pages(shelf: Library) -> list[str]:
    """Return every address that a reader can open."""
    here = shelf.content
    courses = here.courses.values()
    return [
        *("/", "/courses", "/indicators", "/glossary", "/sources", "/help", "/try", "/try?keep=no", "/verify"),
        *("/about", "/privacy", "/accessibility", "/terms", "/contact", "/leaving", "/nothing-here"),
        "/for-firms",
        "/help/work",
        *("/indicators/misleading", "/search", "/search?q=work", "/search?q=%3Cb%3E", "/cards", "/observation"),
        *(f"/courses/{course.slug}{page}" for course in courses for page in ("", "/practice", "/final")),
        *(f"/courses/{course.slug}/{lesson.id}" for course in courses for lesson in course.lessons),
        *(f"/indicators/{one}" for one in here.indicators),
        *(f"/cards/{one}" for one in here.cards),
        "/twins",
        *(f"/twins/{one.id}{query}" for one in here.pool(Pool.OPEN)[:2] for query in ("", "?seen=y&marked=1")),
    ]


def public_papers(shelf: Library) -> list[str]:
    """Return the address of every PDF that a reader can open."""
    return ["/observation.pdf", *(f"/cards/{one}.pdf" for one in shelf.content.cards)]


def all_rows(app: Flask) -> int:
    with app.app_context():
        # What belongs to the database itself is written down when tables are made.
        own = {"schema_revisions", "installations"}
        tables = [table for name, table in Base.metadata.tables.items() if name not in own]
        return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)

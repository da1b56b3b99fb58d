"""Check the whole SQLite file now and then: SQLite notices a damaged page only when something reads it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app

from trainer.core import damage


def check_database_file() -> Iterator[None]:
    """Look for damage, and tell all processes about it. Raises DatabaseDamaged."""
    settings = current_app.config["SETTINGS"]
    path = damage.database_file(settings.database_url)
    if path is not None and path.exists() and (fault := damage.find_fault(settings.instance, path)):
        damage.note_damage(settings.instance, fault)
        raise damage.DatabaseDamaged(fault)
    yield

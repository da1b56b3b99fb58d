"""`flask db`: the commands of Flask-Migrate, which are imported when one is asked for: serving needs none of them."""

from __future__ import annotations

from typing import Any

import click


class _Migrations(click.Command):
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        from flask_migrate.cli import db

        context: click.Context = db.make_context(info_name, args, parent, **extra)
        return context


migrations_cli = _Migrations("db", help="Perform database migrations.")

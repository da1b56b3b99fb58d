"""Drop firms' logos and the hashes of firms' copies of certificates, after exporting them

What these tables hold goes into a ZIP of CSV files in the instance folder first, however the database is migrated, so
that nothing is lost unseen. Bytes are in Base64.

Revision ID: 0076
Revises: 0075
"""

import base64
import csv
import datetime as dt
import io
import os
import zipfile
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

TABLES = ("filed_certificates", "firm_logos")


def upgrade() -> None:
    connection = op.get_bind()
    counts = {table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in TABLES}  # noqa: S608 ours
    if any(counts.values()):
        _export(connection, counts)
    for table in TABLES:
        op.drop_table(table)


def _export(connection: sa.Connection, counts: dict[str, int]) -> None:
    """Write the rows of each table, below the names of its columns. Raises RuntimeError if that fails."""
    folder = Path(current_app.config["SETTINGS"].instance)
    path = folder / f"taken-out-{revision}-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%fZ}.zip"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for table in counts:
                    query = sa.text(f"SELECT * FROM {table}").execution_options(stream_results=True)  # noqa: S608 ours
                    rows = connection.execute(query)
                    with io.TextIOWrapper(archive.open(f"{table}.csv", "w"), "utf-8", newline="") as text:
                        csv.writer(text).writerow(rows.keys())
                        csv.writer(text).writerows([_written(value) for value in row] for row in rows)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise RuntimeError(f"what is taken out can't be written to {path}: {error.strerror}") from error
    told = ", ".join(f"{count} of {table}" for table, count in counts.items())
    click.echo(f"What this version no longer keeps is in {path}, rows: {told}.")


def _written(value: object) -> object:
    """Return how a value stands in a file, where a spreadsheet takes no text for a formula."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def downgrade() -> None:
    op.create_table(
        "firm_logos",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_firm_logos_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_firm_logos_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_firm_logos")),
    )
    op.create_index(op.f("ix_firm_logos_created_by_id"), "firm_logos", ["created_by_id"])
    op.create_table(
        "filed_certificates",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_filed_certificates_credential_id_credentials")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_filed_certificates")),
    )
    op.create_index(op.f("ix_filed_certificates_credential_id"), "filed_certificates", ["credential_id"])

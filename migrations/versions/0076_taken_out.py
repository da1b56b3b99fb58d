"""Drop firms' logos and copies of certificates, arrivals by phone, and claims of people who were met

What these tables hold goes into a ZIP of CSV files in the instance folder first, however the database is migrated, so
that nothing is lost unseen. Bytes are in Base64. Names that nobody has claimed move into a list of each meeting, which
goes on the way down. Only a database that version 0.9 made has any of it.

Revision ID: 0076
Revises: 0075
"""

import base64
import csv
import datetime as dt
import io
import os
import zipfile
from itertools import groupby
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

TABLES = ("filed_certificates", "firm_logos", "arrivals", "walk_in_attendances", "walk_ins")


def upgrade() -> None:
    connection = op.get_bind()
    if not sa.inspect(connection).has_table(TABLES[0]):
        return
    counts = {table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in TABLES}  # noqa: S608 ours
    if any(counts.values()):
        _export(connection, counts)
    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("walk_ins", sa.JSON(none_as_null=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_class_sessions_code"), type_="unique")
        batch_op.drop_column("code")
    _keep_names(connection)
    for table in TABLES:
        op.drop_table(table)


def _keep_names(connection: sa.Connection) -> None:
    """Keep at each meeting the names of people who were there, by name, unless they joined or were erased."""
    query = sa.text(
        "SELECT a.session_id, w.name FROM walk_in_attendances AS a JOIN walk_ins AS w ON w.id = a.walk_in_id "
        "WHERE w.joined_at IS NULL AND w.name <> 'Erased' ORDER BY a.session_id, w.name, w.id"
    )
    sessions = sa.table("class_sessions", sa.column("id"), sa.column("walk_ins", sa.JSON))
    for session_id, people in groupby(connection.execute(query).all(), key=lambda row: row[0]):
        names = [name for _session_id, name in people]
        connection.execute(sa.update(sessions).where(sessions.c.id == session_id).values(walk_ins=names))


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
    click.echo(f"What this version no longer keeps is in {path}, names of people included. Rows: {told}.")


def _written(value: object) -> object:
    """Return how a value stands in a file, where a spreadsheet takes no text for a formula."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def downgrade() -> None:
    if not sa.inspect(op.get_bind()).has_table("class_sessions"):
        return  # without meetings, nothing of it was there
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
    op.create_table(
        "arrivals",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["cohort_members.id"], name=op.f("fk_arrivals_member_id")),
        sa.ForeignKeyConstraint(["session_id"], ["class_sessions.id"], name=op.f("fk_arrivals_session_id")),
        sa.PrimaryKeyConstraint("session_id", "member_id", name=op.f("pk_arrivals")),
    )
    op.create_index(op.f("ix_arrivals_member_id"), "arrivals", ["member_id"])
    op.create_table(
        "walk_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("employee_number", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_walk_ins_added_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_walk_ins_cohort_id")),
        sa.ForeignKeyConstraint(["member_id"], ["cohort_members.id"], name=op.f("fk_walk_ins_member_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_walk_ins_membership_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_ins")),
        sa.UniqueConstraint("cohort_id", "membership_id", name=op.f("uq_walk_ins_cohort_id_membership_id")),
    )
    for column in ("added_by_id", "cohort_id", "member_id", "membership_id"):
        op.create_index(op.f(f"ix_walk_ins_{column}"), "walk_ins", [column])
    op.create_table(
        "walk_in_attendances",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("walk_in_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["class_sessions.id"], name=op.f("fk_walk_in_attendances_session_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signatures.id"], name=op.f("fk_walk_in_attendances_signature_id")),
        sa.ForeignKeyConstraint(["walk_in_id"], ["walk_ins.id"], name=op.f("fk_walk_in_attendances_walk_in_id")),
        sa.PrimaryKeyConstraint("session_id", "walk_in_id", name=op.f("pk_walk_in_attendances")),
    )
    for column in ("signature_id", "walk_in_id"):
        op.create_index(op.f(f"ix_walk_in_attendances_{column}"), "walk_in_attendances", [column])
    with op.batch_alter_table("class_sessions", schema=None) as batch_op:
        batch_op.drop_column("walk_ins")
        batch_op.add_column(sa.Column("code", sa.String(length=26), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_class_sessions_code"), ["code"])

"""Let a requirement be for people who meet several conditions, with exceptions

Revision ID: 0037
Revises: 0036
"""

import datetime as dt
import uuid
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_OLD = sa.table(
    "requirements",
    sa.column("id", sa.Uuid()),
    sa.column("audience", sa.String()),
    sa.column("role", sa.String()),
    sa.column("hired_since", sa.Date()),
)
_NEW = sa.table("requirements", sa.column("id", sa.Uuid()), sa.column("audience", sa.JSON()))
_TEAMS = sa.table("requirement_teams", sa.column("requirement_id", sa.Uuid()), sa.column("team_id", sa.Uuid()))
_NO_TEAM = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    """Say the same otherwise: everybody who is meant stays meant, owners too."""
    bind = op.get_bind()
    teams = defaultdict(list)
    for row in bind.execute(sa.select(_TEAMS)):
        teams[row.requirement_id].append(str(row.team_id))
    rows = bind.execute(sa.select(_OLD)).all()
    op.drop_table("requirement_teams")
    for name in ("audience", "role", "hired_since"):
        op.drop_column("requirements", name)
    op.add_column("requirements", sa.Column("audience", sa.JSON(), nullable=False, server_default="{}"))
    for row in rows:
        told = {
            # Where all its teams were removed, it is for nobody, and stays so.
            "teams": (sorted(teams[row.id]) or [_NO_TEAM]) if row.audience == "teams" else [],
            "job_titles": [],
            "roles": [row.role] if row.audience == "role" else [],
            "hired_since": row.hired_since.isoformat() if row.audience == "hired_since" else None,
            "match": "all",
            "except": {"teams": [], "job_titles": [], "roles": []},
        }
        bind.execute(sa.update(_NEW).where(_NEW.c.id == row.id).values(audience=told))
    if bind.dialect.name == "postgresql":
        op.alter_column("requirements", "audience", server_default=None)


def downgrade() -> None:
    """Keep everybody who is meant: exceptions go, and of several conditions one stays, or none."""
    bind = op.get_bind()
    rows = bind.execute(sa.select(_NEW)).all()
    known = set(bind.scalars(sa.select(sa.table("teams", sa.column("id", sa.Uuid())).c.id)))
    op.drop_column("requirements", "audience")
    everyone = sa.Column("audience", sa.String(length=20), nullable=False, server_default="everyone")
    op.add_column("requirements", everyone)
    op.add_column("requirements", sa.Column("role", sa.String(length=20), nullable=True))
    op.add_column("requirements", sa.Column("hired_since", sa.Date(), nullable=True))
    op.create_table(
        "requirement_teams",
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirements.id"],
            name=op.f("fk_requirement_teams_requirement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_requirement_teams_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("requirement_id", "team_id", name=op.f("pk_requirement_teams")),
    )
    op.create_index("ix_requirement_teams_team_id", "requirement_teams", ["team_id"])
    for row in rows:
        values, teams = _narrowest(row.audience)
        bind.execute(sa.update(_OLD).where(_OLD.c.id == row.id).values(**values))
        for team_id in map(uuid.UUID, teams):
            if team_id in known:
                bind.execute(sa.insert(_TEAMS).values(requirement_id=row.id, team_id=team_id))
    if bind.dialect.name == "postgresql":
        op.alter_column("requirements", "audience", server_default=None)


def _narrowest(told: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the old columns, and the teams, of a rule that holds everybody whom the new one does."""
    conditions = [told[kind] for kind in ("teams", "job_titles", "roles", "hired_since") if told[kind]]
    if told["match"] == "all" or len(conditions) == 1:
        if told["teams"]:
            return {"audience": "teams"}, told["teams"]
        if len(told["roles"]) == 1:
            return {"audience": "role", "role": told["roles"][0]}, []
        if told["hired_since"]:
            return {"audience": "hired_since", "hired_since": dt.date.fromisoformat(told["hired_since"])}, []
    return {"audience": "everyone"}, []

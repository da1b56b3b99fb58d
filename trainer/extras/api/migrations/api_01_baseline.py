"""Make the tables of api

Revision ID: api_01
"""

import sqlalchemy as sa
from alembic import op

revision = "api_01"
down_revision = None
branch_labels = ("api",)
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("api_tokens"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), nullable=False, index=True),
        sa.Column("created_by_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("last_used_at", TIME),
        sa.Column("revoked_at", TIME),
    )
    op.create_table(
        "person_writes",
        sa.Column("organization_id", sa.Uuid(), sa.ForeignKey("organizations.id"), primary_key=True),
        sa.Column("employee_number", sa.String(40), primary_key=True),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("written_at", TIME, nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("person_writes")
    op.drop_table("api_tokens")

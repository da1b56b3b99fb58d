"""Keep the content that is in service, for all machines that share the database

Revision ID: 0068
Revises: 0067
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "content_releases",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=True),
        sa.Column("built", sa.LargeBinary(), nullable=True),
        sa.Column("built_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_content_releases")),
    )
    op.create_index(op.f("ix_content_releases_digest"), "content_releases", ["digest"])


def downgrade() -> None:
    op.drop_index(op.f("ix_content_releases_digest"), table_name="content_releases")
    op.drop_table("content_releases")

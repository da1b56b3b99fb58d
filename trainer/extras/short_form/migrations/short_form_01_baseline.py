"""Make the tables of short_form

Revision ID: short_form_01
"""

import sqlalchemy as sa
from alembic import op

revision = "short_form_01"
down_revision = None
branch_labels = ("short_form",)
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "kept_short_forms",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.String(12), nullable=False, index=True),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("confidences", sa.JSON(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("kept_short_forms")

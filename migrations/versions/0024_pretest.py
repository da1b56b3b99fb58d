"""Let each person have one pretest

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

serves_older_code = True

_IS_PRETEST = sa.text("kind = 'pretest'")


def upgrade() -> None:
    op.create_index(
        "ux_attempts_one_pretest",
        "attempts",
        ["user_id"],
        unique=True,
        sqlite_where=_IS_PRETEST,
        postgresql_where=_IS_PRETEST,
    )


def downgrade() -> None:
    op.drop_index("ux_attempts_one_pretest", table_name="attempts")

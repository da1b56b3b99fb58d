"""Take remarks about lessons, too

Revision ID: remarks_02
Revises: remarks_01
"""

import sqlalchemy as sa
from alembic import op

revision = "remarks_02"
down_revision = "remarks_01"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lesson", sa.String(length=200), nullable=True))
        batch_op.alter_column("item_digest", existing_type=sa.String(length=64), nullable=True)
        batch_op.create_check_constraint("about_one", "(item_digest IS NULL) <> (lesson IS NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM remarks WHERE lesson IS NOT NULL")
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_remarks_about_one"), type_="check")
        batch_op.alter_column("item_digest", existing_type=sa.String(length=64), nullable=False)
        batch_op.drop_column("lesson")

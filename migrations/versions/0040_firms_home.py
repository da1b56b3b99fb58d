"""Remember which steps of setting up a firm were left out, and find mail that was given up

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

serves_older_code = True

_DEAD = sa.text("dead_at IS NOT NULL")
_FIRMS = sa.table("organizations", sa.column("id", sa.Uuid()), sa.column("skipped_steps", sa.JSON(none_as_null=True)))
_REQUIREMENTS = sa.table("requirements", sa.column("organization_id", sa.Uuid()))


def upgrade() -> None:
    """Ask firms that already require something for nothing more."""
    op.add_column("organizations", sa.Column("skipped_steps", sa.JSON(none_as_null=True), nullable=True))
    runs = _FIRMS.c.id.in_(sa.select(_REQUIREMENTS.c.organization_id))
    op.get_bind().execute(sa.update(_FIRMS).where(runs).values(skipped_steps=["posters"]))
    op.create_index(
        "ix_outbox_messages_dead", "outbox_messages", ["dead_at"], sqlite_where=_DEAD, postgresql_where=_DEAD
    )
    op.create_index("ix_reminders_message_id", "reminders", ["message_id"])


def downgrade() -> None:
    op.drop_index("ix_reminders_message_id", "reminders")
    op.drop_index("ix_outbox_messages_dead", "outbox_messages")
    op.drop_column("organizations", "skipped_steps")

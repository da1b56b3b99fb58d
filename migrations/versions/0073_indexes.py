"""Find what is asked of one person, and what refers to a record, without going through all of a table

Revision ID: 0073
Revises: 0072
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None
serves_older_code = True

_COLUMNS = (
    ("audit_events", "subject_id"),
    ("duty_periods", "requirement_id"),
    ("instructor_approvals", "user_id"),
    ("item_counts", "item_digest"),
    ("outbox_messages", "created_at"),
    ("reminders", "created_by_id"),
)


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    account = "json_extract(ids, '$.user')" if is_sqlite else "(ids ->> 'user')"
    op.create_index("ix_outbox_messages_account", "outbox_messages", [sa.text(account)])
    op.create_index("ix_outbox_messages_recipient", "outbox_messages", [sa.text("lower(recipient)")])


def downgrade() -> None:
    op.drop_index("ix_outbox_messages_recipient", table_name="outbox_messages")
    op.drop_index("ix_outbox_messages_account", table_name="outbox_messages")
    for table, column in reversed(_COLUMNS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)

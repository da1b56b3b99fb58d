"""Let a credential be issued again in another name

Revision ID: 0055
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0053"
branch_labels = None
depends_on = None

_STANDING = ["user_id", "course", "revoked_at", "minutes", "is_paced", "is_attested", "is_tested_out", "issued_on"]


def upgrade() -> None:
    op.drop_index("ix_credentials_standing", table_name="credentials")
    with op.batch_alter_table("credentials") as batch:
        batch.add_column(sa.Column("reissued_at", sa.DateTime(timezone=True), nullable=True))
        batch.drop_constraint("uq_credentials_user_id_course_cycle", type_="unique")
    op.create_index(
        "uq_credentials_standing",
        "credentials",
        ["user_id", "course", "cycle"],
        unique=True,
        sqlite_where=sa.text("reissued_at IS NULL"),
        postgresql_where=sa.text("reissued_at IS NULL"),
    )
    op.create_index(
        "ix_credentials_standing", "credentials", [*_STANDING[:3], "reissued_at", *_STANDING[3:], "valid_until"]
    )


def downgrade() -> None:
    """Keep every number: those that were issued again get cycles that nobody reaches."""
    op.drop_index("ix_credentials_standing", table_name="credentials")
    op.drop_index("uq_credentials_standing", table_name="credentials")
    gone = op.get_bind().execute(sa.text("SELECT id FROM credentials WHERE reissued_at IS NOT NULL ORDER BY id")).all()
    for number, row in enumerate(gone, start=100_000):
        statement = sa.text("UPDATE credentials SET cycle = :number WHERE id = :id")
        op.get_bind().execute(statement, {"number": number, "id": row.id})
    with op.batch_alter_table("credentials") as batch:
        batch.create_unique_constraint("uq_credentials_user_id_course_cycle", ["user_id", "course", "cycle"])
        batch.drop_column("reissued_at")
    op.create_index("ix_credentials_standing", "credentials", [*_STANDING, "valid_until"])

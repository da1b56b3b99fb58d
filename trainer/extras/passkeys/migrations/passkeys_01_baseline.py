"""Make the tables of passkeys

Revision ID: passkeys_01
"""

import sqlalchemy as sa
from alembic import op

revision = "passkeys_01"
down_revision = None
branch_labels = ("passkeys",)
depends_on = None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("passkeys"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "user_id",
            sa.Uuid(),
            sa.ForeignKey("users.id", name="fk_passkeys_user_id_users", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary(2000), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("passkeys")

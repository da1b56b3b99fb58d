"""Let people without an address sign in with a firm's code, an employee number and a PIN

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# Older code takes an account without an address for a guest, and forgets it after a week.


def upgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("pin_hash", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("pin_key_id", sa.String(length=8), nullable=True))
        batch.drop_constraint(op.f("ck_users_email_has_password"), type_="check")
        batch.create_check_constraint(op.f("ck_users_password_has_email"), "password_hash IS NULL OR email IS NOT NULL")
        batch.create_check_constraint(
            op.f("ck_users_email_has_secret"), "email IS NULL OR password_hash IS NOT NULL OR pin_hash IS NOT NULL"
        )
        batch.create_check_constraint(op.f("ck_users_pin_has_key"), "(pin_hash IS NULL) = (pin_key_id IS NULL)")
    op.create_table(
        "pin_tries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pin_tries_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin_tries")),
    )
    op.create_index("ix_pin_tries_user_id_way_at", "pin_tries", ["user_id", "way", "at"])
    with op.batch_alter_table("organizations") as batch:
        batch.add_column(sa.Column("code", sa.String(length=8), nullable=True))
        batch.create_unique_constraint(op.f("uq_organizations_code"), ["code"])
    with op.batch_alter_table("memberships") as batch:
        batch.drop_constraint(op.f("ck_memberships_known_by_user_or_email"), type_="check")
        batch.create_check_constraint(
            op.f("ck_memberships_known_by_user_email_or_number"),
            "user_id IS NOT NULL OR email_key IS NOT NULL OR employee_number IS NOT NULL",
        )
    op.create_table(
        "pin_slips",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("seal", sa.String(length=60), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_pin_slips_created_by_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_pin_slips_membership_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_pin_slips_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin_slips")),
    )
    for column in ("organization_id", "membership_id", "created_by_id"):
        op.create_index(op.f(f"ix_pin_slips_{column}"), "pin_slips", [column])


def downgrade() -> None:
    op.drop_table("pin_slips")
    # Older code wants an address of everybody. Nothing is deleted: these get one that no mail can reach.
    op.execute(
        "UPDATE memberships SET email = 'none.' || CAST(id AS VARCHAR) || '@no-address.invalid', "
        "email_key = 'none.' || CAST(id AS VARCHAR) || '@no-address.invalid' "
        "WHERE user_id IS NULL AND email_key IS NULL"
    )
    with op.batch_alter_table("memberships") as batch:
        batch.drop_constraint(op.f("ck_memberships_known_by_user_email_or_number"), type_="check")
        batch.create_check_constraint(
            op.f("ck_memberships_known_by_user_or_email"), "user_id IS NOT NULL OR email_key IS NOT NULL"
        )
    with op.batch_alter_table("organizations") as batch:
        batch.drop_constraint(op.f("uq_organizations_code"), type_="unique")
        batch.drop_column("code")
    op.drop_table("pin_tries")
    with op.batch_alter_table("users") as batch:
        batch.drop_constraint(op.f("ck_users_pin_has_key"), type_="check")
        batch.drop_constraint(op.f("ck_users_email_has_secret"), type_="check")
        batch.drop_constraint(op.f("ck_users_password_has_email"), type_="check")
    op.execute(
        "UPDATE users SET email = 'none.' || CAST(id AS VARCHAR) || '@no-address.invalid', "
        "email_key = 'none.' || CAST(id AS VARCHAR) || '@no-address.invalid' "
        "WHERE pin_hash IS NOT NULL AND email IS NULL"
    )
    op.execute("UPDATE users SET password_hash = '-' WHERE email IS NOT NULL AND password_hash IS NULL")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("pin_key_id")
        batch.drop_column("pin_hash")
        batch.create_check_constraint(op.f("ck_users_email_has_password"), "(email IS NULL) = (password_hash IS NULL)")

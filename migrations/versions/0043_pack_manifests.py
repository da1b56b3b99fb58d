"""Keep the hash of each evidence pack's manifest, so that anyone can ask whether a pack is as it was made

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "pack_manifests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("firm", sa.String(length=120), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.CheckConstraint("(organization_id IS NULL) = (firm IS NULL)", name=op.f("ck_pack_manifests_firm_has_name")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_pack_manifests_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_manifests")),
        sa.UniqueConstraint("sha256", name=op.f("uq_pack_manifests_sha256")),
    )
    op.create_index(op.f("ix_pack_manifests_organization_id"), "pack_manifests", ["organization_id"])


def downgrade() -> None:
    op.drop_table("pack_manifests")

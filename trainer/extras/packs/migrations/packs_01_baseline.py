"""Make the tables of packs

Revision ID: packs_01
"""

import sqlalchemy as sa
from alembic import op

revision = "packs_01"
down_revision = None
branch_labels = ("packs",)
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("pack_manifests"):
        return  # made by version 0.9, whose tables were all in one migration
    op.create_table(
        "pack_manifests",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column(
            "organization_id",
            sa.Uuid(),
            sa.ForeignKey("organizations.id", name="fk_pack_manifests_organization_id_organizations"),
            index=True,
        ),
        sa.Column("firm", sa.String(120)),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.CheckConstraint("(organization_id IS NULL) = (firm IS NULL)", name="firm_has_name"),
    )


def downgrade() -> None:
    op.drop_table("pack_manifests")

"""Keep the logo of a firm, and the hashes of firms' copies of certificates

Revision ID: 0072
Revises: 0070
"""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0070"
branch_labels = None
depends_on = None
serves_older_code = True


def upgrade() -> None:
    op.create_table(
        "firm_logos",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_firm_logos_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_firm_logos_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_firm_logos")),
    )
    op.create_index(op.f("ix_firm_logos_created_by_id"), "firm_logos", ["created_by_id"])
    op.create_table(
        "filed_certificates",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_filed_certificates_credential_id_credentials")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_filed_certificates")),
    )
    op.create_index(op.f("ix_filed_certificates_credential_id"), "filed_certificates", ["credential_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_filed_certificates_credential_id"), table_name="filed_certificates")
    op.drop_table("filed_certificates")
    op.drop_index(op.f("ix_firm_logos_created_by_id"), table_name="firm_logos")
    op.drop_table("firm_logos")

"""Whose customer somebody is: the partner

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("partner_id", sa.BigInteger(), nullable=True))
    mostly_empty = sa.text("partner_id IS NOT NULL")
    op.create_index(
        "ix_customers_partner_id", "customers", ["partner_id"], sqlite_where=mostly_empty, postgresql_where=mostly_empty
    )


def downgrade() -> None:
    op.drop_index("ix_customers_partner_id", "customers")
    op.drop_column("customers", "partner_id")

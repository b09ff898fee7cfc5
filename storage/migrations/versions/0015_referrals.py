"""Who brought a customer

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("referred_by", sa.BigInteger(), nullable=True))
    where = sa.text("referred_by IS NOT NULL")
    op.create_index(
        "ix_customers_referred_by", "customers", ["referred_by"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index("ix_customers_referred_by", "customers")
    op.drop_column("customers", "referred_by")

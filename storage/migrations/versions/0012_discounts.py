"""How many of a customer's orders were at a discount

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("figures", sa.Column("priced", sa.BigInteger(), nullable=True))
    op.add_column("figures", sa.Column("discounted", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("figures", "discounted")
    op.drop_column("figures", "priced")

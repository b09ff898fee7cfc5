"""As what a customer was last compared with everybody, so that a night compares only who has changed

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("compared_as", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("customers", "compared_as")

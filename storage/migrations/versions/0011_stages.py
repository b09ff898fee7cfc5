"""Where each customer is on their way with us

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("figures", sa.Column("stage", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("figures", "stage")

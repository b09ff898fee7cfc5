"""Terms of orders: store, seller, channel, postcode, payment, delivery

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import Json

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("terms", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "terms")

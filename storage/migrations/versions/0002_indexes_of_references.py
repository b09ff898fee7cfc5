"""Indexes of references, so that erasing a customer does not read whole tables

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFERENCES = (
    ("contacts", "revises"),
    ("facts", "contact_id"),
    ("facts", "superseded_by"),
    ("feedback", "contact_id"),
    ("feedback", "order_id"),
    ("consents", "contact_id"),
    ("audit", "customer_id"),
)


def upgrade() -> None:
    for table, column in REFERENCES:
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table, column in REFERENCES:
        op.drop_index(f"ix_{table}_{column}", table)

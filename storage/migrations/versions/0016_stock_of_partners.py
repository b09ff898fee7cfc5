"""What partners told to have in stock

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import Id, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock_levels",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_stock_levels_customer_id_customers", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_stock_levels_contact_id_contacts", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stock_levels"),
    )
    op.create_index("ix_stock_levels_customer_id_sku_at", "stock_levels", ["customer_id", "sku", "at"])
    told = sa.text("contact_id IS NOT NULL")
    op.create_index(
        "ix_stock_levels_contact_id", "stock_levels", ["contact_id"], sqlite_where=told, postgresql_where=told
    )


def downgrade() -> None:
    op.drop_table("stock_levels")

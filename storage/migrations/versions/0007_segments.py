"""Segments by name, and the figures of each customer that they are counted from

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
CURRENT = sa.text("superseded_by IS NULL AND forgotten_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "segments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("expression", sa.String(), nullable=False),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_segments_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("name", name=op.f("uq_segments_name")),
    )
    op.create_table(
        "figures",
        sa.Column("customer_id", Id, autoincrement=False, nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("first_order_at", Moment, nullable=True),
        sa.Column("last_order_at", Moment, nullable=True),
        sa.Column("present_value", sa.Double(), nullable=True),
        sa.Column("expected_orders", sa.Double(), nullable=True),
        sa.Column("alive", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_figures_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_figures")),
    )
    op.create_index(op.f("ix_customers_tier_id"), "customers", ["tier", "id"])
    op.create_index(op.f("ix_figures_last_order_at"), "figures", ["last_order_at"])
    op.create_index(
        "ix_facts_current", "facts", ["kind", "polarity", "customer_id", "item", "value"],
        postgresql_where=CURRENT, sqlite_where=CURRENT,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_facts_current", "facts")
    op.drop_index("ix_customers_tier_id", "customers")
    op.drop_table("figures")
    op.drop_table("segments")

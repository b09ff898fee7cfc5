"""Bulletins for partners, and who has read them

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import Id, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletins",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_bulletins_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_bulletins"),
    )
    op.create_table(
        "bulletin_reads",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("bulletin_id", Id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_bulletin_reads_customer_id_customers", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletins.id"], name="fk_bulletin_reads_bulletin_id_bulletins", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bulletin_reads"),
        sa.UniqueConstraint("customer_id", "bulletin_id", name="uq_bulletin_reads_customer_id_bulletin_id"),
    )
    op.create_index("ix_bulletin_reads_bulletin_id", "bulletin_reads", ["bulletin_id"])


def downgrade() -> None:
    op.drop_table("bulletin_reads")
    op.drop_table("bulletins")

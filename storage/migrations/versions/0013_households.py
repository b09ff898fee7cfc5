"""Customers who share a household, and where customers live

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(JSONB(), "postgresql")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("customers", sa.Column("address", sa.String(), nullable=True))
    op.add_column("customers", sa.Column("postcode", sa.String(), nullable=True))
    op.create_table(
        "household_links",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("one_id", Id, nullable=False),
        sa.Column("other_id", Id, nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("found_at", Moment, nullable=False),
        sa.Column("decided_at", Moment, nullable=True),
        sa.Column("staff_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["one_id"], ["customers.id"], name=op.f("fk_household_links_one_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["customers.id"], name=op.f("fk_household_links_other_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_household_links_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_links")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_household_links_one_id_other_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_household_links_other_id"), "household_links", ["other_id"])


def downgrade() -> None:
    op.drop_table("household_links")
    op.drop_column("customers", "postcode")
    op.drop_column("customers", "address")

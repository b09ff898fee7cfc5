"""One person entered twice: keys two customers have, pairs proposed to staff, merges that can be undone

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(JSONB(), "postgresql")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "shared_keys",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_shared_keys_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_keys")),
        sa.UniqueConstraint("customer_id", "kind", "value", name=op.f("uq_shared_keys_customer_id_kind_value")),
    )
    op.create_table(
        "duplicates",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("one_id", Id, nullable=False),
        sa.Column("other_id", Id, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("is_strong", sa.Boolean(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("found_at", Moment, nullable=False),
        sa.Column("decided_at", Moment, nullable=True),
        sa.Column("staff_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["one_id"], ["customers.id"], name=op.f("fk_duplicates_one_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["customers.id"], name=op.f("fk_duplicates_other_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_duplicates_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicates")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_duplicates_one_id_other_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_duplicates_other_id"), "duplicates", ["other_id"])
    op.create_index(op.f("ix_duplicates_status_score"), "duplicates", ["status", "score"])
    op.create_table(
        "merges",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("merged_id", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(length=64), nullable=False),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("undone_at", Moment, nullable=True),
        sa.Column("kept", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_merges_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_merges_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_merges_customer_id"), "merges", ["customer_id"])


def downgrade() -> None:
    op.drop_table("merges")
    op.drop_table("duplicates")
    op.drop_table("shared_keys")

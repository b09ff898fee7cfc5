"""Imports, what they changed, and which import brought what

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
BROUGHT = ("customers", "identities", "facts", "orders")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", Id, nullable=False, autoincrement=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", Json, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_imports_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_changes",
        sa.Column("id", Id, nullable=False, autoincrement=True),
        sa.Column("import_id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("before", Json, nullable=True),
        sa.Column("after", Json, nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_changes_import_id_imports")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_import_changes_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_changes")),
    )
    op.create_index(op.f("ix_import_changes_import_id"), "import_changes", ["import_id"])
    op.create_index(op.f("ix_import_changes_key"), "import_changes", ["key"])
    _index_of_reference("import_changes", "customer_id")
    for table in BROUGHT:
        op.add_column(table, sa.Column("import_id", sa.BigInteger(), nullable=True))
        _index_of_reference(table, "import_id")


def _index_of_reference(table: str, column: str) -> None:
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in BROUGHT:
        op.drop_index(f"ix_{table}_import_id", table)
        op.drop_column(table, "import_id")
    op.drop_table("import_changes")
    op.drop_table("imports")

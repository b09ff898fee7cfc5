"""Which import brought a contact

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("import_id", sa.BigInteger(), nullable=True))
    where = sa.text("import_id IS NOT NULL")
    op.create_index("ix_contacts_import_id", "contacts", ["import_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_contacts_import_id", "contacts")
    op.drop_column("contacts", "import_id")

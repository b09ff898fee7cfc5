"""What keeps a tier: the end of one set by hand, and since when somebody is below theirs

A migration must not break the previous version: it runs while that version may still be reading.
Add columns nullable or with a server default; drop only what no released version reads.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("tier_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customers", sa.Column("tier_below_since", sa.DateTime(timezone=True), nullable=True))
    by_staff = sa.text("staff_id IS NOT NULL")
    op.create_index(
        "ix_contacts_by_staff", "contacts", ["customer_id", "at"], sqlite_where=by_staff, postgresql_where=by_staff
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_by_staff", "contacts")
    op.drop_column("customers", "tier_below_since")
    op.drop_column("customers", "tier_until")

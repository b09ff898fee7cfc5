"""What was imported: a row a file, and what stood before in the rows it changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word, index_of_reference


class Basis(StrEnum):
    """Why a file's people may be written to."""

    own = "own"  # they are customers of ours; marketing is asked for in the chat
    agreed = "agreed"  # they agreed to marketing elsewhere, on paper or on a page
    bought = "bought"  # a bought or borrowed list: nothing for marketing until they say yes themselves


class Import(Base):
    """One file. Never deleted: rows of customers, identities, facts and orders name the import that brought them."""

    __tablename__ = "imports"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[PrimaryKey]
    kind: Mapped[Word]  # customers | orders | catalogue | faq
    source: Mapped[str]  # the file's name
    basis: Mapped[Word] = mapped_column(default=Basis.own)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who sent it in the chat
    began_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # None: it was cut short
    undone_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # rows, added, changed, unchanged, …


class ImportChange(Base):
    """What an import changed in something that was there, or added to the catalogue or FAQ."""

    __tablename__ = "import_changes"
    __table_args__ = (index_of_reference("import_changes", "customer_id"),)

    id: Mapped[PrimaryKey]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    subject: Mapped[Word]  # customer | order | item | faq
    key: Mapped[str] = mapped_column(index=True)  # our id, or the sku, or the name
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]

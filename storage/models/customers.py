"""Who: customers, the identities that recognise them, what they agreed to, and the hashes of the erased."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Name, PrimaryKey, Word, index_of_reference


class CustomerStatus(StrEnum):
    active = "active"
    stopped = "stopped"  # said stop: only answers and service asked for
    unreachable = "unreachable"  # blocked the bot, or Telegram says the account is gone


class CustomerKind(StrEnum):
    person = "person"
    firm = "firm"
    partner = "partner"  # agent, dealer, distributor: buys to sell on


class Tier(StrEnum):
    new = "new"
    A = "A"
    B = "B"
    C = "C"


class Stage(StrEnum):
    """On their way with us. Who switched profiling off has none."""

    prospect = "prospect"  # bought nothing yet
    new = "new"  # once
    regular = "regular"
    at_risk = "at_risk"  # silent for longer than is usual for them
    lapsed = "lapsed"
    won_back = "won_back"  # came again after that


class Purpose(StrEnum):
    service = "service"
    marketing = "marketing"
    profiling = "profiling"


class Customer(Base):
    __tablename__ = "customers"
    # An erased person's number is never given again.
    __table_args__ = (
        index_of_reference("customers", "import_id"),
        index_of_reference("customers", "partner_id"),
        index_of_reference("customers", "referred_by"),
        Index(None, "tier", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    name: Mapped[Name]
    kind: Mapped[Word] = mapped_column(default=CustomerKind.person)
    language: Mapped[Word]
    language_from: Mapped[Word] = mapped_column(default="telegram")  # telegram | written | chosen | import
    time_zone: Mapped[str | None]
    status: Mapped[Word] = mapped_column(default=CustomerStatus.active)
    tier: Mapped[Word] = mapped_column(default=Tier.new)
    tier_reason: Mapped[str] = mapped_column(default="")
    tier_set_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # staff override; the night leaves it alone
    tier_until: Mapped[datetime | None]  # … until then; None: for good
    tier_below_since: Mapped[datetime | None]  # below what keeps the tier; it falls when `tiers.grace` has passed
    group: Mapped[Word] = mapped_column("value_group", default="steady")
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lead_source: Mapped[str | None]
    referred_by: Mapped[int | None]  # the number of the customer who brought them; emptied when that one is erased
    city: Mapped[str | None]
    address: Mapped[str | None]  # street and number, as a file had them
    postcode: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(default=list)
    quiet_from: Mapped[str | None]  # "21:00", local; both or neither; else the business's
    quiet_to: Mapped[str | None]
    created_at: Mapped[datetime]
    last_contact_at: Mapped[datetime | None]  # the customer's own last message, press or order
    paused_until: Mapped[datetime | None]  # the customer asked for silence until then
    import_id: Mapped[int | None]  # that brought it; no constraint: imports are never deleted
    partner_id: Mapped[int | None]  # whose customer it is; no constraint: an erased one's number is never given again
    compared_as: Mapped[int | None] = mapped_column(BigInteger)  # see `storage.duplicates.Compared`


class Identity(Base):
    """One way to recognise a customer. Kinds: telegram, phone (E.164), email, card, order_system."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("kind", "value"), index_of_reference("identities", "import_id"))

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Word]
    value: Mapped[str]
    created_at: Mapped[datetime]
    import_id: Mapped[int | None]


class Consent(Base):
    """One answer to one question of consent; the newest of a purpose counts. `wording` names the text shown."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "customer_id", "purpose"), index_of_reference("consents", "contact_id"))

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    purpose: Mapped[Word]
    granted: Mapped[bool]
    wording: Mapped[str]
    at: Mapped[datetime]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))


class Erasure(Base):
    """What is left of an erased person: hashes of their identities, so that an import does not bring them back."""

    __tablename__ = "erasures"

    identity_hash: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]

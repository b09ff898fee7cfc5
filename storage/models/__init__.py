"""The tables. Queries live beside this package, one file a subject."""

from storage.models.api import ApiAnswer
from storage.models.base import Base, UtcDateTime, table_of
from storage.models.contacts import Contact, Event, Fact, Feedback
from storage.models.customers import (
    Consent,
    Customer,
    CustomerKind,
    CustomerStatus,
    Erasure,
    Identity,
    Purpose,
    Stage,
    Tier,
)
from storage.models.dialogue import ButtonToken, Conversation, QuestionAsked
from storage.models.follow_ups import FollowUp, FollowUpStatus, TierChange
from storage.models.households import HouseholdLink, LinkStatus
from storage.models.imports import Basis, Import, ImportChange
from storage.models.merging import Duplicate, DuplicateStatus, Merge, SharedKey
from storage.models.partners import Bulletin, BulletinRead, StockLevel
from storage.models.queues import (
    Attachment,
    Delivery,
    InboxState,
    InboxUpdate,
    Lane,
    Lease,
    OutboxMessage,
    OutboxState,
    Priority,
)
from storage.models.segments import Figures, Segment
from storage.models.team import AuditEntry, Meta, Staff
from storage.models.trade import TERMS, CatalogueItem, FaqEntry, Lesson, Order, OrderLine

__all__ = [
    "TERMS",
    "ApiAnswer",
    "Attachment",
    "AuditEntry",
    "Base",
    "Basis",
    "Bulletin",
    "BulletinRead",
    "ButtonToken",
    "CatalogueItem",
    "Consent",
    "Contact",
    "Conversation",
    "Customer",
    "CustomerKind",
    "CustomerStatus",
    "Delivery",
    "Duplicate",
    "DuplicateStatus",
    "Erasure",
    "Event",
    "Fact",
    "FaqEntry",
    "Feedback",
    "Figures",
    "FollowUp",
    "FollowUpStatus",
    "HouseholdLink",
    "Identity",
    "Import",
    "ImportChange",
    "InboxState",
    "InboxUpdate",
    "Lane",
    "Lease",
    "Lesson",
    "LinkStatus",
    "Merge",
    "Meta",
    "Order",
    "OrderLine",
    "OutboxMessage",
    "OutboxState",
    "Priority",
    "Purpose",
    "QuestionAsked",
    "Segment",
    "SharedKey",
    "Staff",
    "Stage",
    "StockLevel",
    "Tier",
    "TierChange",
    "UtcDateTime",
    "table_of",
]

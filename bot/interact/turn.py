"""One thing a customer said, with all that is needed to answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.interact.understanding import Understanding
from storage.database import Memory
from storage.models import Conversation, Customer

TOUCHPOINT_LASTS = timedelta(days=1)


@dataclass(slots=True)
class Turn:
    """`muted`: recorded now, answered with a later message. `late`: we were away when it was written."""

    memory: Memory
    customer: Customer
    conversation: Conversation
    contact_id: int
    said_at: datetime
    now: datetime
    zone: ZoneInfo
    settings: Settings
    heard: Understanding
    muted: bool = False
    late: bool = False
    is_first: bool = False  # they never wrote before: the question of consent follows, no other
    with_file: bool = False
    silence: timedelta | None = None  # since they wrote before; None: they did not, or not to us
    pieces: Sequence[tuple[int, str]] = ()  # of a burst: each contact and its words; the last is this one's

    def source_of(self, *words: str) -> int:
        """The contact in which the first of these was said that was said in one; else the last."""
        said = [(contact, text.lower()) for contact, text in self.pieces[:-1]]
        found = (contact for word in words if word for contact, text in said if word.lower() in text)
        return next(found, self.contact_id)

    @property
    def text(self) -> str:
        return self.heard.text

    def has(self, intent: str) -> bool:
        return self.heard.has(intent)


@dataclass(slots=True)
class Recorded:
    """What a message left behind, or several: what is said back, and what an Undo takes out again."""

    facts: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)  # said before: nothing to undo
    feedback: list[int] = field(default_factory=list)
    reminders: list[dict[str, Any]] = field(default_factory=list)  # {"reference", "text", "at": ISO}
    orders: list[int] = field(default_factory=list)  # placed
    faq: list[str] = field(default_factory=list)  # asked
    intents: list[str] = field(default_factory=list)  # acted on, still to be said: stop, talk_to_person …

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Recorded:
        return cls(**{name: list(stored[name]) for name in cls.__slots__ if name in stored})

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}

    def merge(self, other: Recorded) -> None:
        for name in self.__slots__:
            if theirs := getattr(other, name):
                mine = getattr(self, name)
                mine += [one for one in theirs if one not in mine]

    @property
    def can_be_undone(self) -> bool:
        return bool(self.facts or self.feedback or self.reminders or self.orders)

    def undoable(self) -> dict[str, Any]:
        """Values of the Undo button."""
        return {
            "facts": self.facts, "feedback": self.feedback,
            "reminders": [reminder["reference"] for reminder in self.reminders], "orders": self.orders,
        }  # fmt: skip


def remember(conversation: Conversation, **changes: Any) -> None:
    """Change keys of the stored state; None takes one out. The column is replaced whole, or it is not written."""
    kept = {**(conversation.last_recorded or {}), **changes}
    conversation.last_recorded = {key: value for key, value in kept.items() if value is not None}


def note_touchpoint(conversation: Conversation, name: str, now: datetime) -> None:
    remember(conversation, touchpoint={"name": name, "at": now.isoformat()})


def find_touchpoint(conversation: Conversation, now: datetime) -> str | None:
    """Where the customer came from, if that was within the day."""
    noted = (conversation.last_recorded or {}).get("touchpoint")
    if noted and now - datetime.fromisoformat(noted["at"]) <= TOUCHPOINT_LASTS:
        return str(noted["name"])
    return None

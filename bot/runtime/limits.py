"""How fast Telegram lets us write: in all, to one chat, to one group. 0 in the settings means no limit.

Seconds are of a monotonic clock. Bulk (reminders, campaigns) leaves a fifth of the overall rate to answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bot.config import Telegram
from storage.models import Priority

BULK_SHARE = 0.8
FORGET_AFTER = 120.0  # a chat quiet for so long has no debt left


@dataclass(slots=True)
class Bucket:
    """Generic cell rate: `rate` a second, `burst` at once. rate 0: no limit."""

    rate: float
    burst: float
    due: float = -math.inf  # when the bucket is full again

    def wait(self, now: float) -> float:
        """Seconds until one more is allowed."""
        if not self.rate:
            return 0.0
        return max(0.0, self.due - (self.burst - 1) / self.rate - now)

    def take(self, now: float) -> None:
        if self.rate:
            self.due = max(self.due, now) + 1 / self.rate


@dataclass(slots=True)
class Limits:
    """All limits of one bot, and the waits Telegram has imposed."""

    settings: Telegram
    _all: Bucket = field(init=False)
    _bulk: Bucket = field(init=False)
    _chats: dict[int, Bucket] = field(init=False, default_factory=dict)
    _held: dict[int, float] = field(init=False, default_factory=dict)
    _held_all: float = field(init=False, default=-math.inf)
    _forget_at: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        rate = float(self.settings.messages_per_second)
        self._all = Bucket(rate, max(rate, 1))
        self._bulk = Bucket(rate * BULK_SHARE, max(rate * BULK_SHARE, 1))

    def wait_overall(self, priority: int, now: float) -> float:
        """Seconds until anything of this priority may go out."""
        waits = [self._all.wait(now), self._held_all - now, 0.0]
        if priority > Priority.answer:
            waits.append(self._bulk.wait(now))
        return max(waits)

    def wait_chat(self, chat_id: int, now: float) -> float:
        """Seconds until this chat may be written to."""
        bucket = self._chats.get(chat_id)
        return max(bucket.wait(now) if bucket else 0.0, self._held.get(chat_id, 0.0) - now, 0.0)

    def take(self, chat_id: int, priority: int, now: float) -> None:
        if now >= self._forget_at:
            self._forget_idle(now)
        self._all.take(now)
        if priority > Priority.answer:
            self._bulk.take(now)
        bucket = self._chats.get(chat_id)
        if bucket is None:
            bucket = self._chats[chat_id] = self._new_bucket(chat_id)
        bucket.take(now)

    def hold(self, chat_id: int, seconds: float, now: float) -> None:
        """Telegram said: too many requests to this chat, wait."""
        self._held[chat_id] = now + seconds

    def hold_all(self, seconds: float, now: float) -> None:
        self._held_all = max(self._held_all, now + seconds)

    def _forget_idle(self, now: float) -> None:
        """Let go of chats that owe nothing any more."""
        self._forget_at = now + FORGET_AFTER
        self._chats = {chat: bucket for chat, bucket in self._chats.items() if bucket.due > now - FORGET_AFTER}
        self._held = {chat: until for chat, until in self._held.items() if until > now}

    def _new_bucket(self, chat_id: int) -> Bucket:
        if chat_id < 0:  # groups have negative ids
            per_minute = float(self.settings.group_messages_per_minute)
            return Bucket(per_minute / 60, max(per_minute, 1))
        return Bucket(float(self.settings.chat_messages_per_second), max(float(self.settings.chat_burst), 1))

"""Telegram's sending limits, on real monotonic time (never the moved clock)."""

import math
from dataclasses import dataclass, field

from sandbox.model import Json
from sandbox.refusals import Misuse

SLACK = 0.1  # seconds of network jitter that Telegram does not hold against a sender at the exact rate


@dataclass
class Limits:
    """Each number as in Telegram's FAQ; 0 means no such limit."""

    messages_per_second: float = 30
    chat_messages_per_second: float = 1
    chat_burst: int = 3
    group_messages_per_minute: float = 20
    _full_at: dict[tuple[int, int | str], float] = field(default_factory=dict, repr=False)

    def describe(self) -> Json:
        return {
            "messages_per_second": self.messages_per_second,
            "chat_messages_per_second": self.chat_messages_per_second,
            "chat_burst": self.chat_burst,
            "group_messages_per_minute": self.group_messages_per_minute,
        }

    def set(self, asked: Json) -> Json:
        """Change some of the numbers and start counting afresh; raises `Misuse` on any other key or value."""
        known = self.describe()
        for name, value in asked.items():
            if name not in known:
                raise Misuse(400, f"unknown limit {name!r}; there are {', '.join(known)}")
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < math.inf:
                raise Misuse(400, f"{name}: a number from 0 (no limit), not {value!r}")
        for name, value in asked.items():
            setattr(self, name, value)
        self._full_at.clear()
        return self.describe()

    def admit(self, bot_id: int, chat_id: int, now: float) -> int:
        """Count one message and return 0, or count nothing and return the seconds to wait."""
        rules: list[tuple[int | str, float, float]] = []
        if self.messages_per_second:
            rules.append(("all", 1 / self.messages_per_second, max(self.messages_per_second, 1)))
        if self.chat_messages_per_second:
            rules.append((chat_id, 1 / self.chat_messages_per_second, max(self.chat_burst, 1)))
        if self.group_messages_per_minute and chat_id < 0:
            rules.append((f"group {chat_id}", 60 / self.group_messages_per_minute, self.group_messages_per_minute))
        if not rules:
            return 0
        wait = 0.0
        moves: list[tuple[tuple[int, int | str], float]] = []
        for name, interval, burst in rules:  # the generic cell rate algorithm: one time per bucket
            key = (bot_id, name)
            level = max(self._full_at.get(key, 0.0), now) + interval
            moves.append((key, level))
            wait = max(wait, level - now - interval * burst - SLACK)
        if wait > 0:
            return math.ceil(wait)
        self._full_at.update(moves)
        if len(self._full_at) > 20_000:
            self._full_at = {key: level for key, level in self._full_at.items() if level > now}
        return 0

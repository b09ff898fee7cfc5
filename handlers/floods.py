"""How much each chat wrote lately: who writes more than a person types is recorded, and not answered one by one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from bot.config.sections import Burst

LET_GO = 2  # chats looked at for each message: more than can come anew


class Floods:
    """Counted by update, since a visit that lost a race runs again. A chat that has been silent is let go of."""

    def __init__(self) -> None:
        self._chats: dict[int, dict[int, datetime]] = {}  # inbox row → when said; the chat silent longest first
        self._lock = threading.Lock()  # on PostgreSQL several visits run at one time

    def __len__(self) -> int:
        return len(self._chats)

    def count(self, chat_id: int, said: Mapping[int, datetime], burst: Burst) -> bool:
        """Add these updates; True: with the last of them the chat has written too much."""
        with self._lock:
            times = {**self._chats.pop(chat_id, {}), **said}
            while len(times) > burst.messages + 1:
                del times[next(iter(times))]
            self._chats[chat_id] = times
            newest = [*said.values()][-1]
            self._let_go(newest, burst)
        return len(times) > burst.messages and newest - next(iter(times.values())) <= burst.per

    def _let_go(self, now: datetime, burst: Burst) -> None:
        for _ in range(LET_GO):
            chat_id, times = next(iter(self._chats.items()))
            if now - max(times.values()) <= burst.per:
                return
            del self._chats[chat_id]

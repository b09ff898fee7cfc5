"""A record of every Bot API call, for tests and benchmarks. In memory only; the newest 200,000."""

from collections import deque
from itertools import islice
from typing import NamedTuple

from sandbox.clock import iso
from sandbox.model import Json

KEPT = 200_000


class Call(NamedTuple):
    seq: int
    at: float
    bot_id: int
    method: str
    parameters: Json
    outcome: int
    description: str | None
    message_id: int | None
    cut: bool
    fault: bool

    def describe(self) -> Json:
        chat_id = self.parameters.get("chat_id")
        return {
            "seq": self.seq,
            "at": iso(self.at),
            "bot": self.bot_id,
            "method": self.method,
            "chat_id": int(chat_id) if isinstance(chat_id, str) and chat_id.lstrip("-").isdecimal() else chat_id,
            "outcome": self.outcome,
            "description": self.description,
            "message_id": self.message_id,
            "cut": self.cut,
            "fault": self.fault,
            "parameters": self.parameters,
        }


class Calls:
    def __init__(self) -> None:
        self.kept: deque[Call] = deque(maxlen=KEPT)
        self.seq = 0

    def record(
        self,
        at: float,
        bot_id: int,
        method: str,
        parameters: Json,
        outcome: int,
        description: str | None = None,
        message_id: int | None = None,
        cut: bool = False,
        fault: bool = False,
    ) -> None:
        self.seq += 1
        self.kept.append(Call(self.seq, at, bot_id, method, parameters, outcome, description, message_id, cut, fault))

    def since(self, after: int, limit: int) -> list[Json]:
        first = self.kept[0].seq if self.kept else 0
        start = max(after + 1 - first, 0)
        return [call.describe() for call in islice(self.kept, start, start + limit)]

    def summary(self, after: int) -> Json:
        """How many calls by method and outcome: `{"sendMessage": {"200": 3}}`."""
        counts: dict[str, dict[str, int]] = {}
        for call in self.kept:
            if call.seq > after:
                outcomes = counts.setdefault(call.method, {})
                outcomes[str(call.outcome)] = outcomes.get(str(call.outcome), 0) + 1
        return counts

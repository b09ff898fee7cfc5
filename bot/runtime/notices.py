"""What staff hear about the machinery itself: an update that was parked, a follow-up of unknown outcome."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from bot.clock import Clock
from bot.config import Settings
from bot.customize.messages import compose
from bot.customize.wording import Wording
from bot.runtime.outcomes import Meaning
from bot.runtime.sender import Done
from bot.runtime.slot import Outcome
from storage import customers, outbox, team
from storage.database import Memory
from storage.inbox import Waiting
from storage.outbox import Queued

logger = logging.getLogger(__name__)


class Notices:
    """Messages composed outside any visit, in the transaction that records what they tell of."""

    def __init__(self, settings: Settings, wording: Wording, clock: Clock) -> None:
        self._settings = settings
        self._wording = wording
        self._clock = clock

    def report_parked(self, memory: Memory, waiting: Waiting, error: str) -> Outcome:
        """The customer gets an apology, staff an alert. Nobody who could not be known is written to."""
        logger.error("update %s is parked: %s", waiting.update_id, error)
        customer = customers.find(memory, "telegram", str(waiting.chat_id)) if waiting.chat_id > 0 else None
        queued = []
        if customer is not None:
            queued.append(self._write(memory, waiting.chat_id, customer.language, "press/failed", {}, customer.id))
        name = customer.name if customer is not None else ""
        queued += self._tell_staff(
            memory, "staff/parked_update", {"update_id": waiting.update_id, "error": error[:300], "name": name}
        )
        return Outcome(queued=queued)

    def report_broken(self, memory: Memory, done: list[Done]) -> list[Queued]:
        """Of calls that have ended, those of which nobody knows whether they arrived."""
        lost = [call for call in done if call.reading.meaning == Meaning.unknown]
        return self.report_unknown(memory, [(call.row.customer_id, call.reading.error or "") for call in lost])

    def report_unknown(self, memory: Memory, lost: Sequence[tuple[int | None, str]]) -> list[Queued]:
        """Follow-ups (whose, and what went wrong) that may have arrived: staff decide, nobody sends them again by itself."""
        queued: list[Queued] = []
        for customer_id, error in lost:
            customer = customers.get(memory, customer_id) if customer_id is not None else None
            if customer is not None:
                values = {"name": customer.name, "customer_id": customer.id, "error": error}
                queued += self._tell_staff(memory, "staff/unknown_outcome", values)
        return queued

    def _tell_staff(self, memory: Memory, name: str, values: dict[str, Any]) -> list[Queued]:
        members = team.list_all(memory)
        return [self._write(memory, member.telegram_id, member.language, name, values, None) for member in members]

    def _write(
        self, memory: Memory, chat_id: int, language: str, name: str, values: dict[str, Any], customer_id: int | None
    ) -> Queued:
        now = self._clock.now()
        parameters = compose(
            memory, self._wording, name, values, chat_id=chat_id, customer_id=customer_id, language=language,
            zone=self._settings.business.time_zone, now=now,
        )  # fmt: skip
        return outbox.add(
            memory, "sendMessage", parameters, now=now, chat_id=chat_id, customer_id=customer_id, message_name=name
        )

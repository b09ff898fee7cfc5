"""What customers ask to be reminded of. A reminder is an event; `customize` plans it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from bot.clock import at_local
from bot.interact.replies import Answer
from bot.interact.turn import Turn
from bot.interact.understanding.reminders import day_meant
from storage import conversations, events

AT_WHEN_ONLY_A_DAY = time(10)  # "tomorrow" is not midnight
LONGEST = timedelta(days=2 * 366)
TEXT_LENGTH = 300
MOST = 5  # of one message
DAY_GRAINS = ("day", "week", "month", "year")


def record(turn: Turn, answer: Answer) -> list[dict[str, Any]]:
    """Plan what has a time to come; ask "when?" about the first that has none."""
    kept = []
    for number, one in enumerate(turn.heard.reminders[:MOST]):
        text = (one.text or turn.text).strip()[:TEXT_LENGTH]
        if one.at is not None and is_usable(one.at, turn.now):
            kept.append(plan(turn, text, one.at, answer, number) | {"repeats": one.repeats})
        else:
            ask_when(turn, text)
    if turn.has("remind") and not turn.heard.reminders:
        ask_when(turn, turn.text.strip()[:TEXT_LENGTH])
    return kept


def plan(turn: Turn, text: str, at: datetime, answer: Answer, number: int = 0) -> dict[str, Any]:
    """`number` keeps apart several of one message."""
    reference = str(turn.contact_id) if number == 0 else f"{turn.contact_id}.{number}"
    said = {"text": text, "at": at.isoformat()}
    exact = any(date.grain not in DAY_GRAINS for date in turn.heard.dates)  # the hour was theirs, not ours
    data = {**said, "exact": exact}
    events.add(turn.memory, turn.customer.id, "reminder", at=turn.now, reference=reference, data=data)
    answer.planned = True
    return {"reference": reference, **said}


def is_usable(at: datetime, now: datetime) -> bool:
    return now < at <= now + LONGEST


def ask_when(turn: Turn, text: str) -> None:
    turn.conversation.open_question = {
        "name": "when", "asked_at": turn.now.isoformat(), "text": text, "contact_id": turn.contact_id,
    }  # fmt: skip


def read_when(turn: Turn) -> datetime | None:
    """A time to come among the dates of the message; a mere day means its morning."""
    for date in turn.heard.dates:
        at = date.start
        if date.grain in DAY_GRAINS:
            at = at_local(day_meant(date, turn.zone), AT_WHEN_ONLY_A_DAY, turn.zone)
        if is_usable(at, turn.now):
            return at
    return None


def withdraw_from(turn: Turn, contact_id: int) -> None:
    """Take out every reminder that one message had asked for."""
    for number in range(MOST):
        reference = str(contact_id) if number == 0 else f"{contact_id}.{number}"
        conversations.withdraw_reminder(turn.memory, turn.customer.id, reference, turn.now)

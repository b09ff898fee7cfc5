"""When an order is wanted, as the draft keeps it and the order's terms do: `wanted_at` and `wanted_until`, in ISO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.config import Business
from bot.interact.turn import Turn, remember
from bot.interact.understanding import WHOLE_DAY, names_a_day, names_half_of_day

POINT = timedelta(hours=1)  # "for 5" is no span
AT_CLOSING = timedelta(minutes=1)  # who comes as we close is still served
HALF_A_DAY = timedelta(hours=12)
NOTED_FOR = timedelta(minutes=30)  # after it, "for Saturday" is of no order that follows


def read(turn: Turn, before: Mapping[str, str] | None) -> dict[str, str] | None:
    """What was said now, else before. An hour alone is of the day that was said before, and one at which we are open."""
    said = turn.heard.ordered_for
    if said is None:
        return dict(before) if before else None
    start, span = said.start.astimezone(turn.zone), said.end - said.start
    known = describe(before)
    if known and span < WHOLE_DAY and not names_a_day(said):
        day = known["at"].astimezone(turn.zone)
        start = start.replace(year=day.year, month=day.month, day=day.day)
    if not names_half_of_day(said):
        hours = (start, start - HALF_A_DAY, start + HALF_A_DAY)
        start = next((at for at in hours if at > turn.now and _is_open(turn.settings.business, at)), start)
    wanted = {"wanted_at": start.isoformat()}
    return wanted if span <= POINT else {**wanted, "wanted_until": (start + span).isoformat()}


def note(turn: Turn) -> None:
    """It was said before anything is ordered: of the order that follows."""
    wanted = read(turn, None)
    if wanted is not None:
        remember(turn.conversation, wanted_for={"at": turn.now.isoformat(), **wanted})


def take_noted(turn: Turn) -> dict[str, str] | None:
    noted = (turn.conversation.last_recorded or {}).get("wanted_for")
    remember(turn.conversation, wanted_for=None)
    if noted is None or turn.now - datetime.fromisoformat(noted["at"]) > NOTED_FOR:
        return None
    return {name: value for name, value in noted.items() if name != "at"}


def is_closed(business: Business, kept: Mapping[str, str] | None) -> bool:
    """Whether nobody is there at that time; where a business tells no hours, nobody knows."""
    wanted, hours = describe(kept), business.opening_hours
    if wanted is None or hours == type(hours)():
        return False
    at = wanted["at"]
    if _is_day(wanted):
        return not hours.on(at.date())
    until = wanted["until"] or at
    return not any(_is_open(business, one) for one in (at, at - AT_CLOSING, at + (until - at) / 2))


def describe(kept: Mapping[str, str] | None) -> dict[str, Any] | None:
    """For templates: `at`, and `until` where it is a span or a whole day."""
    if not kept or "wanted_at" not in kept:
        return None
    until = kept.get("wanted_until")
    return {
        "at": datetime.fromisoformat(kept["wanted_at"]), "until": datetime.fromisoformat(until) if until else None,
    }  # fmt: skip


def _is_open(business: Business, at: datetime) -> bool:
    return business.opening_hours.is_open(at.astimezone(business.time_zone))


def _is_day(wanted: Mapping[str, Any]) -> bool:
    return wanted["until"] is not None and wanted["until"] - wanted["at"] >= WHOLE_DAY

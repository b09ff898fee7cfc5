"""Segments: named, always current sets of customers, by a condition that is checked when it is saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from babel.numbers import get_currency_precision

from bot.config.sections import BusinessSettings
from bot.config.values import nearest
from bot.differentiate import prices
from bot.differentiate.segment_language import read_condition
from bot.errors import RegularsError
from storage import catalogue
from storage import segments as stored
from storage.conditions import AllOf, Among, AnyOf, Condition, Holds, Not
from storage.database import Memory
from storage.models import Segment

FindTakers = Callable[[Memory, Sequence[str], float, datetime], Sequence[int]]
"""Who of all, the best so many, would take one of these items: `customize.takers.find_takers`."""
NAME = re.compile(r"[^\W\d][\w-]{0,39}")


class SegmentUnknown(RegularsError):
    """There is no segment of this name."""

    def __init__(self, name: str, near: str | None) -> None:
        self.name, self.near = name, near
        super().__init__(name)

    def __str__(self) -> str:
        hint = f"did you mean {self.near}?" if self.near else "`regulars segments list` has them all"
        return f"there is no segment {self.name!r}; {hint}"


class SegmentName(RegularsError):
    """A name that segments cannot have."""

    exit_status = 2

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return f"{self.name!r} is no name for a segment; accepted: a letter, then letters, digits, - and _, 40 at most"


def save_segment(
    memory: Memory, name: str, expression: str, settings: BusinessSettings, now: datetime, staff_id: int | None = None
) -> Segment:
    """Keep a condition under a name, in place of the one it had. Raises SegmentWrong, SegmentName."""
    if NAME.fullmatch(name) is None:
        raise SegmentName(name[:60])
    read(memory, expression, settings)
    return stored.save(memory, name, " ".join(expression.split()), now, staff_id)


def read(memory: Memory, expression: str, settings: BusinessSettings) -> Condition:
    """The condition as it is meant with today's catalogue. Raises SegmentWrong."""
    scale = 10 ** get_currency_precision(settings.business.currency)
    return read_condition(expression, partial(find_items, memory), scale=scale)


def find_segment(memory: Memory, name: str) -> Segment:
    """Raises SegmentUnknown."""
    found = stored.find(memory, name)
    if found is None:
        raise SegmentUnknown(name[:60], nearest(name, [one.name for one in stored.list_all(memory)]))
    return found


def look_up(
    memory: Memory, expression: str, settings: BusinessSettings, now: datetime, find_takers: FindTakers
) -> tuple[Condition, stored.View]:
    """What `storage.segments` counts and lists by: who would like something is found first."""

    def settle(one: Condition) -> Condition:
        if isinstance(one, AllOf | AnyOf):
            return type(one)(tuple(map(settle, one.parts)))
        if isinstance(one, Not):
            return Not(settle(one.part))
        if isinstance(one, Holds) and one.word == "would_like":
            return Among(find_takers(memory, one.skus, one.share or 0.0, now))
        return one

    return settle(read(memory, expression, settings)), view(memory, settings, now)


def count_segment(
    memory: Memory, segment: Segment, settings: BusinessSettings, now: datetime, find_takers: FindTakers
) -> int:
    return stored.count(memory, *look_up(memory, segment.expression, settings, now, find_takers))


def list_segments(
    memory: Memory, settings: BusinessSettings, now: datetime, find_takers: FindTakers
) -> list[dict[str, Any]]:
    """Every segment with how many customers are in it now: name, expression, customers, changed_at. One whose words
    are gone (an item that was taken out of the catalogue) has `customers` None and `wrong`."""
    shown = []
    for segment in stored.list_all(memory):
        row: dict[str, Any] = {"name": segment.name, "expression": segment.expression, "customers": None, "wrong": None}
        try:
            row["customers"] = count_segment(memory, segment, settings, now, find_takers)
        except RegularsError as wrong:
            row["wrong"] = str(wrong)
        shown.append({**row, "changed_at": segment.changed_at})
    return shown


def show_members(
    memory: Memory, segment: Segment, settings: BusinessSettings, now: datetime, find_takers: FindTakers,
    most: int | None = None,
) -> tuple[int, list[stored.Member]]:  # fmt: skip
    """How many there are, and the first of them."""
    condition, view = look_up(memory, segment.expression, settings, now, find_takers)
    return stored.count(memory, condition, view), stored.list_members(memory, condition, view, most)


def explain_segment(
    memory: Memory, segment: Segment, settings: BusinessSettings, now: datetime, find_takers: FindTakers
) -> list[str]:
    """How the database counts it, a line each."""
    return stored.explain(memory, *look_up(memory, segment.expression, settings, now, find_takers))


def view(memory: Memory, settings: BusinessSettings, now: datetime) -> stored.View:
    usual = prices.load(memory)
    return stored.View(now, settings.business.currency, now - settings.value.horizon, usual.share, usual.weight)


def find_items(memory: Memory, text: str) -> tuple[list[str], str | None]:
    """Skus of the items a text names by sku, name, alias or category; the nearest name where it names none."""
    wanted = text.casefold()
    skus, names = [], []
    for item in catalogue.list_items(memory):
        called = [item.sku, item.name_en, item.name_zh, *item.aliases, item.category]
        names += called
        if wanted in (one.casefold() for one in called):
            skus.append(item.sku)
    return skus, None if skus else nearest(text, sorted(set(names)))

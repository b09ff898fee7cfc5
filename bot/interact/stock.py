"""Stock that partners tell, kept and said back with how long it lasts; and what to order for it to last longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.config import Settings
from bot.differentiate.stock import Level, propose, read_levels
from bot.interact import orders
from bot.interact.partner_words import Told, read_stock
from bot.interact.replies import Answer, Tap
from bot.interact.turn import Recorded, Turn, remember
from bot.interact.understanding.items import ItemFinder
from storage import catalogue, events, stock
from storage import orders as bought
from storage.database import Memory
from storage.models import CatalogueItem, Conversation, Customer

SHOWN = 20  # items of one message
MOST = 999  # of one line of an order


def read(memory: Memory, customer: Customer, finder: ItemFinder, text: str, now: datetime) -> Told:
    """What a partner's words say they have."""
    names = {item.sku: [item.name_en, item.name_zh, *item.aliases] for item in catalogue.list_items(memory)}
    theirs = [level.sku for level in levels_of(memory, customer, now)]
    return read_stock(text, finder, names, theirs)


def levels_of(memory: Memory, customer: Customer, now: datetime) -> list[Level]:
    """What runs out first first."""
    return read_levels(memory, [customer.id], now).get(customer.id, [])


def keep(
    memory: Memory, customer: Customer, conversation: Conversation, told: Told, contact_id: int, settings: Settings,
    now: datetime, answer: Answer,
) -> None:  # fmt: skip
    """Write it down, say it back with Undo, and let staff know of what will not last."""
    ids = stock.add(memory, customer.id, told.levels, at=now, contact_id=contact_id)
    events.add(memory, customer.id, "stock", at=now, reference=str(ids[-1]))
    answer.planned = True
    noted = {"levels": ids, "at": now.isoformat()}
    remember(conversation, facts=None, feedback=None, reminders=None, orders=None, stock=noted)
    skus = [sku for sku, _ in told.levels]
    levels = [level for level in levels_of(memory, customer, now) if level.sku in skus]
    answer.add(
        "partners/stock_told", [[Tap("undo_stock", {"levels": ids}, "undo"), Tap("reorder")]],
        items=describe(memory, levels, customer.language), unclear=list(told.unclear),
    )  # fmt: skip
    low = [level for level in levels if is_low(level, settings.partners.low_stock)]
    if low:
        answer.tell_staff("staff/stock_low", items=describe(memory, low, settings.business.language))


def find_last(conversation: Conversation, since: datetime) -> list[int]:
    """What was told of stock, where that was recorded last and since then; a word takes it back."""
    noted = conversation.last_recorded or {}
    told = noted.get("stock")
    if not told or Recorded.from_json(noted).can_be_undone or datetime.fromisoformat(told["at"]) < since:
        return []
    return list(told["levels"])


def take_back(
    memory: Memory, customer: Customer, conversation: Conversation, ids: Sequence[int], settings: Settings,
    now: datetime, answer: Answer,
) -> None:  # fmt: skip
    """What was told so holds no more; staff, who heard that it runs low, hear that too."""
    remember(conversation, stock=None)
    least = settings.partners.low_stock
    before = {level.sku: level for level in levels_of(memory, customer, now) if is_low(level, least)}
    stock.withdraw(memory, customer.id, ids, now)
    still = {level.sku for level in levels_of(memory, customer, now) if is_low(level, least)}
    gone = [level for sku, level in before.items() if sku not in still]
    if gone:
        answer.tell_staff("staff/stock_taken_back", items=describe(memory, gone, settings.business.language))


def is_low(level: Level, least: timedelta) -> bool:
    """Whether it is gone, or lasts no longer than that."""
    if not least:
        return False
    return level.left == 0 or (level.days is not None and timedelta(days=level.days) <= least)


def show(memory: Memory, customer: Customer, now: datetime, answer: Answer) -> None:
    """What they last told of each item, and how long it lasts from now."""
    known = [level for level in levels_of(memory, customer, now) if level.told is not None]
    taps = [[Tap("reorder")]] if known else []
    answer.add(
        "partners/stock", taps, items=describe(memory, known[:SHOWN], customer.language), more=len(known) > SHOWN
    )


def reorder(turn: Turn, answer: Answer) -> None:
    """What to order so that everything lasts for `partners.cover`, as an ordinary list to confirm."""
    if orders.find_draft(turn.conversation, turn.now) is not None:
        answer.add("partners/draft_open")
        orders.show(turn, answer)
        return
    levels = levels_of(turn.memory, turn.customer, turn.now)
    wanted = [(level, count) for level, count in propose(levels, turn.settings.partners.cover)
              if catalogue.find_item(turn.memory, level.sku)]  # fmt: skip
    items = describe(turn.memory, [level for level, _ in wanted], turn.customer.language)
    takes = turn.settings.conversation.take_orders
    answer.add(
        "partners/reorder", items=[{**item, "wanted": count} for item, (_, count) in zip(items, wanted, strict=True)],
        days=turn.settings.partners.cover.days, known=bool(levels), takes_orders=takes,
    )  # fmt: skip
    if wanted and takes:
        options = _last_options(turn.memory, turn.customer)
        lines = [
            {"sku": level.sku, "quantity": min(count, MOST), "options": options.get(level.sku, [])}
            for level, count in wanted
        ]
        orders.propose(turn, lines, answer)


def _last_options(memory: Memory, customer: Customer) -> dict[str, list[str]]:
    """As each item was ordered last."""
    lines = [line for order in bought.list_for(memory, customer.id) for line in order.lines]
    return {line.sku: list(line.options) for line in reversed(lines)}


def describe(memory: Memory, levels: Sequence[Level], language: str) -> list[dict[str, Any]]:
    """{"name", "told", "told_at", "left", "days", "by"} of each; `left` and `days` are whole, `by` what the pace is from."""
    return [
        {
            "name": _name(catalogue.find_item(memory, level.sku), level.sku, language),
            "told": level.told, "told_at": level.told_at,
            "left": None if level.left is None else round(level.left),
            "days": None if level.days is None else int(level.days),
            "by": level.pace.by if level.pace else None,
        }
        for level in levels
    ]  # fmt: skip


def _name(item: CatalogueItem | None, sku: str, language: str) -> str:
    return orders.name_of(item, language) if item is not None else sku

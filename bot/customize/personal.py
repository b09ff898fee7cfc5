"""What a follow-up says to this one: template, values and buttons, read for many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bot.customize.messages import Button, Rows
from bot.customize.returning import is_birthday
from bot.customize.rules import read_month_day
from bot.customize.suggestions import choose_usual, is_safe, rank_usuals
from bot.identify.profiles import call_by, find_called
from storage import bulletins, partners, reach, stock
from storage.database import Memory
from storage.follow_ups import Row
from storage.reach import Case, Item, KnownFact, Standing

BOUGHT_LATELY = timedelta(days=180)
SCORES = (1, 2, 3, 4, 5)
FOR_PARTNERS = ("bulletin", "stock_ask")


@dataclass(slots=True)
class Background:
    """What the texts of a batch draw on."""

    facts: dict[int, list[KnownFact]] = field(default_factory=dict)
    bought: dict[int, list[str]] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    cases: dict[int, Case] = field(default_factory=dict)
    bulletins: dict[int, str] = field(default_factory=dict)
    partners: set[int] = field(default_factory=set)
    told_at: dict[int, datetime] = field(default_factory=dict)


def load_background(memory: Memory, rows: Sequence[Row], now: datetime) -> Background:
    """Four queries, however many rows."""
    ids = sorted({row.customer_id for row in rows})
    background = Background()
    for fact in reach.list_facts(
        memory, ids, ["preference", "restriction", "occasion", "demographic", "contact_preference"]
    ):
        background.facts.setdefault(fact.customer_id, []).append(fact)
    background.bought = reach.rank_bought(memory, ids, now - BOUGHT_LATELY)
    skus = {str(row.data["sku"]) for row in rows if row.data.get("sku")}
    for one in ids:
        skus.update(rank_usuals(background.facts.get(one, []), background.bought.get(one, [])))
    background.items = reach.load_items(memory, sorted(skus))
    cases = [int(row.data["feedback_id"]) for row in rows if row.rule == "loop_closed"]
    background.cases = reach.load_cases(memory, cases) if cases else {}
    news = [int(row.data["bulletin_id"]) for row in rows if row.rule == "bulletin"]
    background.bulletins = bulletins.load_texts(memory, news)
    if any(row.rule in FOR_PARTNERS for row in rows):
        background.partners = partners.list_ids(memory, ids)
    if any(row.rule == "stock_ask" for row in rows):
        background.told_at = stock.find_told_at(memory, ids)
    return background


def is_superseded(row: Row, background: Background) -> bool:
    """What it was planned for is no more: a birthday or a change forgotten, a complaint opened again or taken back,
    partners who are none any more, stock whose telling was taken back."""
    if row.rule == "birthday":
        return not _celebrated(row, background)
    if row.rule == "life_change":
        return all(fact.id != row.data["fact_id"] for fact in background.facts.get(row.customer_id, []))
    if row.rule == "loop_closed":
        case = background.cases.get(int(row.data["feedback_id"]))
        return case is None or case.status != "solved"
    if row.rule in FOR_PARTNERS and row.customer_id not in background.partners:
        return True
    if row.rule == "stock_ask":
        return row.customer_id not in background.told_at
    if row.rule == "bulletin":
        return row.data["bulletin_id"] not in background.bulletins
    return False


def template_names(row: Row, standing: Standing) -> list[str]:
    """The tier's own text, or the one for all; of a request, what is no apology."""
    if row.data.get("kind") == "request":
        return [f"follow_ups/{row.rule}/request"]
    return [f"follow_ups/{row.rule}/{standing.tier.lower()}", f"follow_ups/{row.rule}/default"]


def values_for(row: Row, standing: Standing, background: Background) -> dict[str, Any]:
    """Values of the templates; a value that is not known is None, and a template says something without it."""
    facts = background.facts.get(standing.id, [])
    usual = choose_usual(facts, background.bought.get(standing.id, []), background.items)
    values: dict[str, Any] = {
        "name": find_called(fact.value for fact in reversed(facts)) or call_by(standing.name),
        "tier": standing.tier,
        "usual": _name(usual, standing.language),
    }
    if row.rule == "after_purchase":
        values |= {
            "item": _name(background.items.get(str(row.data.get("sku"))), standing.language),
            "why": row.data.get("why"),
        }
    elif row.rule == "birthday":
        celebrated = _celebrated(row, background)
        values |= {
            "own": any(fact.person is None for fact in celebrated),
            "people": list(dict.fromkeys(fact.person for fact in celebrated if fact.person)),
            "day": date.fromisoformat(row.occurrence),
        }
    elif row.rule == "life_change":
        values |= {"what": row.data["what"], "person": row.data.get("person")}
    elif row.rule == "reminder":
        values |= {"text": str(row.data.get("text", "")), "asked_at": _instant(row.data.get("asked_at"))}
    elif row.rule == "loop_closed":
        case = background.cases[int(row.data["feedback_id"])]
        values |= {"quote": case.quote, "answer": case.answer or ""}
    elif row.rule == "bulletin":
        values |= {"text": background.bulletins[row.data["bulletin_id"]]}
    elif row.rule == "stock_ask":
        values |= {"since": background.told_at[row.customer_id]}
    return values


def buttons_for(row: Row) -> Rows | None:
    if row.rule == "after_purchase":
        about = {"order_id": row.data.get("order_id"), "follow_up_id": row.id}
        return [[Button("rate", values={"score": n, **about}, words={"score": n}) for n in SCORES]]
    if row.rule == "loop_closed":
        about = {"feedback_id": row.data["feedback_id"], "follow_up_id": row.id}
        return [[Button("solved_yes", values=about), Button("solved_no", values=about)]]
    if row.rule == "bulletin":
        return [[Button("bulletin_read", values={"bulletin_id": row.data["bulletin_id"]})]]
    return None


def _celebrated(row: Row, background: Background) -> list[KnownFact]:
    wanted = read_month_day(str(row.data.get("month_day", "")))
    return [
        fact
        for fact in background.facts.get(row.customer_id, [])
        if fact.date and is_birthday(fact) and read_month_day(fact.date) == wanted
    ]


def _name(item: Item | None, language: str) -> str | None:
    return None if item is None else item.names.get(language) or item.names["en"]


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


__all__ = [
    "Background", "buttons_for", "is_safe", "is_superseded", "load_background", "template_names", "values_for",
]  # fmt: skip

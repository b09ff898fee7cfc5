"""Who would take an item: read from the database, ranked by `tastes`, with what forbids it left out; and how well that
would have told who took what since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bot.config.values import nearest
from bot.customize.suggestions import is_safe
from bot.customize.tastes import Taker, Tastes, Tested, Thing, backtest, rank_takers
from bot.errors import RegularsError
from storage import catalogue, portraits, reach, tastes
from storage.database import Memory

TESTED = timedelta(weeks=13)  # of the newest orders, held back in a test
CHUNK = 500  # customers whose restrictions are read at one time


class NoSuchItem(RegularsError):
    """The catalogue has no such sku."""

    exit_status = 2

    def __init__(self, sku: str, near: str | None) -> None:
        self.sku, self.near = sku, near
        super().__init__(sku)

    def __str__(self) -> str:
        return f"{self.sku!r} is no sku of the catalogue" + (f"; did you mean {self.near}?" if self.near else "")


def list_takers(memory: Memory, sku: str, now: datetime, most: int = 20) -> list[dict[str, Any]]:
    """Who would take it, the likeliest first: customer_id, name, tier, score, because (skus). Raises NoSuchItem.

    Left out is whoever has it already, said that they do not like it, must avoid something in it, or switched
    profiling off.
    """
    things = _list_things(memory)
    if sku not in (thing.sku for thing in things):
        raise NoSuchItem(sku[:60], nearest(sku, [thing.sku for thing in things]))
    ranked = rank_takers(_load(memory, things, now), sku)
    chosen = list(islice(_leave_out_forbidden(memory, sku, ranked), most))
    people = {one.id: one for one in portraits.get_all(memory, [taker.customer_id for taker in chosen])}
    return [
        {**taker._asdict(), "name": people[taker.customer_id].name, "tier": people[taker.customer_id].tier}
        for taker in chosen
    ]


def find_takers(memory: Memory, skus: Sequence[str], share: float, now: datetime) -> list[int]:
    """Those whom `list_takers` puts first for any of these: of each, so great a share of all who ever bought something."""
    return _find_takers(memory, _load(memory, _list_things(memory), now), skus, share)


def _find_takers(memory: Memory, known: Tastes, skus: Sequence[str], share: float) -> list[int]:
    most = max(1, round(share * len(known.customers)))
    found = {
        taker.customer_id
        for sku in skus
        for taker in islice(_leave_out_forbidden(memory, sku, rank_takers(known, sku, explain=False)), most)
    }
    return sorted(found)


class Ranking:
    """`find_takers` that reads and asks once and then knows: ranked beside the writer, looked up inside it."""

    def __init__(self) -> None:
        self._known: Tastes | None = None
        self._found: dict[tuple[Any, ...], list[int]] = {}

    def __call__(self, memory: Memory, skus: Sequence[str], share: float, now: datetime) -> list[int]:
        asked = (*skus, share)
        if asked not in self._found:
            self._known = self._known or _load(memory, _list_things(memory), now)
            self._found[asked] = _find_takers(memory, self._known, skus, share)
        return self._found[asked]


def check_ranking(memory: Memory, now: datetime) -> Tested | None:
    """Rank by the orders until 13 weeks ago, each item held back in turn, against who took it since."""
    then = now - TESTED
    since: defaultdict[str, set[int]] = defaultdict(set)
    for one in tastes.load_taken(memory, until=now, since=then):
        since[one.sku].add(one.customer_id)
    return backtest(Tastes(_list_things(memory), tastes.load_taken(memory, until=then), [], then), since)


def _load(memory: Memory, things: Sequence[Thing], now: datetime) -> Tastes:
    taken = tastes.load_taken(memory, until=now)
    return Tastes(things, taken, list(tastes.load_stated(memory)), now)


def _list_things(memory: Memory) -> list[Thing]:
    return [
        Thing(item.sku, item.category, (item.name_en, item.name_zh, *item.aliases))
        for item in catalogue.list_items(memory)
    ]


def _leave_out_forbidden(memory: Memory, sku: str, takers: Iterable[Taker]) -> Iterator[Taker]:
    item = reach.load_items(memory, [sku])[sku]
    waiting = iter(takers)
    while chunk := list(islice(waiting, CHUNK)):
        forbidden: defaultdict[int, list[reach.KnownFact]] = defaultdict(list)
        for fact in reach.list_facts(memory, [taker.customer_id for taker in chunk], ["restriction"]):
            forbidden[fact.customer_id].append(fact)
        yield from (taker for taker in chunk if is_safe(item, forbidden[taker.customer_id]))

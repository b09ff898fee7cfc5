"""Who would take an item they never had, worked out from what all buy: ranked by what they buy that is like it, and by how many things they try.

    score = log(1 + likeness of what they bought) + ½ log(1 + how many other items they bought)

Items are alike by category and by rare words of their names. The form was chosen on a grocery's baskets
(`bench/takers`), where it finds more takers than likeness, variety or the number of visits alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from storage.tastes import Stated, Taken

HALF_LIFE = timedelta(days=180)  # after so long without it, what somebody bought weighs half
STATED = 2.0  # purchases that saying "I like it" weighs
LEAST_ALIKE = 0.15  # cosine: below it two items have only common words in common
TOP = 0.1  # the tenth whose takers are counted in a backtest
FEWEST = 10  # takers of an item that is worth testing with
_WORD = re.compile(r"[^\W\d_]{3,}|[\u3400-\u9fff]{2}")
Vector = NDArray[np.float64]


class Thing(NamedTuple):
    """As much of an item as is compared."""

    sku: str
    category: str
    names: tuple[str, ...]


class Taker(NamedTuple):
    """`because`: skus of what they buy that is like it, the weightiest first."""

    customer_id: int
    score: float
    because: tuple[str, ...]


class Tested(NamedTuple):
    """How well items that were held back were ranked: `auc` is the chance that a taker stands above one who did not
    take it, `lift` how many times as many takers the top tenth has as chance would; the same by purchases alone."""

    items: int
    auc: float
    lift: float
    auc_by_purchases: float
    lift_by_purchases: float


class Tastes:
    """Customers × items: how much each bought of what, as of a moment."""

    def __init__(
        self, things: Sequence[Thing], taken: Iterable[Taken], stated: Sequence[Stated], now: datetime
    ) -> None:
        self.things = list(things)
        self.place = {thing.sku: place for place, thing in enumerate(self.things)}
        self.customers: list[int] = []
        rows: dict[int, int] = {}
        cells: dict[tuple[int, int], float] = {}
        self.purchases: Counter[int] = Counter()

        def add(customer_id: int, sku: str, weight: float) -> None:
            if sku in self.place:
                row = rows.setdefault(customer_id, len(rows))
                cell = (row, self.place[sku])
                cells[cell] = cells.get(cell, 0.0) + weight

        for one in taken:
            add(one.customer_id, one.sku, one.times * 0.5 ** ((now - one.last_at) / HALF_LIFE))
            self.purchases[one.customer_id] += one.times
        self.disliked = {(said.customer_id, said.sku) for said in stated if not said.likes}
        for said in stated:
            if said.likes:
                add(said.customer_id, said.sku, STATED)
        self.customers = list(rows)
        shape = (len(rows), len(self.things))
        places = np.array(list(cells), dtype=np.int64).reshape(-1, 2)
        weights = np.log1p(np.array(list(cells.values()), dtype=np.float64))
        self.weights = csr_matrix((weights, (places[:, 0], places[:, 1])), shape=shape)
        self.tried = np.asarray((self.weights > 0).sum(axis=1), dtype=np.float64).ravel()

    def score(self, sku: str, alike: Vector) -> Vector:
        """Of every customer, as if they had never had this item. `alike`: of every item to it."""
        own = np.asarray(self.weights[:, [self.place[sku]]].todense()).ravel()
        others = np.where(alike > LEAST_ALIKE, alike, 0.0)
        others[self.place[sku]] = 0.0
        result: Vector = np.log1p(self.weights @ others) + 0.5 * np.log1p(self.tried - (own > 0))
        return result


class Likenesses:
    """How alike items are, 0 to 1: cosine of category and words, the rarer the weightier."""

    def __init__(self, things: Sequence[Thing]) -> None:
        features = [sorted(_features_of(thing)) for thing in things]
        common = Counter(feature for found in features for feature in found)
        columns = {feature: place for place, feature in enumerate(sorted(common))}
        rarity = {name: float(np.log((1 + len(things)) / (1 + count))) + 1e-9 for name, count in common.items()}
        rows = np.repeat(np.arange(len(things)), [len(found) for found in features])
        names = [feature for found in features for feature in found]
        weights = np.array([rarity[name] for name in names], dtype=np.float64)
        norms = np.sqrt(np.bincount(rows, weights**2, minlength=len(things)))
        places = np.array([columns[name] for name in names], dtype=np.int64)
        shape = (len(things), max(len(columns), 1))
        self._matrix = csr_matrix((weights / norms[rows], (rows, places)), shape=shape)

    def to(self, place: int) -> Vector:
        """Of every item to this one."""
        result: Vector = np.asarray((self._matrix @ self._matrix[place].T).todense(), dtype=np.float64).ravel()
        return result


def _features_of(thing: Thing) -> set[str]:
    words = {word.casefold() for name in (*thing.names, thing.category) for word in _WORD.findall(name)}
    return {f"category {thing.category.casefold()}", *words}


def rank_takers(tastes: Tastes, sku: str, *, explain: bool = True) -> Iterator[Taker]:
    """Who would take it, the likeliest first; without those who have it already or said that they do not like it."""
    alike = Likenesses(tastes.things).to(tastes.place[sku])
    scores = tastes.score(sku, alike)
    has = np.asarray(tastes.weights[:, [tastes.place[sku]]].todense()).ravel()
    for row in map(int, np.argsort(-scores, kind="stable")):
        customer_id = tastes.customers[row]
        if not has[row] and scores[row] > 0 and (customer_id, sku) not in tastes.disliked:
            yield Taker(customer_id, round(float(scores[row]), 3), _explain(tastes, row, alike) if explain else ())


def _explain(tastes: Tastes, row: int, alike: Vector) -> tuple[str, ...]:
    bought = tastes.weights[row]
    weighty = sorted(
        ((weight * alike[place], place) for place, weight in zip(bought.indices, bought.data, strict=True)),
        reverse=True,
    )
    return tuple(tastes.things[place].sku for worth, place in weighty[:3] if worth > LEAST_ALIKE)


def backtest(tastes: Tastes, since_taken: Mapping[str, set[int]]) -> Tested | None:
    """Hold each item back in turn, rank everybody by the rest, and see who took it since. `tastes` are of before;
    `since_taken`: sku → customers who bought it afterwards. None where too little was sold to tell."""
    likenesses = Likenesses(tastes.things)
    purchases = np.array([tastes.purchases[customer] for customer in tastes.customers], dtype=np.float64)
    found: list[tuple[float, float, float, float]] = []
    for sku, takers in since_taken.items():
        if sku not in tastes.place:
            continue
        took = np.array([customer in takers for customer in tastes.customers], dtype=bool)
        if not FEWEST <= took.sum() <= len(took) / 2:
            continue
        scores = tastes.score(sku, likenesses.to(tastes.place[sku]))
        found.append((_auc(scores, took), _lift(scores, took), _auc(purchases, took), _lift(purchases, took)))
    if not found:
        return None
    return Tested(len(found), *(round(float(mean), 4) for mean in np.mean(found, axis=0)))


def _auc(scores: Vector, took: NDArray[np.bool_]) -> float:
    """By ranks (Mann & Whitney 1947); equals share theirs."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    yes = int(took.sum())
    return float((ranks[took].sum() - yes * (yes + 1) / 2) / (yes * (len(took) - yes)))


def _lift(scores: Vector, took: NDArray[np.bool_]) -> float:
    top = np.argsort(-scores, kind="stable")[: max(1, int(len(scores) * TOP))]
    return float(took[top].mean() / took.mean())

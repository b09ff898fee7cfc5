"""Groups that customers fall into by themselves: found by k-means, kept only where halves of the customers agree on them,
and described by conditions that can be saved as segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2, vq

FEWEST = 40  # customers: of fewer no groups are told
MOST_GROUPS = 6
HALVES = 10  # pairs of halves that are compared
STABLE = 0.7  # mean agreement of halves (adjusted Rand) from which groups are real
MOST_ATOMS = 3  # conditions joined by `and`
GAIN = 0.01  # of F1, for which one more condition is worth reading
QUANTILES = tuple(place / 10 for place in range(1, 10))
Vector = NDArray[np.float64]
Truth = NDArray[np.bool_]


class Atom(NamedTuple):
    """A condition in the words of segments, and of whom it holds."""

    text: str
    holds: Truth


@dataclass(frozen=True)
class Behaviour:
    """Of each customer who bought something: how many orders, what they spent in major units, days since the last order,
    and how often they bought of each category (columns are `categories`)."""

    orders: Vector
    spent: Vector
    days: Vector
    bought: Vector
    categories: tuple[str, ...]

    def features(self) -> Vector:
        """Standardised, money and counts by their logarithm, categories as shares."""
        shares = self.bought / np.maximum(self.bought.sum(axis=1, keepdims=True), 1)
        plain = [np.log1p(self.orders), np.log1p(self.spent / np.maximum(self.orders, 1)), np.log1p(self.days)]
        stacked = np.column_stack([*plain, shares])
        spread = stacked.std(axis=0)
        kept = stacked[:, spread > 1e-9]
        result: Vector = (kept - kept.mean(axis=0)) / np.maximum(spread[spread > 1e-9], 1e-9)
        return result

    def atoms(self) -> Iterator[Atom]:
        for name, values in (("orders", self.orders), ("spent", self.spent)):
            for value in sorted({float(np.round(np.quantile(values, part))) for part in QUANTILES}):
                yield Atom(f"{name} >= {value:.0f}", values >= value)
                yield Atom(f"{name} < {value:.0f}", values < value)
        for value in sorted({float(np.ceil(np.quantile(self.days, part))) for part in QUANTILES} - {0.0}):
            yield Atom(f"last_order > {value:.0f} days", self.days > value)
            yield Atom(f"last_order <= {value:.0f} days", self.days <= value)
        for place, category in enumerate(self.categories):
            if '"' in category:
                continue
            has = self.bought[:, place] > 0
            yield Atom(f'bought("{category}")', has)
            yield Atom(f'not bought("{category}")', ~has)


class Group(NamedTuple):
    """`condition` finds `recall` of the group, and `precision` of whom it finds belong to it."""

    customers: int
    condition: str
    precision: float
    recall: float


class Found(NamedTuple):
    """`stability` is the mean agreement of halves, 0 to 1; without groups where it is too low."""

    stability: float
    groups: tuple[Group, ...]


def find_groups(behaviour: Behaviour, seed: int = 1) -> Found:
    """The number of groups on which halves of the customers agree best, each described."""
    if len(behaviour.orders) < FEWEST:
        return Found(0.0, ())
    features = behaviour.features()
    chance = np.random.default_rng(seed)
    stability, count = max((_stability(features, count, chance), -count) for count in range(2, MOST_GROUPS + 1))
    if stability < STABLE:
        return Found(round(stability, 3), ())
    labels = _group(features, features, -count, chance)
    atoms = list(behaviour.atoms())
    groups = [_describe(labels == label, atoms) for label in np.unique(labels)]
    return Found(round(stability, 3), tuple(sorted(groups, key=lambda group: -group.customers)))


def _group(sample: Vector, everybody: Vector, count: int, chance: Any) -> NDArray[np.int64]:
    """Everybody's group by the centres of a sample: the best of five starts."""
    starts = [kmeans2(sample, count, minit="++", seed=chance, iter=30, missing="warn")[0] for _ in range(5)]
    centres = min(starts, key=lambda start: float(vq(sample, start)[1].sum()))
    labels: NDArray[np.int64] = vq(everybody, centres)[0].astype(np.int64)
    return labels


def _stability(features: Vector, count: int, chance: Any) -> float:
    agreements = []
    for _ in range(HALVES):
        order = chance.permutation(len(features))
        halves = np.array_split(order, 2)
        one, other = (_group(features[half], features, count, chance) for half in halves)
        agreements.append(compare_labels(one, other))
    return float(np.mean(agreements))


def compare_labels(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """The adjusted Rand index (Hubert & Arabie 1985): 1 for the same groups, 0 for chance."""
    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(table, (one, other), 1)
    pairs = float((table * (table - 1) / 2).sum())
    rows, columns = (float((sums * (sums - 1) / 2).sum()) for sums in (table.sum(axis=1), table.sum(axis=0)))
    total = len(one) * (len(one) - 1) / 2
    expected, most = rows * columns / total, (rows + columns) / 2
    return 1.0 if most == expected else (pairs - expected) / (most - expected)


def _describe(members: Truth, atoms: Sequence[Atom]) -> Group:
    """The conditions that together tell the group best, one after the other as long as they help."""
    chosen: list[Atom] = []
    held = np.ones_like(members)
    best = _f1(held, members)
    for _ in range(MOST_ATOMS):
        atom = max(atoms, key=lambda each: _f1(held & each.holds, members))
        score = _f1(held & atom.holds, members)
        if score < best + GAIN:
            break
        chosen, held, best = [*chosen, atom], held & atom.holds, score
    right = int((held & members).sum())
    condition = " and ".join(atom.text for atom in chosen) or "orders > 0"
    return Group(
        int(members.sum()), condition, round(right / max(int(held.sum()), 1), 3), round(right / int(members.sum()), 3)
    )


def _f1(held: Truth, members: Truth) -> float:
    right = int((held & members).sum())
    return 2 * right / (int(held.sum()) + int(members.sum()))

"""How much prices matter to a customer: the share of their orders at a discount, held against what is usual here.

Few orders say little: a share is drawn towards the usual one by a beta prior, whose strength is how much customers
differ (moments of the beta-binomial, Kleinman 1973).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from storage import meta
from storage.conditions import LEAST_PRICED, SURE
from storage.database import Memory

USUAL = "model:discounts"  # where it is kept
WEAKEST, STRONGEST = 1.0, 200.0  # orders that the prior weighs


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual here: `share` of orders at a discount, and how many orders of one's own weigh as much as it."""

    share: float = 0.1
    weight: float = 10.0

    def lean(self, orders: int, discounted: int) -> float:
        """A customer's share, 0 to 1: theirs where they ordered often, the usual one where they did not."""
        return (discounted + self.share * self.weight) / (orders + self.weight)

    def is_exceeded(self, orders: int, discounted: int) -> bool:
        """Whether they buy at a discount more than is usual, by more than chance would make of so few orders."""
        share = self.lean(orders, discounted)
        spread: float = (share * (1 - share) / (orders + self.weight + 1)) ** 0.5
        return orders >= LEAST_PRICED and share - self.share > SURE * spread

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(counts: Iterable[tuple[int, int]]) -> Usual:
    """Of customers' orders whose discount is known, and how many had one. With nothing to measure, a guess."""
    known = [(orders, discounted) for orders, discounted in counts if orders]
    total, people = sum(orders for orders, _ in known), len(known)
    if not total:
        return Usual()
    share = sum(discounted for _, discounted in known) / total
    between = total - sum(orders**2 for orders, _ in known) / total - (people - 1)
    if not 0 < share < 1 or between <= 0:
        return Usual(share)
    spread = sum(orders * (discounted / orders - share) ** 2 for orders, discounted in known)
    alike = (spread / (share * (1 - share)) - (people - 1)) / between  # the correlation of one customer's orders
    weight = STRONGEST if alike <= 0 else 1 / alike - 1
    return Usual(share, min(max(weight, WEAKEST), STRONGEST))


def load(memory: Memory) -> Usual:
    stored = meta.read(memory, USUAL)
    return Usual(**stored) if stored else Usual()


def save(memory: Memory, usual: Usual) -> None:
    meta.write(memory, USUAL, usual.to_json())

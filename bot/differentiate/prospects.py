"""What somebody who bought nothing yet is expected to bring: the chance of a first order × what those won are worth.

The chance falls with the time since they came: a hazard that is constant over spans which double (the piecewise
exponential model: M. Friedman (1982), Annals of Statistics 10(1), with a gamma prior on each). A lead source has
everybody's hazard times a factor, drawn towards 1 where it brought few (gamma-Poisson: D. Clayton, J. Kaldor (1987),
Biometrics 43(3)). The worth is the mean present value of those the source won, drawn towards everybody's by their
number (credibility: H. Bühlmann (1967), ASTIN Bulletin 4(3)).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.config.sections import BusinessSettings
from bot.differentiate.numbers import Worth
from storage import meta, prospects
from storage.database import Memory
from storage.prospects import Came
from storage.purchases import Bought, day_of

MODEL = "model:prospects"  # where it is kept
SPANS = (0.0, 1.0, 7.0, 14.0, 28.0, 56.0, 112.0, 224.0, 448.0)  # days since they came; the last is open
SPAN_PRIOR = 1.0  # first orders that the span before counts as; the first span's prior is settings'
SOURCE_PRIOR = 5.0  # first orders, of which a source that is as everybody counts as having brought as many as expected
WON_PRIOR = 10.0  # customers won whose mean worth is everybody's
ENOUGH = 10  # first orders, of people who had waited for a day, from which on it rests on history
MOST_SOURCES = 1000  # the largest; whoever came by another is as everybody


@dataclass(frozen=True, slots=True)
class Prospects:
    """`hazards` are a day, one for each of `SPANS`; `worth` in minor units, None where nobody's value is known."""

    hazards: tuple[float, ...]
    first_orders: int
    came: int
    worth: float | None = None
    factors: dict[str, float] = field(default_factory=dict)
    worths: dict[str, float] = field(default_factory=dict)

    @property
    def rests_on(self) -> str:
        return "history" if self.first_orders >= ENOUGH else "prior"

    def chance(self, source: str, waited: float, horizon: timedelta) -> float:
        """Of a first order within the horizon, after so many days without one."""
        days = horizon / timedelta(days=1)
        hazard = _accumulate(self.hazards, waited + days) - _accumulate(self.hazards, waited)
        return 1.0 - math.exp(-self.factors.get(source, 1.0) * hazard)

    def expect(self, source: str, waited: float, horizon: timedelta) -> dict[str, Any]:
        """{"present_value", "prospect": {"chance", "worth", "waited_days", "source", "rests_on", "first_orders"}}: the
        first two in minor units, None where nobody's value is known."""
        chance = self.chance(source, waited, horizon)
        worth = self.worths.get(source, self.worth)
        told = {
            "chance": round(chance, 4), "worth": None if worth is None else round(worth), "waited_days": round(waited),
            "source": source or None, "rests_on": self.rests_on, "first_orders": self.first_orders,
        }  # fmt: skip
        return {"present_value": None if worth is None else round(chance * worth), "prospect": told}


def fit(
    memory: Memory, settings: BusinessSettings, now: datetime, bought: Sequence[Bought], worths: Mapping[int, Worth]
) -> Prospects:
    """From everybody who came before they bought. `bought` and `worths` are of all customers."""
    came = prospects.list_all(memory)
    first_days = {one.customer_id: one.first_day for one in bought}
    waits = _list_waits(came, first_days, day_of(now))
    hazards = _fit_hazards(waits, settings)
    worth, by_source = _average(came, first_days, worths)
    return Prospects(
        hazards,
        sum(count for (_, waited, won), count in waits.items() if won and waited >= SPANS[1]),
        waits.total(),
        worth,
        _fit_factors(waits, hazards),
        by_source,
    )


def save(memory: Memory, model: Prospects) -> None:
    meta.write(memory, MODEL, asdict(model))


def load(memory: Memory, settings: BusinessSettings) -> Prospects:
    """The one last fitted; settings' prior where there is none."""
    stored = meta.read(memory, MODEL)
    if not stored:
        return Prospects(tuple(_fit_hazards({}, settings)), 0, 0)
    return Prospects(**{**stored, "hazards": tuple(stored["hazards"])})


def wait_of(one: Came, today: int) -> float:
    """Days since they came, from a week on in whole weeks: so that the night need not renew everybody's value."""
    days = max(today - one.day, 0)
    return float(days if days < 7 else days - days % 7)


Wait = tuple[str, float, bool]
"""Source, days from their coming to the first order or until now, and whether they bought."""


def _list_waits(came: Sequence[Came], first_days: Mapping[int, int], today: int) -> Counter[Wait]:
    """How many waited so. Whoever had bought before we knew of them, or as they came, was never a prospect."""
    waits: Counter[Wait] = Counter()
    for one in came:
        first = first_days.get(one.customer_id)
        until = today if first is None else first
        if until > one.day or (first is None and until == one.day):
            waits[one.source, max(float(until - one.day), 0.5), first is not None] += 1
    return waits


def _fit_hazards(waits: Mapping[Wait, int], settings: BusinessSettings) -> tuple[float, ...]:
    days = settings.value.horizon / timedelta(days=1)
    before = -math.log1p(-settings.value.prospect_chance) / days
    hazards = []
    for begin, end in zip(SPANS, (*SPANS[1:], math.inf), strict=True):
        here = [(waited, won, count) for (_, waited, won), count in waits.items() if waited > begin]
        exposed = sum(count * (min(waited, end) - begin) for waited, _, count in here)
        first_orders = sum(count for waited, won, count in here if won and waited <= end)
        before = (first_orders + SPAN_PRIOR) / (exposed + SPAN_PRIOR / before)
        hazards.append(before)
    return tuple(hazards)


def _accumulate(hazards: Sequence[float], days: float) -> float:
    ends = (*SPANS[1:], math.inf)
    return sum(
        hazard * (min(days, end) - begin)
        for hazard, begin, end in zip(hazards, SPANS, ends, strict=True)
        if days > begin
    )


def _fit_factors(waits: Mapping[Wait, int], hazards: Sequence[float]) -> dict[str, float]:
    expected: defaultdict[str, float] = defaultdict(float)
    brought: defaultdict[str, int] = defaultdict(int)
    for (source, waited, won), count in waits.items():
        expected[source] += count * _accumulate(hazards, waited)
        brought[source] += count * won
    largest = sorted(expected, key=lambda source: -expected[source])[:MOST_SOURCES]
    return {
        source: round((brought[source] + SOURCE_PRIOR) / (expected[source] + SOURCE_PRIOR), 4) for source in largest
    }


def _average(
    came: Sequence[Came], first_days: Mapping[int, int], worths: Mapping[int, Worth]
) -> tuple[float | None, dict[str, float]]:
    """The mean present value of those who bought: of all, and of each source."""
    known: defaultdict[str, list[int]] = defaultdict(list)
    for one in came:
        worth = worths.get(one.customer_id)
        if one.customer_id in first_days and worth is not None and worth.present_value is not None:
            known[one.source].append(worth.present_value)
    count = sum(map(len, known.values()))
    if not count:
        return None, {}
    mean = sum(map(sum, known.values())) / count
    largest = sorted(known, key=lambda source: -len(known[source]))[:MOST_SOURCES]
    return mean, {
        source: round((sum(known[source]) + WON_PRIOR * mean) / (len(known[source]) + WON_PRIOR), 2)
        for source in largest
    }

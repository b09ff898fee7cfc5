"""The report on demand: households by size and by what they are like, what changed there, what they buy, what is to come.

A household is customers who are linked, or one alone. Whoever switched profiling off is left out, and health is never
looked at: a child is expected where a due date was told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bot.clock import local_day
from bot.config.sections import BusinessSettings
from bot.interact import life_changes
from bot.interact.understanding import kin_of
from storage import demand, households
from storage.database import Memory
from storage.demand import Told

STAGES = (
    "expecting", "small_children", "school_children", "grown_children", "children", "couple", "retired", "not_known"
)  # fmt: skip
"""The first that holds; `children` are of an age we do not know."""
CHANGES = timedelta(days=90)
AHEAD = timedelta(days=182)  # how far what is to come is listed
TERM = timedelta(days=300)  # a due date told longer ago is past
SCHOOL, GROWN = 6, 18
FEW = 5  # households of one kind that bought: of fewer nothing is said of what they buy
CHANCE = 0.05  # shared by all comparisons of a report: one of so many would come about by itself


@dataclass(slots=True)
class Household:
    members: list[int]
    told: list[Told] = field(default_factory=list)
    categories: set[str] = field(default_factory=set)
    stage: str = "not_known"


def report_demand(memory: Memory, settings: BusinessSettings, now: datetime) -> dict[str, Any]:
    """{"as_of", "business", "customers", "left_out" (not profiled), "households", "sizes": [{"size", "households"}],
    "stages": [{"stage", "households", "customers", "bought"}], "changes": {"days", "rows": [{"what", "households",
    "before"}]}, "buys": {"days", "few", "rows": [{"stage", "category", "bought", "of", "share", "average", "lift",
    "sure"}], "too_few": [stages]}, "expected": {"days", "rows": [{"month", "what", "households"}]}}."""
    zone = settings.business.time_zone
    today = local_day(now, zone)
    people = demand.list_people(memory)
    found = _gather(memory, people, now - settings.value.horizon, now)
    for one in found:
        one.stage = choose_stage(one.told, today, now)
    sizes = Counter(len(one.members) for one in found)
    return {
        "as_of": now.isoformat(),
        "business": settings.business.name,
        "customers": len(people),
        "left_out": demand.count_all(memory) - len(people),
        "households": len(found),
        "sizes": [{"size": size, "households": count} for size, count in sorted(sizes.items())],
        "stages": _count_stages(found),
        "changes": _count_changes(memory, found, now),
        "buys": _compare_categories(found, settings.value.horizon.days),
        "expected": _list_expected(found, today, now),
    }


def _gather(memory: Memory, people: set[int], since: datetime, until: datetime) -> list[Household]:
    """Those who are linked together; everybody else by themselves."""
    linked = [[one for one in members if one in people] for members in households.list_households(memory)]
    together = {one for members in linked for one in members}
    found = [Household(members) for members in (*filter(None, linked), *([one] for one in sorted(people - together)))]
    of = {one: each for each in found for one in each.members}
    for told in demand.list_told(memory):
        if told.customer_id in of:
            of[told.customer_id].told.append(told)
    for customer_id, category in demand.list_categories(memory, since, until):
        if customer_id in of:
            of[customer_id].categories.add(category)
    return found


# -- what a household is like ------------------------------------------------------------------------------------


def choose_stage(told: Iterable[Told], today: date, now: datetime) -> str:
    """One of STAGES, from what its members told."""
    told = list(told)
    ages = [age for one in told if (age := _age_of_child(one, today)) is not None]
    kin = {kin_of(one.person) for one in told if one.person}
    moved_out = any(life_changes.kind_of(one, now) == "child_moved_out" for one in told)
    values = {one.value for one in told if one.kind == "demographic" and one.person is None}
    holds = {
        "expecting": any(_due(one, now) for one in told),
        "small_children": any(age < SCHOOL for age in ages),
        "school_children": any(SCHOOL <= age < GROWN for age in ages),
        "grown_children": bool(ages) or moved_out,
        "children": bool(kin & life_changes.CHILDREN),
        "couple": "partner" in kin or "got married" in values,
        "retired": "retired" in values,
    }
    return next((stage for stage in STAGES if holds.get(stage)), "not_known")


def _age_of_child(told: Told, today: date) -> float | None:
    """In years; of a baby that was told of without a name or a day, since we heard of it."""
    born = life_changes.read_birth(told)
    if born is None and told.kind == "demographic" and told.person is None and told.value == "had a baby":
        born = told.since.date()
    return None if born is None or born > today else (today - born).days / 365.25


def _due(told: Told, now: datetime) -> date | None:
    """The day a child is due, where that is still to come."""
    if life_changes.kind_of(told, now) != "baby_expected" or not told.date or now - told.since > TERM:
        return None
    month_day = told.date[-5:]
    for year in (told.since.year, told.since.year + 1):
        try:
            day = date.fromisoformat(f"{year}-{month_day}")
        except ValueError:
            continue
        if day >= now.date() and day - told.since.date() <= TERM:
            return day
    return None


def _count_stages(found: Sequence[Household]) -> list[dict[str, Any]]:
    by_stage: defaultdict[str, list[Household]] = defaultdict(list)
    for one in found:
        by_stage[one.stage].append(one)
    return [
        {
            "stage": stage,
            "households": len(by_stage[stage]),
            "customers": sum(len(one.members) for one in by_stage[stage]),
            "bought": sum(bool(one.categories) for one in by_stage[stage]),
        }
        for stage in STAGES
        if by_stage[stage]
    ]


# -- what changed, and what is to come ---------------------------------------------------------------------------


def _count_changes(memory: Memory, found: Sequence[Household], now: datetime) -> dict[str, Any]:
    """Each household once for each kind, in the last days and in as many before them."""
    of = {one: place for place, each in enumerate(found) for one in each.members}

    def count(begin: datetime, end: datetime) -> Counter[str]:
        seen = {(of[customer_id], what) for customer_id, what in demand.count_changes(memory, begin, end) if customer_id in of}  # fmt: skip
        return Counter(what for _, what in seen)

    lately, before = count(now - CHANGES, now), count(now - 2 * CHANGES, now - CHANGES)
    rows = [
        {"what": what, "households": lately[what], "before": before[what]} for what in lately.keys() | before.keys()
    ]
    return {"days": CHANGES.days, "rows": sorted(rows, key=lambda row: (-row["households"], row["what"]))}


def _list_expected(found: Sequence[Household], today: date, now: datetime) -> dict[str, Any]:
    """Births by their due dates, and children who turn 6 and 18, by month."""
    counted: Counter[tuple[str, str]] = Counter()
    for household in found:
        coming = {("baby", due) for one in household.told if (due := _due(one, now)) is not None}
        for one in household.told:
            born = life_changes.read_birth(one)
            if born is not None:
                coming |= {(each.what, each.day) for each in life_changes.list_ages(born)}
        counted.update({(f"{day:%Y-%m}", what) for what, day in coming if today <= day <= today + AHEAD})
    rows = [{"month": month, "what": what, "households": count} for (month, what), count in sorted(counted.items())]
    return {"days": AHEAD.days, "rows": rows}


# -- what they buy -----------------------------------------------------------------------------------------------


def _compare_categories(found: Sequence[Household], days: int) -> dict[str, Any]:
    """How many of each stage's households bought of a category, beside all others; of few nothing is said."""
    buying = [one for one in found if one.categories]
    of = Counter(one.stage for one in buying)
    bought = Counter((one.stage, category) for one in buying for category in one.categories)
    everybody = Counter(category for one in buying for category in one.categories)
    compared = [
        (stage, category)
        for stage in STAGES
        if of[stage] >= FEW and stage != "not_known"
        for category in everybody
        if everybody[category] >= FEW
    ]
    least = CHANCE / max(len(compared), 1)
    rows = [
        _compare(stage, category, bought[stage, category], of[stage], everybody[category], len(buying), least)
        for stage, category in compared
    ]
    return {
        "days": days,
        "few": FEW,
        "rows": sorted(rows, key=lambda row: (STAGES.index(row["stage"]), -row["lift"], row["category"])),
        "too_few": [stage for stage in STAGES if 0 < of[stage] < FEW and stage != "not_known"],
    }


def _compare(
    stage: str, category: str, bought: int, of: int, all_bought: int, buying: int, least: float
) -> dict[str, Any]:
    """`sure`: the share differs from that of all others by more than chance would have it (Fisher's exact test)."""
    from scipy.stats import fisher_exact  # takes its time to import, and nothing else here needs it

    share, average = bought / of, all_bought / buying
    others_bought, others = all_bought - bought, buying - of
    table = [[bought, of - bought], [others_bought, others - others_bought]]
    return {
        "stage": stage, "category": category, "bought": bought, "of": of, "share": round(share, 4),
        "average": round(average, 4), "lift": round(share / average, 2),
        "sure": others > 0 and float(fisher_exact(table).pvalue) < least,
    }  # fmt: skip

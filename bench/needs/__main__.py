"""`python -m bench.needs [--data FOLDER] [--json]`: what is told of customers' needs, held against what they did next.

The baskets of the households of `baskets_complete_journey` until 30 September 2017 say what each usually buys, when
they come and whether prices matter to them; the last quarter says whether that was so. A discount is a coupon that was
redeemed. Exit 1 where something told is no better than what holds of everybody.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from bench.rows import Row, tell
from bench.takers.__main__ import FILE, THEN
from bot.differentiate.needs import find_hours, find_weekday, rank_items
from bot.differentiate.prices import measure
from storage.needs import Purchase

Baskets = dict[int, list[Purchase]]
LEAST = 5  # baskets in the last quarter: fewer are no test
FEW = 5  # baskets that a newcomer is known by
ZONE = ZoneInfo("UTC")  # times are local as they stand


def load(data: Path) -> tuple[Baskets, Baskets]:
    """Of each household, oldest first: until then, and since."""
    baskets: dict[tuple[int, str], tuple[datetime, float, float, set[str]]] = {}
    with gzip.open(data / FILE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = int(row["household_id"]), row["basket_id"]
            at = datetime.fromisoformat(row["transaction_timestamp"]).replace(tzinfo=UTC)
            _, paid, off, skus = baskets.get(key, (at, 0.0, 0.0, set()))
            skus.add(row["product_type"])
            baskets[key] = (at, paid + float(row["sales_value"]), off + float(row["coupon_disc"]), skus)
    before: Baskets = defaultdict(list)
    since: Baskets = defaultdict(list)
    for (household, _), (at, paid, off, skus) in sorted(baskets.items(), key=lambda one: one[1][0]):
        cents, listed = round(100 * paid), round(100 * (paid + off))
        (since if at > THEN else before)[household].append(Purchase(at, cents, listed, tuple(sorted(skus - {""}))))
    return before, since


def test_prices(before: Baskets, since: Baskets, tested: Sequence[int]) -> list[Row]:
    """How far shares of baskets with a coupon are from those to come: leaning, as they were, and everybody's."""
    came = np.array([np.mean([basket.is_discounted for basket in since[one]]) for one in tested])
    rows = []
    for what, most in ((f"from {FEW} baskets each", FEW), ("from all baskets", None)):
        counts = [_count(before[one][:most]) for one in tested]
        usual = measure(counts)
        leaning, raw, everybody = (
            float(np.sqrt(np.mean((np.array(guess) - came) ** 2)))
            for guess in (
                [usual.lean(*one) for one in counts], [cheaper / orders for orders, cheaper in counts],
                [usual.share] * len(counts),
            )
        )  # fmt: skip
        least = min(raw, everybody) if most else everybody
        rows.append(Row("prices", f"share with a coupon, {what}: error", 100 * leaning, 100 * least, unit="points off",
                        anchors=f"as it was {100 * raw:.2f}, everybody's {100 * everybody:.2f} (this run)"))  # fmt: skip
    sensitive = np.array([usual.is_exceeded(*one) for one in counts])
    right, all_above = (100 * float((shares > usual.share).mean()) for shares in (came[sensitive], came))
    rows.append(Row("prices", f"{sensitive.sum()} of {len(tested)} called sensitive: above the usual since", right, all_above,
                    anchors=f"of all {all_above:.1f} (this run)"))  # fmt: skip
    return rows


def _count(baskets: Sequence[Purchase]) -> tuple[int, int]:
    return len(baskets), sum(basket.is_discounted for basket in baskets)


def test_habits(before: Baskets, since: Baskets, tested: Sequence[int]) -> list[Row]:
    """How often what stood out held since, beside how often it holds of everybody."""
    hits: defaultdict[str, list[float]] = defaultdict(list)
    chance: defaultdict[str, list[float]] = defaultdict(list)
    everybody = [basket for one in tested for basket in since[one]]
    days = Counter(basket.at.isoweekday() for basket in everybody)
    clock = Counter(basket.at.hour for basket in everybody)
    items = Counter(sku for basket in everybody for sku in basket.skus)
    for one in tested:
        times = [basket.at for basket in before[one]]
        if (day := find_weekday(times)) is not None:
            hits["weekday"].append(float(np.mean([basket.at.isoweekday() == day["day"] for basket in since[one]])))
            chance["weekday"].append(days[day["day"]] / len(everybody))
        if (hours := find_hours(times)) is not None:
            span = range(hours["from"], hours["to"])
            hits["hours"].append(float(np.mean([basket.at.hour in span for basket in since[one]])))
            chance["hours"].append(sum(clock[hour] for hour in span) / len(everybody))
        for item in rank_items(before[one], ZONE)[:1]:
            hits["favourite"].append(float(np.mean([item["sku"] in basket.skus for basket in since[one]])))
            chance["favourite"].append(items[item["sku"]] / len(everybody))
    return [
        Row("habits", f"{name} told of {len(hits[name])} of {len(tested)}: held of their baskets since",
            100 * float(np.mean(hits[name])), 100 * float(np.mean(chance[name])),
            anchors=f"of everybody's baskets {100 * float(np.mean(chance[name])):.1f} (this run)")
        for name in ("weekday", "hours", "favourite")
        if hits[name]
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.needs", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("REGULARS_DATA"), help="folder of the public data")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    if arguments.data is None or not (arguments.data / FILE).is_file():
        print("skipped: name the folder of the public data with --data or REGULARS_DATA", file=sys.stderr)
        return 0
    before, since = load(arguments.data)
    tested = [one for one in sorted(before) if len(since[one]) >= LEAST]
    rows = [*test_prices(before, since, tested), *test_habits(before, since, tested)]
    return tell(rows, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())

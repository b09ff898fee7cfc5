"""`python -m bench.takers [--data FOLDER] [--json]`: who would take an item, backtested on a grocery's baskets.

The households of `baskets_complete_journey` until 30 September 2017 are ranked for each type of item as if it were new,
and held against who bought it in the last quarter. The form of the score was chosen with these baskets in sight. Exit 1
where it is no better than ranking by the number of purchases.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from bench.rows import Row, tell
from bot.customize.tastes import Tastes, Tested, Thing, backtest
from storage.tastes import Taken

THEN = datetime(2017, 10, 1, tzinfo=UTC)
FILE = "baskets_complete_journey/transactions_fifth_of_households.csv.gz"


def test(data: Path) -> Tested | None:
    things: dict[str, Thing] = {}
    taken: dict[tuple[int, str], tuple[int, datetime]] = {}
    since: defaultdict[str, set[int]] = defaultdict(set)
    with gzip.open(data / FILE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["product_type"]:
                continue
            sku, household = f"{row['product_category']}/{row['product_type']}", int(row["household_id"])
            things[sku] = Thing(sku, row["product_category"], (row["product_type"],))
            at = datetime.fromisoformat(row["transaction_timestamp"]).replace(tzinfo=UTC)
            if at > THEN:
                since[sku].add(household)
            else:
                times, last = taken.get((household, sku), (0, at))
                taken[household, sku] = (times + 1, max(last, at))
    bought = [Taken(household, sku, times, last) for (household, sku), (times, last) in sorted(taken.items())]
    return backtest(Tastes(sorted(things.values()), bought, [], THEN), since)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.takers", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("REGULARS_DATA"), help="folder of the public data")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    if arguments.data is None or not (arguments.data / FILE).is_file():
        print("skipped: name the folder of the public data with --data or REGULARS_DATA", file=sys.stderr)
        return 0
    tested = test(arguments.data)
    if tested is None:
        raise SystemExit("no item was bought by enough households")
    what = f"{tested.items} types of item held back"
    rows = [
        Row("baskets", f"{what}: takers in the top tenth", tested.lift, tested.lift_by_purchases, unit="x",
            anchors=f"by number of purchases {tested.lift_by_purchases:.2f} (this run), chance 1"),
        Row("baskets", "area under the curve", 100 * tested.auc, 100 * tested.auc_by_purchases,
            anchors=f"by number of purchases {100 * tested.auc_by_purchases:.2f} (this run), chance 50"),
    ]  # fmt: skip
    return tell(rows, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())

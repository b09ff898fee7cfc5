"""The product's own forecast, beside what it would be without Pareto/NBD, of businesses it was not made for: imported, fitted, looked back on.

Everything is chosen by orders until the day of the forecast: which model, by the last 13 weeks before it. What came in
the weeks after is only compared. A business is looked back on from several days, unless it has one published.
"""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.rows import Row
from bot.config import Settings, load_settings
from bot.differentiate import forecast
from bot.differentiate.leaving import Blend
from bot.identify.importing.files import import_file
from storage import schema
from storage.database import Database, Memory

ROOT = Path(__file__).parents[2]
Order = tuple[str, str, str]  # of whom, on which day, how much
DRAWN = 3_000  # customers of each drawn business
WEEKS = 104  # that it is drawn for


def read_cdnow(data: Path) -> Iterable[Order]:
    for line in (data / "value_cdnow" / "CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, spent = line.split()
        yield customer, f"{day[:4]}-{day[4:6]}-{day[6:]}", spent


def read_rfm(data: Path) -> Iterable[Order]:
    with next((data / "value_rfm").glob("*.csv")).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["customer_id"].replace(" ", "-"), row["order_date"], row["revenue"]


def read_grocery(data: Path) -> Iterable[Order]:
    with gzip.open(next((data / "baskets_complete_journey").glob("*.csv.gz")), "rt", encoding="utf-8") as file:
        baskets: dict[tuple[str, str], float] = {}
        for row in csv.DictReader(file):
            key = row["household_id"], row["transaction_timestamp"][:10]
            baskets[key] = baskets.get(key, 0.0) + float(row["sales_value"])
    for (household, day), spent in baskets.items():
        yield household, day, f"{spent:.2f}"


def draw_business(how: str) -> Iterable[Order]:
    """Customers who come in over two thirds of the time, and leave `after` an order, at any `time`, or at any time while
    ordering `regularly`."""
    chance = np.random.default_rng(11)
    end = WEEKS * 7.0
    for number in range(DRAWN):
        first = float(chance.integers(0, int(end * 2 / 3)))
        weekly = chance.gamma(0.6, 1 / 8) + 1e-9
        leaves = first + (np.inf if how == "after" else 7 * chance.exponential(1 / (chance.gamma(0.6, 1 / 12) + 1e-9)))
        gone = chance.beta(0.8, 2.5) if how == "after" else 0.0
        shape = 3.0 if how == "regularly" else 1.0
        at = first
        while at < min(leaves, end):
            yield str(number), (date(2024, 1, 1) + timedelta(days=int(at))).isoformat(), "10.00"
            if at > first and chance.random() < gone:
                break
            at += chance.gamma(shape, 7 / weekly / shape)


def measure(data: Path | None) -> list[Row]:
    """Two rows of each business."""
    settings = load_settings(ROOT / "config.yaml", {"REGULARS_BUSINESS__TIME_ZONE": "UTC"})
    rows: list[Row] = []
    if data is not None:
        cdnow = list(read_cdnow(data))
        rows += look_back("value_cdnow", cdnow, [date(1997, 9, 30)], 39, settings)
        rows += look_back("value_rfm", list(read_rfm(data)), _days(date(2006, 12, 31), 26, 4), 26, settings)
        rows += look_back("baskets", list(read_grocery(data)), _days(date(2017, 12, 31), 13, 2), 13, settings)
    for how in ("after", "time", "regularly"):
        last = date(2024, 1, 1) + timedelta(weeks=WEEKS) - timedelta(days=1)
        rows += look_back(f"drawn: {how}", list(draw_business(how)), _days(last, 26, 2), 26, settings)
    return rows


def _days(last: date, weeks: int, times: int) -> list[date]:
    """From which the weeks after are forecast, the last of them ending then."""
    return [last - timedelta(weeks=weeks * (1 + time)) for time in range(times)]


def look_back(name: str, orders: Sequence[Order], days: Sequence[date], weeks: int, settings: Settings) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/shop.db")
        try:
            schema.migrate(database)
            bring(database, orders, Path(folder) / "orders.csv", settings)
            found = [database.read_now(lambda memory, day=day: _compare(memory, settings, day, weeks)) for day in days]
        finally:
            database.close()
    hows = ", ".join(dict.fromkeys(how for how, _, _ in found))
    ours, alone = (
        {key: sum(one[key] for one in each) for key in each[0]} for each in list(zip(*found, strict=True))[1:]
    )
    when = f"{weeks} weeks ahead" + (f", {len(days)} times" if len(days) > 1 else "")
    error, theirs = (one["mean_absolute_error"] / len(days) for one in (ours, alone))
    return [
        Row(name, f"the product's own forecast, {when}", ours["predicted_orders"], unit="",
            anchors=f"{ours['actual_orders']:.0f} came; without Pareto/NBD {alone['predicted_orders']:.1f}; used: {hows}"),
        Row(name, "its mean absolute error", error, unit="", anchors=f"without Pareto/NBD {theirs:.4f}"),
    ]  # fmt: skip


def _compare(
    memory: Memory, settings: Settings, day: date, weeks: int
) -> tuple[str, dict[str, float], dict[str, float]]:
    """Which model the product used, how its forecast did, and how it would have done with no other than BG/NBD."""
    until = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    found = forecast.fit(memory, settings, until)
    assert found is not None
    alone = replace(found, orders=found.orders.rate) if isinstance(found.orders, Blend) else found
    ours, theirs = (
        forecast.compare(memory, settings, one, until, until + timedelta(weeks=weeks)) for one in (found, alone)
    )
    return found.how, ours, theirs


def bring(database: Database, orders: Iterable[Order], file: Path, settings: Settings) -> None:
    """Import them by way of this file."""
    with file.open("w", encoding="utf-8", newline="") as written:
        rows = csv.writer(written)
        rows.writerow(("order_id", "customer_id", "ordered_at", "total"))
        rows.writerows(
            (f"order-{number}", f"customer-{one}", day, spent) for number, (one, day, spent) in enumerate(orders)
        )
    import_file(database, "orders", file, settings, datetime(2026, 1, 1, tzinfo=UTC))

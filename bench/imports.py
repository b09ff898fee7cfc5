"""How fast orders are imported, and whether memory stays flat as files grow.

    python -m bench.imports [--rows N]... [--data FOLDER] [--json]

Writes CSV files of orders with two lines each, over two years, a twentieth as many customers as rows; then imports each
into an empty SQLite database in a process of its own, as `regulars import orders` does, without the tiers that are
chosen after it. Where the public data is (`REGULARS_DATA`), a supermarket's own till rows are imported too, as they are
but for the columns that we have no use for. `peak_mb` is the process's largest memory, `idle_mb` that before the import.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.config import load_settings
from bot.garbage import unsearched
from bot.identify.importing.files import import_file
from bot.identify.importing.options import ImportOptions
from storage import schema
from storage.database import Database

ROWS = (100_000, 300_000, 1_000_000)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HEADER = "order_id,customer_id,ordered_at,total,currency,sku,quantity,price,options\n"


def write_orders(file: Path, rows: int) -> None:
    chance = random.Random(7)
    start = NOW - timedelta(days=730)
    people = max(rows // 20, 10)
    with file.open("w", encoding="utf-8") as out:
        out.write(HEADER)
        for number in range(rows // 2):
            at = start + timedelta(days=730) * number / (rows // 2)
            head = f"o{number},c{chance.randrange(people)},{at:%Y-%m-%dT%H:%M},{chance.randrange(200, 3000) / 100:.2f},EUR,"
            out.write(f"{head}item{chance.randrange(300)},1,3.40,oat milk\n")
            out.write(f"{head}item{chance.randrange(300)},2,1.70,\n")


def unpack_baskets(data: Path, file: Path) -> None:
    """What 494 households bought in a year, a row an item (Complete Journey)."""
    name = "transactions_fifth_of_households.csv.gz"
    with gzip.open(data / "baskets_complete_journey" / name) as packed, file.open("wb") as out:
        shutil.copyfileobj(packed, out)


def measure(file: Path, folder: Path) -> dict[str, Any]:
    logging.basicConfig(level=logging.ERROR)  # batches of 2,000 rows may be slow transactions, and are meant to be
    settings = load_settings(Path(__file__).parents[1] / "config.yaml", {})
    database = Database(f"sqlite:///{folder}/imported.db", bulk=True)
    try:
        schema.migrate(database)
        idle, started, busy = peak_mb(), time.perf_counter(), time.process_time()
        with unsearched():
            options = ImportOptions(columns={"*": ""}, skip_bad=True)
            report = import_file(database, "orders", file, settings, NOW, options=options)
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
    finally:
        database.close()
    return {
        "rows": report.rows, "orders": report.added, "bad_rows": report.skipped, "megabytes": round(file.stat().st_size / 1e6, 1), "seconds": round(seconds, 2),
        "rows_per_second": round(report.rows / seconds), "rows_per_cpu_second": round(report.rows / busy),
        "idle_mb": idle, "peak_mb": peak_mb(),
    }  # fmt: skip


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 1024 * 1024)


def measure_apart(write: Callable[[Path], None]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="imports") as folder:
        file = Path(folder) / "orders.csv"
        write(file)
        command = [sys.executable, "-m", "bench.imports", "--file", str(file)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, action="append", help="of a file; may be repeated")
    parser.add_argument("--data", type=Path, default=os.environ.get("REGULARS_DATA"), help="folder of the public data")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.file:
        print(json.dumps(measure(options.file, options.file.parent)))
        return
    results = [measure_apart(partial(write_orders, rows=rows)) for rows in options.rows or ROWS]
    if options.data:
        results.append(measure_apart(partial(unpack_baskets, Path(options.data))))
    if options.json:
        print(json.dumps(results))
        return
    for one in results:
        print(f"{one['rows']:,} rows of {one['orders']:,} orders, {one['bad_rows']} bad, {one['megabytes']} MB: {one['rows_per_second']:,} rows/s "
              f"({one['rows_per_cpu_second']:,} a second of processor time), {one['seconds']} s; "
              f"memory {one['idle_mb']} MB before, {one['peak_mb']} MB at most")  # fmt: skip


if __name__ == "__main__":
    main()

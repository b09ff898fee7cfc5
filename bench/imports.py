"""How fast orders are imported, and whether memory stays flat as files grow.

    python -m bench.imports [--rows N]... [--json]

Writes CSV files of orders with two lines each, over two years, a twentieth as many customers as rows; then imports each
into an empty SQLite database in a process of its own, as `regulars import orders` does, without the tiers that are
chosen after it. `peak_mb` is the process's largest memory, `idle_mb` that before the import.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.config import load_settings
from bot.garbage import unsearched
from bot.identify.importing import import_file
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


def measure(file: Path, folder: Path) -> dict[str, Any]:
    logging.basicConfig(level=logging.ERROR)  # batches of 2,000 rows may be slow transactions, and are meant to be
    settings = load_settings(Path(__file__).parents[1] / "config.yaml", {})
    database = Database(f"sqlite:///{folder}/imported.db", bulk=True)
    try:
        schema.migrate(database)
        idle, started, busy = peak_mb(), time.perf_counter(), time.process_time()
        with unsearched():
            report = import_file(database, "orders", file, settings, NOW)
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
    finally:
        database.close()
    assert report.added * 2 == report.rows
    return {
        "rows": report.rows, "megabytes": round(file.stat().st_size / 1e6, 1), "seconds": round(seconds, 2),
        "rows_per_second": round(report.rows / seconds), "rows_per_cpu_second": round(report.rows / busy),
        "idle_mb": idle, "peak_mb": peak_mb(),
    }  # fmt: skip


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 1024 * 1024)


def measure_apart(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="imports") as folder:
        file = Path(folder) / "orders.csv"
        write_orders(file, rows)
        command = [sys.executable, "-m", "bench.imports", "--file", str(file)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, action="append", help="of a file; may be repeated")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.file:
        print(json.dumps(measure(options.file, options.file.parent)))
        return
    results = [measure_apart(rows) for rows in options.rows or ROWS]
    if options.json:
        print(json.dumps(results))
        return
    for one in results:
        print(f"{one['rows']:,} rows, {one['megabytes']} MB: {one['rows_per_second']:,} rows/s "
              f"({one['rows_per_cpu_second']:,} a second of processor time), {one['seconds']} s; "
              f"memory {one['idle_mb']} MB before, {one['peak_mb']} MB at most")  # fmt: skip


if __name__ == "__main__":
    main()

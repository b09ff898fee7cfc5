"""Partners in a customers file: their kind, whose customers others are, and taking it back."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.identify.importing.files import import_file
from bot.identify.importing.report import ImportReport
from bot.identify.importing.undo import undo_import
from storage import provenance
from storage.database import Database
from storage.models import Customer
from tests.support.follow_ups import SETTINGS, START

PEOPLE = """customer_id,name,kind,partner
c1,Anna,,p1
p1,Tea House,partner,
c2,Ben,,c1
c3,Cleo,,p7
"""


def bring(database: Database, folder: Path, text: str) -> ImportReport:
    file = folder / "people.csv"
    file.write_text(text)
    return import_file(database, "customers", file, SETTINGS, START)


def whose(database: Database) -> dict[str, int | None]:
    people = database.read_now(lambda memory: list(memory.scalars(select(Customer))))
    return {one.name: one.partner_id for one in people}


def test_a_file_says_whose_customer_somebody_is(database: Database, tmp_path: Path) -> None:
    report = bring(database, tmp_path, PEOPLE)
    assert whose(database) == {"Anna": 2, "Tea House": None, "Ben": None, "Cleo": None}
    assert [(one.line, one.reason) for one in report.notes] == [
        (4, "partner: c1 is no partner we know; import partners first, of kind partner"),
        (5, "partner: p7 is no partner we know; import partners first, of kind partner"),
    ]
    assert bring(database, tmp_path, PEOPLE).changed == 0


def test_a_later_file_moves_them_and_undo_moves_them_back(database: Database, tmp_path: Path) -> None:
    bring(database, tmp_path, PEOPLE)
    bring(database, tmp_path, "customer_id,name,kind\np2,Kiosk,partner\n")
    moved = bring(database, tmp_path, "customer_id,name,partner\nc1,Anna,p2\nc2,Ben,p2\n")
    assert (moved.changed, whose(database)["Anna"], whose(database)["Ben"]) == (2, 5, 5)
    undo_import(database, moved.import_id or 0, START)
    assert (whose(database)["Anna"], whose(database)["Ben"]) == (2, None)


def test_taking_a_partner_s_file_back_leaves_their_customers_without(database: Database, tmp_path: Path) -> None:
    first = bring(database, tmp_path, "customer_id,name,kind\np1,Tea House,partner\n")
    bring(database, tmp_path, "customer_id,name,partner\nc1,Anna,p1\n")
    undo_import(database, first.import_id or 0, START)
    assert whose(database) == {"Anna": None}


def test_changes_noted_before_there_were_partners_are_taken_back(database: Database, tmp_path: Path) -> None:
    bring(database, tmp_path, "customer_id,name,city\nc1,Anna,Berlin\n")
    later = bring(database, tmp_path, "customer_id,name,city\nc1,Anna,Bonn\n")
    number = later.import_id or 0

    def age(memory):  # type: ignore[no-untyped-def]  # as the version before wrote it
        from storage.models import ImportChange

        (change,) = memory.scalars(select(ImportChange).where(ImportChange.import_id == number))
        change.before, change.after = (
            {name: value for name, value in kept.items() if name != "partner_id"}
            for kept in (change.before, change.after)
        )

    database.write_now(age)
    assert undo_import(database, number, START).restored == {"customers": 1}
    assert database.read_now(lambda memory: memory.get_one(Customer, 1).city) == "Berlin"
    assert database.read_now(lambda memory: provenance.get(memory, number)).undone_at == START

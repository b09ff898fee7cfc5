"""A file sent to the running bot by its owner: looked at, imported by a tap, taken back by another. Over HTTP, no stand-ins."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from storage import provenance, requests
from storage.database import Database
from storage.models import Order
from tests.support.bots import Bot, Chatter, bot_beside
from tests.support.databases import Databases, opened
from tests.support.sandboxes import NO_LIMITS, Sandbox

pytestmark = pytest.mark.slow
SOLD = "Bestellnummer;Kundennummer;Datum;Betrag;Wetter\nB1;K1;31.12.2025;1.234,56;schön\nB2;K2;30.12.2025;5,00;mild\nB3;K1;31.02.2025;5,00;kalt\n"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox("--memory")
    sandbox.ask("POST", "limits", NO_LIMITS)
    yield sandbox
    sandbox.end()


@pytest.fixture(params=["sqlite", "postgresql"])
def bot(request: pytest.FixtureRequest, sandbox: Sandbox, databases: Databases) -> Iterator[Bot]:
    bot = bot_beside(sandbox, databases.sqlite_url() if request.param == "sqlite" else databases.postgres_url())
    bot.start()
    yield bot
    assert bot.stop() == 0


@pytest.fixture
def olivia(bot: Bot, sandbox: Sandbox) -> Chatter:
    return Chatter(sandbox, 1000, "Olivia")  # the examples' owner


def _send(chat: Chatter, name: str, content: bytes, caption: str = "") -> int:
    document: dict[str, Any] = {"name": name, "data": base64.b64encode(content).decode()}
    return int(chat.sends(document=document, caption=caption)["message_id"])


def _count(bot: Bot, source: str) -> int:
    def read(database: Database) -> int:
        statement = select(func.count()).select_from(Order).where(Order.external_id.in_(source.split()))
        return database.read_now(lambda memory: memory.scalar(statement)) or 0

    with opened(bot.database_url) as database:
        return read(database)


def test_a_file_is_previewed_imported_and_taken_back(bot: Bot, olivia: Chatter) -> None:
    _send(olivia, "../verkauf mai.csv", SOLD.encode("cp1252"), "de_DE")
    preview = olivia.wait_for("2 rows of orders", "2 would be new", seconds=60)
    assert "cp1252, separated by ;" in preview
    assert "Bestellnummer → order_id" in preview
    assert "Left out: Wetter" in preview
    assert "1234.56" in preview
    assert '✗ row 4: ordered_at: "31.02.2025" is no day; 2025-02 has 28 days' in preview
    assert _count(bot, "B1 B2 B3") == 0
    olivia.presses("Import 2 rows")
    done = olivia.wait_for("is imported", "2 new", seconds=60)
    assert "1 bad rows were left out" in done
    assert _count(bot, "B1 B2 B3") == 2
    with opened(bot.database_url) as database:
        newest = database.read_now(provenance.list_all)[0]
        assert (newest.kind, newest.source, newest.staff_id is not None) == ("orders", "verkauf_mai.csv", True)
    olivia.wait_for_document()  # the bad row, after the words
    olivia.presses("Undo")
    olivia.wait_for("is taken back: 4 gone", seconds=60)
    assert _count(bot, "B1 B2 B3") == 0
    about = [text for text in olivia.heard() if "verkauf" in text]
    assert len(about) == 1  # one message, changed each time
    with opened(bot.database_url) as database:
        assert database.read_now(requests.list_asked) == []


def test_a_workbook_and_files_that_cannot_be_read(bot: Bot, olivia: Chatter, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["customer_id", "name", "phone"], ["c1", "Anna", "+49 171 3920099"]):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    whole = (tmp_path / "people.xlsx").read_bytes()
    _send(olivia, "people.xlsx", whole)
    olivia.wait_for("people.xlsx", "1 customers", "1 would be new", seconds=60)
    olivia.presses("No, leave it")
    olivia.wait_for("people.xlsx was not imported")
    _send(olivia, "half.xlsx", whole[: len(whole) // 2])
    told = olivia.wait_for("half.xlsx cannot be imported", seconds=60)
    assert "half.xlsx: is no whole .xlsx workbook" in told
    assert "/" not in told.replace("half.xlsx", "")
    _send(olivia, "odd.csv", b"colour,shape\nred,round\n")
    olivia.wait_for("I cannot tell what odd.csv holds", seconds=60)
    _send(olivia, "odd2.csv", b"colour,shape\nred,round\n", "orders")
    olivia.wait_for("odd2.csv cannot be imported", "order_id, customer_id, ordered_at, total missing", seconds=60)

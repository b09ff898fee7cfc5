"""Personal invitations: who is invited, what the link brings, and the codes on paper."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from bot.config import load_settings
from bot.identify import invitation_sheets, invitations, links
from bot.identify.importing.files import import_file
from storage import customers, orders
from storage.database import Database
from storage.invitations import count_reachable
from storage.models import Customer
from tests.support.visits import Chat

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PEOPLE = "customer_id,name,phone\nc1,Anna Keller,+49 171 3920001\nc2,李伟,\nc3,=cmd(),\n"


def _import(database: Database, folder: Path, text: str = PEOPLE) -> int:
    file = folder / "people.csv"
    file.write_text(text)
    report = import_file(database, "customers", file, SETTINGS, NOW)
    database.write_now(links.make_secret)
    return report.import_id or 0


def _list(database: Database, import_id: int | None = None) -> list[invitations.Invitation]:
    return database.read_now(lambda memory: list(invitations.list_invitations(memory, "door_bot", import_id)))


def _payload(one: invitations.Invitation) -> str:
    return one.link.partition("?start=")[2]


def test_whoever_is_not_reached_is_invited(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "BATCH", 2)
    first = _import(database, tmp_path)
    database.write_now(lambda memory: customers.link(memory, 2, "telegram", "501", NOW))
    _import(database, tmp_path, "customer_id,name\nc4,Ben\n")
    invited = _list(database)
    assert [(one.id, one.customer_id, one.name, one.phone) for one in invited] == [
        (1, "c1", "Anna Keller", "+491713920001"), (3, "c3", "=cmd()", ""), (4, "c4", "Ben", ""),
    ]  # fmt: skip
    assert all(one.link.startswith(f"https://t.me/door_bot?start=i{one.id}-") for one in invited)
    assert len({_payload(one).partition("-")[2] for one in invited}) == 3
    assert [one.id for one in _list(database, first)] == [1, 3]
    assert _list(database) == invited  # the same links again
    assert database.read_now(count_reachable) == (1, 4)
    assert database.read_now(lambda memory: count_reachable(memory, first)) == (1, 3)


def test_a_link_brings_what_the_shop_knows(sqlite_database: Database, tmp_path: Path) -> None:
    _import(sqlite_database, tmp_path)
    sqlite_database.write_now(lambda memory: orders.add_order(
        memory, customer_id=1, external_id="o1", ordered_at=NOW, total=500, currency="EUR"))  # fmt: skip
    anna, *_ = _list(sqlite_database)
    chat = Chat(sqlite_database)
    chat.send(f"/start {_payload(anna)}")
    assert chat.last.text.startswith("Your invitation has brought along what our shop knows of you")
    found = sqlite_database.read_now(lambda memory: customers.find(memory, "order_system", "c1"))
    assert found is not None
    assert (found.id, found.lead_source) == (chat.customer.id, "invitation")
    assert sqlite_database.read_now(lambda memory: orders.count(memory, chat.customer.id)) == 1
    assert sqlite_database.read_now(lambda memory: memory.get(Customer, 1)) is None


def test_a_link_works_once(sqlite_database: Database, tmp_path: Path) -> None:
    _import(sqlite_database, tmp_path)
    anna, *_ = _list(sqlite_database)
    Chat(sqlite_database).send(f"/start {_payload(anna)}")
    other = Chat(sqlite_database, person=777)
    other.send(f"/start {_payload(anna)}")
    assert "invitation" not in other.text
    assert other.customer.lead_source is None
    found = sqlite_database.read_now(lambda memory: customers.find(memory, "order_system", "c1"))
    assert found is not None
    assert found.id != other.customer.id


def test_a_forged_link_brings_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    _import(sqlite_database, tmp_path)
    anna, other, *_ = _list(sqlite_database)
    chat = Chat(sqlite_database)
    chat.send(f"/start {_payload(anna).replace('i1-', f'i{other.id}-')}")
    assert sqlite_database.read_now(lambda memory: memory.get(Customer, other.id)) is not None
    assert "invitation" not in chat.text


def test_a_list_for_a_mail_merge(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path)
    invited = _list(database)
    assert invitation_sheets.write_list(invited, tmp_path / "list.csv") == 3
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["Anna Keller", "李伟", "'=cmd()"]
    assert [row["link"] for row in rows] == [one.link for one in invited]


def test_sheets_of_codes(tmp_path: Path) -> None:
    people = [
        invitations.Invitation(
            n, f"c{n}", "李伟" if n % 2 else "Anna", "", "", "en", f"https://t.me/door_bot?start=i{n}-{'a' * 16}"
        )
        for n in range(30)
    ]
    assert invitation_sheets.write_sheets([], tmp_path / "none.png") == []
    assert invitation_sheets.write_sheets(people[:24], tmp_path / "one.png") == [tmp_path / "one.png"]
    two = invitation_sheets.write_sheets(people, tmp_path / "all.png")
    assert [one.name for one in two] == ["all-001.png", "all-002.png"]
    with Image.open(two[0]) as sheet:
        assert sheet.size == (1200, 2160)
        assert sheet.crop((0, 0, 300, 300)).getextrema() == (0, 255)
    with Image.open(two[1]) as sheet:
        assert sheet.crop((900, 1800, 1200, 2160)).getextrema() == (255, 255)  # six codes, and paper


def test_a_code_says_what_the_link_says() -> None:
    """The finder patterns stand, and modules are whole pixels: read row by row they are the code's own."""
    import segno

    link = f"https://t.me/door_bot?start=i12-{'b' * 16}"
    image = invitation_sheets.draw_code(link, 300)
    modules = [list(row) for row in segno.make_qr(link, error="m").matrix_iter(border=4)]
    scale = 300 // len(modules)
    edge = (300 - scale * len(modules)) // 2
    read = [
        [
            1 if image.getpixel((edge + x * scale + scale // 2, edge + y * scale + scale // 2)) == 0 else 0
            for x in range(len(modules))
        ]
        for y in range(len(modules))
    ]
    assert read == modules
    assert scale >= 6

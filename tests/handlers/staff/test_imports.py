"""Files that staff send: who may, what is asked of the workshop, and that one message is about the file."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage import requests
from storage.models import AuditEntry
from tests.support.visits import Chat, House

FILE = {"file_id": "doc-1", "file_unique_id": "u1", "file_name": "Orders May.xlsx", "file_size": 1000}


def _send(chat: Chat, caption: str = "", **file: Any) -> None:
    chat.send_file("document", caption=caption, document=FILE | file)


def _asked(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.read(requests.list_asked)
    return found


def test_a_file_is_looked_at_first(olivia: Chat) -> None:
    _send(olivia)
    assert olivia.text == "Reading Orders May.xlsx …"
    (asked,) = _asked(olivia.house)
    assert {name: asked[name] for name in ("what", "file_id", "file_name", "kind", "locale", "language")} == {
        "what": "preview", "file_id": "doc-1", "file_name": "Orders May.xlsx", "kind": None, "locale": None, "language": "en",
    }  # fmt: skip


def test_a_caption_names_kind_and_locale(olivia: Chat) -> None:
    _send(olivia, "orders of May, de_DE")
    (asked,) = _asked(olivia.house)
    assert (asked["kind"], asked["locale"]) == ("orders", "de_DE")


@pytest.mark.parametrize("name", ["bill.pdf", "photo.jpg", "orders.csv.exe", ""])
def test_what_is_no_table_is_a_file_as_any(olivia: Chat, name: str) -> None:
    _send(olivia, file_name=name)
    assert _asked(olivia.house) == []


def test_only_owner_and_manager_may(house: House, chen: Chat, ana: Chat) -> None:
    house.add_staff(902, "Mo", role="manager")
    _send(chen)
    _send(ana)
    assert _asked(house) == []
    _send(Chat(house, person=902, name="Mo"))
    assert [asked["chat_id"] for asked in _asked(house)] == [902]


def test_a_file_larger_than_telegram_gives(olivia: Chat) -> None:
    _send(olivia, file_size=21_000_000)
    assert "is larger than 20 MB" in olivia.text
    assert _asked(olivia.house) == []
    entries = olivia.house.read(
        lambda memory: [(row.command, row.outcome) for row in memory.scalars(select(AuditEntry))]
    )
    assert entries[-1] == ("file", "failed")

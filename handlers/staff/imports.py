"""A file sent by staff: a preview, and buttons to import it and to take it back. The work is done beside the bot."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.identify.importing.rows import COLUMNS
from handlers.staff.access import FAILED, OWNER, Deed, member_of, reply, staff_only
from handlers.visit import Visit
from storage import requests

MAY = (OWNER, "manager")
ENDINGS = (".csv", ".tsv", ".xlsx", ".xls")
MOST_BYTES = 20_000_000  # what Telegram lets a bot fetch
_LOCALE = re.compile(r"\b[a-z]{2}_[A-Z]{2}\b")


def take_file(visit: Visit) -> bool:
    """Whether it is a file to import, from somebody who may; the caption may name the kind and the locale."""
    file, member = visit.said.file, visit.staff
    if file is None or member is None or member.role not in MAY:
        return False
    if file["kind"] != "document" or not str(file.get("file_name") or "").lower().endswith(ENDINGS):
        return False
    look(visit)
    return True


@staff_only(*MAY)
def look(visit: Visit) -> Deed:
    file: dict[str, Any] = visit.said.file or {}
    words = visit.said.text.lower().split()
    locale = _LOCALE.search(visit.said.text)
    if (file.get("size") or 0) > MOST_BYTES:
        reply(visit, "staff/import_too_large", file=file["file_name"], most=MOST_BYTES // 1_000_000)
        return FAILED
    member = member_of(visit)
    asked = {
        "chat_id": visit.said.chat_id, "language": member.language, "key": f"import:{visit.contact_id}",
        "staff_id": member.id, "file_id": file["file_id"], "file_name": str(file["file_name"])[:200],
        "kind": next((kind for kind in COLUMNS if kind in words), None), "locale": locale[0] if locale else None,
    }  # fmt: skip
    return _ask(visit, {**asked, "what": "preview"}, "staff/import_reading")


@staff_only(*MAY)
def go(visit: Visit) -> Deed:
    return _ask(visit, {**_pressed(visit), "what": "import"}, "staff/import_running", done=None, count=None)


@staff_only(*MAY)
def drop(visit: Visit) -> Deed:
    asked = _pressed(visit)
    _say(visit, asked, "staff/import_dropped")
    return Deed()


@staff_only(*MAY)
def undo(visit: Visit) -> Deed:
    return _ask(visit, {**_pressed(visit), "what": "undo"}, "staff/import_undoing")


def _pressed(visit: Visit) -> dict[str, Any]:
    return dict(visit.pressed.values) if visit.pressed else {}


def _ask(visit: Visit, asked: dict[str, Any], name: str, **values: Any) -> Deed:
    _say(visit, asked, name, **values)
    requests.ask_import(visit.memory, asked)
    visit.outcome.asked = True
    return Deed()


def _say(visit: Visit, asked: dict[str, Any], name: str, **values: Any) -> None:
    """In the one message that is about this file."""
    visit.tell(asked["chat_id"], asked["language"], name, key=asked["key"], file=asked["file_name"], **values)


PRESSES: dict[str, Callable[[Visit], None]] = {"import_file": go, "import_drop": drop, "import_undo": undo}

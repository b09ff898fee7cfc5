"""A chat with the handlers: PTB updates in, the texts of the outbox out. No Telegram, no worker.

chat = Chat(database)                  # one customer; `person=` and `language=` make another
chat.send("/start poster-12")
assert chat.last.text.startswith("Hello Ana")
chat.press("Yes")                      # the newest button whose label begins so
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from telegram import Bot, Update, User
from telegram.ext import Application, ContextTypes

import handlers
from bot.clock import Clock
from bot.config import Settings, load_settings
from bot.customize.wording import Wording
from bot.interact.hearing import Hearing
from bot.runtime.slot import Slot, current
from handlers.visit import Business
from storage import inbox, team
from storage.database import Database, Memory
from storage.models import (
    ButtonToken,
    CatalogueItem,
    Contact,
    Conversation,
    Customer,
    FaqEntry,
    Identity,
    InboxUpdate,
    OutboxMessage,
)

ROOT = Path(__file__).parents[2]
_KNOWING = Hearing()
TOKEN = "1000001:token-of-a-test"
_updates = itertools.count(1)
_messages = itertools.count(1)


class TestClock(Clock):
    """Stands still until it is moved."""

    __test__ = False

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Shown:
    """One message of the outbox. `buttons`: label → token."""

    id: int
    method: str
    chat_id: int
    name: str
    text: str
    buttons: dict[str, str]
    parameters: dict[str, Any]


@dataclass
class House:
    """The business, with a real database, the real templates and the real table of handlers."""

    database: Database
    clock: TestClock = field(default_factory=lambda: TestClock(datetime(2026, 3, 2, 10, 0, tzinfo=UTC)))
    settings: Settings | None = None
    wording: Wording | None = None

    def __post_init__(self) -> None:
        self.settings = self.settings or load_settings(ROOT / "config.yaml", {})
        business = self.settings.business
        self.wording = self.wording or Wording(
            business.languages, business={"name": business.name, "currency": business.currency}
        )
        self.business = Business(self.settings, self.clock, self.database, self.wording, Hearing())
        types: Any = ContextTypes(bot_data=lambda: self.business)
        self.application: Any = Application.builder().bot(_make_bot()).updater(None).context_types(types).build()
        self.application._initialized = True  # without a getMe
        handlers.register(self.application)

    def pass_time(self, **span: float) -> None:
        self.clock.at += timedelta(**span)

    def run(self, raw: dict[str, Any], *, later: list[dict[str, Any]] | None = None) -> Slot:
        """Store an update, and those waiting behind it, then run it as the worker would."""
        raw = {"update_id": next(_updates), **raw}
        chat_id = _chat_of(raw)
        self.write(lambda memory: self._store(memory, [raw, *(later or [])], chat_id))
        row = self.read(lambda memory: memory.scalar(
            select(InboxUpdate).where(InboxUpdate.update_id == raw["update_id"])))  # fmt: skip
        waiting = inbox.Waiting(row.id, row.update_id, chat_id, row.raw, 0, self.clock.at)
        slot = Slot(waiting)

        async def process() -> None:
            current.set(slot)
            await self.application.process_update(Update.de_json(json.loads(json.dumps(raw)), self.application.bot))

        asyncio.run(process())
        if slot.error is not None:
            raise slot.error
        return slot

    def _store(self, memory: Memory, updates: list[dict[str, Any]], chat_id: int) -> None:
        rows = [
            {"bot_id": 1, "update_id": raw["update_id"], "chat_id": chat_id, "raw": json.dumps(raw),
             "received_at": self.clock.at, "state": "ready", "error": None}
            for raw in updates
        ]  # fmt: skip
        inbox.store(memory, rows)

    def write(self, run: Callable[[Memory], Any]) -> Any:
        return self.database.write_now(run)

    def read(self, run: Callable[[Memory], Any]) -> Any:
        return self.database.read_now(run)

    def shown(self, chat_id: int | None = None, after: int = 0) -> list[Shown]:
        def load(memory: Memory) -> list[Shown]:
            statement = select(OutboxMessage).where(OutboxMessage.id > after).order_by(OutboxMessage.id)
            if chat_id is not None:
                statement = statement.where(OutboxMessage.chat_id == chat_id)
            return [_show(row) for row in memory.scalars(statement)]

        return self.read(load)

    def add_staff(
        self, telegram_id: int = 900, name: str = "Olivia", role: str = "owner", language: str = "en"
    ) -> None:
        self.write(lambda memory: team.add(
            memory, telegram_id=telegram_id, name=name, role=role, language=language, now=self.clock.at))  # fmt: skip

    def add_knowledge(self) -> None:
        """The example catalogue and FAQ."""
        import csv

        from storage import meta

        def fill(memory: Memory) -> None:
            with open(ROOT / "examples/catalogue.csv", encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    memory.add(CatalogueItem(
                        sku=row["sku"], name_en=row["name_en"], name_zh=row["name_zh"], category=row["category"],
                        price=round(float(row["price"]) * 100), currency=row["currency"],
                        aliases=_split(row["aliases"]), options=_split(row["options"]),
                        contains=_split(row["contains"]),
                    ))  # fmt: skip
            with open(ROOT / "examples/faq.csv", encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    memory.add(FaqEntry(
                        name=row["name"], language=row["language"], question=row["question"], answer=row["answer"]
                    ))  # fmt: skip
            meta.bump(memory, meta.KNOWLEDGE)

        self.write(fill)
        self.business.hearing = _KNOWING  # built once for all tests: the knowledge is the same


def _make_bot() -> Bot:
    """One that knows who it is without asking Telegram."""
    bot = Bot(TOKEN)
    bot._bot_user = User(1000001, "Regulars", is_bot=True, username="regulars_bot")
    return bot


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _chat_of(raw: dict[str, Any]) -> int:
    for part in ("message", "edited_message", "my_chat_member"):
        if part in raw:
            return int(raw[part]["chat"]["id"])
    return int(raw["callback_query"]["message"]["chat"]["id"])


def _show(row: OutboxMessage) -> Shown:
    keyboard = (row.parameters.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = {button["text"]: button["callback_data"] for line in keyboard for button in line}
    text = row.parameters.get("text") or row.parameters.get("caption") or ""
    return Shown(row.id, row.method, row.chat_id or 0, row.message_name or "", text, buttons, row.parameters)


class Chat:
    """A person in their private chat with the bot."""

    def __init__(
        self,
        house: House | Database,
        *,
        person: int = 501,
        name: str = "Ana",
        language: str = "en",
        last_name: str = "",
    ) -> None:
        self.house = house if isinstance(house, House) else House(house)
        self.person, self.name, self.language, self.last_name = person, name, language, last_name
        self.answers: list[Shown] = []  # to the last update
        self.toast = ""
        self.queued: list[int] = []  # numbers of the outbox rows that the sender was told of

    @property
    def last(self) -> Shown:
        return self.answers[-1]

    @property
    def text(self) -> str:
        """All that the last update was answered with."""
        return "\n".join(answer.text for answer in self.answers)

    def send(self, text: str, *, ago: float = 0, reply_to: int | None = None, **more: Any) -> int:
        """Write; returns the message's id. `ago`: so many seconds before now. `more`: fields of the message."""
        return self._message({"text": text, **_entities(text, "entities"), **more}, ago=ago, reply_to=reply_to)

    def send_file(self, kind: str = "photo", *, caption: str = "", ago: float = 0, **more: Any) -> int:
        base = {"file_id": f"{kind}-1", "file_unique_id": f"{kind}-u1"}
        files: dict[str, Any] = {
            "photo": [{**base, "width": 90, "height": 90}],
            "voice": {**base, "duration": 3},
            "document": {**base, "file_name": "bill.pdf"},
            "sticker": {**base, "width": 9, "height": 9, "is_animated": False, "is_video": False, "type": "regular"},
        }
        content = {kind: files[kind], **more}
        return self._message(content | ({"caption": caption} if caption else {}), ago=ago)

    def send_contact(self, phone: str, *, own: bool = True) -> int:
        card = {"phone_number": phone, "first_name": self.name, "user_id": self.person if own else 777}
        return self._message({"contact": card})

    def edit(self, message_id: int, text: str, *, reply_to: int | None = None) -> None:
        message = self._head(message_id) | {"text": text, "edit_date": _stamp(self.house.clock.at),
                                            **_entities(text, "entities")}  # fmt: skip
        if reply_to is not None:
            message["reply_to_message"] = self._head(reply_to) | {"text": "…"}
        self._run({"edited_message": message})

    def press(self, label: str, *, again: Shown | None = None) -> None:
        """Press the newest button whose label begins so. `again`: on that message."""
        sources = [again] if again is not None else reversed(self.house.shown(self.person))
        for source in sources:
            for text, token in source.buttons.items():
                if text.startswith(label):
                    self.press_token(token)
                    return
        raise AssertionError(
            f"no button begins with {label!r}: {[one.buttons for one in self.house.shown(self.person)]}"
        )

    def press_token(self, token: str) -> None:
        query = {
            "id": str(next(_updates)), "from": self._user(), "chat_instance": "1", "data": token,
            "message": self._head(next(_messages)) | {"text": "…"},
        }  # fmt: skip
        self._run({"callback_query": query})

    def block(self, blocked: bool = True) -> None:
        status = "kicked" if blocked else "member"
        bot = {"id": 1000001, "is_bot": True, "first_name": "Bot"}
        old, new = ({"status": "member", "user": bot}, {"status": status, "user": bot, "until_date": 0})
        self._run({"my_chat_member": {
            "chat": {"id": self.person, "type": "private"}, "from": self._user(),
            "date": _stamp(self.house.clock.at), "old_chat_member": old, "new_chat_member": new,
        }})  # fmt: skip

    def send_all_late(self, texts: list[str], *, ago: float = 7200) -> list[list[Shown]]:
        """What piled up while the bot was away, run one by one; the answers to each."""
        raws = [
            {"update_id": next(_updates), "message": self._head(next(_messages), ago=ago) | {
                "text": text, **_entities(text, "entities")}}
            for text in texts
        ]  # fmt: skip
        answers = []
        for place, raw in enumerate(raws):
            self._run(raw, later=raws[place + 1 :])
            answers.append(self.answers)
        return answers

    def remember(self, run: Callable[[Memory, Customer], Any]) -> Any:
        """Read something of this customer's."""
        return self.house.read(lambda memory: run(memory, _customer(memory, self.person)))

    def rows(self, model: Any) -> list[Any]:
        """All rows of a table that are this customer's, oldest first."""
        return list(self.remember(lambda memory, customer: memory.scalars(
            select(model).where(model.customer_id == customer.id).order_by(model.id)).all()))  # fmt: skip

    @property
    def customer(self) -> Customer:
        found: Customer = self.remember(lambda _memory, customer: customer)
        return found

    @property
    def conversation(self) -> Conversation:
        found: Conversation = self.remember(lambda memory, customer: memory.get_one(Conversation, customer.id))
        return found

    @property
    def contacts(self) -> list[Contact]:
        return self.rows(Contact)

    def token(self, label: str) -> ButtonToken:
        shown = next(one for one in reversed(self.house.shown(self.person)) if any(
            text.startswith(label) for text in one.buttons))  # fmt: skip
        token = next(token for text, token in shown.buttons.items() if text.startswith(label))
        found: ButtonToken = self.house.read(lambda memory: memory.get_one(ButtonToken, token))
        return found

    def _message(self, content: dict[str, Any], *, ago: float = 0, reply_to: int | None = None) -> int:
        message_id = next(_messages)
        message = self._head(message_id, ago=ago) | content
        if reply_to is not None:
            message["reply_to_message"] = self._head(reply_to) | {"text": "…"}
        self._run({"message": message})
        return message_id

    def _head(self, message_id: int, *, ago: float = 0) -> dict[str, Any]:
        return {
            "message_id": message_id, "date": _stamp(self.house.clock.at - timedelta(seconds=ago)),
            "chat": {"id": self.person, "type": "private", "first_name": self.name}, "from": self._user(),
        }  # fmt: skip

    def _user(self) -> dict[str, Any]:
        return {"id": self.person, "is_bot": False, "first_name": self.name, "language_code": self.language} | (
            {"last_name": self.last_name} if self.last_name else {}
        )

    def _run(self, raw: dict[str, Any], later: list[dict[str, Any]] | None = None) -> None:
        before = max((one.id for one in self.house.shown()), default=0)
        slot = self.house.run(raw, later=later)
        self.answers = self.house.shown(self.person, after=before)
        notes = [call.parameters for call in slot.outcome.fleeting] if slot.outcome else []
        self.queued = [one.id for one in slot.outcome.queued] if slot.outcome else []
        self.toast = next((note["text"] for note in notes if "text" in note), "")


def _customer(memory: Memory, person: int) -> Customer:
    return memory.scalars(
        select(Customer).join(Identity, Identity.customer_id == Customer.id)
        .where(Identity.kind == "telegram", Identity.value == str(person))
    ).one()  # fmt: skip


def _entities(text: str, name: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {}
    return {name: [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]}


def _stamp(at: datetime) -> int:
    return int(at.timestamp())

"""Parts of the runtime, running against a sandbox in its own process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.clock import Clock
from bot.config import Telegram
from bot.runtime.limits import Limits
from bot.runtime.request import AiohttpRequest
from bot.runtime.sender import Sender
from bot.runtime.telegram_api import TelegramApi
from storage import customers, outbox
from storage.database import Database, Memory
from storage.models import Customer, Delivery, OutboxMessage, OutboxState
from storage.outbox import Queued
from tests.support.sandboxes import Line

UNLIMITED = Telegram(messages_per_second=0, chat_messages_per_second=0, group_messages_per_minute=0)
WAIT_SECONDS = 60


@dataclass
class SendingRig:
    """A sender on a database, and the person at the other end."""

    line: Line
    database: Database
    sender: Sender
    customer_id: int

    async def queue(self, text: str, **more: Any) -> Queued:
        parameters = {"chat_id": self.line.person, "text": text, **more.pop("parameters", {})}
        more = {"chat_id": self.line.person, "customer_id": self.customer_id, **more}
        method = more.pop("method", "sendMessage")
        row = await self.database.write(
            lambda memory: outbox.add(memory, method, parameters, now=Clock().now(), **more), name="queue"
        )
        self.sender.add([row])
        return row

    async def row(self, row: Queued) -> OutboxMessage:
        found = await self.database.read(lambda memory: memory.get(OutboxMessage, row.id))
        assert found is not None
        return found

    async def settled(self, row: Queued) -> OutboxMessage:
        """The row once its outcome is recorded."""
        ended = (OutboxState.sent, OutboxState.failed, OutboxState.unknown, OutboxState.cancelled)
        await until(lambda: self.database.read_now(lambda m: m.get(OutboxMessage, row.id).state) in ended)
        return await self.row(row)

    def seen(self) -> list[str]:
        """What the person reads from the bot."""
        return [message.get("text", "") for message in self.line.sees()["messages"] if message["from_bot"]]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():  # noqa: ASYNC110  what is waited for happens in a database or another process
            await asyncio.sleep(0.01)


@asynccontextmanager
async def sending(
    line: Line, database: Database, settings: Telegram = UNLIMITED, api: TelegramApi | None = None, **more: Any
) -> AsyncIterator[SendingRig]:
    customer_id = await database.write(lambda memory: add_customer(memory, line.person), name="customer")
    async with AiohttpRequest(read_timeout=5) as request:
        api = api or TelegramApi(line.sandbox.url, line.token, request)
        sender = Sender(api, database, Clock(), Limits(settings), in_flight=16, **more)
        task = asyncio.create_task(sender.run())
        try:
            yield SendingRig(line, database, sender, customer_id)
        finally:
            await sender.stop(2)
            await task


def add_customer(memory: Memory, telegram_id: int) -> int:
    found = customers.find(memory, "telegram", str(telegram_id))
    if found is not None:
        return found.id
    customer = customers.add(memory, name="Ada", language="en", now=Clock().now())
    customers.link(memory, customer.id, "telegram", str(telegram_id), Clock().now())
    return customer.id


def status_of(database: Database, customer_id: int) -> str:
    return database.read_now(
        lambda memory: memory.scalars(select(Customer.status).where(Customer.id == customer_id)).one()
    )


FOLLOW_UP: dict[str, Any] = {"delivery": Delivery.follow_up, "priority": 10}

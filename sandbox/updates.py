"""getUpdates: offsets, the long poll, and who is thrown out when two ask."""

import asyncio
from typing import Any

from sandbox.model import Bot
from sandbox.parameters import Parameters
from sandbox.refusals import Refusal, bad_request
from sandbox.telegram import Telegram

LONGEST_POLL = 50
MOST_UPDATES = 100
BATCH_BYTES = 4 * 1024 * 1024
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def get_updates(telegram: Telegram, bot: Bot, parameters: Parameters, gone: "asyncio.Future[Any]") -> list[bytes]:
    """The updates as JSON; waits for one when asked to, until `gone` says that the asker has hung up."""
    telegram.active = bot
    _take_allowed(telegram, bot, parameters)
    if bot.poll is not None and not bot.poll.done():
        bot.poll.set_result("conflict")
    _confirm(telegram, bot, parameters.whole("offset"))
    limit = parameters.whole("limit", MOST_UPDATES)
    limit = limit if 1 <= limit <= MOST_UPDATES else MOST_UPDATES
    seconds = min(max(parameters.whole("timeout"), 0), LONGEST_POLL)
    if not bot.updates and seconds and not telegram.released:
        await _wait(bot, seconds, gone)
    return _batch(bot, limit)


def _confirm(telegram: Telegram, bot: Bot, offset: int) -> None:
    if offset < 0:
        waiting = list(bot.updates)
        if len(waiting) > -offset:
            telegram.confirm(bot, waiting[offset])
    elif 0 < offset <= bot.next_update_id + 10:
        # Like Telegram, an offset far beyond the newest id confirms nothing: it comes from another life.
        telegram.confirm(bot, offset)


async def _wait(bot: Bot, seconds: float, gone: "asyncio.Future[Any]") -> None:
    poll: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    bot.poll = poll
    try:
        await asyncio.wait({poll, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if bot.poll is poll:
            bot.poll = None
    if poll.done() and poll.result() == "conflict":
        raise Refusal(409, CONFLICT)


def _batch(bot: Bot, limit: int) -> list[bytes]:
    batch: list[bytes] = []
    size = 0
    for data in bot.updates.values():
        size += len(data)
        if len(batch) == limit or (batch and size > BATCH_BYTES):
            break
        batch.append(data)
    return batch


def _take_allowed(telegram: Telegram, bot: Bot, parameters: Parameters) -> None:
    """Not given: as before. An empty array: the default set."""
    if parameters.values.get("allowed_updates") in (None, ""):
        return
    asked = parameters.nested("allowed_updates")
    if not isinstance(asked, list) or not all(isinstance(kind, str) for kind in asked):
        raise bad_request("can't parse allowed_updates: expected an Array of String")
    if tuple(asked) != bot.allowed_updates:
        bot.allowed_updates = tuple(asked)
        telegram.save_settings(bot)

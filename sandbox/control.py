"""The control API under /sandbox/: people, clock, faults, and what the bot did. JSON in, JSON out.

The table of `docs/sandbox.md` and `ROUTES` below are the same list.
"""

import math
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox import people
from sandbox.encoding import read_form
from sandbox.menus import menu_of
from sandbox.model import Bot, Chat, Json
from sandbox.panel import agent_url, fetch_panel
from sandbox.refusals import Misuse
from sandbox.telegram import Telegram, wait_for_change
from sandbox.views import show_chat, show_person

LONGEST_WAIT = 60.0


@dataclass(slots=True)
class Ask:
    """One control request: the words of its path, its query and its body."""

    telegram: Telegram
    words: tuple[str, ...]
    query: dict[str, str]
    body: Json

    @property
    def bot(self) -> Bot:
        named = self.body.get("bot", self.query.get("bot"))
        if named is None:
            return self.telegram.current_bot()
        if not str(named).isdecimal():
            raise Misuse(400, f"bot: a bot's id, not {named!r}")
        return self.telegram.current_bot(int(named))

    def number(self, name: str, default: float = 0) -> float:
        try:
            number = float(self.query.get(name) or default)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise Misuse(400, f"{name}: a number is needed, not {self.query[name]!r}")
        return number


async def list_people(ask: Ask) -> Any:
    return [show_person(ask.telegram, ask.bot, person) for person in ask.telegram.people.values()]


async def put_person(ask: Ask) -> Any:
    person = people.upsert_person(ask.telegram, ask.body)
    if ask.body.get("started") is True:  # somebody with a past: the bot may write to them first
        ask.telegram.private_chat(ask.bot, person)
    return show_person(ask.telegram, ask.bot, person)


async def post_message(ask: Ask) -> Any:
    return people.write(ask.telegram, ask.bot, ask.body)


async def post_press(ask: Ask) -> Any:
    return people.press(ask.telegram, ask.bot, ask.body)


async def post_block(ask: Ask) -> Any:
    return people.block(ask.telegram, ask.bot, ask.body)


async def list_messages(ask: Ask) -> Any:
    chat = _chat(ask)
    after = int(ask.number("after"))
    until = time.monotonic() + min(ask.number("wait"), LONGEST_WAIT)
    while chat.seq <= after and not ask.telegram.released and (left := until - time.monotonic()) > 0:
        await wait_for_change(chat, left)
        if chat.action is not None and chat.seq <= after:
            break  # typing is worth showing, and has no change number
    return show_chat(ask.telegram, chat, after)


async def read_clock(ask: Ask) -> Any:
    clock = ask.telegram.clock
    if "after" in ask.query:
        await clock.wait_for_revision(int(ask.number("after")), min(ask.number("wait"), LONGEST_WAIT))
    return clock.describe()


async def move_clock(ask: Ask) -> Any:
    return await ask.telegram.clock.advance(ask.body)


async def put_alarm(ask: Ask) -> Any:
    ask.telegram.clock.set_alarm(ask.body)
    return ask.telegram.clock.describe()


async def put_agent(ask: Ask) -> Any:
    """Where the agent's own HTTP is, and, for the page, whose agent it is: the business's name and time zone."""
    business = {name: ask.body.get(name) for name in ("name", "time_zone")}
    for name, value in business.items():
        if value is not None and not isinstance(value, str):
            raise Misuse(400, f"{name}: text is needed, not {value!r}")
    ask.telegram.agent_url = agent_url(ask.body.get("url"))
    ask.telegram.business = business
    return await read_agent(ask)


async def read_agent(ask: Ask) -> Any:
    return {"url": ask.telegram.agent_url} | ask.telegram.business


async def read_panel(ask: Ask) -> Any:
    return await fetch_panel(ask.telegram.agent_url, int(ask.words[0]))


async def add_fault(ask: Ask) -> Any:
    return ask.telegram.faults.add(ask.body).describe()


async def list_faults(ask: Ask) -> Any:
    return [fault.describe() for fault in ask.telegram.faults.active]


async def clear_faults(ask: Ask) -> Any:
    ask.telegram.faults.active.clear()
    return []


async def put_limits(ask: Ask) -> Any:
    return ask.telegram.limits.set(ask.body)


async def read_limits(ask: Ask) -> Any:
    return ask.telegram.limits.describe()


async def list_calls(ask: Ask) -> Any:
    calls, after = ask.telegram.calls, int(ask.number("after"))
    if ask.query.get("summary") == "1":
        return {"summary": calls.summary(after), "seq": calls.seq}
    return {"calls": calls.since(after, int(ask.number("limit", 200_000))), "seq": calls.seq}


async def read_menu(ask: Ask) -> Any:
    return menu_of(ask.bot, people.person_of(ask.telegram, {"user": int(ask.words[0])}, "user"))


async def list_bots(ask: Ask) -> Any:
    return [
        {"id": bot.id, "username": bot.as_user()["username"], "pending_updates": len(bot.updates)}
        | {"polling": bot.poll is not None, "active": bot is ask.telegram.active}
        | {"watchers": sum(len(chat.watchers) for chat in bot.chats.values())}
        for bot in ask.telegram.bots.values()
    ]


Handler = Callable[[Ask], Awaitable[Any]]
ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/sandbox/people", list_people),
    ("POST", "/sandbox/people", put_person),
    ("POST", "/sandbox/messages", post_message),
    ("POST", "/sandbox/presses", post_press),
    ("POST", "/sandbox/blocks", post_block),
    ("GET", "/sandbox/chats/{id}/messages", list_messages),
    ("GET", "/sandbox/clock", read_clock),
    ("POST", "/sandbox/clock", move_clock),
    ("PUT", "/sandbox/clock/alarm", put_alarm),
    ("GET", "/sandbox/agent", read_agent),
    ("PUT", "/sandbox/agent", put_agent),
    ("GET", "/sandbox/agent/panel/{id}", read_panel),
    ("GET", "/sandbox/faults", list_faults),
    ("POST", "/sandbox/faults", add_fault),
    ("DELETE", "/sandbox/faults", clear_faults),
    ("GET", "/sandbox/limits", read_limits),
    ("POST", "/sandbox/limits", put_limits),
    ("GET", "/sandbox/calls", list_calls),
    ("GET", "/sandbox/commands/{id}", read_menu),
    ("GET", "/sandbox/bots", list_bots),
]
PLAIN = {(method, path): handler for method, path, handler in ROUTES if "{" not in path}
NUMBERED = [
    (method, re.compile(path.replace("{id}", r"(-?\d{1,18})")), handler)
    for method, path, handler in ROUTES
    if "{" in path
]


def find_handler(method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
    """Raises `Misuse` 404 or 405."""
    handler = PLAIN.get((method, path))
    if handler is not None:
        return handler, ()
    for allowed, pattern, numbered in NUMBERED:
        match = pattern.fullmatch(path)
        if match is not None and allowed == method:
            return numbered, match.groups()
    other = {m for m, p in PLAIN if p == path} | {m for m, pattern, _ in NUMBERED if pattern.fullmatch(path)}
    if other:
        raise Misuse(405, f"{path} takes {', '.join(sorted(other))}, not {method}")
    raise Misuse(404, f"there is no {path}; docs/sandbox.md lists the control API")


def read_query(query: bytes) -> dict[str, str]:
    try:
        return read_form(query)
    except ValueError:
        raise Misuse(400, "the query is not UTF-8") from None


def _chat(ask: Ask) -> Chat:
    chat_id = int(ask.words[0])
    chat = ask.bot.chats.get(chat_id)
    if chat is not None:
        return chat
    person = ask.telegram.people.get(chat_id)
    if person is None:
        raise Misuse(404, f"there is no chat {chat_id}")
    # Kept, so that a watcher of an empty chat sees the first message arrive.
    chat = ask.bot.chats[chat_id] = Chat(chat_id, person.as_chat())
    ask.telegram.save_chat(ask.bot, chat)
    return chat

"""The promises under `kill -9`: every message recorded once and answered, no follow-up twice."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bot.beside import has_room
from storage import inbox, outbox
from storage.database import Database
from storage.models import Contact, Customer, FollowUp, OutboxMessage
from tests.support.bots import LIMITS_OFF, Bot, Chatter, bot_beside
from tests.support.databases import Databases, opened
from tests.support.sandboxes import Sandbox

PEOPLE = [501 + n for n in range(20)]
MESSAGES = 10  # each
KILLS = 5
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_said_twice_over_five_kills(sandbox: Sandbox, databases: Databases, kind: str) -> None:
    url = databases.sqlite_url() if kind == "sqlite" else databases.postgres_url()
    bot = bot_beside(sandbox, url, apart=True, **LIMITS_OFF)
    bot.start()
    people = {person: Chatter(sandbox, person, f"Ada {person}") for person in PEOPLE}
    for person, chatter in people.items():
        chatter.says("/start")
        chatter.says(f"remind me in 3 hours to water plant {person}")
    settle(bot, url, messages=2 * len(PEOPLE))
    sandbox.ask("POST", "clock", {"advance": "179m"})

    burst = threading.Thread(target=say_all, args=(people,))
    burst.start()
    sandbox.ask("POST", "faults", {"method": "sendMessage", "times": 200, "delay_ms": 20})
    mover = threading.Thread(target=lambda: sandbox.ask("POST", "clock", {"advance": "2m"}))
    mover.start()
    die_and_return(bot, KILLS)
    burst.join()
    mover.join()
    settle(bot, url, messages=(2 + MESSAGES) * len(PEOPLE), follow_ups=len(PEOPLE))
    assert bot.stop() == 0

    with opened(url) as database:
        check_messages(database)
        check_follow_ups(database, sandbox)
    sent = Counter(call["chat_id"] for call in sandbox.ask("GET", "calls")["calls"] if accepted(call))
    assert {person: sent[person] >= MESSAGES for person in PEOPLE} == dict.fromkeys(PEOPLE, True)


def test_nobody_notices_when_the_processes_beside_it_die(sandbox: Sandbox, databases: Databases) -> None:
    """One listens; the other sends, once so many are written to at a time over a slow link."""
    url = databases.sqlite_url()
    bot = bot_beside(sandbox, url, apart=True, **LIMITS_OFF)
    bot.start()
    people = {501 + n: Chatter(sandbox, 501 + n, f"Ada {501 + n}") for n in range(80)}
    sandbox.ask("POST", "faults", {"method": "sendMessage", "times": None, "delay_ms": 2000})
    for chatter in people.values():
        chatter.says("/start")
    burst = threading.Thread(target=say_all, args=(people,))
    burst.start()
    ends = [f"the {kind} process has ended" for kind in ("listening", "sending")] if has_room() else []
    deadline = time.monotonic() + 120
    while any(end not in bot.errors() for end in ends):
        assert time.monotonic() < deadline, bot.errors()[-3000:]
        time.sleep(0.5)  # the moment of death is meant to be any
        for pid in list_children(bot):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    sandbox.ask("DELETE", "faults")
    burst.join()
    settle(bot, url, messages=(1 + MESSAGES) * len(people))
    assert bot.stop() == 0
    with opened(url) as database:
        check_messages(database, people)
    sent = Counter(call["chat_id"] for call in sandbox.ask("GET", "calls")["calls"] if accepted(call))
    assert {person: sent[person] >= MESSAGES for person in people} == dict.fromkeys(people, True)


@pytest.mark.skipif(not has_room(), reason="on a single core nobody sends beside the bot")
def test_reminders_being_sent_beside_it_when_it_is_killed_are_never_sent_again(
    sandbox: Sandbox, databases: Databases
) -> None:
    """Whether they arrived is not known; the process that had taken them ends with the bot."""
    url = databases.sqlite_url()
    bot = bot_beside(sandbox, url, apart=True, **LIMITS_OFF)
    bot.start()
    people = {501 + n: Chatter(sandbox, 501 + n, f"Ada {501 + n}") for n in range(60)}
    for person, chatter in people.items():
        chatter.says(f"remind me in 3 hours to water plant {person}")
    sandbox.ask("POST", "faults", {"method": "sendMessage", "times": None, "delay_ms": 2000})
    burst = threading.Thread(target=say_all, args=(people,))
    burst.start()
    wait_until(lambda: sum(count_sockets(pid) for pid in list_senders(bot)) > len(people) // 2)
    sandbox.ask("DELETE", "faults")
    burst.join()
    settle(bot, url, messages=(1 + MESSAGES) * len(people))

    sandbox.ask("POST", "faults", {"method": "sendMessage", "times": None, "delay_ms": 30_000})
    mover = threading.Thread(target=lambda: sandbox.ask("POST", "clock", {"advance": "181m"}))
    mover.start()
    with opened(url) as database:
        wait_until(lambda: len(list_accepted(database, sandbox)) == len(people))
        (sender,) = list_senders(bot)
        bot.kill()
        wait_until(lambda: not read_command(sender))
        sandbox.ask("DELETE", "faults")
        bot.start()
        mover.join()
        settle(bot, url, messages=(1 + MESSAGES) * len(people), follow_ups=len(people))
        assert bot.stop() == 0
        assert check_follow_ups(database, sandbox, people) == {"unknown": len(people)}


def list_senders(bot: Bot) -> list[int]:
    """The processes beside the bot that send."""
    return [pid for pid in list_children(bot) if b"bot.runtime.courier" in read_command(pid)]


def count_sockets(pid: int) -> int:
    count = 0
    with suppress(FileNotFoundError):  # it ends
        for end in os.listdir(f"/proc/{pid}/fd"):
            with suppress(FileNotFoundError):  # it is closed
                count += os.readlink(f"/proc/{pid}/fd/{end}").startswith("socket:")
    return count


def read_command(pid: int) -> bytes:
    """Nothing of one that has ended, or is about to be reaped."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def list_children(bot: Bot) -> list[int]:
    assert bot.process is not None
    found: list[int] = []
    for file in Path(f"/proc/{bot.process.pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ends
            found += map(int, file.read_text().split())
    return found


def say_all(people: dict[int, Chatter]) -> None:
    def say(line: tuple[int, int]) -> None:
        number, person = line
        people[person].says(f"I love the oat latte, message {number} of {person}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, [(number, person) for number in range(MESSAGES) for person in people]))


def die_and_return(bot: Bot, times: int) -> None:
    """Kill while it starts, works or sends: the moments are drawn anew, with a seed that is said on failure."""
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    moments = random.Random(seed)
    for round in range(times):
        time.sleep(moments.uniform(0.05, 1.2))  # the moment of death is meant to be any
        bot.kill()
        bot.start(wait=round == times - 1 or moments.random() < 0.7)


def settle(bot: Bot, url: str, *, messages: int, follow_ups: int = 0) -> None:
    """Wait until everything said has been run and everything to say has been said."""
    deadline = time.monotonic() + 240
    with opened(url) as database:
        while time.monotonic() < deadline:
            waiting = database.read_now(inbox.count_by_state)
            sending = database.read_now(outbox.count_by_state)
            done = waiting.get("done", 0) >= messages and not waiting.get("ready")
            ended = database.read_now(
                lambda m: sum(f.status not in ("planned", "held") for f in m.query(FollowUp).filter_by(rule="reminder"))
            )
            if done and not sending.get("ready") and not sending.get("sending") and ended >= follow_ups:
                return
            time.sleep(0.05)
    raise AssertionError(f"not settled: {waiting} {sending} {ended}\n{bot.errors()[-3000:]}")


def check_messages(database: Database, people: Iterable[int] = PEOPLE) -> None:
    """Each of the burst stands once in the log."""

    def read(memory):
        texts = [c.text for c in memory.query(Contact).filter_by(direction="in", kind="text")]
        names = [c.name for c in memory.query(Customer)]
        return texts, names

    texts, names = database.read_now(read)
    expected = {f"I love the oat latte, message {n} of {person}": 1 for n in range(MESSAGES) for person in people}
    assert {text: count for text, count in Counter(texts).items() if "message" in text} == expected
    assert max(Counter(name for name in names if name.startswith("Ada")).values()) == 1


def list_accepted(database: Database, sandbox: Sandbox) -> list[str]:
    """The reminders that Telegram has taken."""
    return [
        call["parameters"]["text"]
        for call in sandbox.ask("GET", "calls")["calls"]
        if accepted(call) and "water plant" in call["parameters"].get("text", "") and is_follow_up(database, call)
    ]


def check_follow_ups(database: Database, sandbox: Sandbox, people: Collection[int] = PEOPLE) -> Counter[str]:
    """At most once each at Telegram; what we could not know is `unknown`, and nothing is merely gone. Returns the states."""
    sent = Counter(list_accepted(database, sandbox))
    assert set(sent.values()) <= {1}

    def read(memory):
        rows = memory.query(FollowUp).filter_by(rule="reminder").all()
        return [memory.get(OutboxMessage, row.outbox_id).state for row in rows if row.outbox_id]

    states = Counter(database.read_now(read))
    assert sum(states.values()) == len(people)
    assert set(states) <= {"sent", "unknown"}
    assert states["sent"] <= sum(sent.values()) <= states["sent"] + states["unknown"]
    return states


def is_follow_up(database: Database, call) -> bool:
    def read(memory):
        rows = memory.query(OutboxMessage).filter_by(delivery="follow_up")
        return call["parameters"]["text"] in {row.parameters["text"] for row in rows}

    return database.read_now(read)


def accepted(call) -> bool:
    return call["method"] == "sendMessage" and call["outcome"] == 200

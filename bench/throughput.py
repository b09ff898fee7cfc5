"""Updates answered per second, end to end: a burst waits in the sandbox, the bot is let go, the last answer is timed.

An answer is a `sendMessage` that the sandbox took. The clock starts when the bot is let go and stops when the call
of the last answer arrives, so all of fetching, storing, understanding, answering and sending is in it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Usage, read_usage
from bench.rig import BenchError, BotProcess, Json, Peer, Sandbox, read_time

WARM_UP = 100  # messages to a bot that need not meet everybody
FIRST_PERSON = 50_000_000  # above the example people
LAST_PERSON = 99_999_999
LOOK_SECONDS = 0.2
QUIET_SECONDS = 1.0  # so long without a call, and the bot has done what it will do
STALLED_SECONDS = 15.0


@dataclass(frozen=True)
class Load:
    """So many people, each of whom writes so many messages at once."""

    chats: int
    messages: int
    link_ms: float
    cores: tuple[int, int] | None  # of the bot; of the sandbox and of what the bot starts beside it

    @property
    def updates(self) -> int:
        return self.chats * self.messages


@dataclass(frozen=True)
class Run:
    """One burst answered by one bot."""

    name: str
    setting: str
    updates: int
    seconds: float
    per_second: float
    cpu_ms: float  # of the bot, an update
    idle_mb: float  # warm, before the burst
    peak_mb: float
    sandbox_cpu: float  # share of its core: near 1 it was the bottleneck, and the figure says nothing of the bot
    unanswered: int
    refused: int
    messages_per_update: float


async def run_once(peer: Peer, load: Load, lines: Sequence[str], folder: Path) -> Run:
    """Start a sandbox and the bot, warm up, lay in the burst, measure. Raises BenchError when the bot fails."""
    people = [FIRST_PERSON + n for n in range(load.chats)]
    async with Sandbox.open(load.cores[1] if load.cores else None, load.link_ms) as sandbox:
        bot = BotProcess(peer, sandbox.url, folder, load.cores)
        try:
            await bot.wait_until_polling(sandbox)
            await sandbox.admit(
                {"id": person, "first_name": f"Ada {n}", "language_code": ("en", "zh")[n % 2]}
                for n, person in enumerate(people)
            )
            await sandbox.admit(peer.staff)
            await sandbox.say([(member["id"], "/start") for member in peer.staff])
            warm = [(person, "/start") for person in (people if peer.meets_everybody else people[:WARM_UP])]
            # Everything that can be said is said once, by people who take no part later: caches are as in a long life.
            strangers = [LAST_PERSON - n for n in range(len(lines))]
            await sandbox.admit({"id": person, "first_name": "Eve", "language_code": "en"} for person in strangers)
            warm += zip(strangers, lines, strict=True)
            await sandbox.say(warm)
            watch = Watch(bot, sandbox, frozenset((*people, *strangers)))
            await watch.run(len(warm))
            with bot.frozen():
                await sandbox.say(_burst(people, load.messages, lines))
                watch = Watch(bot, sandbox, frozenset(people), await sandbox.count_calls())
                watch.look_at_usage()
                sandbox_before = read_usage(sandbox.process.pid).cpu_seconds
                began = time.time()
            await watch.run(load.updates)
            sandbox_cpu = read_usage(sandbox.process.pid).cpu_seconds - sandbox_before
        finally:
            bot.end()
    return _judge(peer, load, watch, began, sandbox_cpu)


class Watch:
    """Looks on from outside: which calls the sandbox got, and what the bot had used by when."""

    def __init__(self, bot: BotProcess, sandbox: Sandbox, people: Set[int], seq: int = 0) -> None:
        self._bot = bot
        self._sandbox = sandbox
        self._people = people
        self._seq = seq
        self.samples: list[tuple[float, Usage]] = []
        self.answers: list[Json] = []  # calls to the people, without those to staff
        self.refused = 0

    def look_at_usage(self) -> None:
        self.samples.append((time.time(), read_usage(self._bot.pid)))

    async def run(self, updates: int) -> None:
        """Until so many answers were given and no more come, or nothing happens for long."""
        changed_at = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._bot.process.poll() is not None:
                raise BenchError(f"{self._bot.peer.name} ended by itself\n{self._bot.tail()}")
            self.look_at_usage()
            if await self._look_at_calls():
                changed_at = time.monotonic()
            quiet = time.monotonic() - changed_at
            if quiet > STALLED_SECONDS or (quiet > QUIET_SECONDS and len(self.answers) >= updates):
                return

    async def _look_at_calls(self) -> bool:
        """True: something was sent to the people."""
        calls = await self._sandbox.list_calls(self._seq)
        if calls:
            self._seq = calls[-1]["seq"]
        sent = [call for call in calls if call["method"].lower() == "sendmessage" and call["chat_id"] in self._people]
        self.answers += [call for call in sent if call["outcome"] == 200]
        self.refused += sum(call["outcome"] != 200 for call in sent)
        return bool(sent)


def _burst(people: Sequence[int], messages: int, lines: Sequence[str]) -> list[tuple[int, str]]:
    """Everybody's first message, then everybody's second: as when many write at once. The same for every bot."""
    order = list(lines) * (len(people) * messages // len(lines) + 1)
    random.Random(7).shuffle(order)
    return [(person, order[n * len(people) + m]) for n in range(messages) for m, person in enumerate(people)]


def _judge(peer: Peer, load: Load, watch: Watch, began: float, sandbox_cpu: float) -> Run:
    if not watch.answers:
        raise BenchError(f"{peer.name} answered nothing")
    answered = Counter(call["chat_id"] for call in watch.answers)
    missing = load.updates - sum(min(count, load.messages) for count in answered.values())
    ended = read_time(watch.answers[-1])
    before, last = watch.samples[0][1], watch.samples[-1][1]
    after = next((usage for at, usage in watch.samples if at >= ended), last)
    seconds = ended - began
    return Run(
        name=peer.name, setting=peer.setting, updates=load.updates, seconds=seconds,
        per_second=(load.updates - missing) / seconds,
        cpu_ms=(after.cpu_seconds - before.cpu_seconds) * 1000 / load.updates, idle_mb=before.rss_mb, peak_mb=after.peak_mb,
        sandbox_cpu=sandbox_cpu / (watch.samples[-1][0] - began), unanswered=missing, refused=watch.refused,
        messages_per_update=len(watch.answers) / load.updates,
    )  # fmt: skip

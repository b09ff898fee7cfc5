"""The sandbox's clock: real time plus an offset, moved forward from alarm to alarm.

The bot says by `set_alarm` that everything due by a revision is judged and sent, and when its next row is due.
`advance` stops at each alarm and waits for that word, so that nothing grows stale by a jump.
"""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.model import Json
from sandbox.refusals import Misuse

STOP_SECONDS = 5.0  # how long the bot may take at one stop
ALARM_SECONDS = 60.0  # an alarm older than this, from a bot that no longer calls, is nobody's
MOST_STOPS = 2_000
LAST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()  # a clock moved beyond the last date there is would never come back
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def instant(text: object, name: str) -> float:
    """Seconds since 1970 of an ISO time with an offset, or of a number."""
    try:
        if isinstance(text, (int, float)) and not isinstance(text, bool):
            return datetime.fromtimestamp(text, UTC).timestamp()
        at = datetime.fromisoformat(str(text))
    except (ValueError, OverflowError, OSError):
        raise Misuse(400, f"{name}: an ISO time such as 2026-05-03T09:00:00+00:00, not {text!r}") from None
    if at.tzinfo is None:
        raise Misuse(400, f"{name}: {text!r} has no offset; add one, such as +00:00")
    return at.timestamp()


def duration(text: object) -> float:
    """Seconds of 90, "90", "1h", "7d", "2w"."""
    if isinstance(text, (int, float)) and not isinstance(text, bool) and text >= 0:
        return float(text)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhdw]?)\s*", str(text))
    if match is None:
        raise Misuse(400, f"advance: seconds or a number with s, m, h, d or w, such as 7d; not {text!r}")
    return float(match[1]) * UNITS[match[2] or "s"]


class Clock:
    def __init__(self, offset: float = 0.0, revision: int = 0) -> None:
        self.offset = offset
        self.revision = revision
        self.on_move: Callable[[], None] = lambda: None
        self.bot_seen_at: Callable[[], float] = lambda: 0.0  # monotonic time of the newest Bot API call
        self._alarm_at: float | None = None
        self._follow_up_at: float | None = None
        self._judged = -1  # the newest revision the bot has vouched for
        self._put_at: float | None = None
        self._changed = asyncio.Event()
        self._one = asyncio.Lock()
        self._released = False

    def now(self) -> float:
        return time.time() + self.offset

    def describe(self) -> Json:
        return {
            "now": iso(self.now()),
            "offset_seconds": self.offset,
            "revision": self.revision,
            "alarm_at": None if self._alarm_at is None else iso(self._alarm_at),
            "follow_up_at": None if self._follow_up_at is None else iso(self._follow_up_at),
        }

    def set_alarm(self, asked: Json) -> None:
        """The bot's word; one for an older revision than it gave before is ignored."""
        revision = asked.get("revision", self.revision)
        if not isinstance(revision, int) or isinstance(revision, bool):
            raise Misuse(400, "revision: the whole number that GET /sandbox/clock gave")
        if revision < self._judged and self._judged <= self.revision:
            return
        at, follow_up_at = asked.get("at"), asked.get("follow_up_at")
        self._alarm_at = None if at is None else instant(at, "at")
        self._follow_up_at = None if follow_up_at is None else instant(follow_up_at, "follow_up_at")
        self._judged = revision
        self._put_at = time.monotonic()
        self._wake()

    async def wait_for_revision(self, after: int, seconds: float) -> None:
        """Return when the revision is above `after`, or the time is up."""
        await self._wait(lambda: self.revision > after, seconds)

    def release(self) -> None:
        """Let every waiter go: the server is about to stop."""
        self._released = True
        self._wake()

    async def advance(self, asked: Json) -> Json:
        async with self._one:
            heard = await self._handshake()
            target = self._target(asked)
            if target > LAST:
                raise Misuse(400, f"the clock goes to {iso(LAST)} at most")
            stops = await self._stop_at_alarms(target) if heard else 0
            self._move(max(target, self.now()))
            if heard:
                await self._judgement()
            return {"now": iso(self.now()), "stops": stops, "revision": self.revision} | {
                "follow_up_at": None if self._follow_up_at is None else iso(self._follow_up_at)
            }

    async def _handshake(self) -> bool:
        """Let the bot say anew what is next: its last alarm may not know of what was just said. False if none answers."""
        if self._put_at is None:
            return False
        if time.monotonic() - max(self._put_at, self.bot_seen_at()) > ALARM_SECONDS:
            return False
        self._move(self.now())
        return await self._judgement()

    async def _stop_at_alarms(self, target: float) -> int:
        stops = 0
        reached = float("-inf")
        while stops < MOST_STOPS:
            alarm = self._alarm_at
            if alarm is None or alarm >= target or alarm <= reached:  # the last: no progress, do not stand still
                break
            reached = alarm
            self._move(max(alarm, self.now()))
            stops += 1
            await self._judgement()
        return stops

    def _target(self, asked: Json) -> float:
        if ("advance" in asked) == ("to" in asked):
            raise Misuse(400, 'give either {"advance": "7d"} or {"to": ISO time or "follow_up"}')
        if "advance" in asked:
            return self.now() + duration(asked["advance"])
        if asked["to"] == "follow_up":
            if self._follow_up_at is None:
                raise Misuse(409, "no follow-up is planned")
            return self._follow_up_at
        target = instant(asked["to"], "to")
        if target < self.now() - 1:
            raise Misuse(400, f"to: {asked['to']} is over; the clock (now {iso(self.now())}) only moves forward")
        return target

    def _move(self, to: float) -> None:
        self.offset += max(to - self.now(), 0.0)
        self.revision += 1
        self.on_move()
        self._wake()

    async def _judgement(self) -> bool:
        revision = self.revision
        return await self._wait(lambda: self._judged >= revision, STOP_SECONDS)

    async def _wait(self, happened: Callable[[], bool], seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while not happened() and not self._released:
                    await self._changed.wait()
        except TimeoutError:
            return happened()
        return happened()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

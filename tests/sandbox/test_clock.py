"""Moving the clock: straight when no bot listens, from alarm to alarm when one does."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support.sandboxes import Sandbox, open_line


def clock(sandbox: Sandbox) -> tuple[datetime, int]:
    told = sandbox.ask("GET", "clock")
    return datetime.fromisoformat(told["now"]), told["revision"]


class Judge:
    """Plays a bot with due rows: at each revision it notes which are due, then says which is next."""

    def __init__(self, sandbox: Sandbox, due: list[datetime]) -> None:
        self.url = sandbox.url + "/sandbox/clock"
        self.due = sorted(due)
        self.judged: list[tuple[datetime, datetime]] = []  # (due, the clock when it was judged)
        self.moved = -1
        self.stopping = False
        self.ready = threading.Event()

    def run(self) -> None:
        with httpx.Client(timeout=30, trust_env=False) as client:
            while not self.stopping:
                told = client.get(self.url, params={"after": self.moved, "wait": 0.2}).json()
                if told["revision"] > self.moved:
                    self.judge(datetime.fromisoformat(told["now"]))
                    self.moved = told["revision"]
                    client.put(f"{self.url}/alarm", json=self.alarm()).raise_for_status()
                    self.ready.set()

    def judge(self, now: datetime) -> None:
        while self.due and self.due[0] <= now:
            self.judged.append((self.due.pop(0), now))

    def alarm(self) -> dict[str, Any]:
        at = self.due[0].isoformat() if self.due else None
        return {"at": at, "follow_up_at": at, "revision": self.moved}


@contextmanager
def judging(sandbox: Sandbox, due: list[datetime]) -> Iterator[Judge]:
    judge = Judge(sandbox, due)
    thread = threading.Thread(target=judge.run)
    thread.start()
    try:
        assert judge.ready.wait(10)
        yield judge
    finally:
        judge.stopping = True
        thread.join()


def test_without_a_bot_the_clock_jumps_straight(own: Sandbox) -> None:
    before, revision = clock(own)
    began = time.monotonic()
    told = own.ask("POST", "clock", {"advance": "7d"})
    assert time.monotonic() - began < 4.5  # a bot that is waited for has 5 s
    after, moved = clock(own)
    assert timedelta(days=7) <= after - before < timedelta(days=7, minutes=1)
    assert (told["stops"], moved) == (0, revision + 1)


@pytest.mark.parametrize(
    ("advance", "seconds"), [("1h", 3600), ("2w", 1_209_600), (90, 90), ("90", 90), ("1.5m", 90), (0, 0)]
)
def test_a_duration_can_be_said_in_many_ways(shared: Sandbox, advance: object, seconds: int) -> None:
    before, _ = clock(shared)
    shared.ask("POST", "clock", {"advance": advance})
    assert 0 <= (clock(shared)[0] - before).total_seconds() - seconds < 30


def test_messages_carry_the_moved_time(own: Sandbox) -> None:
    line = open_line(own)
    own.ask("POST", "clock", {"to": "2100-01-02T03:04:05+00:00"})
    line.says(text="/start")
    assert line.updates()[0]["message"]["date"] - int(datetime(2100, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()) < 60
    assert line.send()["date"] > 4_000_000_000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"advance": "soon"}, 400),
        ({"advance": -1}, 400),
        ({"advance": "1d", "to": "follow_up"}, 400),
        ({"to": "follow_up"}, 409),
        ({"to": "2001-01-01T00:00:00+00:00"}, 400),
        ({"to": "2101-01-01T00:00:00"}, 400),
        ({"to": "9999-12-31T23:59:59+00:00"}, 400),
        ({"to": 1e300}, 400),
        ({"advance": 1e300}, 400),
        ({"advance": "9" * 400 + "w"}, 400),
    ],
)
def test_an_impossible_move_is_refused_and_moves_nothing(shared: Sandbox, body: dict[str, Any], status: int) -> None:
    before = clock(shared)[0]
    assert "error" in shared.ask("POST", "clock", body, status)
    assert clock(shared)[0] - before < timedelta(minutes=1)


def test_a_move_stops_at_each_alarm(own: Sandbox) -> None:
    now, _ = clock(own)
    due = [now + timedelta(days=day) for day in (1, 2, 5, 9)]
    with judging(own, due) as judge:
        told = own.ask("POST", "clock", {"advance": "7d"})
        assert [row for row, _ in judge.judged] == due[:3]
        assert all(at - row < timedelta(minutes=1) for row, at in judge.judged), "judged late"
        assert told["stops"] == 3
        assert datetime.fromisoformat(told["follow_up_at"]) == due[3]
        assert timedelta(days=7) <= clock(own)[0] - now < timedelta(days=7, minutes=1)


def test_a_move_can_go_to_the_next_follow_up(own: Sandbox) -> None:
    now, _ = clock(own)
    due = [now + timedelta(days=3), now + timedelta(days=4)]
    with judging(own, due) as judge:
        told = own.ask("POST", "clock", {"to": "follow_up"})
        assert [row for row, _ in judge.judged] == due[:1]
        assert datetime.fromisoformat(told["follow_up_at"]) == due[1]


def test_what_falls_due_just_before_the_move_is_not_jumped_over(own: Sandbox) -> None:
    now, _ = clock(own)
    with judging(own, [now + timedelta(days=6)]) as judge:
        judge.due.insert(0, now + timedelta(days=2))  # not told to the sandbox yet
        assert own.ask("POST", "clock", {"advance": "7d"})["stops"] == 2
        assert all(at - row < timedelta(minutes=1) for row, at in judge.judged)


def test_a_bot_that_went_away_holds_the_clock_up_once(own: Sandbox) -> None:
    now, revision = clock(own)
    own.ask("PUT", "clock/alarm", {"at": (now + timedelta(days=1)).isoformat(), "revision": revision})
    began = time.monotonic()
    assert own.ask("POST", "clock", {"advance": "7d"})["stops"] == 0
    assert 4 < time.monotonic() - began < 9
    assert clock(own)[0] - now >= timedelta(days=7)


def test_an_alarm_that_never_moves_on_does_not_loop_for_ever(own: Sandbox) -> None:
    now, _ = clock(own)
    stuck = now - timedelta(minutes=1)
    with judging(own, []) as judge:
        judge.alarm = lambda: {"at": stuck.isoformat(), "follow_up_at": None, "revision": judge.moved}
        told = own.ask("POST", "clock", {"advance": "1d"})
        assert told["stops"] == 1
        assert clock(own)[0] - now >= timedelta(days=1)


def test_a_watcher_hears_of_a_move_at_once(shared: Sandbox) -> None:
    _, revision = clock(shared)
    mover = threading.Timer(0.2, lambda: shared.ask("POST", "clock", {"advance": 60}))
    mover.start()
    with httpx.Client(base_url=shared.url, timeout=30) as client:
        began = time.monotonic()
        told = client.get("/sandbox/clock", params={"after": revision, "wait": 20}).json()
    assert (told["revision"], time.monotonic() - began < 10) == (revision + 1, True)
    mover.join()


@pytest.mark.parametrize(
    "body", [{"at": "noon"}, {"at": 1e300}, {"at": "2026-01-01T00:00:00"}, {"at": None, "revision": "1"}]
)
def test_an_impossible_alarm_is_refused(shared: Sandbox, body: dict[str, Any]) -> None:
    assert "error" in shared.ask("PUT", "clock/alarm", body, 400)

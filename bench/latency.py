"""How long it takes to understand one message: ours, and the dialogue turns of REGULARS_DATA where that is set."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.bots import fill_database
from bench.understanding.draw import draw, find_data
from bot.interact.hearing import Hearing
from bot.interact.understanding import Listener
from storage.database import Database

ROUNDS = 10
NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Latency:
    """Milliseconds a message, one at a time, on one core."""

    texts: str
    count: int
    p50_ms: float
    p99_ms: float
    most_ms: float


def measure_latencies(lines: Sequence[str], folder: Path) -> list[Latency]:
    """With the catalogue and the questions of the example business, in a database in `folder`."""
    listener = _make_listener(f"sqlite:///{folder / 'latency.db'}")
    found = [_measure(listener, "ours", lines)]
    data = find_data(None)
    if data is not None:
        for language in ("en", "zh"):
            turns = [turn.text for turn in draw(data, language)]
            found.append(_measure(listener, f"drawn turns, {language}", turns))
    return found


def _make_listener(url: str) -> Listener:
    fill_database(url)
    database = Database(url)
    try:
        return database.read_now(Hearing().listener)
    finally:
        database.close()


def _measure(listener: Listener, name: str, texts: Sequence[str]) -> Latency:
    """The first round warms up; of the others each text counts with its median."""
    times: list[list[float]] = [[] for _ in texts]
    for number in range(ROUNDS + 1):
        for index, text in enumerate(texts):
            began = time.perf_counter()
            listener.understand(text, language=None, time_zone=ZONE, now=NOW)
            if number:
                times[index].append((time.perf_counter() - began) * 1000)
    medians = sorted(statistics.median(one) for one in times)
    at = min(round(0.99 * len(medians)), len(medians) - 1)
    return Latency(name, len(texts), statistics.median(medians), medians[at], medians[-1])

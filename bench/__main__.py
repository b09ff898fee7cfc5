"""`python -m bench [--quick] [--only PART]... [--json]`: the README's figures, beside peers, in one run.

Parts: throughput, footprint, claims, imports, understanding, wrong_facts. Everything is also written to results/bench.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp

from bench import report
from bench.bots import AIOGRAM_CONNECTIONS, PTB_IN_FLIGHT, SETTINGS, make_aiogram, make_ptb, make_regulars
from bench.footprint import measure_footprint
from bench.latency import measure_latencies
from bench.processes import choose_cores
from bench.rig import RESULTS, ROOT, BenchError, Peer
from bench.throughput import Load, Run, run_once

PARTS = ("throughput", "footprint", "claims", "imports", "understanding", "wrong_facts")
CHATS = 1000
MESSAGES = 5  # of each person; a slow bot gets fewer, its rate is as steady
SLOW_MESSAGES = 2
LINK_MS = 50.0
REPEATS = 3

Json = dict[str, Any]
Make = Callable[[], Peer]


def read_arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute: rougher figures")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be repeated")
    parser.add_argument("--repeats", type=int, help=f"of each throughput run ({REPEATS}; 1 with --quick)")
    parser.add_argument("--chats", type=int, default=CHATS)
    parser.add_argument("--link-ms", type=float, default=LINK_MS, help="latency of every Bot API call")
    parser.add_argument("--unpinned", action="store_true", help="leave every process to whichever core it is given")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args(words)


def main() -> int:
    arguments = read_arguments()
    parts = arguments.only or list(PARTS)
    RESULTS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=RESULTS))
    figures: Json = {"machine": describe_machine()}
    began = time.monotonic()
    try:
        for part in parts:
            say(f"{part} ...")
            figures[part] = MEASURES[part](arguments, folder)
    except (BenchError, aiohttp.ClientError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures["seconds"] = round(time.monotonic() - began)
    (RESULTS / "bench.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")
    if arguments.json:
        print(json.dumps(figures, indent=2))
    else:
        report.show(figures)
    return 0


def describe_machine() -> Json:
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"the machine is busy (load {load:.1f}): figures will be lower and rougher than they could be")
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count(), "load": load}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# -- throughput ------------------------------------------------------------------------------------------------


def measure_throughput(arguments: argparse.Namespace, folder: Path) -> Json:
    """First each peer's best settings are looked for, then all take turns, so that all meet the same weather.

    PTB's rate swings widely from run to run: its best two settings stay in, and the better median counts.
    """
    repeats = arguments.repeats or (1 if arguments.quick else REPEATS)
    lines = read_lines()
    cores = None if arguments.unpinned else choose_cores()

    def run(make: Make, messages: int) -> Run:
        peer = make()
        found = asyncio.run(run_once(peer, Load(arguments.chats, messages, arguments.link_ms, cores), lines, folder))
        say(f"  {found.name} ({found.setting}): {found.per_second:.0f}/s, {found.cpu_ms:.2f} ms CPU an update")
        return found

    in_flight = PTB_IN_FLIGHT[1:3] if arguments.quick else PTB_IN_FLIGHT
    tried_ptb = [run(lambda n=n: make_ptb(n), 1) for n in in_flight]  # type: ignore[misc]
    finalists = sorted(in_flight, key=lambda n: -tried_ptb[in_flight.index(n)].per_second)[:2]
    connections = AIOGRAM_CONNECTIONS[:1] if arguments.quick else AIOGRAM_CONNECTIONS
    tried_aiogram = [run(lambda n=n: make_aiogram(n), SLOW_MESSAGES) for n in connections]  # type: ignore[misc]
    aiogram = connections[_best(tried_aiogram)]
    messages, slow = (3, 1) if arguments.quick else (MESSAGES, SLOW_MESSAGES)
    turns: dict[str, list[Run]] = {"regulars": [], "aiogram": []}
    ptb: dict[int, list[Run]] = {n: [] for n in finalists}
    for _ in range(repeats):
        turns["regulars"].append(run(lambda: make_regulars(folder), messages))
        turns["aiogram"].append(run(lambda: make_aiogram(aiogram), messages))
        for n, runs in ptb.items():
            runs.append(run(lambda n=n: make_ptb(n), slow))  # type: ignore[misc]
    turns["ptb"] = max(ptb.values(), key=lambda runs: statistics.median(one.per_second for one in runs))
    return {
        "chats": arguments.chats,
        "link_ms": arguments.link_ms,
        "pinned": cores is not None,
        "repeats": repeats,
        "limits": "none: the sandbox's and ours are off",
        "settings": SETTINGS,
        "tried": [asdict(one) for one in tried_ptb + tried_aiogram],
        "bots": {name: _summarise(runs) for name, runs in turns.items()},
        "ratios": {peer: _compare(turns["regulars"], turns[peer]) for peer in ("ptb", "aiogram")},
        "runs": {name: [asdict(one) for one in runs] for name, runs in turns.items()},
    }


def _best(runs: list[Run]) -> int:
    return max(range(len(runs)), key=lambda index: runs[index].per_second)


def _summarise(runs: list[Run]) -> Json:
    """Medians over the repetitions; memory and what went wrong at its worst."""
    middle = {
        name: statistics.median(getattr(one, name) for one in runs)
        for name in ("per_second", "cpu_ms", "idle_mb", "sandbox_cpu", "messages_per_update")
    }
    worst = {name: max(getattr(one, name) for one in runs) for name in ("peak_mb", "unanswered", "refused")}
    first = runs[0]
    return {"name": first.name, "setting": first.setting, "updates": first.updates, **middle, **worst}


def _compare(ours: list[Run], theirs: list[Run]) -> Json:
    """Ratios within a repetition: the machine's mood cancels out."""
    return {
        "per_second": statistics.median(a.per_second / b.per_second for a, b in zip(ours, theirs, strict=True)),
        "cpu": statistics.median(a.cpu_ms / b.cpu_ms for a, b in zip(ours, theirs, strict=True)),
    }


def read_lines() -> list[str]:
    text = (ROOT / "bench" / "messages.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


# -- the rest --------------------------------------------------------------------------------------------------


def measure_start(_arguments: argparse.Namespace, folder: Path) -> Json:
    return asdict(measure_footprint(folder))


def measure_claims(arguments: argparse.Namespace, _folder: Path) -> Any:
    rows = 100_000 if arguments.quick else 1_000_000
    return _ask([sys.executable, "-m", "bench.claims", "--json", "--rows", str(rows)])


def measure_imports(arguments: argparse.Namespace, _folder: Path) -> Any:
    sizes = (20_000, 100_000) if arguments.quick else (100_000, 300_000, 1_000_000)
    return _ask([sys.executable, "-m", "bench.imports", "--json", *(f"--rows={rows}" for rows in sizes)])


def measure_understanding(_arguments: argparse.Namespace, folder: Path) -> Any:
    return [asdict(one) for one in measure_latencies(read_lines(), folder)]


def measure_wrong_facts(_arguments: argparse.Namespace, _folder: Path) -> Any:
    """[] where the public data is not there: it is not ours to ship."""
    return _ask([sys.executable, str(ROOT / "bench" / "understanding" / "wrong_facts.py"), "--json"], accepted=(0, 1))


def _ask(command: list[str], accepted: tuple[int, ...] = (0,)) -> list[Any]:
    """What a benchmark with a command of its own prints: JSON, an object a line."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    if done.returncode not in accepted:
        raise BenchError(f"{' '.join(command[1:])} ended with {done.returncode}; it says why above")
    decoder = json.JSONDecoder()
    found, text = [], done.stdout.strip()
    while text:
        value, end = decoder.raw_decode(text)
        found += value if isinstance(value, list) else [value]
        text = text[end:].strip()
    return found


MEASURES: dict[str, Callable[[argparse.Namespace, Path], Any]] = {
    "throughput": measure_throughput,
    "footprint": measure_start,
    "claims": measure_claims,
    "imports": measure_imports,
    "understanding": measure_understanding,
    "wrong_facts": measure_wrong_facts,
}

if __name__ == "__main__":
    sys.exit(main())

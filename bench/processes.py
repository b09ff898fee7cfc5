"""Processes to measure: where they run, what CPU and memory they used. Linux tells all; elsewhere `ps` tells some, and
nothing of children."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """Of a process since it began, with its children: shared pages count in each, and so do peaks at different times."""

    cpu_seconds: float
    rss_mb: float
    peak_mb: float


def read_usage(pid: int) -> Usage:
    """Raises OSError when the process is gone."""
    usage = _read_alone(pid)
    for child in list_children(pid):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            usage = Usage(*map(sum, zip(usage, read_usage(child), strict=True)))
    return usage


def list_children(pid: int) -> list[int]:
    return [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]


def _read_alone(pid: int) -> Usage:
    folder = Path(f"/proc/{pid}")
    if not folder.exists():
        return _ask_ps(pid)
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / _TICKS
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
    rss, peak = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return Usage(cpu, rss, peak)


def _ask_ps(pid: int) -> Usage:
    command = ["ps", "-o", "rss=,time=", "-p", str(pid)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    if len(answer) != 2:
        raise ProcessLookupError(pid)
    seconds = 0.0
    for part in answer[1].replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return Usage(seconds, int(answer[0]) / 1024, int(answer[0]) / 1024)


def choose_cores() -> tuple[int, int] | None:
    """One core for the bot, another for the sandbox; None where that cannot be had."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[1]) if len(cores) > 1 else None


def pin(pid: int, core: int | None) -> None:
    """Keep a process, with its threads and whatever they start from now on, on one core. 0 is this process."""
    if core is not None:
        for task in os.listdir(f"/proc/{pid or os.getpid()}/task"):
            os.sched_setaffinity(int(task), {core})

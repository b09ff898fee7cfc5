"""What Regulars needs before anybody writes: time to come up, memory at rest. With the example business and its page."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from bench.processes import read_usage
from bench.rig import ROOT, START_SECONDS, BenchError

REST_SECONDS = 3.0
OURS = ("TELEGRAM_", "REGULARS_")  # variables that would change what is started


@dataclass(frozen=True)
class Footprint:
    """Of `regulars run` without a token: the sandbox and its page are in the same process."""

    first_start_seconds: float  # makes the database and loads the examples
    start_seconds: float
    idle_mb: float
    alone_mb: float  # without a process that listens (`conversation.listen_apart`)


def measure_footprint(folder: Path) -> Footprint:
    for old in folder.glob("idle.*"):
        old.unlink()
    first, _ = _start(folder)
    again, idle_mb = _start(folder)
    _, alone_mb = _start(folder, REGULARS_CONVERSATION__LISTEN_APART="false")
    return Footprint(first, again, idle_mb, alone_mb)


def _start(folder: Path, **settings: str) -> tuple[float, float]:
    """Seconds until it says that it is open, and megabytes a little later."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment |= {
        "REGULARS_DATABASE_URL": f"sqlite:///{folder / 'idle.db'}",
        "REGULARS_HTTP": "127.0.0.1:0",
        "REGULARS_CONFIG": str(ROOT / "config.yaml"),
        "PYTHONUNBUFFERED": "1",
        **settings,
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=environment, cwd=ROOT,
    )  # fmt: skip
    try:
        said: queue.SimpleQueue[float | None] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(process, said), daemon=True).start()
        try:
            opened = said.get(timeout=START_SECONDS)
        except queue.Empty:
            opened = None
        if opened is None:
            raise BenchError("regulars run did not open; start it by hand to see why")
        time.sleep(REST_SECONDS)
        return opened - began, read_usage(process.pid).rss_mb
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listen(process: subprocess.Popen[str], said: queue.SimpleQueue[float | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if "is open" in line:
            said.put(time.monotonic())
    said.put(None)

"""The bots that are compared, each with the settings it is at its best with, and Regulars with a café to work for."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.rig import ROOT, BenchError, Peer
from bot.config import config_path, load_settings
from bot.identify.examples import list_people, load_examples
from storage.database import Database
from storage.schema import prepare

PTB_IN_FLIGHT: tuple[int, ...] = (8, 16, 24, 32, 64)
AIOGRAM_CONNECTIONS: tuple[int, ...] = (100, 256)  # 100 is its default
IN_FLIGHT = 256  # of Regulars
OWNER = 1000  # of the example people: hears of every complaint
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"

# Telegram's limits are off on both sides, or every bot would answer 30 messages a second; and nobody counts as a
# flood, or the fifth message of an impatient person would rightly get no answer. Each message is whole, so none waits
# for its rest: of five that come at once some would be joined into one, and the last be timed a second and a half later.
SETTINGS = {
    "REGULARS_TELEGRAM__MESSAGES_PER_SECOND": "0",
    "REGULARS_TELEGRAM__CHAT_MESSAGES_PER_SECOND": "0",
    "REGULARS_TELEGRAM__GROUP_MESSAGES_PER_MINUTE": "0",
    "REGULARS_TELEGRAM__IN_FLIGHT": str(IN_FLIGHT),
    "REGULARS_CONVERSATION__BURST__MESSAGES": "1000",
    "REGULARS_CONVERSATION__FRAGMENT_WAIT": "0d",
}


def make_regulars(folder: Path) -> Peer:
    """`python -m bot run` on a fresh SQLite file with the example business: catalogue, questions, customers, orders."""
    database = folder / "regulars.db"
    for old in folder.glob("regulars.db*"):
        old.unlink()
    fill_database(f"sqlite:///{database}")
    return Peer(
        name="Regulars",
        setting=f"{IN_FLIGHT} in flight",
        command=[sys.executable, "-m", "bot", "run"],
        environment=SETTINGS | {
            "REGULARS_DATABASE_URL": f"sqlite:///{database}",
            "REGULARS_CONFIG": str(ROOT / "config.yaml"),
            "REGULARS_CLOCK": "sandbox",
            "REGULARS_HTTP": "127.0.0.1:0",
        },
        staff=[person for person in list_people() if person["id"] == OWNER],
        meets_everybody=True,
    )  # fmt: skip


def fill_database(url: str) -> None:
    settings = load_settings(config_path({**os.environ, "REGULARS_CONFIG": str(ROOT / "config.yaml")}), {})
    database = Database(url)
    try:
        now = datetime.now(UTC)
        prepare(database, now=now)
        database.write_now(lambda memory: load_examples(memory, settings, now))
    finally:
        database.close()


def make_ptb(in_flight: int) -> Peer:
    script = str(ROOT / "bench" / "peers" / "ptb_echo.py")
    return Peer("PTB echo", f"{in_flight} in flight", [sys.executable, script, str(in_flight)], {})


def make_aiogram(connections: int) -> Peer:
    if not PEER_PYTHON.exists():
        raise BenchError("aiogram is not installed: run `make bench` once, or `make .venv-bench/.ready`")
    script = str(ROOT / "bench" / "peers" / "aiogram_echo.py")
    return Peer("aiogram echo", f"{connections} connections", [str(PEER_PYTHON), script, str(connections)], {})

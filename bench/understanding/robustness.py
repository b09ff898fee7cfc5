"""The dialogues of the public data, every customer turn: no crash, and nothing kept of a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.rows import Row
from bench.understanding import draw
from bot.identify.facts import LEAST_CONFIDENCE
from bot.interact.understanding import FoundFact, Listener

NOW = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("Europe/London"))
SETS = {
    "dialogues_sgd": ("dialogues.jsonl.gz", "en", ZoneInfo("Europe/London")),
    "dialogues_crosswoz": ("val.jsonl.gz", "zh", ZoneInfo("Asia/Shanghai")),
}
# A rule of its own, that shares nothing with what is measured: a question mark after the clause that was kept, or a word
# that only questions begin or end with in it. "I love noodles, where do I get some?" tells and asks.
ASKS = re.compile(
    r"^\W*(?:what|which|who|whose|when|where|why|how|do|does|did|is|are|was|were|can|could|would|will|should)\b"
    r"|(?:吗|呢|么|什么|哪里|哪个|几点|多少)\W*$",
    re.IGNORECASE,
)
CLAUSES = re.compile(r"[^,.!?，。！？;；\n]+[,.!?，。！？;；\n]*")


def measure(data: Path) -> list[Row]:
    listener = Listener((), ())
    rows = []
    for folder, (name, language, zone) in SETS.items():
        turns = crashes = asked = 0
        for text in _turns(data, folder, name):
            turns += 1
            try:
                facts = listener.understand(text, language=language, time_zone=zone, now=NOW).facts
            except Exception:  # any at all is what is counted
                crashes += 1
                continue
            asked += sum(is_of_question(text, fact) for fact in facts if fact.confidence >= LEAST_CONFIDENCE)
        rows += [
            Row(folder, "turns understood", turns, unit=""),
            Row(folder, "crashes", crashes, least=0, unit=""),
            Row(folder, "facts recorded from questions", asked, least=0, unit=""),
        ]
    return rows


def is_of_question(text: str, fact: FoundFact) -> bool:
    """Whether the clauses that a fact came from ask."""
    told = fact.quote or text
    clauses = [one for one in CLAUSES.findall(text) if one.strip(" ,.!?，。！？;；\n") in told or told in one]
    return any("?" in one or "？" in one for one in clauses or [text]) or ASKS.search(told) is not None


def _turns(data: Path, folder: str, name: str) -> Iterator[str]:
    return (turn.text for turn in draw.read(data, folder, name).values())

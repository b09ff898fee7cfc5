"""How much is heard, and how rightly, of the 300 labelled turns a language (labels/heard_{en,zh}.jsonl).

Precision is the share of what is stored (facts) or recorded (feedback) that has a label of its kind, value and sign,
required or optional; recall the share of required labels that are found. The aspect of feedback counts apart.
`python -m bench.understanding.heard --data FOLDER --show 20` prints the turns that go wrong.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.rows import Row
from bench.understanding.draw import HEARD, find_data
from bench.understanding.judging import STORED, Json, Judgement, confidence_of, judge, load, show
from bot.interact.understanding import Listener

NOW = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("UTC"))
TIME_ZONES = {"en": ZoneInfo("Europe/London"), "zh": ZoneInfo("Asia/Shanghai")}


def measure(data: Path) -> list[Row]:
    listener = Listener((), ())
    return [row for language in sorted(HEARD.plan) for row in _rows(language, *judge_all(listener, data, language))]


def judge_all(listener: Listener, data: Path, language: str) -> tuple[list[Json], list[Json], list[Judgement]]:
    """Labels, what was understood, and the judgement of each turn."""
    pairs = list(load(data, language, HEARD))
    results = [
        listener.understand(turn.text, language=None, time_zone=TIME_ZONES[language], now=NOW).to_json()
        for turn, _ in pairs
    ]
    judged = [judge(turn, label, result) for (turn, label), result in zip(pairs, results, strict=True)]
    return [label for _, label in pairs], results, judged


def _rows(language: str, labels: list[Json], results: list[Json], judged: list[Judgement]) -> list[Row]:
    def count(name: str) -> int:
        return sum(len(getattr(one, name)) for one in judged)

    stored = sum(confidence_of(fact) >= STORED for result in results for fact in result["facts"])
    recorded = sum(len(result["feedback"]) for result in results)
    facts, feedback = (
        sum(not one.get("optional") for label in labels for one in label[kind]) for kind in ("facts", "feedback")
    )
    name = f"heard_{language}"
    right = recorded - count("wrong_feedback")
    found = feedback - count("missed_feedback")
    return [
        Row(name, f"facts, precision ({stored} stored)", _percent(stored - count("wrong_facts"), stored), 95, 98),
        Row(name, f"facts, recall ({facts} required)", _percent(facts - count("missed_facts"), facts), 80, 95),
        Row(name, f"feedback, precision ({recorded} recorded)", _percent(right, recorded), 95, 98),
        Row(name, f"feedback, recall ({feedback} required)", _percent(found, feedback), 80, 95),
        Row(name, "of right feedback, the aspect too", _percent(right - count("wrong_aspects"), right)),
        Row(name, "of feedback found, under its aspect", _percent(found - count("missed_aspects"), found)),
    ]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public data (else REGULARS_DATA)")
    parser.add_argument("--language", choices=sorted(HEARD.plan), action="append")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="print N offending turns a language")
    options = parser.parse_args()
    data = find_data(options.data)
    if data is None:
        return
    listener = Listener((), ())
    for language in options.language or sorted(HEARD.plan):
        labels, results, judged = judge_all(listener, data, language)
        for row in _rows(language, labels, results, judged):
            print(f"{row.set}  {row.what}: {row.value:.1f}")
        show(judged, options.show)


if __name__ == "__main__":
    main()

"""Is the right answer found? Public questions of a bank and of assistants, through what answers a customer."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bench.rows import Row
from bot.interact.understanding import FaqPhrasing, Listener
from bot.interact.understanding.examination import examine

Question = tuple[str, str | None]
ZONE, NOW = ZoneInfo("Europe/London"), datetime(2026, 3, 11, 10, tzinfo=UTC)
CHINESE_PHRASINGS, CHINESE_UNKNOWN, CHINESE_DRAWS = 5, 4, 3
ANCHORS = {
    "faq_banking77": "RapidFuzz 49.3, n-gram LR 76.1 (measured); USE+ConveRT 85.2 (published)",
    "faq_clinc150": "Rasa 91.5/45.3, BERT 96.9/40.3 (published, test part)",
    "faq_hwu64": "n-gram SVM 70.5 (measured); USE+ConveRT 85.8 (published)",
}


def measure(data: Path) -> list[Row]:
    """Rows of the nearest entry, and of what is answered with the product's one threshold."""
    banking = data / "faq_banking77"
    homes = data / "faq_hwu64"
    assistant = json.loads((data / "faq_clinc150" / "train_val.json").read_text(encoding="utf-8"))
    known: list[Question] = [(text, name) for text, name in assistant["val"]]
    unknown: list[Question] = [(text, None) for text, _ in assistant["oos_val"]]
    return [
        *_few_shot("faq_banking77", read(banking / "train_10.jsonl"), read(banking / "test.jsonl"), 79, 86),
        *_few_shot("faq_hwu64", read(homes / "train_10.jsonl"), read(homes / "valid.jsonl"), 75, 86),
        *_chinese(data),
        *_with_threshold("faq_clinc150", [(text, name) for text, name in assistant["train"]], [*known, *unknown]),
    ]


def _chinese(data: Path) -> list[Row]:
    """Five phrasings an answer of xSID's intents, a few of which are left out; three draws, for the set is small."""
    file = data / "intents_xsid" / "zh.valid.jsonl"
    rows = [(row["text"], row["intent"]) for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())]
    counts = Counter(name for _, name in rows)
    names = sorted(name for name in counts if counts[name] >= 2 * CHINESE_PHRASINGS)
    nearest, right, handed = [], [], []
    for draw in range(CHINESE_DRAWS):
        order = Random(draw)
        unknown = {*order.sample(names, CHINESE_UNKNOWN)}
        by_name = {name: [text for text, other in rows if other == name] for name in names}
        for texts in by_name.values():
            order.shuffle(texts)
        known = [name for name in names if name not in unknown]
        listener = build([(text, name) for name in known for text in by_name[name][:CHINESE_PHRASINGS]])
        asked = [(text, name) for name in known for text in by_name[name][CHINESE_PHRASINGS:]]
        found = [listener.nearest_question(text) for text, _ in asked]
        nearest += [one is not None and one.name == name for one, (_, name) in zip(found, asked, strict=True)]
        others: list[Question] = [(text, None) for name in unknown for text in by_name[name]]
        report = examine(listener, [*asked, *others], ZONE, NOW)
        right.append(report.in_scope_accuracy or 0)
        handed.append(report.out_of_scope_recall or 0)
    return [
        Row("intents_xsid zh", "accuracy, 5 a question", 100 * sum(nearest) / len(nearest)),
        Row("intents_xsid zh", "answered, and rightly", 100 * sum(right) / len(right)),
        Row("intents_xsid zh", "out-of-scope recall", 100 * sum(handed) / len(handed)),
    ]


def read(path: Path) -> list[tuple[str, str]]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(row["text"], row["intent"]) for row in rows]


def build(examples: list[tuple[str, str]]) -> Listener:
    return Listener([], [FaqPhrasing(name, "en", text, name) for text, name in examples])


def _few_shot(
    name: str, examples: list[tuple[str, str]], questions: list[tuple[str, str]], least: float, aim: float
) -> list[Row]:
    listener = build(examples)
    nearest = [listener.nearest_question(text) for text, _ in questions]
    right = sum(
        found is not None and found.name == expected for found, (_, expected) in zip(nearest, questions, strict=True)
    )
    answered = examine(listener, list(questions), ZONE, NOW)
    return [
        Row(name, "accuracy, 10 a question", 100 * right / len(questions), least, aim, ANCHORS[name]),
        Row(name, "answered, and rightly", 100 * (answered.in_scope_accuracy or 0)),
    ]


def _with_threshold(name: str, examples: list[tuple[str, str]], questions: list[Question]) -> list[Row]:
    report = examine(build(examples), questions, ZONE, NOW)
    return [
        Row(name, "in-scope accuracy", 100 * (report.in_scope_accuracy or 0), 92, 95, ANCHORS[name]),
        Row(name, "out-of-scope recall", 100 * (report.out_of_scope_recall or 0), 60, 75, ANCHORS[name]),
    ]

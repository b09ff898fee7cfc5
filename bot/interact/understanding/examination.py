"""How well the FAQ is found: questions with the answers they should get, beside the answers they get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from .faq import THRESHOLD
from .listener import Listener


@dataclass(frozen=True, slots=True)
class Examined:
    """`expected` is None for a question that no entry answers, `answered` for one that goes to a person, or for which
    it is asked which of two (`asked`) is meant: neither a right answer nor left to a person."""

    text: str
    expected: str | None
    answered: str | None
    score: float  # of the likeliest entry, answered or not
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Shares of 1; None where there are no questions of the kind."""

    rows: tuple[Examined, ...]

    @property
    def accuracy(self) -> float | None:
        return _share([row.answered == row.expected and not row.asked for row in self.rows])

    @property
    def in_scope_accuracy(self) -> float | None:
        return _share([row.answered == row.expected for row in self.rows if row.expected is not None])

    @property
    def out_of_scope_recall(self) -> float | None:
        return _share([row.answered is None and not row.asked for row in self.rows if row.expected is None])

    @property
    def handed_over(self) -> list[Examined]:
        return [row for row in self.rows if row.answered is None and not row.asked]

    @property
    def asked(self) -> list[Examined]:
        return [row for row in self.rows if row.asked]

    def confusions(self) -> list[tuple[str, str, int]]:
        """(expected, answered, how often), most frequent first: wrong answers, not those handed to a person."""
        wrong = Counter(
            (row.expected or "", row.answered)
            for row in self.rows
            if row.answered is not None and row.answered != row.expected
        )
        return [(expected, answered, count) for (expected, answered), count in wrong.most_common()]

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": [
                {
                    "text": row.text,
                    "expected": row.expected,
                    "answered": row.answered,
                    "score": round(row.score, 3),
                    "asked": list(row.asked),
                }
                for row in self.rows
            ],
            "accuracy": self.accuracy,
            "in_scope_accuracy": self.in_scope_accuracy,
            "out_of_scope_recall": self.out_of_scope_recall,
            "threshold": THRESHOLD,
        }


def examine(
    listener: Listener, questions: Sequence[tuple[str, str | None]], time_zone: ZoneInfo, now: datetime
) -> Report:
    """Ask each question as a customer's message would: what else is heard in it may keep the FAQ silent."""
    return Report(tuple(_ask(listener, text, expected, time_zone, now) for text, expected in questions))


def _ask(listener: Listener, text: str, expected: str | None, time_zone: ZoneInfo, now: datetime) -> Examined:
    heard = listener.understand(text, language=None, time_zone=time_zone, now=now)
    likeliest = heard.faq or listener.nearest_question(text)
    score = likeliest.score if likeliest else 0.0
    return Examined(text, expected, heard.faq.name if heard.faq else None, score, heard.faq_close)


def _share(right: Sequence[bool]) -> float | None:
    return sum(right) / len(right) if right else None

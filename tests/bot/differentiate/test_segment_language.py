"""Segments as written: read into conditions, or refused with what was wrong, where, and the nearest right word."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.differentiate.segment_language import SegmentWrong, read_condition
from bot.differentiate.segment_words import WORDS, show_use
from storage.conditions import AllOf, AnyOf, Compare, Condition, Holds, Not

ITEMS = {"oat latte": ("oat-latte",), "coffee": ("mocha", "oat-latte")}
DAYS = timedelta(days=1)


def find_items(text: str) -> tuple[Sequence[str], str | None]:
    return ITEMS.get(text.casefold(), ()), "Oat latte"


def read(text: str) -> Condition:
    return read_condition(text, find_items)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("tier = A", Compare("tier", "=", "A")),
        ("tier == a", Compare("tier", "=", "A")),
        ("tier in [A, b]", Compare("tier", "in", ("A", "B"))),
        ('tier not in ["A"]', Not(Compare("tier", "in", ("A",)))),
        ('city = "Berlin"', Compare("city", "=", "berlin")),
        ('likes("Oat milk")', Holds("likes", "oat milk")),
        ("likes(“oat latte”)", Holds("likes", "oat latte", ("oat-latte",))),
        ('bought("Coffee", 90 days)', Holds("bought", "Coffee", ("mocha", "oat-latte"), 90 * DAYS)),
        ("last_order > 30 days", Compare("last_order", ">", 30 * DAYS)),
        ("last_order>=2 weeks", Compare("last_order", ">=", 14 * DAYS)),
        ("birthday < 1 month", Compare("birthday", "<", 30 * DAYS)),
        ("spent > 12.50", Compare("spent", ">", 1250)),
        (f"spent < {'9' * 400}", Compare("spent", "<", 10**17)),
        ("alive < 50 %", Compare("alive", "<", 0.5)),
        ("orders_within(1 year) >= 3", Compare("orders_within", ">=", 3.0, 365 * DAYS)),
        ("not open_complaint", Not(Holds("open_complaint"))),
        ('tagged("VIP")', Holds("tagged", "VIP")),
        ("reachable or subscribed and profiled",
         AnyOf((Holds("reachable"), AllOf((Holds("subscribed"), Holds("profiled")))))),
        ("(reachable or subscribed) and not profiled",
         AllOf((AnyOf((Holds("reachable"), Holds("subscribed"))), Not(Holds("profiled"))))),
    ],
)  # fmt: skip
def test_what_is_written_is_read(text: str, condition: Condition) -> None:
    assert read(text) == condition


@pytest.mark.parametrize(
    ("text", "position", "why", "hint"),
    [
        ("teir = A", 1, "word", "did you mean tier?"),
        ("tier = A and lst_order > 30 days", 14, "word", "did you mean last_order?"),
        ("tier in [A, D]", 13, "value", "accepted: A, B, C, new"),
        ("tier > A", 6, "expected", "accepted: =, !="),
        ("tier", 5, "end", "as in tier = A"),
        ("last_order > 30 dayz", 17, "unit", "did you mean days?"),
        ("last_order > 30", 16, "end", "hours, days"),
        ("last_order = 30 days", 12, "expected", "<, <="),
        ("orders > many", 10, "value", "orders > 3"),
        ("orders > 50 %", 10, "value", "orders > 3"),
        ('likes "oat"', 7, "expected", 'likes("oat milk")'),
        ("likes(oat)", 7, "expected", "a text in quotes"),
        ('likes("oat"', 12, "end", ")"),
        ('bought("oat late")', 9, "item", "did you mean Oat latte?"),
        ("(reachable", 11, "end", ")"),
        ("reachable)", 10, "expected", "and, or"),
        ("reachable reachable", 11, "expected", "and, or"),
        ("reachable and", 14, "end", "not"),
        ("reachable & subscribed", 11, "expected", ""),
        ("", 1, "end", "tier"),
        ("  ", 1, "end", "tier"),
        ('city = "Berlin', 8, "expected", ""),
        ("birthday > 3 days", 10, "expected", "<, <="),
        ("(" * 40 + "reachable", 31, "deep", ""),
        ("x" * 1001, 1, "long", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, position: int, why: str, hint: str) -> None:
    with pytest.raises(SegmentWrong) as refused:
        read(text)
    assert (refused.value.position, refused.value.why) == (position, why)
    message = str(refused.value)
    assert hint in message
    assert message.splitlines()[-1] == "  " + " " * (position - 1) + "^"


def test_no_scribble_does_more_than_be_refused() -> None:
    chance = random.Random(1)
    pieces = [
        *WORDS,
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        "[",
        "]",
        ",",
        "<",
        "=",
        "30",
        "days",
        '"x"',
        "%",
        "é",
        "王",
        "\n",
    ]
    refused = []
    for _ in range(3000):
        text = " ".join(chance.choice(pieces) for _ in range(chance.randrange(1, 12)))
        try:
            read(text)
        except SegmentWrong as wrong:
            refused.append(str(wrong))
    assert len(refused) > 2000
    assert all("position" in one for one in refused)


@pytest.mark.parametrize("name", WORDS)
def test_every_word_is_used_as_it_is_shown(name: str) -> None:
    assert read(show_use(name))


def test_the_page_names_the_same_words() -> None:
    page = (Path(__file__).parents[3] / "docs" / "segments.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)[^`]*` \| `([^`]+)` \|", page, re.MULTILINE)
    assert [name for name, _ in rows] == list(WORDS)
    for name, example in rows:
        assert example.startswith(name)
        read(example)

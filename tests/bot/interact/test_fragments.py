"""Which message is a piece of a thought, and pieces put together."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.interact import fragments
from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener, Understanding
from tests.support.visits import ROOT

TABLE = {
    "unfinished": ["and", "also", "I'm allergic to", "the coffee was", "one latte,", "I'd like a flat white and",
                   "还有", "我对", "来一杯拿铁，", "我想要"],
    "bare": ["2 lattes", "oat", "flat white", "two large oat lattes", "tomorrow", "两杯拿铁", "燕麦奶", "大杯燕麦拿铁"],
    "goes on": ["with almond milk", "and two croissants", "but cold", "no sugar", "加燕麦奶", "少糖", "和鸡蛋", "不要糖"],
    "whole": ["hi", "hello there", "thanks", "no thanks", "yes", "ok", "stop", "wifi", "do you deliver?", "2 lattes please",
              "I love the oat latte", "it was cold.", "I'm allergic to nuts", "and you?", "what time do you open", "😀",
              "你好", "谢谢", "多谢", "多少钱", "不要了", "周日开门吗", "我对花生过敏", "麻烦来两杯拿铁", "停", "转人工"],
}  # fmt: skip


@pytest.fixture(scope="module")
def listener() -> Listener:
    def parts(text: str) -> tuple[str, ...]:
        return tuple(part for part in text.split("|") if part)

    with open(ROOT / "examples/catalogue.csv", encoding="utf-8", newline="") as file:
        items = [
            CatalogueEntry(row["sku"], {"en": row["name_en"], "zh": row["name_zh"]}, parts(row["aliases"]),
                           row["category"], parts(row["options"]), parts(row["contains"]))
            for row in csv.DictReader(file)
        ]  # fmt: skip
    with open(ROOT / "examples/faq.csv", encoding="utf-8", newline="") as file:
        faq = [FaqPhrasing(r["name"], r["language"], r["question"], r["answer"]) for r in csv.DictReader(file)]
    return Listener(items, faq)


def hear(listener: Listener, text: str) -> Understanding:
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    return listener.understand(text, language=None, time_zone=ZoneInfo("Europe/Berlin"), now=now)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in TABLE.items() for text in texts])
def test_a_message_is_a_piece_or_whole(listener: Listener, kind: str, text: str) -> None:
    heard = hear(listener, text)
    found = {
        "unfinished": fragments.is_unfinished(heard),
        "bare": fragments.is_bare(heard),
        "goes on": fragments.goes_on(heard),
    }
    assert found[kind] if kind != "whole" else not any(found.values())


@pytest.mark.parametrize(
    ("lines", "quantity", "options"),
    [
        (["hi", "2 lattes", "oat"], 2, ("oat milk",)),
        (["a latte", "with oat milk", "please"], 1, ("oat milk",)),
        (["两杯拿铁", "燕麦奶"], 2, ("oat milk",)),
    ],
)
def test_pieces_are_understood_as_one_order(
    listener: Listener, lines: list[str], quantity: int, options: tuple[str, ...]
) -> None:
    heard = hear(listener, fragments.join(lines))
    assert [(item.quantity, item.options) for item in heard.items] == [(quantity, options)]
    assert heard.has("order")


def test_a_question_after_an_order_takes_nothing_from_it(listener: Listener) -> None:
    heard = hear(listener, fragments.join(["2 lattes", "do you deliver?"]))
    assert heard.has("order")
    assert heard.faq is not None
    assert heard.faq.name == "delivery"


@pytest.mark.parametrize("text", ["," * 4096, "and " * 1024, "no a" * 1024, "加" * 4096, " " * 4096])
def test_hostile_text_is_no_piece(text: str) -> None:
    heard = Understanding(text=text, language="en")
    assert not any(judge(heard) for judge in (fragments.is_unfinished, fragments.is_bare, fragments.goes_on))
    fragments.join([text, text])

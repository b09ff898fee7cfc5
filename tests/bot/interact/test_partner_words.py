"""What partners write: how much is left, in both languages, and what else they ask for."""

from __future__ import annotations

import csv

import pytest

from bot.interact.partner_words import Asked, Told, read_asked, read_stock
from bot.interact.understanding import CatalogueEntry
from bot.interact.understanding.items import ItemFinder
from tests.support.visits import ROOT, _split

HOUSE, DECAF, YUNNAN = "beans-house-1kg", "beans-decaf", "beans-yunnan"
THEIRS = (HOUSE, DECAF, YUNNAN, "oat-latte")


@pytest.fixture(scope="module")
def catalogue() -> tuple[ItemFinder, dict[str, list[str]]]:
    with open(ROOT / "examples/catalogue.csv", encoding="utf-8", newline="") as file:
        entries = [
            CatalogueEntry(
                sku=row["sku"], names={"en": row["name_en"], "zh": row["name_zh"]},
                aliases=tuple(_split(row["aliases"])), options=tuple(_split(row["options"])), contains=(),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    return ItemFinder(entries), {entry.sku: [*entry.names.values(), *entry.aliases] for entry in entries}


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("12 house blend, 3 decaf", {HOUSE: 12, DECAF: 3}),
        ("house blend 12 decaf 3", {HOUSE: 12, DECAF: 3}),
        ("House blend: 12\nDecaf beans: 0", {HOUSE: 12, DECAF: 0}),
        ("Hi! We still have about a dozen house blend and 2 decaf", {HOUSE: 12, DECAF: 2}),
        ("we're out of house blend, decaf is down to two bags", {HOUSE: 0, DECAF: 2}),
        ("no decaf left", {DECAF: 0}),
        ("out of house blend, decaf sold out", {HOUSE: 0, DECAF: 0}),
        ("1,200 decaf left", {DECAF: 1200}),
        ("Decaf beans 250 g: 4, House espresso beans 1 kg 7", {DECAF: 4, HOUSE: 7}),
        ("5 house blend, sorry, 6 house blend", {HOUSE: 6}),
        ("还剩12包拼配、3包低因", {HOUSE: 12, DECAF: 3}),
        ("拼配12 低因3", {HOUSE: 12, DECAF: 3}),
        ("低因卖完了，拼配还有两包", {DECAF: 0, HOUSE: 2}),
        ("云南豆还有十二袋", {YUNNAN: 12}),
        ("库存：拼配 12，低因 0", {HOUSE: 12, DECAF: 0}),
    ],
)
def test_stock_is_read(text: str, levels: dict[str, int], catalogue: tuple[ItemFinder, dict[str, list[str]]]) -> None:
    assert read_stock(text, *catalogue, THEIRS) == Told(tuple(levels.items()))


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("3 espresso machines left", "3 espresso machines left"),
        ("大概还有半箱拼配", "大概还有半箱拼配"),
        ("we have 12.5 kg of house blend left", "we have 12.5 kg of house blend left"),
        ("5 beans left", "5 beans left"),  # which?
        ("decaf", "decaf"),
    ],
)
def test_what_is_not_clear_is_said_and_not_guessed(
    text: str, unclear: str, catalogue: tuple[ItemFinder, dict[str, list[str]]]
) -> None:
    told = read_stock(text, *catalogue, THEIRS)
    assert (told.levels, told.unclear) == ((), (unclear,))


def test_what_was_sold_is_not_there(catalogue: tuple[ItemFinder, dict[str, list[str]]]) -> None:
    assert read_stock("we sold 5 bags of house blend, 3 decaf left", *catalogue, THEIRS).levels == ((DECAF, 3),)


def test_a_name_means_what_the_partner_trades_in(catalogue: tuple[ItemFinder, dict[str, list[str]]]) -> None:
    assert read_stock("4 house blend", *catalogue, ()).levels == (("beans-house", 4),)
    assert read_stock("4 house blend", *catalogue, (HOUSE,)).levels == ((HOUSE, 4),)
    assert read_stock("4 house blend", *catalogue, (HOUSE, "beans-house")).levels == (("beans-house", 4),)


def test_hostile_texts_are_read_as_nothing(catalogue: tuple[ItemFinder, dict[str, list[str]]]) -> None:
    for text in (
        "<b>{{7*7}}</b> left",
        "9" * 4000 + " decaf",
        "\u202e\ue0001; 3",
        "decaf " * 800,
        "，" * 4000,
        "፩ decaf",
        "²²² left",
    ):
        told = read_stock(text, *catalogue, THEIRS)
        assert told.levels == ()
        assert len(told.unclear) <= 5


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("we have 3 bags of decaf left", Asked("stock")),
        ("还剩3包低因", Asked("stock")),
        ("restock please", Asked("reorder")),
        ("What should we order next?", Asked("reorder")),
        ("我们要补货", Asked("reorder")),
        ("该补什么货了", Asked("reorder")),
        ("Request: 50 leaflets in German", Asked("request", "50 leaflets in German")),
        ("请求：请寄 20 张海报", Asked("request", "请寄 20 张海报")),
        ("do you have decaf left?", None),
        ("你们还有低因吗", None),
        ("two oat lattes please", None),
        ("my order is not here yet", None),
    ],
)
def test_what_is_asked(text: str, asked: Asked | None) -> None:
    assert read_asked(text) == asked

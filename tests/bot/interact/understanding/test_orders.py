"""Orders said in words: lines with their quantities and options, and what changes them."""

from zoneinfo import ZoneInfo

import pytest

from bot.interact.understanding import CatalogueEntry, Listener, option_name
from tests.bot.interact.understanding.conftest import WEDNESDAY
from tests.support.catalogues import example

COFFEES = Listener(example(), ())


def hear(text: str, listener: Listener = COFFEES):
    return listener.understand(text, language=None, time_zone=ZoneInfo("Europe/Berlin"), now=WEDNESDAY)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "two large oat lattes, one without sugar, and a bag of the Ethiopian",
            ["1 oat-latte large", "1 oat-latte large+no sugar", "1 beans-ethiopia"],
        ),
        (
            "两杯大杯燕麦拿铁，一杯不要糖，再来一袋埃塞",
            ["1 oat-latte large", "1 oat-latte large+no sugar", "1 beans-ethiopia"],
        ),
        ("oat latte大杯少糖", ["1 oat-latte large+少糖"]),
        ("three flat whites, two with oat milk and one decaf", ["2 flat-white oat milk", "1 flat-white decaf"]),
        ("两杯拿铁，一杯热的，一杯冰的", ["1 latte 热的", "1 latte iced"]),
        ("flat white with almnd milk", ["1 flat-white almond milk"]),
        ("a larg capuccino with sugr and oat mlk", ["1 cappuccino large+with sugar+oat milk"]),
        ("flat white, no oat milk", ["1 flat-white no oat milk"]),
        ("I'll have two lattes, no croissant", ["2 latte"]),
        ("half a dozen croissants and two bags of the colombian", ["6 croissant", "2 beans-colombia"]),
        ("two dozen croissants", ["24 croissant"]),
        ("two lattes both iced and a croissant to go", ["2 latte iced+to go", "1 croissant to go"]),
        ("四个可颂，一半加热", ["2 croissant", "2 croissant hot"]),
        ("latte x3 large", ["3 latte large"]),
        ("来一杯去冰的美式", ["1 americano 去冰的"]),
        ("two bags of decaf beans, ground for filter", ["2 beans-decaf ground for filter"]),
        ("an earl grey with milk", ["1 earl-grey with milk"]),
        ("可颂三个", ["3 croissant"]),
        ("can i get 2 natie", ["2 latte"]),
        ("yan mai na tie", ["1 oat-latte"]),
        ("来一杯燕麦那铁", ["1 oat-latte"]),
        ("I love the croissant, can I get an oat latte", ["1 oat-latte"]),
        ("我最喜欢可颂，来一杯美式", ["1 americano"]),
        ("a latte and a cappuccino, no sugar in both", ["1 latte no sugar", "1 cappuccino no sugar"]),
        ("a latte and a croissant, with soy milk", ["1 latte soy milk", "1 croissant"]),
        ("is the croissant vegan?", []),
        ("yesterday's latte was cold", []),
    ],
)
def test_an_order_becomes_lines(text: str, lines: list[str]) -> None:
    said = [f"{one.quantity} {one.sku} {'+'.join(one.options)}".strip() for one in hear(text).order]
    assert said == lines


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("make that three", "set 3"),
        ("actually 3 please", "set 3"),
        ("改成三杯", "set 3"),
        ("one more", "more 1"),
        ("再加一份", "more 1"),
        ("再来两杯", "more 2"),
        ("少一杯", "fewer 1"),
        ("no sugar in both", "options all:no sugar"),
        ("都不要糖", "options all:不要糖"),
        ("one without sugar", "options 1:without sugar"),
        ("换成燕麦奶", "options None:燕麦奶"),
        ("with almnd milk", "options None:almond milk"),
        ("I don't need one of them", "fewer 1"),
        ("I don't want one of them any more", "fewer 1"),
        ("不要了一杯", "fewer 1"),
        ("一杯不要了", "fewer 1"),
        ("退一杯", "fewer 1"),
        ("take one latte off", "fewer latte 1"),
        ("one less latte", "fewer latte 1"),
        ("拿铁少一杯", "fewer latte 1"),
        ("one is enough", "set 1"),
        ("不要那么多，两杯就够了", "set 2"),
        ("把拿铁改成三杯", "set latte 3"),
        ("change the lattes to 3", "set latte 3"),
        ("without the croissant", "remove croissant"),
        ("可颂不要了", "remove croissant"),
        ("make it a mocha instead", "swap mocha"),
        ("换成摩卡", "swap mocha"),
        ("add a croissant", "more croissant 1"),
        ("cancel that", "cancel"),
        ("never mind", "cancel"),
        ("取消", "cancel"),
        ("不要了", "cancel"),
        ("do you have oat milk?", ""),
        ("I love the croissant", ""),
        ("is the croissant vegan?", ""),
        ("you have two nice baristas", ""),
        ("my sister has three cats", ""),
    ],
)
def test_a_change_is_heard(text: str, change: str) -> None:
    found = [
        " ".join(filter(None, [
            one.what, one.item.sku if one.item else "", str(one.number or ""),
            "" if one.item else " ".join(f"{portion.of}:{'+'.join(portion.options)}" for portion in one.portions),
        ]))
        for one in hear(text).changes
    ]  # fmt: skip
    assert [one.removesuffix(" 1") if one.startswith("swap") else one for one in found] == ([change] if change else [])


@pytest.mark.parametrize(
    ("option", "english", "chinese"),
    [("large", "large", "大杯"), ("少糖", "less sugar", "少糖"), ("no oat milk", "no oat milk", "不要燕麦奶"), ("on a plate", "on a plate", "on a plate")],
)  # fmt: skip
def test_an_option_is_named_in_the_language_of_the_customer(option: str, english: str, chinese: str) -> None:
    assert (option_name(option, "en"), option_name(option, "zh")) == (english, chinese)


def test_a_name_that_sounds_like_two_items_is_neither() -> None:
    names = [("a", "龙井茶"), ("b", "笼静茶")]
    listener = Listener([CatalogueEntry(sku, {"zh": name}) for sku, name in names], ())
    assert hear("longjingcha", listener).items == ()
    assert [one.sku for one in hear("来一杯龙井茶", listener).items] == ["a"]

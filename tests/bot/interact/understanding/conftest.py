"""A small café to listen for. Now is a Wednesday morning in Berlin."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener, Understanding

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=BERLIN)

CATALOGUE = (
    CatalogueEntry(
        "oat-latte",
        {"en": "Oat latte", "zh": "燕麦拿铁"},
        ("oat milk latte",),
        "coffee",
        ("large", "small", "no sugar"),
        ("oats",),
    ),
    CatalogueEntry("flat-white", {"en": "Flat white", "zh": "澳白"}, ("馥芮白",), "coffee", ("large",), ("milk",)),
    CatalogueEntry("filter", {"en": "Filter coffee", "zh": "手冲"}, ("pour over", "手冲咖啡"), "coffee"),
    CatalogueEntry("ethiopian", {"en": "Ethiopian beans", "zh": "埃塞俄比亚咖啡豆"}, (), "beans", ("ground",)),
    CatalogueEntry("house-espresso", {"en": "House espresso beans", "zh": "招牌意式咖啡豆"}, (), "beans"),
    CatalogueEntry("croissant", {"en": "Croissant", "zh": "可颂"}, ("牛角包",), "bakery", (), ("wheat", "milk", "egg")),
    CatalogueEntry("almond-cake", {"en": "Almond cake", "zh": "杏仁蛋糕"}, (), "bakery", (), ("nuts", "egg")),
    CatalogueEntry("cinnamon-bun", {"en": "Cinnamon bun", "zh": "肉桂卷"}, ("cinnamon roll",), "bakery"),
    CatalogueEntry("matcha-latte", {"en": "Matcha latte", "zh": "抹茶拿铁"}, (), "coffee", (), ("milk",)),
    CatalogueEntry("chai", {"en": "Chai", "zh": "印度奶茶"}, ("chai latte",), "tea", (), ("milk",)),
)
FAQ = (
    FaqPhrasing("hours", "en", "What are your opening hours?", "Eight to six."),
    FaqPhrasing("hours", "en", "When do you open?", "Eight to six."),
    FaqPhrasing("hours", "zh", "你们几点开门？", "八点。"),
    FaqPhrasing("hours", "zh", "营业时间是什么时候？", "八点到六点。"),
    FaqPhrasing("wifi", "en", "Do you have wifi?", "Yes."),
    FaqPhrasing("wifi", "zh", "有无线网吗？", "有。"),
    FaqPhrasing("parking", "en", "Is there parking nearby?", "No."),
    FaqPhrasing("delivery", "en", "Do you deliver?", "Yes."),
    FaqPhrasing("delivery", "zh", "你们送外卖吗？", "送。"),
)

Hear = Callable[..., Understanding]


@pytest.fixture(scope="session")
def listener() -> Listener:
    return Listener(CATALOGUE, FAQ)


@pytest.fixture(scope="session")
def hear(listener: Listener) -> Hear:
    def understand(
        text: str, language: str | None = None, zone: ZoneInfo = BERLIN, now: datetime = WEDNESDAY
    ) -> Understanding:
        return listener.understand(text, language=language, time_zone=zone, now=now)

    return understand


@pytest.fixture(scope="session")
def stored(hear: Hear) -> Callable[[str], list[tuple[str, str, str | None]]]:
    """(kind, value, polarity) of the facts that the product would keep."""

    def facts(text: str) -> list[tuple[str, str, str | None]]:
        return [(one.kind, one.value, one.polarity) for one in hear(text).facts if one.confidence >= 0.5]

    return facts


@pytest.fixture(scope="session")
def diet_listener() -> Callable[[str], Understanding]:
    """One whose FAQ has an answer on vegan food."""
    asked = FaqPhrasing("vegan", "en", "Are there vegan cakes?", "The brownie.")
    listener = Listener(CATALOGUE, (*FAQ, asked))
    return lambda text: listener.understand(text, language="en", time_zone=BERLIN, now=WEDNESDAY)

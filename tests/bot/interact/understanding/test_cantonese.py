"""Cantonese is understood as the Mandarin that says the same; the customer's words stay theirs."""

from __future__ import annotations

import pytest

from bot.interact.understanding import Understanding
from bot.interact.understanding.cantonese import to_mandarin
from bot.interact.understanding.normalise import fold

PAIRS = [
    ("我鍾意燕麥奶", "我喜欢燕麦奶"),
    ("我唔鍾意肉桂", "我不喜欢肉桂"),
    ("我唔要肉桂", "我不要肉桂"),
    ("我對花生過敏，食唔得", "我对花生过敏，不能吃"),
    ("我對堅果冇敏感", "我对坚果没过敏"),
    ("我唔可以食花生", "我不可以吃花生"),
    ("我食素嘅", "我吃素的"),
    ("我成日飲澳白", "我总是喝澳白"),
    ("叫我小王得喇", "叫我小王就行"),
    ("我阿媽生日係六月三號", "我妈妈生日是六月三号"),
    ("我個仔5月3號生日", "我儿子5月3号生日"),
    ("聽日三點提醒我攞咖啡豆", "明天三点提醒我拿咖啡豆"),
    ("後日朝早九點提醒我買豆", "后天早上九点提醒我买豆"),
    ("琴日啲咖啡凍晒", "昨天的咖啡冷了"),
    ("收銀嗰個人好冇禮貌", "收银那个人很没礼貌"),
    ("等咗好耐", "等了好久"),
    ("好好味呀", "很好吃呀"),
    ("你哋幾點開門", "你们几点开门"),
    ("澳白幾多錢", "澳白多少钱"),
    ("我要兩杯凍拿鐵", "我要两杯冰拿铁"),
    ("唔好再發短信俾我", "不要再发短信给我"),
    ("搵真人同我傾", "找真人和我聊"),
    ("你知道我啲咩", "你知道我些什么"),
    ("唔該", "谢谢"),
    ("唔使喇", "不用了"),
    ("唔要", "不要"),
    ("冇", "没"),
    ("係", "是"),
    ("唔緊要", "不要紧"),
]


def gist(heard: Understanding) -> tuple[object, ...]:
    return (
        {intent.name for intent in heard.intents},
        {(fact.kind, fact.polarity, fact.item, fact.date) for fact in heard.facts},
        {(one.kind, one.aspect) for one in heard.feedback},
        [(date.start, date.grain) for date in heard.dates],
        [(item.sku, item.quantity) for item in heard.items],
        heard.faq.name if heard.faq else None,
    )


@pytest.mark.parametrize(("cantonese", "mandarin"), PAIRS)
def test_it_is_heard_as_in_mandarin(hear, cantonese: str, mandarin: str) -> None:
    assert gist(hear(cantonese, "zh")) == gist(hear(mandarin, "zh"))


def test_what_was_said_is_kept_as_it_was_said(hear) -> None:
    fact = hear("我唔鍾意肉桂", "zh").facts[0]
    assert (fact.value, fact.quote) == ("肉桂", "我唔鍾意肉桂")


@pytest.mark.parametrize(
    "text",
    ["我们关系很好", "食物过敏", "一点解释", "集中意见", "老母鸡汤", "好平静的下午", "系统坏了", "喇叭太吵", "晒太阳", "联系我", "后日子"],
)  # fmt: skip
def test_mandarin_is_left_alone(text: str) -> None:
    assert to_mandarin(text) == text


@pytest.mark.parametrize("text", ["唔", "我唔食辣，係咁先", "聽日朝早有冇位呀", "關係好好，唔該晒", "😀唔該"])
def test_positions_stay(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("唔该两杯咖啡", "麻烦两杯咖啡"), ("唔该，我要茶", "麻烦，我要茶"), ("唔该", "谢谢"), ("唔该晒", "谢谢了")],
)
def test_please_is_no_thanks(text: str, meant: str) -> None:
    assert to_mandarin(text) == meant


@pytest.mark.parametrize(("text", "thanks"), [("唔该 我要杯奶昔", False), ("唔該，嚟份腸粉", False), ("唔该 我要落单", False), ("唔该，要走啦", True), ("唔该，拜拜", True)])  # fmt: skip
def test_who_says_please_alone_is_not_thanking(hear, text: str, thanks: bool) -> None:
    assert hear(text, "zh").has("thanks") is thanks

"""Judgements that no phrase of the lexicon knows, heard by the shipped models."""

# ruff: noqa: SIM905 - sentences read better as text

import pytest

from bot.interact.understanding import aspects, grams, polarity


def told(heard):
    return [(one.kind, one.aspect, one.severity) for one in heard.feedback]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the cake was badly done and dull", ("complaint", "product", 1)),
        ("your menu became a confusing mess", ("complaint", "product", 1)),
        ("this soup was really comforting", ("praise", "product", 0)),
        ("客房的卫生让人恶心", ("complaint", "place", 1)),
        ("包装非常精美孩子很开心", ("praise", "product", 0)),
    ],
)
def test_judgement_beyond_phrases_is_heard(hear, text, expected):
    assert told(hear(text)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "I have a problem with my boss",
        "the weather is terrible",
        "I need a cheap restaurant",
        "I love music",
        "is the soup terrible?",
        "thanks a lot for your support",
        "my sister hated the steak at her wedding",
        "if the service is horrible I will tell you",
    ],
)
def test_no_judgement_of_us_is_none(hear, text):
    assert told(hear(text)) == []


def test_denial_turns_english_words():
    assert grams.mark("it was not very good but cheap".split()) == [
        "it", "was", "not", "!very", "!good", "but", "cheap",
    ]  # fmt: skip


def test_polarity_tells_good_from_bad():
    assert polarity.judge_english("a wonderful meal".split()) > 0 > polarity.judge_english("a horrible meal".split())
    assert polarity.judge_chinese("房间干净服务热情") > 0 > polarity.judge_chinese("房间很脏服务太差")


def test_each_aspect_of_a_sentence_has_its_own_sign():
    words = "the food was delicious but the waiters were rude".split()
    assert {"product", "staff"} <= set(polarity.find_aspects(words))
    assert polarity.judge_aspect(words, "product")[0] == 1
    assert polarity.judge_aspect(words, "staff")[0] == -1


def test_aspects_of_a_chinese_review():
    judged = aspects.judge_aspects("味道非常好，价格实惠。")
    assert judged == {"product": 1, "price": 1}


def test_nothing_said_is_judged_nothing():
    assert polarity.judge_aspect([], "product") == (0, 0.0)
    assert aspects.judge_aspects("") == {}


@pytest.mark.parametrize(
    "text",
    ["我不太能喝酸的", "我喝不了酸的", "我不能吃辣", "I can't handle acidic coffee", "I don't eat cake in the morning"],
)
def test_what_one_cannot_have_is_no_judgement(hear, text):
    assert told(hear(text)) == []

"""Whatever is written: no crash, no fact from noise, and time that grows with the length and no faster."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.interact.understanding.lexicon import load
from bot.interact.understanding.normalise import MAX_LENGTH, clean, fold

FRAGMENTS = [
    "i love ", "i am allergic to ", "我对", "过敏", "下周三", "remind me ", "at 9 ", "oat latte ", "大杯", "3/5 ", "it was ", "not ",
    "不要", "very ", "。", " ", "12/12 ", "from 5 to ", "十一月十一日到", ", ", "? ", "and ", "but i ", "my daughter's birthday is ", "\u202e", "ﷺ", "((", "0", "한", "é", "İ", "\n",
]  # fmt: skip


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join)))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_survived(hear, text):
    heard = hear(text)
    assert heard.text == text
    assert heard.to_json()["text"] == text
    assert all(0 <= fact.confidence <= 1 and fact.value for fact in heard.facts)
    assert all(date.start < date.end and date.start.tzinfo for date in heard.dates)
    assert all(item.quantity >= 1 for item in heard.items)


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_the_longest_message_is_quick(hear, fragment):
    text = (fragment * MAX_LENGTH)[:MAX_LENGTH]
    best = min(_seconds(hear, text) for _ in range(3))
    # The promise is 30 ms of one idle core (bench, part speed); this is to find quadratic work.
    assert best < 0.12


def _seconds(hear, text):
    started = time.thread_time()
    hear(text)
    return time.thread_time() - started


def test_folding_keeps_every_position():
    text = clean("我對 İstanbul Ｏａｔ ﬁ 過敏")
    assert len(fold(text)) == len(text)
    assert "我对" in fold(text)
    assert "oat" in fold(text)


def test_invisible_characters_hide_nothing(hear):
    assert [fact.value for fact in hear("I'm aller\u200bgic to \u202enuts").facts] == ["nuts"]
    assert [fact.value for fact in hear("Ｉ'm allergic to ｎｕｔｓ").facts] == ["nuts"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_subjects_of_feedback_are_aspects(language):
    aspects = {"product", "service", "staff", "price", "speed", "place", "other"}
    assert set(load(language).subjects.values()) <= aspects


def test_naive_now_is_not_needed_anywhere(hear):
    far = datetime(2199, 12, 31, 23, 59, tzinfo=ZoneInfo("Pacific/Kiritimati"))
    for text in ("in 999 years", "next year", "3 May", "明年", "999年后", "29 February"):
        hear(text, now=far)
    early = datetime(1900, 1, 1, tzinfo=ZoneInfo("UTC"))
    for text in ("999 years ago", "last year", "去年", "999年前"):
        hear(text, now=early)

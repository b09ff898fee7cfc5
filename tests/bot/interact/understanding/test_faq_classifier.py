"""An FAQ with enough phrasings is learnt: what was never said so is found, and what is none of it is not."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bot.interact.understanding import FaqPhrasing, Listener
from bot.interact.understanding.classifier import Classifier, learn
from bot.interact.understanding.embedding import load_embedding
from bot.interact.understanding.lessons import list_lessons, study, unpack

PHRASINGS = {
    "checkout": ["when do I have to check out", "what time is checkout", "until when can we keep the room",
                 "can I check out late", "by when must we leave the room"],
    "pool": ["is there a swimming pool", "can we swim in the hotel", "opening times of the pool", "is the pool heated",
             "do I need a towel for the pool"],
    "parking": ["where can I park my car", "do you have a garage", "is parking free", "how much is the car park",
                "can I leave my car at the hotel"],
    "breakfast": ["when is breakfast served", "is breakfast included", "what do you serve for breakfast",
                  "can I have breakfast in my room", "how much is breakfast"],
}  # fmt: skip


def make_listener(most: int) -> Listener:
    return Listener([], [
        FaqPhrasing(name, "en", question, name) for name, questions in PHRASINGS.items() for question in questions[:most]
    ])  # fmt: skip


def answer(listener: Listener, text: str) -> str | None:
    found = listener.understand(
        text, language="en", time_zone=ZoneInfo("Europe/Berlin"), now=datetime(2026, 3, 2, 10, tzinfo=UTC)
    )
    return found.faq.name if found.faq else None


@pytest.mark.parametrize(("text", "name"), [
    ("what's the latest we can vacate our room?", "checkout"), ("could my kids go for a swim?", "pool"),
    ("is there somewhere to put our vehicle?", "parking"), ("could somebody bring breakfast up to us?", "breakfast"),
])  # fmt: skip
def test_a_question_never_put_so_finds_its_answer(text: str, name: str) -> None:
    found = make_listener(5).nearest_question(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text", ["who won the football match last night?", "how tall is the Eiffel tower?", "what is the meaning of life?"]
)
def test_a_question_about_something_else_goes_to_a_person(text: str) -> None:
    assert answer(make_listener(5), text) is None


def test_a_known_phrasing_is_certain_and_a_short_faq_is_compared() -> None:
    for most in (5, 2):
        found = make_listener(most).nearest_question("What time is checkout?")
        assert found is not None
        assert (found.name, found.score) == ("checkout", 1.0)


def test_two_answers_are_enough_and_one_is_not() -> None:
    questions = PHRASINGS["pool"] + PHRASINGS["parking"]
    names = ["pool"] * 5 + ["parking"] * 5
    classifier = Classifier(learn(questions, names, "en"))
    assert [classifier.choose(text).name for text in ("may I swim", "a place for my car")] == ["pool", "parking"]
    with pytest.raises(ValueError, match="one answer"):
        learn(questions[:5], names[:5], "en")


def test_sentences_of_one_meaning_are_near_each_other() -> None:
    vectors = load_embedding().encode(
        ["my card has not arrived", "I am still waiting for my card", "I like swimming", ""]
    )
    assert vectors.shape == (4, 256)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-5)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > 0.6 > 0.4 > likeness[0, 2]


@pytest.mark.parametrize("text", ["x" * 4096, "🙂" * 500, "\u202e<b>{{7*7}}</b>", "é" * 300, "好" * 50])
def test_whatever_is_asked_has_a_vector_and_an_answer_or_none(text: str) -> None:
    assert load_embedding().encode([text]).shape == (1, 256)
    answer(make_listener(5), text)


CHINESE = {
    "checkout": ["几点退房", "退房时间是什么时候", "最晚什么时候要退房", "可以晚一点退房吗", "退房要提前说吗"],
    "pool": ["有游泳池吗", "酒店里能游泳吗", "泳池几点开放", "泳池的水是热的吗", "去泳池要带毛巾吗"],
    "parking": ["车停在哪里", "有停车场吗", "停车免费吗", "停车一天多少钱", "我的车可以停在酒店吗"],
}  # fmt: skip


def test_a_chinese_faq_is_learnt_too() -> None:
    listener = Listener([], [
        FaqPhrasing(name, "zh", question, name) for name, questions in CHINESE.items() for question in questions
    ])  # fmt: skip
    assert answer(listener, "我想晚点再退房可以的吗") == "checkout"
    assert answer(listener, "小孩可以在泳池游泳吧") == "pool"
    assert answer(listener, "明天会下雨吗") is None


def test_what_was_learnt_is_kept_as_bytes_and_answers_the_same() -> None:
    faq = [FaqPhrasing(name, "en", question, name) for name, questions in PHRASINGS.items() for question in questions]
    (lesson,) = list_lessons(faq)
    kept = study(lesson)
    assert kept == study(lesson)
    assert lesson.key != list_lessons([*faq[:-1], FaqPhrasing("breakfast", "en", "any croissants?", "")])[0].key
    again = Listener([], faq, {lesson.language: unpack(kept)})
    for text in ("could my kids go for a swim?", "how tall is the Eiffel tower?"):
        assert again.nearest_question(text) == make_listener(5).nearest_question(text)
    for other in (pickle.dumps(lesson), kept[:-40], b""):
        with pytest.raises(ValueError, match=r"."):
            unpack(other)

"""The same said again is answered in other words; the same asked again with more help."""

from __future__ import annotations

import pytest

from tests.support.visits import Chat


@pytest.mark.parametrize(("fixture", "words"), [("ana", "thank you"), ("mei", "谢谢")])
def test_thanks_are_answered_in_other_words_each_time(request: pytest.FixtureRequest, fixture: str, words: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    heard = []
    for _ in range(8):
        chat.send(words)
        heard.append(chat.answers[0].text)
    assert len(set(heard)) == 8


@pytest.mark.parametrize(
    ("fixture", "words", "person"), [("ana", "when are you open?", "a person"), ("mei", "你们几点开门", "同事")]
)
def test_a_question_asked_again_is_answered_with_the_offer_of_a_person(
    request: pytest.FixtureRequest, fixture: str, words: str, person: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    first = chat.answers[0]
    chat.send(words)
    second = chat.answers[0]
    assert first.text in second.text
    assert first.text != second.text
    assert not first.buttons
    assert second.buttons


@pytest.mark.parametrize(
    ("fixture", "words", "more"),
    [("ana", "when do you open?", "and on weekends?"), ("mei", "你们几点开门？", "周末呢")],
)
def test_and_what_of_it_asks_more_of_the_last_answer(
    request: pytest.FixtureRequest, fixture: str, words: str, more: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(more)
    assert chat.answers[0].name == "chat/not_understood"
    chat.send(words)
    first = chat.answers[0].text
    chat.send(more)
    assert chat.answers[0].name == "chat/faq_again"
    assert first.strip(".。") in chat.text

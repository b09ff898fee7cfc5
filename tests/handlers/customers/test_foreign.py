"""To a language we have no texts in: one honest line in it, and a person."""

from __future__ import annotations

import pytest

from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("Bonjour, je voudrais réserver une table avec des amis pour samedi", "collègue"),
        ("Guten Tag, wir haben eine Frage und möchten bitte einen Tisch", "Englisch"),
        ("すみません、予約をお願いします", "スタッフ"),
        ("안녕하세요 자리 있나요", "직원"),
        ("Здравствуйте, у вас есть столик?", "коллега"),
        ("xin chào, tôi muốn một cái bàn cho bạn của tôi", "đồng nghiệp"),
        ("Hej, jag vill gärna ha ett bord på fredag", "kollega"),
    ],
)
def test_an_honest_line_in_their_language_and_a_person(ana: Chat, words: str, line: str) -> None:
    before = len(ana.house.shown(STAFF))
    ana.send(words)
    assert line in ana.answers[0].text
    assert len(ana.house.shown(STAFF)) == before + 1


def test_english_with_a_foreign_word_is_english(ana: Chat) -> None:
    ana.send("I like the pain au chocolat and a café crème")
    assert "collègue" not in ana.text

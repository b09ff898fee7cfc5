"""Clear answers or a harmless nothing; no data lost."""

from __future__ import annotations

import html
import re

import pytest

from storage.database import Database
from storage.models import Fact
from tests.support.follow_ups import settings_with
from tests.support.visits import Chat, House

HOSTILE = [
    "<b>{{7*7}}</b>",
    "{{ 7*7 }}",
    "{name}",
    "%s%n",
    "\u202eevil\u202c",
    "👩‍👩‍👧‍👦",
    "x" * 200,
    "Robert'); DROP TABLE",
    "&amp;",
    "名字<i>",
]
TAGS = re.compile(r"</?(?:b|i)>")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is(house: House, name: str, language: str) -> None:
    chat = Chat(house, name=name, language=language)
    for words in (
        "/start",
        "hello",
        "/help",
        "/me",
        "I love mint",
        "my latte was cold",
        "hello",
        "/me",
        "/stop",
        "/start",
    ):
        chat.send(words)
        for answer in chat.answers:
            plain = TAGS.sub("", answer.text)
            assert "<" not in plain
            assert "49" not in plain.replace(html.escape(name), "")
            assert "\u202e" not in answer.text
            assert len(answer.text) <= 4096


@pytest.mark.parametrize("words", [
    "", "a" * 4096, "a" * 5000, "爱" * 5000, "I love " + "very " * 800 + "much", "\u200b\u200b", "   .", "<script>alert(1)</script>", "{{ 7*7 }}",
    "I love <b>mint</b>", "😀" * 500, "1" * 4000, "?" * 4000,
])  # fmt: skip
def test_odd_words_are_logged_and_answered(ana: Chat, words: str) -> None:
    ana.send(words)
    assert ana.contacts[-1].text == words
    assert len(ana.answers) >= 1
    assert "49" not in ana.text
    assert "<script" not in ana.text


def test_what_is_longer_than_is_read_is_stored(sqlite_database: Database) -> None:
    house = House(sqlite_database, settings=settings_with(CONVERSATION__MAX_INPUT="100"))
    chat = Chat(house)
    words = "I love mint. " + "a" * 100 + " I hate olives."
    chat.send(words)
    assert chat.contacts[0].text == words
    assert [fact.value for fact in chat.rows(Fact)] == ["mint"]


@pytest.mark.parametrize("token", ["", "x", "forged:1", "A" * 64, "'; --"])
def test_a_forged_press_is_a_harmless_note(ana: Chat, token: str) -> None:
    ana.press_token(token)
    assert ana.answers == []
    assert "button" in ana.toast


def test_a_press_a_year_later_is_a_harmless_note(ana: Chat) -> None:
    ana.house.pass_time(days=366)
    ana.press("Yes")
    assert ana.answers == []
    assert "button" in ana.toast


def test_an_unknown_command_is_answered(ana: Chat) -> None:
    ana.send("/frobnicate now")
    assert [answer.name for answer in ana.answers] == ["chat/unknown_command"]
    assert ana.contacts[-1].text == "/frobnicate now"

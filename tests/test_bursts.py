"""Bursts over HTTP: pieces of a thought get one answer, what is whole gets its own at once, and a kill loses nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from storage import inbox
from storage.models import Contact, Fact
from tests.support.bots import LIMITS_OFF, Bot, Chatter, bot_beside
from tests.support.databases import opened
from tests.support.sandboxes import Sandbox

PATIENT = {"REGULARS_CONVERSATION__FRAGMENT_WAIT": "4s"}  # an answer is changed for four times that
SLOW = {"REGULARS_CONVERSATION__FRAGMENT_WAIT": "60s"}  # so long that only an event can end the waiting in time


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'talk.db'}"


def start(sandbox: Sandbox, url: str, **environ: str) -> tuple[Bot, Chatter]:
    bot = bot_beside(sandbox, url, **LIMITS_OFF, **environ)
    bot.start()
    chatter = Chatter(sandbox, 9200, "Hannah")
    chatter.asks("/start", "Hannah")
    return bot, chatter


def answers(chatter: Chatter, after: int) -> list[str]:
    return [one["text"] for one in chatter.messages() if one["from_bot"] and one["message_id"] > after]


def test_pieces_are_answered_once_and_their_facts_keep_their_sources(sandbox: Sandbox, url: str) -> None:
    bot, hannah = start(sandbox, url, **SLOW)
    first = hannah.says("I'm allergic to")["message_id"]
    hannah.says("peanuts and")
    hannah.says("eggs")
    hannah.wait_for("peanuts", "egg", after=first)
    assert ["peanuts" in answer for answer in answers(hannah, first)].count(True) == 1
    assert bot.stop() == 0
    with opened(url) as database:

        def read(memory):
            said = {
                c.id: c.text
                for c in memory.query(Contact).filter_by(chat_id=hannah.person, kind="text", direction="in")
            }
            return list(said.values()), {
                f.value: said[f.contact_id] for f in memory.query(Fact) if f.contact_id in said
            }

        said, sources = database.read_now(read)
    assert said == ["I'm allergic to", "peanuts and", "eggs"]
    assert sources == {"peanuts": "peanuts and", "eggs": "eggs"}


def test_what_still_comes_changes_the_answer(sandbox: Sandbox, url: str) -> None:
    bot, hannah = start(sandbox, url, **PATIENT)
    first = hannah.says("hi")["message_id"]
    hannah.wait_for("Hannah", after=first)
    hannah.says("2 lattes")
    hannah.wait_for("2 ×", after=first)
    hannah.says("oat")
    hannah.wait_for("2 ×", "oat", after=first)
    answer, *others = answers(hannah, first)
    assert "oat" in answer  # it was the greeting
    assert not any("2 ×" in other for other in others)
    assert bot.stop() == 0


def test_whole_messages_wait_for_nobody(sandbox: Sandbox, url: str) -> None:
    """The wait is a minute; the other's answer, and what ends the wait, come long before."""
    bot, hannah = start(sandbox, url, **SLOW)
    began = time.monotonic()
    first = hannah.says("the coffee was")["message_id"]
    ben = Chatter(sandbox, 9201, "Ben")
    ben.asks("do you deliver?", "post")
    assert answers(hannah, first) == []
    hannah.says("cold")
    hannah.wait_for("sorry", after=first)
    assert time.monotonic() - began < 55
    hannah.says("I'd like a latte and")
    sandbox.ask("POST", "clock", {"advance": "1h"})  # a jump of the clock ends no lane, and hangs on none
    assert bot.stop() == 0


def test_a_kill_between_pieces_loses_none(sandbox: Sandbox, url: str) -> None:
    bot, hannah = start(sandbox, url, **SLOW)
    first = hannah.says("2 lattes")["message_id"]
    with opened(url) as database:
        deadline = time.monotonic() + 25
        while not database.read_now(inbox.count_by_state).get("ready") and time.monotonic() < deadline:
            time.sleep(0.02)  # what is waited for happens in another process
    bot.kill()
    hannah.says("oat")
    bot.start()
    hannah.wait_for("2 ×", "oat", after=first)
    assert ["2 ×" in answer for answer in answers(hannah, first)].count(True) == 1
    assert bot.stop() == 0

"""More messages than a person types are recorded, and not answered one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from telegram.ext import MessageHandler, filters

from bot.config import load_settings
from bot.config.sections import Burst
from handlers.floods import Floods
from handlers.visit import Visit, answering
from storage.database import Database
from storage.models import Contact, Customer
from tests.support.databases import Databases, opened
from tests.support.visits import ROOT, Chat, House


def make_house(database: Database, messages: int) -> House:
    settings = load_settings(ROOT / "config.yaml", {"REGULARS_CONVERSATION__BURST__MESSAGES": str(messages)})
    return House(database, settings=settings)


def test_what_comes_after_a_flood_has_begun_is_recorded_and_not_answered(database: Database) -> None:
    chat = Chat(make_house(database, 3))
    answered = []
    for text in ("/start", "hello", "hello", "thanks", "hello"):
        chat.send(text)
        answered.append(bool(chat.answers))
    assert answered == [True, True, True, False, False]
    assert [contact.text for contact in chat.rows(Contact) if contact.direction == "in"][3:] == ["thanks", "hello"]
    chat.house.clock.at += timedelta(minutes=2)
    chat.send("hello")
    assert chat.answers


def test_silent_chats_are_let_go_of() -> None:
    floods, burst = Floods(), Burst(messages=3, per=timedelta(minutes=1))
    start = datetime(2026, 3, 2, 10, tzinfo=UTC)
    for chat in range(1000):
        assert not floods.count(chat, {chat: start + chat * timedelta(seconds=1)}, burst)
    assert len(floods) == 61  # those of the last minute
    said = [floods.count(5, {5000 + n: start + timedelta(hours=1, seconds=n)}, burst) for n in range(4)]
    assert said == [False, False, False, True]


def test_a_visit_that_lost_a_race_and_ran_again_counts_once(databases: Databases) -> None:
    """On PostgreSQL somebody changes the same customer in the middle of a visit, which then runs again."""
    with opened(databases.postgres_url()) as database:
        house = make_house(database, 3)
        chat = Chat(house)
        runs: list[str] = []

        def interfere(visit: Visit) -> None:
            runs.append(visit.said.text)
            if len(runs) == 1:
                change = update(Customer).values(city="Bonn")
                with ThreadPoolExecutor(1) as elsewhere:
                    elsewhere.submit(house.write, lambda memory: memory.execute(change)).result()
            visit.customer.city = "Köln"
            visit.say("chat/empty")

        house.application.handlers[0].insert(0, MessageHandler(filters.Regex("^race$"), answering(interfere)))
        chat.send("/start")
        chat.send("race")
        assert (runs, chat.customer.city) == (["race", "race"], "Köln")
        chat.send("hello")
        assert chat.answers  # the third message of three, and no flood

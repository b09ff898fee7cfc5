"""From /start to a follow-up a week later, in English and in Chinese: the bot and its Telegram in two processes.

Each line also holds in three paraphrases: the whole journey is walked four times in each language.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from examples import load_people
from tests.support.bots import LIMITS_OFF, Bot, Chatter, bot_beside
from tests.support.databases import Databases
from tests.support.sandboxes import NO_LIMITS, Sandbox

SCRIPTS = yaml.safe_load((Path(__file__).parent / "journeys.yaml").read_text(encoding="utf-8"))
OWNER = 1000
NUTS = dict.fromkeys(("nut", "a nut", "坚果"), "nuts")  # said in the customer's own words


@dataclass
class World:
    sandbox: Sandbox
    bot: Bot

    def profile(self, person: int) -> Any:
        """What the command line shows of a person."""
        shown = self.bot.run("customers", "show", f"telegram:{person}", "--json")
        assert shown.returncode == 0, shown.stderr
        return json.loads(shown.stdout)

    def advance(self, by: str) -> Any:
        return self.sandbox.ask("POST", "clock", {"advance": by})


@pytest.fixture
def world(databases: Databases) -> Iterator[World]:
    sandbox = Sandbox("--memory")
    sandbox.ask("POST", "limits", NO_LIMITS)
    bot = bot_beside(sandbox, databases.sqlite_url(), apart=True, **LIMITS_OFF)
    bot.start()
    yield World(sandbox, bot)
    assert bot.stop() == 0
    assert sandbox.end() == 0


@pytest.mark.slow
@pytest.mark.parametrize("variant", range(4))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_start_to_a_follow_up_a_week_later(world: World, language: str, variant: int) -> None:
    script = SCRIPTS[language]
    owner = Chatter(world.sandbox, OWNER, "Olivia")
    owner.says("/start")
    person = 9000 + variant
    customer = Chatter(world.sandbox, person, script["name"], language)

    customer.says("/start table-4")
    customer.wait_for(script["name"], *script["greeting"])
    customer.presses(script["consent"])
    for step in script["steps"]:
        customer.asks(step["says"][variant], *step["hears"])

    profile = world.profile(person)
    assert profile["language"] == language
    assert profile["lead_source"] == "table-4"
    assert {(c["purpose"], c["granted"]) for c in profile["consents"]} >= {("service", True), ("marketing", True)}
    facts = {(f["kind"], f["polarity"], f["item"] or f["value"]) for f in profile["facts"] if not f["superseded_by"]}
    assert {tuple(fact) for fact in script["facts"]} <= {
        (kind, polarity, NUTS.get(value, value)) for kind, polarity, value in facts
    }
    occasion = next(fact for fact in profile["facts"] if fact["kind"] == "occasion")
    assert (occasion["date"][-5:], "Mia" in (occasion["person"] or "") or "女儿" in (occasion["person"] or "")) == (
        "05-03",
        True,
    )
    complaints = [f for f in profile["feedback"] if f["kind"] == "complaint"]
    assert {f["status"] for f in complaints} == {"open"}
    assert all(f["due_at"] for f in complaints)
    assert all(fact["source"]["text"] for fact in profile["facts"])

    close_the_loop(owner, customer, script)
    last = customer.messages()[-1]["message_id"]
    world.advance("8d")
    text = customer.wait_for(*script["reminder"], after=last)
    sent = {f["rule"]: f for f in world.profile(person)["follow_ups"] if f["status"] == "sent"}
    assert sent["reminder"]["text"] == text
    assert script["solution"] in sent["loop_closed"]["text"]
    assert customer.heard().count(text) == 1


def close_the_loop(owner: Chatter, customer: Chatter, script: Any) -> None:
    """Staff hear of the complaint, take it, and say what was done; the customer will be told."""
    owner.wait_for(script["name"])
    for _ in range(script["complaints"]):
        owner.presses("It is solved")
        owner.says(script["solution"])
        owner.wait_for("✅")


@pytest.mark.slow
def test_everybody_in_the_examples_gets_what_their_tier_deserves(world: World) -> None:
    """One person of each tier, each with another follow-up due within the week."""
    people = [person for person in load_people() if person.role == "customer"]
    before = {person.id: world.profile(person.id) for person in people}
    assert {person.id: before[person.id]["tier"] for person in people} == {p.id: p.tier for p in people}
    world.advance("7d")
    for person in people:
        assert person.expects is not None
        rows = [f for f in world.profile(person.id)["follow_ups"] if f["rule"] == person.expects.rule]
        assert person.expects.status in {row["status"] for row in rows}, (person.first_name, rows)
        for row in rows:
            if row["status"] == "sent":
                assert row["text"] in Chatter(world.sandbox, person.id).heard()
            elif row["status"] in ("skipped", "held"):
                assert row["reason"]

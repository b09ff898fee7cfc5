from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.customize.follow_ups import tick
from storage.models import Attachment, Consent, Customer, Event, Fact, FollowUp
from tests.support.visits import Chat


@pytest.mark.parametrize(("fixture", "words", "said", "source"), [
    ("ana", "I love oat lattes", "you like oat lattes", "“I love oat lattes”, 2 Mar 2026"),
    ("mei", "我喜欢燕麦拿铁", "您喜欢燕麦拿铁", "“我喜欢燕麦拿铁”，2026年3月2日"),
    ("ana", "my dad loves oat lattes", "your dad likes oat lattes", "“my dad loves oat lattes”, 2 Mar 2026"),
    ("ana", "my kids hate mushrooms", "your kids do not like mushrooms", "“my kids hate mushrooms”, 2 Mar 2026"),
    ("mei", "我妈妈爱喝燕麦拿铁", "您妈妈喜欢燕麦拿铁", "“我妈妈爱喝燕麦拿铁”，2026年3月2日"),
])  # fmt: skip
def test_me_shows_each_fact_with_its_source_and_day(
    request: pytest.FixtureRequest, fixture: str, words: str, said: str, source: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    chat.send("/me")
    assert said in chat.text
    assert source in chat.text


def test_me_knows_nothing_at_first(ana: Chat) -> None:
    ana.send("/me")
    assert "I know nothing about you yet" in ana.text


def test_a_fact_is_forgotten_by_tap_and_does_not_come_back(ana: Chat) -> None:
    ana.send("I hate cinnamon")
    ana.send("I love cinnamon")
    ana.send("/me")
    ana.press("Forget 1")
    assert [fact for fact in ana.rows(Fact) if fact.superseded_by is None and fact.forgotten_at is None] == []
    assert ana.last.method == "editMessageText"
    assert ana.toast == "Forgotten."


def test_many_facts_are_shown_in_pages(ana: Chat) -> None:
    for taste in (
        "mint",
        "honey",
        "ginger",
        "vanilla",
        "caramel",
        "cinnamon",
        "cardamom",
        "nutmeg",
        "saffron",
        "turmeric",
    ):
        ana.send(f"I love {taste}")
        ana.house.pass_time(minutes=1)
    ana.send("/me")
    assert "(1/2)" in ana.text
    assert sum(label.startswith("Forget") for label in ana.last.buttons) == 8
    ana.press("Older")
    assert "(2/2)" in ana.text
    assert [label for label in ana.last.buttons if label.startswith("Forget")] == ["Forget 9", "Forget 10"]
    assert "mint" in ana.text
    ana.press("Forget 9")
    ana.press("Forget 9")
    assert "/2)" not in ana.text
    assert "8. you like" in ana.text
    assert len([fact for fact in ana.rows(Fact) if fact.forgotten_at is None]) == 8


def test_nobody_forgets_the_facts_of_another(ana: Chat, mei: Chat) -> None:
    ana.send("I love mint")
    mei.send("我喜欢燕麦拿铁")
    mei.send("/me")
    token = mei.token("忘掉 1").token
    ana.press_token(token)  # foreign: another chat's
    assert ana.toast
    assert all(fact.forgotten_at is None for fact in [*ana.rows(Fact), *mei.rows(Fact)])


def test_profiling_is_explained_and_switched_off(ana: Chat) -> None:
    def set_tier(memory: object) -> None:
        customer = memory.get(Customer, ana.customer.id)  # type: ignore[attr-defined]
        customer.tier, customer.value = "A", {"rfm": {"orders": 20}}

    ana.house.write(set_tier)
    ana.send("/me")
    assert "how close you are to us" in ana.text
    ana.press("Do not work out my value")
    assert (ana.customer.tier, ana.customer.value) == ("new", {})
    assert [(row.purpose, row.granted) for row in ana.rows(Consent)][1:] == [("profiling", False)]
    assert [(event.kind, event.reference) for event in ana.rows(Event) if event.kind == "consent"] == [
        ("consent", "profiling")
    ]
    ana.press("Work out how close")
    assert [(row.purpose, row.granted) for row in ana.rows(Consent)][2:] == [("profiling", True)]


def test_marketing_is_switched_in_the_profile_too(ana: Chat) -> None:
    ana.press("Yes")
    ana.send("/me")
    assert "You agreed that I may write to you" in ana.text
    ana.press("Send me nothing")
    assert [(row.purpose, row.granted) for row in ana.rows(Consent)][-1] == ("marketing", False)


@pytest.mark.parametrize(("words", "span"), [
    ("22:00-08:00", ("22:00", "08:00")), ("22-8", ("22:00", "08:00")), ("22:30 to 7:15", ("22:30", "07:15")),
    ("22:00 到 8:00", ("22:00", "08:00")), ("10–12", ("10:00", "12:00")),
])  # fmt: skip
def test_quiet_hours_are_set_by_word(ana: Chat, words: str, span: tuple[str, str]) -> None:
    ana.send(f"/quiet {words}")
    assert (ana.customer.quiet_from, ana.customer.quiet_to) == span
    assert f"From {span[0]} to {span[1]}" in ana.text


@pytest.mark.parametrize("words", ["25:00-08:00", "22:00", "22:00-22:00", "night", "22:61-8:00", "<b>", "١٠-١٢x"])
def test_impossible_quiet_hours_are_refused_with_an_example(ana: Chat, words: str) -> None:
    ana.send(f"/quiet {words}")
    assert ana.customer.quiet_from is None
    assert "/quiet 22:00-08:00" in ana.text
    assert "<b>" not in ana.text


@pytest.mark.parametrize(
    ("words", "zone", "span"),
    [
        ("Tokyo", "Asia/Tokyo", (None, None)),
        ("asia/tokyo", "Asia/Tokyo", (None, None)),
        ("东京", "Asia/Tokyo", (None, None)),
        ("北京", "Asia/Shanghai", (None, None)),
        ("22-8 New York", "America/New_York", ("22:00", "08:00")),
        ("22:00 到 8:00 上海", "Asia/Shanghai", ("22:00", "08:00")),
    ],
)
def test_a_time_zone_is_told_with_quiet(ana: Chat, words: str, zone: str, span: tuple[str | None, str | None]) -> None:
    ana.send(f"/quiet {words}")
    customer = ana.customer
    assert (customer.time_zone, customer.quiet_from, customer.quiet_to) == (zone, *span)
    assert f"From {span[0] or '21:00'} to {span[1] or '09:00'} (time zone {zone})" in ana.text
    ana.send("/me")
    assert f"Your time zone: {zone}." in ana.text


def test_where_the_clocks_are_read_moves_what_is_planned(ana: Chat) -> None:
    house = ana.house
    ana.send("my birthday is 10 March")
    for place, at in (("", 9), ("Auckland", -3), ("Tokyo", 1)):
        if place:
            ana.send(f"/quiet {place}")
        house.write(lambda memory: tick(memory, house.settings, house.wording, house.clock.now()))
        due = datetime(2026, 3, 10, tzinfo=UTC) + timedelta(hours=at)  # 10:00 there
        assert [(row.status, row.due_at) for row in ana.rows(FollowUp)] == [("planned", due)]
    ana.send("remind me tomorrow at 8 to buy beans")
    reminders = [event for event in ana.rows(Event) if event.kind == "reminder"]
    assert [event.data["at"] for event in reminders] == ["2026-03-03T08:00:00+09:00"]


@pytest.mark.parametrize("words", ["Mars", "22:00-08:00 Mars", "Tokyo 25:00-08:00", "Europe", "GMT+99"])
def test_a_place_nobody_knows_changes_nothing(ana: Chat, words: str) -> None:
    ana.send(f"/quiet {words}")
    assert (ana.customer.time_zone, ana.customer.quiet_from) == (None, None)
    assert "/quiet Tokyo" in ana.text


def test_quiet_hours_are_set_by_tap_and_back(ana: Chat) -> None:
    ana.send("/quiet")
    assert "Between 21:00 and 09:00 (time zone Europe/Berlin)" in ana.text
    ana.press("22:00-08:00")
    assert (ana.customer.quiet_from, ana.customer.quiet_to) == ("22:00", "08:00")
    ana.send("/quiet")
    ana.press("The usual hours")
    assert (ana.customer.quiet_from, ana.customer.quiet_to) == (None, None)


def test_language_by_tap_by_word_and_unknown(ana: Chat) -> None:
    ana.send("/language")
    ana.press("中文")
    assert (ana.customer.language, ana.customer.language_from) == ("zh", "chosen")
    ana.send("/language en")
    assert ana.customer.language == "en"
    ana.send("/language xx")
    assert ana.customer.language == "en"
    assert set(ana.last.buttons) == {"English", "中文"}


def test_help_lists_the_commands_and_staffs_to_staff_only(ana: Chat) -> None:
    ana.send("/help")
    assert "/forgetme" in ana.text
    assert "/find" not in ana.text
    ana.house.add_staff(ana.person)
    ana.send("/help")
    assert "/find" in ana.text


def test_export_is_a_json_file_of_all_of_it(ana: Chat) -> None:
    ana.send("I love mint")
    ana.send("/export")
    assert ana.last.method == "sendDocument"
    (file,) = ana.house.read(lambda memory: memory.query(Attachment).all())
    assert "mint" in json.dumps(json.loads(file.content))

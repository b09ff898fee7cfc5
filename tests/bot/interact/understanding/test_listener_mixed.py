"""Several things in one message: none is lost to another."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.interact.understanding import CatalogueEntry, Listener

ITEM = CatalogueEntry("oat-latte", {"en": "Oat latte", "zh": "燕麦拿铁"}, (), "coffee", (), ("oat",))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "likes", "reminders"),
    [
        ("I love the oat latte and remind me in two days to buy beans", ["oat latte"], ["buy beans"]),
        ("我最喜欢燕麦拿铁，另外两天后提醒我买豆子", ["燕麦拿铁"], ["买豆子"]),
        ("remind me in two days that I love oat latte", [], ["I love oat latte"]),
    ],
)
def test_a_taste_told_before_a_reminder_is_kept_and_its_own_words_are_not(
    text: str, likes: list[str], reminders: list[str]
) -> None:
    heard = Listener([ITEM], []).understand(text, language="en", time_zone=ZoneInfo("Europe/Berlin"), now=NOON)
    assert [fact.value for fact in heard.facts] == likes
    assert [reminder.text for reminder in heard.reminders] == reminders

"""What is taken back after it was planned leads to nothing, and `/why` tells of it."""

from __future__ import annotations

from sqlalchemy import select

from bot.customize.follow_ups import tick
from storage.models import FollowUp
from tests.support.visits import Chat, House


def planned(house: House) -> list[tuple[str, str, str | None]]:
    """Ticks, as the running bot does each second; then rule, status and reason of every follow-up."""
    house.database.write_now(lambda memory: tick(memory, house.settings, house.wording, house.clock.now()))
    return house.read(lambda memory: [
        (row.rule, row.status, row.reason) for row in memory.scalars(select(FollowUp).order_by(FollowUp.id))])  # fmt: skip


def test_nobody_is_asked_about_an_order_taken_back(house: House, olivia: Chat) -> None:
    olivia.send("/order #1 8.50 2 oat lattes")
    assert planned(house) == [("after_purchase", "planned", None)]
    olivia.press("Undo")
    assert planned(house) == [("after_purchase", "cancelled", "withdrawn")]
    olivia.send("/order #1 4.50 2 oat lattes")
    assert ("after_purchase", "planned", None) in planned(house)


def test_a_birthday_taken_back_is_not_planned_any_more(house: House, ana: Chat) -> None:
    ana.send("my daughter Mia's birthday is 3 May")
    assert planned(house) == [("birthday", "planned", None)]
    ana.press("Undo")
    assert planned(house) == [("birthday", "cancelled", "superseded")]
    ana.send("my daughter Mia's birthday is 3 May")
    assert planned(house) == [("birthday", "planned", None)]


def test_a_birthday_forgotten_in_the_profile(house: House, ana: Chat) -> None:
    ana.send("my daughter Mia's birthday is 3 May")
    planned(house)
    ana.send("/me")
    ana.press("Forget 1")
    assert planned(house) == [("birthday", "cancelled", "superseded")]


def test_why_tells_of_reminders_taken_back(house: House, ana: Chat, olivia: Chat) -> None:
    for thing in ("beans", "filters"):
        ana.send(f"remind me in two weeks to buy {thing}")
        planned(house)
        ana.press("Undo")
    assert planned(house) == [("reminder", "cancelled", "withdrawn")] * 2
    olivia.send("/why #1")
    assert olivia.last.name == "staff/why"

"""/household: linked by staff, proposed by what customers say, both with Undo."""

from __future__ import annotations

import pytest

from bot.identify import households
from storage import customers
from tests.support.visits import Chat, House

TOM = 503


@pytest.fixture
def tom(house: House) -> Chat:
    chat = Chat(house, person=TOM, name="Tom", last_name="Keller")
    chat.send("/start")
    return chat


def others_of(house: House, telegram: int) -> list[str]:
    def read(memory: object) -> list[str]:
        customer = customers.find(memory, "telegram", str(telegram))  # type: ignore[arg-type]
        return [one["name"] for one in households.show_household(memory, customer.id)]  # type: ignore[arg-type,union-attr]

    return house.read(read)  # type: ignore[no-any-return]


def test_two_are_linked_by_number_and_parted_by_undo(house: House, olivia: Chat, tom: Chat) -> None:
    olivia.send("/household #1 #3")
    assert olivia.last.name == "staff/household_linked"
    assert others_of(house, 501) == ["Tom Keller"]
    olivia.send("/profile #1")
    assert "Tom Keller #3" in olivia.text
    olivia.send("/why #3")
    assert "of one household with Ana Keller #1" in olivia.text
    olivia.send("/household Ana")
    assert olivia.last.name == "staff/household"
    assert "one of us knows" in olivia.text


def test_undo_takes_a_link_back(house: House, olivia: Chat, tom: Chat) -> None:
    olivia.send("/household #1 #3")
    olivia.press("Undo")
    assert olivia.last.name == "staff/household_undone"
    assert others_of(house, 501) == []


def test_names_of_two_words_are_read(house: House, olivia: Chat, tom: Chat) -> None:
    olivia.send("/household Ana Keller Tom Keller")
    assert others_of(house, TOM) == ["Ana Keller"]


@pytest.mark.parametrize("words", ["#1 #1", "#1 Nobodyelse", "#99 #1"])
def test_who_cannot_be_linked_is_told(house: House, olivia: Chat, words: str) -> None:
    olivia.send(f"/household {words}")
    assert olivia.last.name in ("staff/which_two", "staff/nobody")
    assert others_of(house, 501) == []


def test_nothing_waits(olivia: Chat) -> None:
    olivia.send("/household")
    assert olivia.last.name == "staff/no_households"


def test_what_one_says_is_proposed_to_staff_and_linked_by_a_tap(
    house: House, olivia: Chat, ana: Chat, tom: Chat
) -> None:
    ana.send("my husband Tom comes here too")
    assert ana.last.name != "staff/household_said"
    assert "Keller" not in ana.text  # whether Tom is one of ours is Tom's to tell
    assert others_of(house, 501) == []
    asked = next(one for one in reversed(house.shown(900)) if one.name == "staff/household_said")
    assert "my husband Tom comes here too" in asked.text
    assert [label for label in asked.buttons if "Tom Keller" in label]
    olivia.send("/household")
    assert olivia.last.name == "staff/household_pair"
    assert list(olivia.last.buttons) == ["One household", "No household"]
    olivia.press("One household")
    assert others_of(house, 501) == ["Tom Keller"]


def test_staff_say_no_and_are_not_asked_again(house: House, olivia: Chat, ana: Chat, tom: Chat) -> None:
    ana.send("my husband Tom comes here too")
    olivia.send("/household")
    olivia.press("No household")
    assert olivia.last.name == "staff/household_parted"
    olivia.send("/household")
    assert olivia.last.name == "staff/no_households"


def test_both_saying_so_links_them_without_staff(house: House, olivia: Chat, ana: Chat, tom: Chat) -> None:
    ana.send("my husband Tom comes here too")
    tom.send("my wife Ana comes here too")
    assert others_of(house, TOM) == ["Ana Keller"]


def test_it_is_heard_in_chinese(house: House, olivia: Chat, mei: Chat) -> None:
    wang = Chat(house, person=504, name="王强", language="zh")
    wang.send("/start")
    mei.send("我老公王强也常来")
    assert [one.name for one in house.shown(900)].count("staff/household_said") == 1


def test_whom_nobody_knows_is_not_asked_about(house: House, olivia: Chat, ana: Chat) -> None:
    ana.send("my husband Gustav comes here too")
    ana.send("my friend Olivia comes here too")
    assert "staff/household_said" not in [one.name for one in house.shown(900)]


def test_customers_do_not_learn_that_the_command_exists(house: House, ana: Chat) -> None:
    ana.send("/household #1 #2")
    assert ana.last.name == "chat/unknown_command"

"""/household: linked by staff, proposed by what customers say, both with Undo."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.identify import households
from storage import customers
from storage.models import HouseholdLink
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


def waiting(house: House) -> list[tuple[str, list[str]]]:
    """Status and what speaks for it, of every link."""
    rows = house.read(lambda memory: list(memory.scalars(select(HouseholdLink))))
    return [(row.status, [piece["what"] for piece in row.evidence]) for row in rows]


@pytest.mark.parametrize("way", ["Undo", "undo that"])
def test_what_a_customer_takes_back_is_proposed_no_longer(
    house: House, olivia: Chat, ana: Chat, tom: Chat, way: str
) -> None:
    ana.send("my husband Tom comes here too")
    assert waiting(house) == [("proposed", ["said"])]
    ana.press(way) if way == "Undo" else ana.send(way)
    assert waiting(house) == []
    olivia.send("/household")
    assert olivia.last.name == "staff/no_households"


def test_what_one_of_two_takes_back_is_a_proposal_again(house: House, olivia: Chat, ana: Chat, tom: Chat) -> None:
    ana.send("my husband Tom comes here too")
    tom.send("my wife Ana comes here too")
    tom.press("Undo")
    assert waiting(house) == [("proposed", ["said"])]
    assert others_of(house, TOM) == []


def test_what_staff_decided_outlasts_what_a_customer_takes_back(
    house: House, olivia: Chat, ana: Chat, tom: Chat
) -> None:
    ana.send("my husband Tom comes here too")
    olivia.send("/household #1 #3")
    ana.press("Undo")
    assert waiting(house) == [("linked", ["staff"])]


def test_a_message_put_right_proposes_whom_it_names_now(house: House, olivia: Chat, ana: Chat, tom: Chat) -> None:
    max_ = Chat(house, person=505, name="Max", last_name="Keller")
    max_.send("/start")
    message = ana.send("my husband Tom comes here too")
    ana.edit(message, "my husband Max comes here too")
    olivia.send("/household")
    assert "Max Keller" in olivia.text
    assert "Tom Keller" not in olivia.text


def test_undo_leaves_no_word_of_staff(house: House, olivia: Chat, ana: Chat, tom: Chat) -> None:
    ana.send("my husband Tom comes here too")
    olivia.send("/household #1 #3")
    olivia.press("Undo")
    assert waiting(house) == [("proposed", ["said"])]


def test_undo_leaves_what_a_customer_said_since(house: House, olivia: Chat, ana: Chat, tom: Chat) -> None:
    olivia.send("/household #1 #3")
    ana.send("my husband Tom comes here too")
    olivia.press("Undo")
    assert waiting(house) == [("proposed", ["said"])]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("my ex Tom comes here too", False),
        ("my colleague Tom comes here too", False),
        ("my friend Tom comes here too", False),
        ("my flatmate Tom comes here too", True),
        ("I live with my flatmate Tom", True),
        ("I live with my brother Tom", True),
        ("I live with my dog Tom", False),
        ("my husband Tom Keller comes here too", True),
        ("my husband Tom Vogel comes here too", False),
    ],
)
def test_who_lives_together_is_asked_about(
    house: House, olivia: Chat, ana: Chat, tom: Chat, said: str, asked: bool
) -> None:
    ana.send(said)
    assert bool(waiting(house)) is asked


def test_a_name_that_begins_with_an_accent_is_found(house: House, olivia: Chat, ana: Chat) -> None:
    ozlem = Chat(house, person=506, name="Özlem", last_name="Keller")
    ozlem.send("/start")
    ana.send("my wife Özlem comes here too")
    assert waiting(house) == [("proposed", ["said"])]


@pytest.mark.parametrize(
    ("said", "later", "told"),
    [
        ("my husband Tom comes here too", "my husband doesn't come here anymore", "does not come here any more"),
        ("我老公Tom也常来", "我老公不来这儿了", "不再来了"),
        ("我老公Tom也常来", "我老公再也不来了", "不再来了"),
        ("我老公Tom也常来", "我老公以后不来了", "不再来了"),
    ],
)
def test_who_comes_no_more_is_proposed_no_longer(
    house: House, olivia: Chat, ana: Chat, tom: Chat, said: str, later: str, told: str
) -> None:
    ana.send(said)
    assert waiting(house) == [("proposed", ["said"])]
    ana.send(later)
    assert told in ana.answers[0].text
    assert waiting(house) == []
    ana.send("undo that" if said.isascii() else "撤销")
    assert waiting(house) == [("proposed", ["said"])]

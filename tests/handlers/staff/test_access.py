"""Who may do what: staff by number, owners alone where it is theirs; everything leaves an audit row."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import handlers
from storage import desk
from storage.models import AuditEntry
from tests.support.visits import Chat, House


def audit(house: House) -> list[tuple[str, str, str, int | None]]:
    return house.read(lambda memory: [
        (row.command, row.arguments, row.outcome, row.telegram_id)
        for row in memory.scalars(select(AuditEntry).order_by(AuditEntry.id))])  # fmt: skip


@pytest.mark.parametrize("command", sorted(set(handlers.STAFF_COMMANDS)))
def test_a_customer_gets_what_an_unknown_command_gets(house: House, ana: Chat, command: str) -> None:
    ana.send("/nosuchthing")
    unknown = [answer.name for answer in ana.answers]  # its words vary
    ana.send(f"/{command} #1 A reason")
    assert [answer.name for answer in ana.answers] == unknown
    assert [row[0::2] for row in audit(house)] == [(command, "refused")]


def test_a_colleague_is_answered_and_noted(house: House, olivia: Chat) -> None:
    olivia.send("/find keller")
    assert olivia.last.name == "staff/found"
    olivia.send("/find nobody at all")
    olivia.send("/profile")
    assert audit(house) == [
        ("find", "keller", "done", 900), ("find", "nobody at all", "failed", 900), ("profile", "", "failed", 900),
    ]  # fmt: skip


def test_who_has_left_is_a_customer(house: House, chen: Chat) -> None:
    chen.send("/team")
    assert chen.last.name == "staff/team"
    house.write(lambda memory: desk.remove_member(memory, 901, house.clock.now()))
    chen.send("/team")
    assert chen.last.name == "chat/unknown_command"


@pytest.mark.parametrize("command", ["/addstaff 77 Ben", "/removestaff 900"])
def test_only_owners_change_the_team(house: House, chen: Chat, olivia: Chat, command: str) -> None:
    chen.send(command)
    assert chen.last.name == "chat/unknown_command"
    assert audit(house)[-1][2] == "refused"
    olivia.send(command.replace("900", "901"))
    assert olivia.last.name in ("staff/member_added", "staff/member_removed")


def test_a_button_of_staff_is_of_their_chat_and_only_while_they_are_staff(
    house: House, ana: Chat, olivia: Chat, chen: Chat
) -> None:
    olivia.send("/find keller")
    token = next(iter(olivia.last.buttons.values()))
    ana.press_token(token)  # forged: another's token
    assert (ana.answers, "had its day" in ana.toast) == ([], True)
    chen.send("/find keller")
    token = next(iter(chen.last.buttons.values()))
    chen.press_token(token)
    assert chen.last.name == "staff/profile"
    house.write(lambda memory: desk.remove_member(memory, 901, house.clock.now()))
    chen.press_token(token)
    assert (chen.answers, chen.toast != "") == ([], True)
    assert audit(house)[-1][0::2] == ("press:open_customer", "refused")


@pytest.mark.parametrize(
    "action",
    sorted(name for name in handlers.PRESSES if handlers.PRESSES[name].__module__.startswith("handlers.staff")),
)
def test_every_press_of_staff_is_checked(house: House, ana: Chat, action: str) -> None:
    from storage import buttons

    values = {"customer_id": 1, "feedback_id": 1, "order_id": 1, "contact_id": 1, "tier": "A", "reason": "x"}
    (token,) = house.write(lambda memory: buttons.add_row(
        memory, [(action, values)], chat_id=501, customer_id=None, now=house.clock.now()))  # fmt: skip
    ana.press_token(token)
    assert (ana.answers, "had its day" in ana.toast) == ([], True)
    assert audit(house)[-1][0::2] == (f"press:{action}", "refused")


def test_the_team_is_shown_and_changed(house: House, olivia: Chat) -> None:
    olivia.send("/addstaff 77 Ben B. manager")
    welcome = [shown for shown in house.shown(77)]
    assert [shown.name for shown in welcome] == ["staff/welcome"]
    olivia.send("/team")
    assert "Ben B.</b>, manager · 77" in olivia.text
    olivia.send("/removestaff 77")
    olivia.send("/team")
    assert "Ben" not in olivia.text
    for wrong, name in (("/addstaff Ben", "usage"), ("/addstaff 77", "usage"), ("/removestaff 4711", "no_member"),
                        ("/removestaff 900", "last_owner"), ("/addstaff 900 Olivia staff", "last_owner"),
                        ("/addstaff 99999999999999999 X", "usage")):  # fmt: skip
        olivia.send(wrong)
        assert olivia.last.name == f"staff/{name}", wrong


def test_the_code_makes_an_owner(sqlite_database) -> None:  # type: ignore[no-untyped-def]
    from bot.identify.ownership import issue_owner_code

    house = House(sqlite_database)
    code = house.write(lambda memory: issue_owner_code(memory, house.clock.now()))
    ana = Chat(house)
    ana.send("/claim AAAA-BBBB-CCCC")
    assert ana.last.name == "chat/unknown_command"
    ana.send(f"/claim {code}")
    assert ana.last.name == "staff/claimed"
    ana.send("/team")
    assert "Ana</b>, owner" in ana.text
    other = Chat(house, person=502, name="Eve")
    other.send(f"/claim {code}")
    assert other.last.name == "chat/unknown_command"
    assert all(code.split("-")[0] not in row[1] for row in audit(house))

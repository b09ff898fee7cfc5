"""/household: who lives with whom. Two customers named are linked; one is shown; without any, proposals wait for a tap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from bot.customize.messages import Button
from bot.identify import households, matching
from bot.identify.households import CannotLink
from handlers.staff.access import FAILED, Deed, acknowledge, answer, member_of, redraw, reply, staff_only
from handlers.staff.choosing import choose, name_of, pressed_customer, split_key
from handlers.visit import Visit
from storage import households as stored
from storage.models import Customer, HouseholdLink, LinkStatus


@staff_only()
def household(visit: Visit) -> Deed:
    key, other_key = split_key(visit, visit.said.arguments)
    if not key:
        return _show_next(visit)
    if not other_key:
        one = choose(visit, key, "show_household")
        return FAILED if one is None else _show_members(visit, one)
    pair = [matching.choose_customers(visit.memory, each, visit.settings) for each in (key, other_key)]
    for each, found in zip((key, other_key), pair, strict=True):
        if len(found) != 1:
            reply(visit, "staff/which_two" if found else "staff/nobody", words=each)
            return FAILED
    return _link(visit, pair[0][0].id, pair[1][0].id)


@staff_only()
def show_household(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    return FAILED if customer is None else _show_members(visit, customer)


@staff_only()
def next_household(visit: Visit) -> Deed:
    return _show_next(visit)


def _show_next(visit: Visit) -> Deed:
    """The oldest proposal; after a pair was pressed, the one behind it."""
    waiting = stored.list_with(visit.memory, LinkStatus.proposed)
    after = visit.pressed.values.get("after", 0) if visit.pressed else 0
    row = next((one for one in waiting if one.id > after), waiting[0] if waiting else None)
    if row is None:
        answer(visit, "staff/no_households")
        return Deed()
    values = {"link": row.id}
    buttons = [[Button("link_household", values=values), Button("not_household", values=values)]]
    if len(waiting) > 1:
        buttons.append([Button("next_household", "next_pair", {"after": row.id})])
    shown = households.show_link(visit.memory, row)
    answer(
        visit, "staff/household_pair", buttons=buttons, number=row.id, count=len(waiting), sides=shown["sides"],
        evidence=_words_for(visit, shown["evidence"]),
    )  # fmt: skip
    return Deed()


def _show_members(visit: Visit, customer: Customer) -> Deed:
    members = households.show_household(visit.memory, customer.id)
    answer(
        visit, "staff/household", **name_of(customer),
        members=[{**one, "why": _words_for(visit, one["why"])} for one in members],
    )  # fmt: skip
    return Deed(about=customer.id)


def _words_for(visit: Visit, evidence: list[dict[str, Any]]) -> list[Markup]:
    language = member_of(visit).language
    render = visit.business.wording.render
    return [Markup(render(language, "reasons/household", piece)) for piece in evidence]  # noqa: S704  rendered with autoescape


@staff_only()
def link_pressed(visit: Visit) -> Deed:
    row = _pressed_link(visit)
    return FAILED if row is None else _link(visit, row.one_id, row.other_id)


def _link(visit: Visit, one: int, other: int) -> Deed:
    try:
        row, before = households.link(visit.memory, one, other, visit.now, staff_id=member_of(visit).id)
    except CannotLink:
        reply(visit, "staff/which_two", words=f"#{one}")
        return FAILED
    return _tell(visit, row, before, "staff/household_linked")


@staff_only()
def not_household(visit: Visit) -> Deed:
    row = _pressed_link(visit)
    if row is None:
        return FAILED
    parted, before = households.unlink(visit.memory, row.one_id, row.other_id, visit.now, member_of(visit).id)
    return _tell(visit, parted, before, "staff/household_parted")


def _tell(visit: Visit, row: HouseholdLink, before: LinkStatus | None, name: str) -> Deed:
    one, other = (visit.memory.get_one(Customer, number) for number in (row.one_id, row.other_id))
    undo = Button("undo_household", "undo", {"link": row.id, "before": before})
    answer(
        visit, name, buttons=[[undo]], **name_of(one), other_name=other.name, other_id=other.id,
        members=[member["name"] for member in households.show_household(visit.memory, one.id)],
    )  # fmt: skip
    visit.outcome.planned = True
    return Deed(about=one.id)


@staff_only()
def undo_household(visit: Visit) -> Deed:
    pressed = visit.pressed
    row = stored.get(visit.memory, pressed.values["link"]) if pressed else None
    if pressed is None or row is None:
        acknowledge(visit, "press/expired")
        return FAILED
    if visit.now - pressed.created_at > visit.settings.conversation.undo_for:
        acknowledge(visit, "press/too_late")
        return FAILED
    one, other = (visit.memory.get_one(Customer, number) for number in (row.one_id, row.other_id))
    households.put_back(visit.memory, row, pressed.values["before"], visit.now)
    redraw(visit, "staff/household_undone", **name_of(one), other_name=other.name, other_id=other.id)
    return Deed(about=one.id)


def _pressed_link(visit: Visit) -> HouseholdLink | None:
    """The proposal that a button names; a note where it is decided already."""
    try:
        return households.find_proposed(visit.memory, visit.pressed.values["link"] if visit.pressed else 0)
    except CannotLink:
        acknowledge(visit, "press/expired")
        return None


COMMANDS: dict[str, Callable[[Visit], None]] = {"household": household}
PRESSES: dict[str, Callable[[Visit], None]] = {
    "show_household": show_household,
    "next_household": next_household,
    "link_household": link_pressed,
    "not_household": not_household,
    "undo_household": undo_household,
}

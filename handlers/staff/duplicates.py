"""/duplicates: who may be entered twice, both sides side by side; merged by a tap, and two again by another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from bot.customize.messages import Button
from bot.differentiate.tiers import class_anew
from bot.identify import merging, proposals
from bot.identify.merging import CannotMerge
from bot.identify.proposals import NoSuchPair
from handlers.staff.access import FAILED, Deed, acknowledge, answer, member_of, redraw, staff_only
from handlers.staff.choosing import name_of
from handlers.visit import Visit
from storage import duplicates
from storage.models import Customer, Duplicate, DuplicateStatus


@staff_only()
def list_duplicates(visit: Visit) -> Deed:
    """The likeliest pair; after a pair was pressed, the one behind it."""
    waiting = duplicates.list_proposed(visit.memory)
    after = visit.pressed.values.get("after") if visit.pressed else None
    places = [place for place, pair in enumerate(waiting) if pair.id == after]
    behind = waiting[(places[0] + 1) % len(waiting)] if places else next(iter(waiting), None)
    if behind is None:
        answer(visit, "staff/no_duplicates")
        return Deed()
    _show(visit, behind, len(waiting))
    return Deed()


def _show(visit: Visit, pair: Duplicate, count: int) -> None:
    shown = proposals.show_pair(visit.memory, pair)
    evidence = [
        {"against": one["what"].endswith("different"), "words": _words_for(visit, one)} for one in shown["evidence"]
    ]
    values = {"pair": pair.id}
    buttons = [[Button("merge_pair", values=values), Button("keep_apart", values=values)]]
    if count > 1:
        buttons.append([Button("next_pair", values={"after": pair.id})])
    answer(
        visit, "staff/duplicate", buttons=buttons, number=pair.id, count=count, strong=pair.is_strong,
        sides=shown["sides"], evidence=evidence,
    )  # fmt: skip


def _words_for(visit: Visit, evidence: dict[str, Any]) -> Markup:
    language = member_of(visit).language
    return Markup(visit.business.wording.render(language, "reasons/alike", evidence))  # noqa: S704  rendered with autoescape


@staff_only()
def merge_pair(visit: Visit) -> Deed:
    pair = _pressed_pair(visit)
    if pair is None:
        return FAILED
    memory = visit.memory
    into, other = merging.choose_survivor(
        memory, *(memory.get_one(Customer, id_) for id_ in (pair.one_id, pair.other_id))
    )
    if other.id == visit.customer.id:  # who is pressing the button stays
        into, other = other, into
    row = merging.merge(memory, into=into, other=other, now=visit.now, staff_id=member_of(visit).id)
    _class(visit, into)
    done = merging.summarise(row)
    undo = Button("undo_merge", "undo", {"merge": row.id})
    redraw(
        visit, "staff/merged", buttons=[[undo], [Button("next_pair")]], **name_of(into), merged_id=row.merged_id,
        orders=done["moved"].get("orders", 0), contacts=done["moved"].get("contacts", 0),
        refused=done["consents_refused"],
    )  # fmt: skip
    return Deed(about=into.id)


@staff_only()
def undo_merge(visit: Visit) -> Deed:
    if visit.pressed is None or visit.now - visit.pressed.created_at > visit.settings.conversation.undo_for:
        acknowledge(visit, "press/too_late")
        return FAILED
    try:
        undone = merging.undo_merge(visit.memory, visit.pressed.values["merge"], visit.now)
    except CannotMerge as stuck:
        redraw(visit, "staff/merge_stuck", why=stuck.why, number=stuck.number)
        return FAILED
    _class(visit, undone.stayed, undone.restored)
    redraw(
        visit, "staff/merge_undone", buttons=[[Button("next_pair")]], **name_of(undone.stayed),
        other_name=undone.restored.name, other_id=undone.restored.id,
        returned=sum(undone.returned.values()), left=sum(undone.left.values()),
    )  # fmt: skip
    return Deed(about=undone.stayed.id)


@staff_only()
def keep_apart(visit: Visit) -> Deed:
    pair = _pressed_pair(visit)
    if pair is None:
        return FAILED
    duplicates.keep_apart(visit.memory, pair.one_id, pair.other_id, visit.now, member_of(visit).id)
    one, other = (visit.memory.get_one(Customer, id_) for id_ in (pair.one_id, pair.other_id))
    undo = Button("undo_apart", "undo", {"pair": pair.id})
    redraw(
        visit, "staff/kept_apart", buttons=[[undo], [Button("next_pair")]], **name_of(one), other_name=other.name,
        other_id=other.id,
    )  # fmt: skip
    return Deed(about=one.id)


@staff_only()
def undo_apart(visit: Visit) -> Deed:
    pair = duplicates.get(visit.memory, visit.pressed.values["pair"]) if visit.pressed else None
    if pair is None or pair.status != DuplicateStatus.apart:
        acknowledge(visit, "press/expired")
        return FAILED
    duplicates.propose_again(visit.memory, pair)
    _show(visit, pair, duplicates.count_proposed(visit.memory))
    return Deed(about=pair.one_id)


def _pressed_pair(visit: Visit) -> Duplicate | None:
    """The pair that a button names; a note where it is decided already."""
    try:
        return proposals.find_pair(visit.memory, visit.pressed.values["pair"] if visit.pressed else 0)
    except NoSuchPair:
        acknowledge(visit, "press/expired")
        return None


def _class(visit: Visit, *people: Customer) -> None:
    visit.memory.flush()
    class_anew(visit.memory, visit.settings, visit.now, [one.id for one in people])
    for one in people:
        visit.memory.refresh(one)
    visit.outcome.planned = True


COMMANDS: dict[str, Callable[[Visit], None]] = {"duplicates": list_duplicates}
PRESSES: dict[str, Callable[[Visit], None]] = {
    "next_pair": list_duplicates,
    "merge_pair": merge_pair,
    "undo_merge": undo_merge,
    "keep_apart": keep_apart,
    "undo_apart": undo_apart,
}

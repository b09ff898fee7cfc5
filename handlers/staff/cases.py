"""Complaints: taken by somebody, solved with words, and their customer told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.customize.messages import Button, Rows
from handlers.staff.access import (
    FAILED,
    Deed,
    acknowledge,
    audit,
    member_of,
    redraw,
    reply,
    staff_only,
)
from handlers.staff.choosing import name_of
from handlers.visit import Visit
from storage import customers, desk, events, feedback, team
from storage.models import Customer, Feedback

ANSWER_LENGTH = 1_000
ASKED_FOR = timedelta(hours=12)  # later, a text is not the answer any more
ENDED = ("solved", "closed", "withdrawn")


@staff_only()
def take_case(visit: Visit) -> Deed:
    case, customer = _find(visit)
    if case is None or customer is None:
        return FAILED
    member = member_of(visit)
    if case.owner_id not in (None, member.id):
        owner = desk.get_member(visit.memory, case.owner_id)
        if owner is not None and owner.removed_at is None:
            acknowledge(visit, "staff/case_is_theirs", owner=owner.name)
            _show(visit, case, customer)
            return FAILED
    if case.owner_id != member.id:
        case.owner_id = member.id
        visit.memory.flush()
        _tell_others(visit, customer, "staff/case_taken", feedback_id=case.id, kind=case.kind)
    _show(visit, case, customer)
    return Deed(about=customer.id)


@staff_only()
def solve_case(visit: Visit) -> Deed:
    """Ask what was done: the colleague's next words are what the customer is told."""
    case, customer = _find(visit)
    if case is None or customer is None:
        return FAILED
    visit.conversation.open_question = {
        "name": "solve_case", "feedback_id": case.id, "asked_at": visit.now.isoformat(),
    }  # fmt: skip
    reply(
        visit, "staff/solve_question", buttons=[[Button("drop_question", "keep_open")]], **name_of(customer),
        quote=case.quote,
    )  # fmt: skip
    return Deed(about=customer.id)


@staff_only()
def drop_question(visit: Visit) -> Deed:
    if (visit.conversation.open_question or {}).get("name") == "solve_case":
        visit.conversation.open_question = None
    redraw(visit, "staff/case_kept_open")
    return Deed()


def answer_open_question(visit: Visit) -> bool:
    """A colleague's words, if we had asked what was done about a complaint. False: they are about something else."""
    asked = visit.conversation.open_question or {}
    if visit.staff is None or asked.get("name") != "solve_case" or not visit.said.text.strip():
        return False
    if _replies_elsewhere(visit):
        return False
    visit.conversation.open_question = None
    if visit.now - datetime.fromisoformat(asked["asked_at"]) > ASKED_FOR:
        return False
    case = feedback.get(visit.memory, asked["feedback_id"])
    customer = customers.get(visit.memory, case.customer_id) if case else None
    if case is None or customer is None or case.status in ENDED:
        reply(visit, "staff/case_ended")
        audit(visit, "failed")
        return True
    _solve(visit, case, customer)
    audit(visit, "done", customer.id)
    return True


def _replies_elsewhere(visit: Visit) -> bool:
    """A reply to another message of ours than the question goes to whom that message is about."""
    if visit.said.reply_to is None:
        return False
    about = desk.find_about(visit.memory, visit.said.chat_id, visit.said.reply_to)
    return about is not None and about.message_name != "staff/solve_question"


def _solve(visit: Visit, case: Feedback, customer: Customer) -> None:
    member = member_of(visit)
    case.status, case.answer = "solved", visit.said.text.strip()[:ANSWER_LENGTH]
    case.owner_id = case.owner_id or member.id
    visit.memory.flush()
    events.add(visit.memory, customer.id, "solved", at=visit.now, reference=str(case.id), data={"kind": case.kind})
    visit.outcome.planned = True
    reply(visit, "staff/case_solved", **name_of(customer), answer=case.answer)
    _tell_others(visit, customer, "staff/case_solved_by", answer=case.answer, kind=case.kind)


def _find(visit: Visit) -> tuple[Feedback | None, Customer | None]:
    """The case of the button, if it is still to be dealt with; said so if not."""
    feedback_id = visit.pressed.values.get("feedback_id", 0) if visit.pressed else 0
    case = feedback.get(visit.memory, feedback_id)
    customer = customers.get(visit.memory, case.customer_id) if case else None
    if case is None or customer is None:
        acknowledge(visit, "staff/case_ended")
        return None, None
    if case.status in ENDED:
        acknowledge(visit, "staff/case_ended")
        _show(visit, case, customer)
        return None, None
    return case, customer


def _show(visit: Visit, case: Feedback, customer: Customer) -> None:
    """The complaint's message as it stands now."""
    owner = desk.get_member(visit.memory, case.owner_id)
    redraw(
        visit, "staff/complaint", buttons=_buttons(case, owner is not None), again=True, **describe(case, customer),
        taken_by=owner.name if owner else None, status=case.status, answer=case.answer,
    )  # fmt: skip


def _buttons(case: Feedback, taken: bool) -> Rows | None:
    if case.status in ENDED:
        return None
    solve = Button("solve_case", values={"feedback_id": case.id})
    return [[solve]] if taken else [[Button("take_case", values={"feedback_id": case.id}), solve]]


def describe(case: Feedback, customer: Customer) -> dict[str, Any]:
    return {
        **name_of(customer), "reopened": False, "feedback_id": case.id, "kind": case.kind, "quote": case.quote, "aspect": case.aspect,
        "severity": case.severity, "due_at": case.due_at, "score": case.score, "touchpoint": case.touchpoint,
    }  # fmt: skip


def _tell_others(visit: Visit, customer: Customer, name: str, **values: Any) -> None:
    by = member_of(visit)
    for member in team.list_all(visit.memory):
        if member.id != by.id:
            visit.tell(
                member.telegram_id, member.language, name, about=customer.id, by=by.name, **name_of(customer), **values
            )


PRESSES: dict[str, Callable[[Visit], None]] = {
    "take_case": take_case,
    "solve_case": solve_case,
    "drop_question": drop_question,
}

"""What customers think of us: a complaint becomes a case, a low score too; the loop is closed or opened again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.config import Settings
from bot.interact.replies import Answer, Tap
from bot.interact.turn import Turn, find_touchpoint, remember
from bot.interact.understanding.result import FoundFeedback
from storage import conversations, events, feedback
from storage.database import Memory
from storage.models import Conversation, Customer, CustomerKind, Feedback

REQUEST = "request"  # a kind of case, beside complaints
QUOTE_LENGTH = 500
MORE = " … "  # between what was said of one matter
UNSPECIFIC = frozenset({"service", "other"})  # aspects of mere anger
MATTER_LASTS = timedelta(days=1)  # a complaint so soon after another may be about the same
CALL_AT_ONCE = 3  # severity from which a person gets in touch at once
WHY_OPENS_CASE = 2  # a score up to this is a complaint
WHY_ASKED = 3  # a score up to this is asked about


def record(turn: Turn, found: Sequence[FoundFeedback], answer: Answer, *, in_case: bool = False) -> list[int]:
    """Keep all feedback of one message. Of its complaints the gravest becomes the case, with the words of all.

    `in_case`: the message has its case already, and what is new is noted with it. So is what belongs to a case that
    is open since less than a day.
    """
    complaints = [one for one in found if one.kind == "complaint"]
    gravest = max(complaints, key=lambda one: one.severity, default=None)
    kept = []
    case = None if gravest is None or in_case else _find_matter(turn, complaints)
    for one in found:
        row = _keep(turn, one)
        if one is gravest and case is not None:
            row.quote = _put_together(complaints, turn.text)
            _join(turn, case, row, answer)
        elif one is gravest and not in_case:
            row.quote = _put_together(complaints, turn.text)
            open_case(turn.memory, turn.customer, turn.conversation, row, turn.settings, turn.now, answer)
        kept.append(row.id)
    return kept


def _put_together(complaints: Sequence[FoundFeedback], text: str) -> str:
    return MORE.join(dict.fromkeys(one.quote or text for one in complaints))[:QUOTE_LENGTH]


def _find_matter(turn: Turn, complaints: Sequence[FoundFeedback]) -> Feedback | None:
    """The open case of today that these are about: an order, the same aspect, or more anger about whatever it was."""
    case = feedback.find_open(turn.memory, turn.customer.id, since=turn.now - MATTER_LASTS)
    if case is None:
        return None
    known = {case.aspect}
    if case.contact_id is not None:
        rows = feedback.list_from(turn.memory, turn.customer.id, [case.contact_id])
        known |= {row.aspect for row in rows if row.kind == "complaint"}
    said = {one.aspect for one in complaints}
    return case if case.order_id is not None or "other" in known or said <= known | UNSPECIFIC else None


def _join(turn: Turn, case: Feedback, row: Feedback, answer: Answer) -> None:
    """The words go to the case; a graver complaint makes it graver, and calls at once."""
    alarming = row.severity >= CALL_AT_ONCE > case.severity
    case.quote = MORE.join((case.quote, row.quote))[-QUOTE_LENGTH:]
    case.severity = max(case.severity, row.severity)
    conversation = turn.conversation
    conversation.upset_until = max(
        conversation.upset_until or turn.now, turn.now + turn.settings.conversation.upset_for
    )
    conversations.mark_contact(turn.memory, turn.contact_id, feedback_id=case.id)
    if alarming:
        answer.tell_staff("staff/complaint", _taps(case), reopened=False, **describe(case))
    else:
        answer.tell_staff("staff/relayed", text=turn.text, case=describe(case))


def _keep(turn: Turn, one: FoundFeedback) -> Feedback:
    return feedback.add(
        turn.memory, customer_id=turn.customer.id, kind="csat" if one.kind == "score" else one.kind,
        aspect=one.aspect, polarity=one.polarity, severity=one.severity, score=one.score,
        quote=(one.quote or turn.text)[:QUOTE_LENGTH], touchpoint=find_touchpoint(turn.conversation, turn.now),
        contact_id=turn.source_of(one.quote), at=turn.now, status="noted",
    )  # fmt: skip


def open_case(
    memory: Memory, customer: Customer, conversation: Conversation, case: Feedback, settings: Settings,
    now: datetime, answer: Answer, *, reopened: bool = False,
) -> None:  # fmt: skip
    """Somebody must answer it by a time that the tier decides; staff hear of it at once."""
    case.status, case.ended_at = "open", None
    case.due_at = now + _find_promise(case, customer, settings)
    if case.kind != REQUEST:
        conversation.upset_until = max(conversation.upset_until or now, now + settings.conversation.upset_for)
        events.add(memory, customer.id, "complaint", at=now, reference=str(case.id))
    memory.flush()
    answer.planned = True
    answer.tell_staff("staff/complaint", _taps(case), reopened=reopened, **describe(case))


def open_request(
    memory: Memory, customer: Customer, conversation: Conversation, text: str, contact_id: int, settings: Settings,
    now: datetime, answer: Answer,
) -> Feedback:  # fmt: skip
    """What a partner asks of us is a case as a complaint is: with an owner, a due time, and told when it is dealt with."""
    case = feedback.add(
        memory, customer_id=customer.id, kind=REQUEST, polarity=0, quote=text[:QUOTE_LENGTH], contact_id=contact_id,
        at=now, touchpoint=find_touchpoint(conversation, now),
    )  # fmt: skip
    open_case(memory, customer, conversation, case, settings, now, answer)
    remember(conversation, facts=None, feedback=[case.id], reminders=None, orders=None, stock=None)
    answer.add("partners/request", [[Tap("undo", {"feedback": [case.id]})]], **describe(case))
    return case


def revise_request(
    memory: Memory, customer: Customer, versions: Sequence[int], text: str, answer: Answer
) -> Feedback | None:
    """The message that asked says something else now; staff hear it. `versions` are the contacts it was. None: no
    request of theirs is open."""
    rows = feedback.list_from(memory, customer.id, versions)
    case = next((row for row in rows if row.kind == REQUEST and row.status == "open"), None)
    if case is None or case.quote == text[:QUOTE_LENGTH]:
        return case
    case.quote = text[:QUOTE_LENGTH]
    answer.tell_staff("staff/complaint", _taps(case), reopened=False, **describe(case))
    answer.add("partners/request", [[Tap("undo", {"feedback": [case.id]})]], **describe(case))
    return case


def _find_promise(case: Feedback, customer: Customer, settings: Settings) -> timedelta:
    """How soon it is answered."""
    if case.kind == REQUEST:
        return settings.partners.request_due.of(customer.tier)
    ours = settings.partners if customer.kind == CustomerKind.partner else settings.staff
    return ours.complaint_due.of(customer.tier)


def _taps(case: Feedback) -> list[list[Tap]]:
    return [[Tap("take_case", {"feedback_id": case.id}), Tap("solve_case", {"feedback_id": case.id})]]


def describe(case: Feedback) -> dict[str, Any]:
    return {
        "feedback_id": case.id, "kind": case.kind, "quote": case.quote, "aspect": case.aspect, "severity": case.severity,
        "due_at": case.due_at, "score": case.score, "touchpoint": case.touchpoint, "order_id": case.order_id,
    }  # fmt: skip


def respond(turn: Turn, ids: Sequence[int], answer: Answer) -> None:
    """Say what a person who listened says: one part a kind of feedback, the complaint first."""
    rows = feedback.list_by_ids(turn.memory, turn.customer.id, ids)
    case = max((row for row in rows if row.status == "open"), key=lambda row: row.severity, default=None)
    if case is not None:
        answer.add("feedback/complaint", urgent=case.severity >= CALL_AT_ONCE, **describe(case))
    elif any(row.kind == "complaint" for row in rows) and (case := feedback.find_open(turn.memory, turn.customer.id)):
        answer.add("feedback/complaint_more", urgent=case.severity >= CALL_AT_ONCE, **describe(case))
    for kind in ("praise", "suggestion", "csat"):
        row = next((row for row in rows if row.kind == kind), None)
        if row is not None:
            answer.add(f"feedback/{kind}", after_complaint=case is not None, **describe(row))


def rate(
    memory: Memory, customer: Customer, conversation: Conversation, *, score: int, order_id: int | None,
    contact_id: int, settings: Settings, now: datetime,
) -> Answer:  # fmt: skip
    """A tap on one of five: low scores open a case at once, and the reason is added when it is told."""
    answer = Answer()
    touchpoint = find_touchpoint(conversation, now)
    row = feedback.add(
        memory, customer_id=customer.id, kind="csat", polarity=(score > WHY_ASKED) - (score < WHY_ASKED),
        score=float(score), at=now, order_id=order_id, contact_id=contact_id, touchpoint=touchpoint, status="noted",
    )  # fmt: skip
    why = {"name": "why", "asked_at": now.isoformat(), "score_id": row.id}
    if score <= WHY_OPENS_CASE:
        case = feedback.add(
            memory, customer_id=customer.id, kind="complaint", polarity=-1, severity=1, score=float(score), at=now,
            order_id=order_id, contact_id=contact_id, touchpoint=touchpoint,
        )  # fmt: skip
        open_case(memory, customer, conversation, case, settings, now, answer)
        why["case_id"] = case.id
    if score <= WHY_ASKED:
        conversation.open_question = why
    low, middle = score <= WHY_OPENS_CASE, score == WHY_ASKED
    answer.add("feedback/why_low" if low else "feedback/why_middle" if middle else "feedback/score_good", score=score)
    return answer


def add_why(turn: Turn, question: dict[str, Any], answer: Answer) -> None:
    """The reason behind a score: kept on the score and on its case, and passed on to whoever has the case."""
    said = next(iter(turn.heard.feedback), None)
    for row_id in (question.get("score_id"), question.get("case_id")):
        row = feedback.get(turn.memory, row_id) if row_id else None
        if row is None or row.status == "withdrawn":
            continue
        row.quote = turn.text[:QUOTE_LENGTH]
        if said is not None:
            row.aspect, row.severity = said.aspect, max(row.severity, said.severity)
    case = feedback.get(turn.memory, question["case_id"]) if question.get("case_id") else None
    if case is not None and case.status == "open":
        answer.tell_staff("staff/relayed", text=turn.text, case=describe(case))
        answer.add("feedback/complaint", urgent=case.severity >= CALL_AT_ONCE, **describe(case))
    else:
        answer.add("feedback/why_thanks")


def close(
    memory: Memory, customer: Customer, conversation: Conversation, feedback_id: int, *, content: bool,
    settings: Settings, now: datetime,
) -> Answer | None:  # fmt: skip
    """The customer says whether what was done is enough. None: it is not theirs, or ended already."""
    case = feedback.get(memory, feedback_id)
    if case is None or case.customer_id != customer.id or case.status not in ("open", "solved"):
        return None
    answer = Answer()
    if content:
        case.status, case.ended_at = "closed", now
        conversation.upset_until = None
        answer.add("feedback/closed")
    else:
        open_case(memory, customer, conversation, case, settings, now, answer, reopened=True)
        answer.add("feedback/reopened", due_at=case.due_at)
    return answer


def withdraw(memory: Memory, customer: Customer, conversation: Conversation, ids: Sequence[int],
             now: datetime, answer: Answer) -> list[Feedback]:  # fmt: skip
    """Take feedback back, unless a colleague has taken it. Who was upset only by that is so no more."""
    rows = [
        row
        for row in feedback.list_by_ids(memory, customer.id, ids)
        if row.owner_id is None and row.status in ("noted", "open")
    ]
    cases = [row for row in rows if row.status == "open"]
    joined = feedback.find_open(memory, customer.id)
    for row in rows:  # what was put with a case is taken out of it
        if joined is not None and row.kind == "complaint" and row.status == "noted":
            joined.quote = joined.quote.replace(f"{MORE}{row.quote}", "")
    feedback.withdraw(memory, [row.id for row in rows], now)
    for case in cases:
        answer.tell_staff("staff/withdrawn", **describe(case))
    if any(case.kind != REQUEST for case in cases) and feedback.find_open(memory, customer.id) is None:
        conversation.upset_until = None
    return rows

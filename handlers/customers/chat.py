"""What customers write and send: words, edits, photos, voice notes and the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.identify import consents
from bot.interact import dialogue, handoff, recording
from bot.interact.replies import Answer, Reply
from bot.interact.turn import find_touchpoint, remember
from bot.interact.understanding import Understanding
from handlers.customers import handover, profile, start
from handlers.customers.answers import deliver, make_turn, redraw, tell_staff
from handlers.fragments import Begun, change_answer, note_answer
from handlers.visit import Visit
from storage import conversations, feedback
from storage.models import CustomerStatus, Purpose

CASE_TAKES_FILES_FOR = timedelta(days=1)
SHOWN_TO_STAFF = ("photo", "voice", "document", "video", "audio", "video_note")


def answer_text(visit: Visit) -> None:
    """Words. Those of somebody else, forwarded, are logged and not taken for the customer's own."""
    _note_touchpoint(visit)
    if visit.said.forwarded:
        _answer_other(visit, "chat/forwarded")
    elif visit.heard is None or not visit.said.text.strip():
        _answer_other(visit, "chat/empty")
    elif visit.begun is not None:
        _answer_rest(visit, visit.heard, visit.begun)
    else:
        answer = dialogue.respond(make_turn(visit, visit.heard))
        _deliver(visit, answer)
        note_answer(visit.conversation, visit.spoken, answer, visit.outcome.queued, visit.said.at, visit.said.chat_id)


def _answer_rest(visit: Visit, heard: Understanding, begun: Begun) -> None:
    """The whole is answered, in place of what was said to its beginning."""
    answer = dialogue.respond_to_rest(make_turn(visit, heard), begun.contacts)
    deliver(visit, answer, key=change_answer(visit.memory, begun) if answer.parts and not visit.muted else None)
    note_answer(visit.conversation, (*begun.contacts, *visit.spoken), answer, visit.outcome.queued, visit.said.at,
                visit.said.chat_id)  # fmt: skip


def _deliver(visit: Visit, answer: Answer) -> None:
    deliver(visit, answer)
    if answer.show == "profile":
        profile.show(visit)
    elif answer.show == "help":
        profile.help(visit)
    _welcome(visit, answer)


def _welcome(visit: Visit, answer: Answer) -> None:
    """After the first answer, who we are and the question of consent; not to somebody who complains, mourns or stops."""
    conversation = visit.conversation
    if not (visit.is_first or (conversation.last_recorded or {}).get("welcome_due")):
        return
    upset = conversation.upset_until is not None and conversation.upset_until > visit.now
    talking = handoff.is_with_colleague(conversation, visit.now)
    if visit.muted or upset or talking or _is_grave(answer) or visit.customer.status == CustomerStatus.stopped:
        remember(conversation, welcome_due=True)
        return
    ask = not consents.is_answered(visit.memory, visit.customer.id, Purpose.marketing)
    start.welcome(visit, start.WORDING, ask=ask)


def _is_grave(answer: Answer) -> bool:
    grave = (
        "feedback/complaint",
        "feedback/complaint_more",
        "chat/life_event",
        "privacy/stopped",
        "chat/handoff",
        "chat/abuse",
    )
    return any(part.name in grave for part in answer.parts)


def answer_edit(visit: Visit) -> None:
    """An edited message says something else now. An edited command does nothing."""
    said = visit.said
    if said.command or said.forwarded or visit.heard is None or said.message_id is None:
        return
    versions = conversations.list_versions(
        visit.memory, visit.customer.id, said.chat_id, said.message_id, before=visit.contact_id
    )
    turn = make_turn(visit, visit.heard)
    if versions:
        deliver(visit, dialogue.respond_to_edit(turn, list(versions)))
    else:
        _deliver(visit, dialogue.respond(turn))  # older than our log: as if said now


def answer_file(visit: Visit) -> None:
    """A photo, voice note or file is kept on the case and shown to staff; its caption is read like any words."""
    _note_touchpoint(visit)
    said = visit.said
    if said.kind == "contact":
        profile.take_phone(visit)
    elif said.forwarded:
        _answer_other(visit, "chat/forwarded")
    elif said.file is None:
        _answer_other(visit, "chat/other")
    elif said.file["kind"] not in SHOWN_TO_STAFF:
        _answer_other(visit, "chat/sticker")
    else:
        _take_file(visit)


def _take_file(visit: Visit) -> None:
    said = visit.said
    turn = make_turn(visit, visit.heard or Understanding(text=said.text, language=visit.customer.language))
    if visit.heard is not None:
        answer = dialogue.respond(turn)
    else:
        answer = Answer()
        if turn.late and not turn.muted:
            dialogue.apologise(turn, answer)
    case = feedback.find_open(visit.memory, visit.customer.id, since=visit.now - CASE_TAKES_FILES_FOR)
    if case is not None:
        conversations.mark_contact(visit.memory, visit.contact_id, feedback_id=case.id)
    kind = said.file["kind"] if said.file else ""
    shown = Reply("staff/file", {"kind": kind, "text": said.text, "feedback_id": case.id if case else None})
    if handoff.is_with_colleague(visit.conversation, visit.now):
        handoff.prolong(visit.conversation, visit.settings, visit.now)
    elif not any(part.name.startswith("feedback/complaint") for part in answer.parts):
        answer.parts.append(Reply("chat/file_kept", {"kind": kind, "case": case is not None}))
    _deliver(visit, answer)
    tell_staff(visit, shown, files=[said.file] if said.file else None)


def _answer_other(visit: Visit, name: str) -> None:
    """Nothing to understand: a short word, or none while a colleague is talking."""
    if not handoff.is_with_colleague(visit.conversation, visit.now):
        visit.say(name)


def _note_touchpoint(visit: Visit) -> None:
    touchpoint = find_touchpoint(visit.conversation, visit.now)
    if touchpoint is not None:
        conversations.mark_contact(visit.memory, visit.contact_id, touchpoint=touchpoint)


def answer_unknown_command(visit: Visit) -> None:
    visit.say("chat/unknown_command")


def undo(visit: Visit) -> None:
    """Withdraw what the message of this button had said it recorded, for as long as settings allow."""
    button = visit.pressed
    if button is None or visit.now - button.created_at > visit.settings.conversation.undo_for:
        visit.acknowledge("press/too_late")
        return
    answer = recording.undo(visit.memory, visit.customer, visit.conversation, button.values, visit.now)
    if answer is None:
        visit.acknowledge("chat/nothing_to_undo")
    else:
        redraw(visit, answer)


PRESSES: dict[str, Callable[[Visit], None]] = {
    "undo": undo,
    **handover.PRESSES,
}

"""/stop, /resume, /export, /forgetme, and what Telegram tells of being blocked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.customize.messages import Button
from bot.identify import consents, profiles
from handlers.visit import Visit
from storage import contacts, facts, outbox
from storage.models import Purpose

FILE_NAME = "my-data.json"


def stop(visit: Visit) -> None:
    profiles.stop(visit.memory, visit.customer, visit.now)
    visit.conversation.open_question = None
    visit.outcome.planned = True
    visit.say("privacy/stopped")


def resume(visit: Visit) -> None:
    profiles.resume(visit.memory, visit.customer, visit.now)
    visit.outcome.planned = True
    marketing = consents.is_granted(visit.memory, visit.customer.id, Purpose.marketing)
    if visit.said.kind == "press":
        visit.redraw("privacy/resumed", marketing=marketing)
    else:
        visit.say("privacy/resumed", marketing=marketing)


def export(visit: Visit) -> None:
    from bot.identify.portrait import export_customer

    visit.memory.flush()
    portrait = export_customer(visit.memory, visit.customer.id, visit.now)
    content = json.dumps(portrait, ensure_ascii=False, indent=2, default=str).encode()
    visit.send_document(FILE_NAME, content, "privacy/export")


def ask_to_forget(visit: Visit) -> None:
    visit.say(
        "privacy/forget_ask",
        buttons=[[Button("forget_me")], [Button("keep_me")]],
        **_count(visit),
    )


def keep(visit: Visit) -> None:
    visit.redraw("privacy/forget_kept")


def forget(visit: Visit) -> None:
    """Erase. The farewell is queued without the customer's number: it is all that is left of the conversation."""
    from bot.differentiate.tiers import erase_and_class

    text = visit.business.wording.render(visit.language, "privacy/forgotten", _count(visit), zone=visit.zone)
    parameters = {"chat_id": visit.said.chat_id, "text": text, "parse_mode": "HTML"}
    visit.memory.flush()
    menu = erase_and_class(visit.memory, visit.customer.id, visit.now, visit.settings) or []
    visit.memory.expunge_all()  # what this visit still holds of them must not be written again
    queued = outbox.add(
        visit.memory, "sendMessage", parameters, now=visit.now, chat_id=visit.said.chat_id,
        message_name="privacy/forgotten",
    )  # fmt: skip
    visit.outcome.queued += [queued, *menu]
    visit.outcome.planned = True


def _count(visit: Visit) -> dict[str, Any]:
    visit.memory.flush()
    return {
        "facts": facts.count_current(visit.memory, visit.customer.id),
        "contacts": contacts.count(visit.memory, visit.customer.id),
    }


def note_membership(visit: Visit) -> None:
    """The bot was blocked or unblocked in its private chat; in groups there is nothing to note."""
    if visit.said.private and visit.said.blocked is not None:
        profiles.note_blocked(visit.memory, visit.customer, visit.said.blocked, visit.now)
        visit.outcome.planned = True


COMMANDS: dict[str, Callable[[Visit], None]] = {
    "stop": stop,
    "resume": resume,
    "export": export,
    "forgetme": ask_to_forget,
}
PRESSES: dict[str, Callable[[Visit], None]] = {"resume": resume, "forget_me": forget, "keep_me": keep}

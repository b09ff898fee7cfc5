"""/start: the greeting, where somebody came from, and the question of consent."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.customize.messages import Button, Rows
from bot.differentiate.partners import adopt, is_partner
from bot.differentiate.tiers import class_anew
from bot.identify import consents, invitations, profiles, referrals
from bot.interact import planner
from bot.interact.turn import note_touchpoint, remember
from bot.interact.understanding import Understanding
from handlers.customers.answers import make_turn, rows_of
from handlers.visit import Visit
from storage import conversations
from storage.models import CustomerStatus, Purpose

WORDING = "start/welcome"
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what Telegram lets a deep link carry


def greet(visit: Visit) -> None:
    """Known customers are greeted as such; consent is asked as long as it is not answered."""
    came_before = not visit.is_first
    invited = accept_invitation(visit)
    brought = accept_referral(visit) if invited is None else None
    if invited is None and brought is None:
        note_source(visit)
    if visit.customer.status == CustomerStatus.stopped:
        visit.say("start/stopped", buttons=[[Button("resume")]], name=profiles.address(visit.memory, visit.customer))
        return
    ask = not consents.is_answered(visit.memory, visit.customer.id, Purpose.marketing)
    welcome(visit, "start/again" if came_before else WORDING, ask=ask)
    if invited == "merged":
        visit.say("start/invited")
    tell_referral(visit, brought)


def welcome(visit: Visit, name: str, *, ask: bool) -> None:
    if ask and not visit.muted:
        visit.conversation.open_question = {
            "name": "consent", "asked_at": visit.now.isoformat(), "wording": name,
        }  # fmt: skip
    remember(visit.conversation, welcome_due=None)
    values = {"wording": name, "name": profiles.address(visit.memory, visit.customer)}
    visit.say(name, buttons=_consent_buttons(values) if ask else None, ask=ask, answer=None, partner=is_partner(visit.customer),
              name=profiles.address(visit.memory, visit.customer))  # fmt: skip


def _consent_buttons(values: dict[str, str]) -> Rows:
    return [[Button("consent_yes", values=values)], [Button("consent_no", values=values)]]


def accept_invitation(visit: Visit) -> str | None:
    """A personal link brings along what the shop knows of its holder; see `identify.invitations`."""
    outcome = invitations.accept(visit.memory, visit.customer, visit.said.arguments, visit.now)
    if outcome is None:
        return None
    if outcome == "merged":
        visit.customer.lead_source = visit.customer.lead_source or invitations.SOURCE
        visit.outcome.planned = True
        visit.memory.flush()
        class_anew(visit.memory, visit.settings, visit.now, [visit.customer.id])
        visit.memory.refresh(visit.customer)
    note_touchpoint(visit.conversation, invitations.SOURCE, visit.now)
    conversations.mark_contact(visit.memory, visit.contact_id, touchpoint=invitations.SOURCE)
    return outcome


def accept_referral(visit: Visit) -> str | None:
    """A friend's link says who brought them; see `identify.referrals`."""
    outcome = referrals.accept(visit.memory, visit.customer, visit.said.arguments, is_first=visit.is_first)
    if outcome == "brought":
        adopt(visit.memory, visit.customer)
    if outcome in ("brought", "gone"):
        note_touchpoint(visit.conversation, referrals.SOURCE, visit.now)
        conversations.mark_contact(visit.memory, visit.contact_id, touchpoint=referrals.SOURCE)
    if outcome == "brought":
        visit.memory.flush()
        class_anew(visit.memory, visit.settings, visit.now, [visit.customer.id])
        visit.memory.refresh(visit.customer)
    return outcome


def tell_referral(visit: Visit, outcome: str | None) -> None:
    """That one's own link is for others, or what a friend's brings, if anything."""
    reward = getattr(visit.settings.referrals.reward, visit.language, "")
    if outcome == "own" or (outcome == "brought" and reward):
        visit.say("referrals/came", own=outcome == "own", reward=reward)


def note_source(visit: Visit) -> None:
    """`/start poster-12`: the first one is where they came from, each is a touchpoint of what follows."""
    payload = visit.said.arguments
    if not PAYLOAD.fullmatch(payload):
        return
    if visit.customer.lead_source is None:
        visit.customer.lead_source = payload
    note_touchpoint(visit.conversation, payload, visit.now)
    conversations.mark_contact(visit.memory, visit.contact_id, touchpoint=payload)


def agree(visit: Visit) -> None:
    _answer(visit, granted=True)


def decline(visit: Visit) -> None:
    _answer(visit, granted=False)


def _answer(visit: Visit, *, granted: bool) -> None:
    values = visit.pressed.values if visit.pressed else {}
    if (visit.conversation.open_question or {}).get("name") == "consent":
        visit.conversation.open_question = None
    wording = values.get("wording", WORDING)
    consents.answer(
        visit.memory, visit.customer, Purpose.marketing, granted=granted, wording=wording,
        contact_id=visit.contact_id, now=visit.now,
    )  # fmt: skip
    visit.outcome.planned = True
    visit.redraw(
        wording, ask=False, answer=granted, name=values.get("name", visit.person.first_name),
        partner=is_partner(visit.customer),
    )  # fmt: skip
    ask_first_question(visit)


def ask_first_question(visit: Visit) -> None:
    """Getting to know each other begins once consent is settled."""
    question = planner.choose(make_turn(visit, Understanding(text="", language=visit.language)))
    if question is not None:
        visit.say(question.name, buttons=rows_of(question.taps))


COMMANDS: dict[str, Callable[[Visit], None]] = {"start": greet}
PRESSES: dict[str, Callable[[Visit], None]] = {"consent_yes": agree, "consent_no": decline}

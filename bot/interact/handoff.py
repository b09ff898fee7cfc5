"""Handing the conversation to a person and back. While a colleague is talking the bot passes on and holds back."""

from __future__ import annotations

from datetime import datetime

from bot.config import Settings
from bot.interact.replies import Answer, Tap
from bot.interact.turn import Turn
from storage import team
from storage.database import Memory
from storage.models import Conversation

BACK = [[Tap("bot_back")]]


def offer(text: str) -> list[list[Tap]]:
    """A button that fetches a person, who is shown what was not understood."""
    return [[Tap("talk_to_person", {"text": text[:500]})]]


def is_with_colleague(conversation: Conversation, now: datetime) -> bool:
    return conversation.colleague_until is not None and conversation.colleague_until > now


def begin(
    memory: Memory, conversation: Conversation, settings: Settings, now: datetime, *, reason: str, text: str
) -> Answer:
    """Fetch a person. `reason`: asked, life_event or not_understood. Honest where there is nobody to fetch."""
    answer = Answer()
    conversation.misunderstood = 0
    if not team.list_all(memory):
        answer.add("chat/nobody_here")
        return answer
    conversation.colleague_until = now + settings.conversation.handover_for
    conversation.open_question = None
    answer.tell_staff("staff/handoff", reason=reason, text=text, quote=text)
    answer.add("chat/handoff", BACK)
    return answer


def prolong(conversation: Conversation, settings: Settings, now: datetime) -> None:
    """The bot keeps quiet for so long from the last word of either."""
    conversation.colleague_until = now + settings.conversation.handover_for


def relay(turn: Turn, answer: Answer) -> None:
    """Pass on what was said."""
    prolong(turn.conversation, turn.settings, turn.now)
    answer.tell_staff("staff/relayed", text=turn.text, case=None)


def end(conversation: Conversation) -> Answer:
    conversation.colleague_until = None
    answer = Answer()
    answer.add("chat/bot_back")
    return answer

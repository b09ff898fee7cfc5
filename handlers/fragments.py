"""Messages that belong together: what waits for its rest, what was said before it, and the answer they share.

A piece waits where nothing else tells what is meant; what still comes after its answer changes the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import Settings
from bot.interact import fragments, handoff
from bot.interact.replies import Answer
from bot.interact.turn import remember
from bot.interact.understanding import Understanding
from handlers.said import Said
from storage import contacts, customers, outbox, team
from storage.database import Memory
from storage.models import Conversation
from storage.outbox import Queued

EDITED_FOR = 4  # times the wait: so long what still comes changes the answer instead of adding one
GOES_ON_FOR = timedelta(minutes=10)  # so long "with oat milk" is about what was said before it
CAN_GO_ON = frozenset({
    "chat/greeting", "chat/greeting_known", "chat/greeting_open_case", "chat/greeting_order", "chat/not_understood",
    "chat/recorded", "chat/recorded_restriction", "chat/known", "chat/order", "chat/revised", "orders/draft",
})  # fmt: skip

Understand = Callable[[str], Understanding]


@dataclass(frozen=True, slots=True)
class Begun:
    """What this message goes on with. `answer` is the outbox row to change; None: too late, say it anew."""

    contacts: tuple[int, ...]
    answer: int | None
    heard: Understanding  # of all of it


def must_wait(memory: Memory, said: Said, heard: Understanding, now: datetime, settings: Settings) -> bool:
    """Whether these words, alone, are worth waiting for their rest."""
    unfinished = fragments.is_unfinished(heard)
    thing = not heard.out_of_scope and fragments.is_bare(heard)
    if not said.private or said.reply_to is not None or said.forwarded or not (unfinished or thing):
        return False
    if now - said.at > settings.conversation.offline_after or team.find(memory, said.person.id) is not None:
        return False
    conversation = _find(memory, said)
    if conversation is None:
        return True
    return not handoff.is_with_colleague(conversation, now) and (unfinished or not _answers(conversation, heard))


def read_begun(memory: Memory, said: Said, heard: Understanding, understand: Understand,
               settings: Settings) -> Begun | None:  # fmt: skip
    """What was said before and answered, where this message only goes on with it."""
    leans = fragments.goes_on(heard)
    if said.reply_to is not None or said.forwarded or not (leans or fragments.is_bare(heard)):
        return None
    conversation = _find(memory, said)
    noted = (conversation.last_recorded or {}).get("begun") if conversation else None
    if conversation is None or noted is None or (noted["asked"] and not leans and _answers(conversation, heard)):
        return None
    if not _fits_draft(conversation, noted["contacts"], heard):
        return None
    since = said.at - datetime.fromisoformat(noted["at"])
    edits = since <= settings.conversation.fragment_wait * EDITED_FOR + timedelta(seconds=1)
    if not (edits or (leans and since <= GOES_ON_FOR)):
        return None
    rows = contacts.list_recent(memory, conversation.customer_id, 4 * len(noted["contacts"]) + 4)
    before = [row for row in reversed(rows) if row.direction == "in"][-len(noted["contacts"]) :]
    if [row.id for row in before] != noted["contacts"]:
        return None  # something else came between
    text = fragments.join([row.text for row in before])
    whole = understand(fragments.join([text, said.text]))
    if not fragments.says_more(whole, understand(text)) or not fragments.keeps_order(whole, heard):
        return None
    return Begun(tuple(noted["contacts"]), noted["answer"] if edits else None, whole)


def _fits_draft(conversation: Conversation, begun: Sequence[int], heard: Understanding) -> bool:
    """An order that is open is changed by what changes it; only its first words can be read anew with their rest."""
    draft = (conversation.last_recorded or {}).get("draft")
    if draft is None or not heard.changes:
        return True
    return draft["draft"] in begun and all(change.what in ("options", "name", "more") for change in heard.changes)


def change_answer(memory: Memory, begun: Begun) -> str | None:
    """The key under which the answer given is said anew; None where it has not gone out and is simply taken back."""
    if begun.answer is None or outbox.cancel(memory, begun.answer, "the customer went on"):
        return None
    key = f"{outbox.ANSWERED}{begun.answer}"
    outbox.give_key(memory, begun.answer, key)
    return key


def note_answer(conversation: Conversation, spoken: Sequence[int], answer: Answer, queued: Sequence[Queued],
                at: datetime, chat_id: int) -> None:  # fmt: skip
    """Remember what can be gone on with; forget what could, where this cannot."""
    names = {part.name for part in answer.parts}
    row = next((row.id for row in queued if row.chat_id == chat_id), None)
    begun = {"contacts": list(spoken), "answer": row, "at": at.isoformat(), "asked": answer.question is not None}
    if row is not None and names and names <= CAN_GO_ON:
        remember(conversation, begun=begun)
    elif "begun" in (conversation.last_recorded or {}):
        remember(conversation, begun=None)


def _find(memory: Memory, said: Said) -> Conversation | None:
    found = customers.find_with_conversation(memory, "telegram", str(said.person.id))
    return found[1] if found else None


def _answers(conversation: Conversation, heard: Understanding) -> bool:
    """Whether a bare word may answer a question of ours. That of consent takes a yes or a no; an order is no answer."""
    asked = conversation.open_question
    return asked is not None and asked["name"] != "consent" and not fragments.is_counted(heard)

"""Whoever presses a button or blocks the bot without a word to us, or after they were erased, is nobody to remember."""

from __future__ import annotations

from bot.customize.wording import Wording
from bot.runtime.slot import Fleeting, Outcome
from handlers.said import Said
from storage import customers, team
from storage.database import Memory

WORDLESS = ("press", "membership")


def is_stranger(memory: Memory, said: Said) -> bool:
    """Neither known nor staff, and this update is none to become known by."""
    if said.kind not in WORDLESS or customers.glance(memory, "telegram", str(said.person.id)) is not None:
        return False
    return team.find(memory, said.person.id) is None


def answer(wording: Wording, language: str, said: Said) -> Outcome:
    """What an old button gets, and nothing is kept."""
    if not said.query_id:
        return Outcome()
    note = {"callback_query_id": said.query_id, "text": wording.render(language, "press/expired", {})[:200]}
    return Outcome(fleeting=[Fleeting("answerCallbackQuery", note)])

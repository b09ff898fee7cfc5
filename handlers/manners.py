"""How somebody writes is how they are answered: in their language, their characters, with 您 or 你."""

from __future__ import annotations

from bot.customize import script
from bot.interact.turn import remember
from bot.interact.understanding import Understanding
from handlers.said import Said
from storage.models import Conversation, Customer


def follow_language(customer: Customer, heard: Understanding | None, languages: tuple[str, ...], said: Said) -> None:
    """Answer in the language somebody writes, unless they chose one."""
    if heard is None or customer.language_from == "chosen" or said.forwarded:
        return
    written = heard.language
    if written in languages and written != customer.language:
        customer.language, customer.language_from = written, "written"


def follow_script(conversation: Conversation, text: str) -> None:
    """Answer in the characters somebody writes. Only traditional ones are noted: simplified is what texts are in."""
    written = script.find_script(text)
    noted = (conversation.last_recorded or {}).get("script")
    if written == script.TRADITIONAL and noted is None:
        remember(conversation, script=written)
    elif written not in (None, script.TRADITIONAL) and noted is not None:
        remember(conversation, script=None)


def follow_register(conversation: Conversation, text: str) -> None:
    """您 unless they say 你 to us. Only that is noted."""
    said = script.find_register(text)
    noted = (conversation.last_recorded or {}).get("register")
    if said is not None and (said == script.CASUAL) != (noted == script.CASUAL):
        remember(conversation, register=script.CASUAL if said == script.CASUAL else None)

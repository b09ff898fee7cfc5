"""/report: the report on value, as pictures. It is made beside the bot, and comes when it is ready."""

from __future__ import annotations

from collections.abc import Callable

from handlers.staff.access import OWNER, Deed, member_of, staff_only
from handlers.visit import Visit
from storage import requests


@staff_only(OWNER, "manager")
def report(visit: Visit) -> Deed:
    language, chat_id = member_of(visit).language, visit.said.chat_id
    key = f"report:{visit.contact_id}"
    visit.tell(chat_id, language, "staff/report_making", key=key)
    requests.ask(visit.memory, chat_id, language, key)
    visit.outcome.asked = True
    return Deed()


COMMANDS: dict[str, Callable[[Visit], None]] = {"report": report}

"""Who may: every staff command and press is checked by numeric id from the database, and leaves an audit row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from bot.customize.messages import Rows
from handlers.visit import Visit
from storage import contacts, team
from storage.models import Staff

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Deed:
    """What came of a command, for the audit: whether it was done, and whom it was about."""

    done: bool = True
    about: int | None = None


FAILED = Deed(done=False)
Deal = Callable[[Visit], Deed]
"""A staff command or press before it is guarded."""


def staff_only(*roles: str) -> Callable[[Deal], Callable[[Visit], None]]:
    """Guard a command or press: staff, and if roles are named only those. Nobody else learns that it exists."""

    def guard(function: Deal) -> Callable[[Visit], None]:
        @wraps(function)
        def guarded(visit: Visit) -> None:
            member = visit.staff
            if member is None or (roles and member.role not in roles):
                audit(visit, "refused")
                refuse(visit)
                return
            deed = function(visit)
            audit(visit, "done" if deed.done else "failed", deed.about)

        return guarded

    return guard


def refuse(visit: Visit) -> None:
    """What an unknown command or an old button gets."""
    if visit.pressed is not None:
        visit.acknowledge("press/expired")
    else:
        visit.say("chat/unknown_command")


def audit(visit: Visit, outcome: str, about: int | None = None) -> None:
    """What was done, about whom: their words stand there and with that customer, and are no contact of the colleague's."""
    pressed = visit.pressed
    if about is not None and about != visit.customer.id:
        contacts.blank(visit.memory, visit.spoken)
    team.log(
        visit.memory,
        command=f"press:{pressed.action}" if pressed else visit.said.command or "file",
        arguments=" ".join(f"{name}={value}" for name, value in pressed.values.items())
        if pressed
        else visit.said.arguments,
        outcome=outcome, at=visit.now, staff_id=visit.staff.id if visit.staff else None,
        telegram_id=visit.person.id, customer_id=about,
    )  # fmt: skip


def member_of(visit: Visit) -> Staff:
    """The colleague this visit is by; only behind `staff_only`."""
    if visit.staff is None:
        raise PermissionError("not staff")
    return visit.staff


def reply(visit: Visit, name: str, /, *, buttons: Rows | None = None, again: bool = False, **values: Any) -> None:
    """Answer a colleague, in the language of staff."""
    visit.tell(visit.said.chat_id, member_of(visit).language, name, buttons=buttons, again=again, **values)


def redraw(visit: Visit, name: str, /, *, buttons: Rows | None = None, again: bool = False, **values: Any) -> None:
    visit.redraw(name, buttons=buttons, again=again, language=member_of(visit).language, **values)


def answer(visit: Visit, name: str, /, *, buttons: Rows | None = None, again: bool = False, **values: Any) -> None:
    """To a press by changing its message, to a command by a new one."""
    (redraw if visit.pressed else reply)(visit, name, buttons=buttons, again=again, **values)


def acknowledge(visit: Visit, name: str, /, **values: Any) -> None:
    visit.toast = visit.business.wording.render(member_of(visit).language, name, values)[:200]

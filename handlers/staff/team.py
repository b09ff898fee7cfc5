"""/team, /addstaff, /removestaff: who works here. /claim: the first owner, by the code the console printed."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.identify.ownership import claim_ownership
from handlers.staff.access import FAILED, OWNER, Deed, member_of, refuse, reply, staff_only
from handlers.visit import Visit
from storage import desk, portraits, team

ROLES = ("owner", "manager", "staff")
NAME_LENGTH = 60
LARGEST_ID = 2**52
_NUMBER = re.compile(r"\d{1,16}", re.ASCII)


@staff_only()
def list_team(visit: Visit) -> Deed:
    notes = portraits.count_notes(visit.memory)
    members = [
        {"name": one.name, "role": one.role, "telegram_id": one.telegram_id, "notes": notes.get(one.id, 0)}
        for one in team.list_all(visit.memory)
    ]
    reply(visit, "staff/team", members=members)
    return Deed()


@staff_only(OWNER)
def add_member(visit: Visit) -> Deed:
    words = visit.said.arguments.split()
    role = words.pop().lower() if len(words) > 2 and words[-1].lower() in ROLES else "staff"
    number, name = read_id(words[0] if words else ""), " ".join(words[1:])[:NAME_LENGTH]
    if number is None or not name:
        reply(visit, "staff/usage", command="addstaff")
        return FAILED
    known = team.find(visit.memory, number)
    if known is not None and known.role == OWNER and role != OWNER and _is_last_owner(visit, number):
        reply(visit, "staff/last_owner", name=known.name)
        return FAILED
    language = known.language if known else member_of(visit).language
    member = team.add(visit.memory, telegram_id=number, name=name, role=role, language=language, now=visit.now)
    reply(visit, "staff/member_added", name=member.name, role=member.role, telegram_id=number)
    if known is None:
        visit.tell(number, language, "staff/welcome", name=member.name, by=member_of(visit).name)
    return Deed()


@staff_only(OWNER)
def remove_member(visit: Visit) -> Deed:
    number = read_id(visit.said.arguments.strip())
    if number is None:
        reply(visit, "staff/usage", command="removestaff")
        return FAILED
    known = team.find(visit.memory, number)
    if known is None:
        reply(visit, "staff/no_member", telegram_id=number)
        return FAILED
    if known.role == OWNER and _is_last_owner(visit, number):
        reply(visit, "staff/last_owner", name=known.name)
        return FAILED
    reply(visit, "staff/member_removed", name=known.name, telegram_id=number)
    desk.remove_member(visit.memory, number, visit.now)
    return Deed()


def read_id(text: str) -> int | None:
    """A numeric Telegram id: user names can be taken by somebody else."""
    return int(text) if _NUMBER.fullmatch(text) and 0 < int(text) <= LARGEST_ID else None


def _is_last_owner(visit: Visit, telegram_id: int) -> bool:
    owners = [one.telegram_id for one in team.list_all(visit.memory) if one.role == OWNER]
    return owners == [telegram_id]


def claim(visit: Visit) -> None:
    """Whoever has the code is the owner. A wrong one gets what an unknown command gets."""
    code = visit.said.arguments.strip()
    claimed = bool(code) and claim_ownership(
        visit.memory, code, visit.person.id, visit.person.full_name[:NAME_LENGTH], visit.now, visit.settings
    )
    # The code itself is not written down: a right one is used up, a wrong one may be nearly right.
    team.log(
        visit.memory, command="claim", arguments="", outcome="done" if claimed else "refused", at=visit.now,
        telegram_id=visit.person.id,
    )  # fmt: skip
    if not claimed:
        refuse(visit)
        return
    visit.staff = team.find(visit.memory, visit.person.id)
    reply(visit, "staff/claimed", name=visit.person.first_name)


COMMANDS: dict[str, Callable[[Visit], None]] = {
    "team": list_team,
    "addstaff": add_member,
    "removestaff": remove_member,
    "claim": claim,
}

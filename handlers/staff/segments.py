"""/segment: named sets of customers, listed, counted, shown and saved; a wrong word is answered with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot.customize.messages import Button
from bot.customize.takers import Ranking
from bot.differentiate import segments
from bot.differentiate.segment_language import SegmentWrong
from bot.differentiate.segments import SegmentName, SegmentUnknown
from bot.errors import RegularsError
from handlers.said import Said
from handlers.staff.access import FAILED, Deed, member_of, reply, staff_only
from handlers.visit import Business, LookAhead, Visit
from storage import segments as stored
from storage import team
from storage.database import Memory
from storage.models import Segment

SHOWN = 8  # customers of a segment: what fits a phone
LISTED = 20
_SAVE = re.compile(r"\s*(\S+?)\s*[=:：＝]\s*(\S.*)", re.DOTALL)


def rank_ahead(memory: Memory, business: Business, said: Said) -> Ranking:
    """Who would like what the segments ask for that are to be shown: with many orders this takes seconds."""
    ranking = Ranking()
    if team.find(memory, said.person.id) is not None:
        for expression in _list_expressions(memory, said.arguments.strip()):
            with suppress(RegularsError):  # the visit says what is wrong
                segments.look_up(memory, expression, business.settings, business.clock.now(), ranking)
    return ranking


def _list_expressions(memory: Memory, arguments: str) -> list[str]:
    if (match := _SAVE.fullmatch(arguments)) is not None:
        return [match[2]]
    return [one.expression for one in stored.list_all(memory) if arguments in ("", one.name)]


@staff_only()
def segment(visit: Visit) -> Deed:
    """/segment: all; /segment NAME: who is in it; /segment NAME = CONDITION: save it."""
    arguments = visit.said.arguments.strip()
    try:
        if not arguments:
            return _list(visit)
        if (match := _SAVE.fullmatch(arguments)) is not None:
            return _save(visit, match[1], match[2])
        return _show(visit, segments.find_segment(visit.memory, arguments))
    except SegmentWrong as wrong:
        reply(visit, "staff/segment_wrong", **_describe(wrong))
    except SegmentName as wrong:
        reply(visit, "staff/segment_name", name=wrong.name)
    except SegmentUnknown as unknown:
        reply(visit, "staff/segment_unknown", name=unknown.name, near=unknown.near)
    return FAILED


def _list(visit: Visit) -> Deed:
    listed = segments.list_segments(visit.memory, visit.settings, visit.now, visit.ahead)
    reply(visit, "staff/segments", segments=listed[:LISTED], count=len(listed))
    return Deed()


def _save(visit: Visit, name: str, expression: str) -> Deed:
    saved = segments.save_segment(
        visit.memory, name, expression, visit.settings, visit.now, member_of(visit).id
    )  # fmt: skip
    return _show(visit, saved)


def _show(visit: Visit, shown: Segment) -> Deed:
    count, members = segments.show_members(visit.memory, shown, visit.settings, visit.now, visit.ahead, SHOWN)
    buttons = [
        [Button("open_customer", "customer", {"customer_id": one.id}, {"name": one.name, "id": one.id, "tier": one.tier})]
        for one in members
    ]  # fmt: skip
    reply(
        visit, "staff/segment", buttons=buttons or None, again=True, name=shown.name, expression=shown.expression,
        count=count, shown=len(members),
    )  # fmt: skip
    return Deed()


def _describe(wrong: SegmentWrong) -> dict[str, Any]:
    """What was wrong, with the words before and after its place."""
    at = wrong.position - 1
    return {
        "wrong": wrong.why, "position": wrong.position, "found": wrong.found, "near": wrong.near,
        "accepted": list(wrong.accepted[:12]), "before": wrong.text[max(0, at - 30) : at],
        "after": wrong.text[at + len(wrong.found) : at + len(wrong.found) + 30],
    }  # fmt: skip


COMMANDS: dict[str, Callable[[Visit], None]] = {"segment": segment}
LOOK_AHEAD: dict[str, LookAhead] = {"segment": rank_ahead}

"""/segment: named sets of customers, listed, counted, shown and saved; a wrong word is answered with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.customize.messages import Button
from bot.customize.takers import find_takers
from bot.differentiate import segments
from bot.differentiate.segment_language import SegmentWrong
from bot.differentiate.segments import SegmentName, SegmentUnknown
from handlers.staff.access import FAILED, Deed, member_of, reply, staff_only
from handlers.visit import Visit
from storage.models import Segment

SHOWN = 8  # customers of a segment: what fits a phone
LISTED = 20
_SAVE = re.compile(r"\s*(\S+?)\s*[=:：＝]\s*(\S.*)", re.DOTALL)


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
    listed = segments.list_segments(visit.memory, visit.settings, visit.now, find_takers)
    reply(visit, "staff/segments", segments=listed[:LISTED], count=len(listed))
    return Deed()


def _save(visit: Visit, name: str, expression: str) -> Deed:
    saved = segments.save_segment(
        visit.memory, name, expression, visit.settings, visit.now, member_of(visit).id
    )  # fmt: skip
    return _show(visit, saved)


def _show(visit: Visit, shown: Segment) -> Deed:
    count, members = segments.show_members(visit.memory, shown, visit.settings, visit.now, find_takers, SHOWN)
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

"""/bulletin: news for all partners, looked at before it goes out; alone, the last ones with who has them."""

from __future__ import annotations

from collections.abc import Callable

from bot.customize import bulletins
from bot.customize.messages import Button
from handlers.staff.access import FAILED, Deed, acknowledge, member_of, redraw, reply, staff_only
from handlers.visit import Visit
from storage import bulletins as stored
from storage.models import Bulletin

LONGEST = 3_000  # characters
SHOWN = 5


@staff_only("owner", "manager")
def bulletin(visit: Visit) -> Deed:
    text = visit.said.arguments.strip()
    if not text:
        return _list(visit)
    if not bulletins.is_on(visit.settings):
        reply(visit, "staff/bulletin_off")
        return FAILED
    count, unreached = bulletins.count_readers(visit.memory, visit.settings, visit.now)
    if not count + unreached or len(text) > LONGEST:
        reply(visit, "staff/bulletin_wrong", count=count + unreached, length=len(text), most=LONGEST)
        return FAILED
    draft = stored.draft(visit.memory, text, member_of(visit).id, visit.now)
    send = Button("send_bulletin", values={"bulletin_id": draft.id}, words={"count": count})
    drop = Button("drop_bulletin", values={"bulletin_id": draft.id})
    reply(visit, "staff/bulletin_preview", buttons=[[send], [drop]], text=text, count=count, unreached=unreached)
    return Deed()


def _list(visit: Visit) -> Deed:
    sent = stored.list_sent(visit.memory, SHOWN)
    shown = [
        {"text": one.text, "sent_at": one.sent_at, **stored.count_reach(visit.memory, one.id)._asdict()} for one in sent
    ]
    reply(visit, "staff/bulletins", bulletins=shown)
    return Deed()


def _pressed(visit: Visit) -> Bulletin | None:
    """The draft of the button; told where it is sent already."""
    found = stored.get(visit.memory, visit.pressed.values["bulletin_id"]) if visit.pressed else None
    if found is None or found.sent_at is not None:
        acknowledge(visit, "press/expired")
        return None
    return found


@staff_only("owner", "manager")
def send_bulletin(visit: Visit) -> Deed:
    draft = _pressed(visit)
    if draft is None:
        return FAILED
    bulletins.send(visit.memory, draft, visit.settings, visit.now)
    count, _ = bulletins.count_readers(visit.memory, visit.settings, visit.now)
    visit.outcome.planned = True
    redraw(visit, "staff/bulletin_sent", text=draft.text, count=count)
    return Deed()


@staff_only("owner", "manager")
def drop_bulletin(visit: Visit) -> Deed:
    draft = _pressed(visit)
    if draft is None:
        return FAILED
    visit.memory.delete(draft)
    redraw(visit, "staff/bulletin_dropped")
    return Deed()


COMMANDS: dict[str, Callable[[Visit], None]] = {"bulletin": bulletin}
PRESSES: dict[str, Callable[[Visit], None]] = {"send_bulletin": send_bulletin, "drop_bulletin": drop_bulletin}

"""What partners alone can do: /stock, /reorder, /bulletins, /request, /customers; to others these are no commands."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from bot.differentiate.partners import is_partner
from bot.identify import referrals
from bot.interact import feedback, handoff, stock
from bot.interact.partner_words import Asked, read_asked
from bot.interact.replies import Answer
from bot.interact.understanding import Understanding
from handlers.customers.answers import deliver, make_turn
from handlers.visit import Visit
from storage import bulletins as news
from storage import conversations
from storage import feedback as cases
from storage import partners as stored
from storage import stock as told_stock

BULLETINS_SHOWN = 5


def partners_only(function: Callable[[Visit], None]) -> Callable[[Visit], None]:
    @wraps(function)
    def guarded(visit: Visit) -> None:
        if is_partner(visit.customer):
            function(visit)
        elif visit.pressed is not None:
            visit.acknowledge("press/expired")
        else:
            visit.say("chat/unknown_command")

    return guarded


def answer_text(visit: Visit) -> bool:
    """A partner's own words for these. False: they are about something else, or go to a colleague."""
    if not is_partner(visit.customer) or visit.said.forwarded or visit.heard is None or visit.begun is not None:
        return False
    if handoff.is_with_colleague(visit.conversation, visit.now):
        return False
    asked = read_asked(visit.heard.text)
    return asked is not None and _answer(visit, asked, visit.heard.text)


def answer_edit(visit: Visit) -> bool:
    """A message that told stock says something else now. False: it told none."""
    said = visit.said
    if not is_partner(visit.customer) or said.command or said.forwarded or visit.heard is None or not said.message_id:
        return False
    versions = conversations.list_versions(
        visit.memory, visit.customer.id, said.chat_id, said.message_id, before=visit.contact_id
    )
    told = told_stock.list_from(visit.memory, visit.customer.id, versions)
    if not told:
        return False
    told_stock.withdraw(visit.memory, visit.customer.id, told, visit.now)
    if not _keep_stock(visit, visit.heard.text):
        visit.say("partners/stock_unclear")
    return True


def _answer(visit: Visit, asked: Asked, text: str) -> bool:
    if asked.what == "stock":
        return _keep_stock(visit, text)
    if asked.what == "reorder":
        _reorder(visit)
    elif asked.what == "bulletins":
        _show_bulletins(visit)
    else:
        _open_request(visit, asked.text)
    return True


@partners_only
def stock_report(visit: Visit) -> None:
    """`/stock 12 house blend, 3 decaf` tells it; alone it shows what was told last."""
    text = visit.said.arguments.strip()
    if text and _keep_stock(visit, text):
        return
    if text:
        visit.say("partners/stock_unclear")
        return
    answer = Answer()
    stock.show(visit.memory, visit.customer, visit.now, answer)
    deliver(visit, answer)


def _keep_stock(visit: Visit, text: str) -> bool:
    finder = visit.business.hearing.listener(visit.memory).finder
    told = stock.read(visit.memory, visit.customer, finder, text, visit.now)
    if not told.levels:
        return False
    answer = Answer()
    stock.keep(visit.memory, visit.customer, told, visit.contact_id, visit.settings, visit.now, answer)
    deliver(visit, answer)
    return True


@partners_only
def undo_stock(visit: Visit) -> None:
    if visit.pressed is None or visit.now - visit.pressed.created_at > visit.settings.conversation.undo_for:
        visit.acknowledge("press/too_late")
        return
    told_stock.withdraw(visit.memory, visit.customer.id, visit.pressed.values["levels"], visit.now)
    visit.redraw("partners/stock_undone")


@partners_only
def reorder(visit: Visit) -> None:
    _reorder(visit)


def _reorder(visit: Visit) -> None:
    turn = make_turn(visit, Understanding(text=visit.said.text, language=visit.language))
    answer = Answer()
    stock.reorder(turn, answer)
    deliver(visit, answer)


@partners_only
def bulletins(visit: Visit) -> None:
    _show_bulletins(visit)


def _show_bulletins(visit: Visit) -> None:
    """The newest; shown is read."""
    newest = news.list_sent(visit.memory, BULLETINS_SHOWN)
    read = news.list_read(visit.memory, visit.customer.id)
    shown = [{"text": one.text, "sent_at": one.sent_at, "new": one.id not in read} for one in newest]
    news.mark_read(visit.memory, visit.customer.id, [one.id for one in newest], visit.now)
    visit.say("partners/bulletins", bulletins=shown)


@partners_only
def read_bulletin(visit: Visit) -> None:
    """The tap under a bulletin."""
    bulletin_id = visit.pressed.values["bulletin_id"] if visit.pressed else 0
    if news.get(visit.memory, bulletin_id) is not None:
        news.mark_read(visit.memory, visit.customer.id, [bulletin_id], visit.now)
    visit.acknowledge("partners/bulletin_read")


@partners_only
def request(visit: Visit) -> None:
    """`/request TEXT` opens a case; alone it shows those that are open."""
    text = visit.said.arguments.strip()
    if text:
        _open_request(visit, text)
        return
    visit.memory.flush()
    waiting = cases.list_open(visit.memory, visit.customer.id, feedback.REQUEST)
    visit.say("partners/requests", requests=[{"quote": one.quote, "due_at": one.due_at} for one in waiting])


def _open_request(visit: Visit, text: str) -> None:
    answer = Answer()
    feedback.open_request(
        visit.memory, visit.customer, visit.conversation, text, visit.contact_id, visit.settings, visit.now, answer
    )
    deliver(visit, answer)


@partners_only
def own_customers(visit: Visit) -> None:
    """How many, and what they bought; never who: see docs/partners.md."""
    own = stored.sum_own(visit.memory, [visit.customer.id]).get(visit.customer.id, stored.Own())
    visit.say(
        "partners/customers", count=own.customers, placed=own.orders, spent=own.spent,
        currency=visit.settings.business.currency, link=referrals.make_link(visit.memory, visit.customer.id),
    )  # fmt: skip


COMMANDS: dict[str, Callable[[Visit], None]] = {
    "stock": stock_report,
    "reorder": reorder,
    "bulletins": bulletins,
    "request": request,
    "customers": own_customers,
}
PRESSES: dict[str, Callable[[Visit], None]] = {
    "undo_stock": undo_stock,
    "reorder": reorder,
    "bulletin_read": read_bulletin,
}

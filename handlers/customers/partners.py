"""What partners alone can do: /stock, /reorder, /bulletins, /request, /customers; to others these are no commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
EDITED = ("stock", "request")  # commands that say something else when edited
FEWEST_BUYERS = 5  # of fewer, a sum would tell what one of them bought


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
    if visit.heard.has("undo"):
        return _undo_last_stock(visit)
    asked = read_asked(visit.heard.text)
    return asked is not None and _answer(visit, asked, visit.heard.text)


def answer_edit(visit: Visit) -> bool:
    """A message that told stock or asked for something says something else now. False: it did not."""
    said = visit.said
    text = said.arguments if said.command in EDITED else visit.heard.text if visit.heard else ""
    if not is_partner(visit.customer) or not text.strip() or said.forwarded or not said.message_id:
        return False
    versions = conversations.list_versions(
        visit.memory, visit.customer.id, said.chat_id, said.message_id, before=visit.contact_id
    )
    if _revise_request(visit, versions, text):
        return True
    told = told_stock.list_from(visit.memory, visit.customer.id, versions)
    if not told:
        return False
    _take_back(visit, told)
    if not _keep_stock(visit, text):
        visit.say("partners/stock_unclear")
    return True


def _revise_request(visit: Visit, versions: Sequence[int], text: str) -> bool:
    asked = read_asked(text)
    words = asked.text if asked is not None and asked.what == "request" else text.strip()
    answer = Answer()
    if feedback.revise_request(visit.memory, visit.customer, versions, words, answer) is None:
        return False
    deliver(visit, answer)
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
        return told.names_item and _ask_anew(visit)
    answer = Answer()
    stock.keep(
        visit.memory, visit.customer, visit.conversation, told, visit.contact_id, visit.settings, visit.now, answer
    )
    deliver(visit, answer)
    return True


def _ask_anew(visit: Visit) -> bool:
    """An item of which we could not read how many there are: no order, unless it is said of something that went wrong."""
    if visit.heard is not None and visit.heard.feedback:
        return False
    visit.say("partners/stock_unclear")
    return True


@partners_only
def undo_stock(visit: Visit) -> None:
    if visit.pressed is None or visit.now - visit.pressed.created_at > visit.settings.conversation.undo_for:
        visit.acknowledge("press/too_late")
        return
    _take_back(visit, visit.pressed.values["levels"])
    visit.redraw("partners/stock_undone")


def _undo_last_stock(visit: Visit) -> bool:
    """By word instead of by button. False: something else was recorded last, or nothing."""
    ids = stock.find_last(visit.conversation, visit.now - visit.settings.conversation.undo_for)
    if not ids:
        return False
    _take_back(visit, ids)
    visit.say("partners/stock_undone")
    return True


def _take_back(visit: Visit, ids: Sequence[int]) -> None:
    answer = Answer()
    stock.take_back(visit.memory, visit.customer, visit.conversation, ids, visit.settings, visit.now, answer)
    deliver(visit, answer)


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
    """How many, and what they bought where nobody can be made out of it; never who: see docs/partners.md."""
    own = stored.sum_own(visit.memory, [visit.customer.id]).get(visit.customer.id, stored.Own())
    visit.say(
        "partners/customers", count=own.customers, placed=own.orders if own.buyers >= FEWEST_BUYERS else None,
        spent=own.spent, fewest=FEWEST_BUYERS, currency=visit.settings.business.currency, link=referrals.make_link(visit.memory, visit.customer.id),
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

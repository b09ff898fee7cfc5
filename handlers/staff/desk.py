"""Replies of colleagues: to a message about a customer they reach that customer."""

from __future__ import annotations

from handlers.staff.access import audit, member_of, reply
from handlers.staff.choosing import name_of
from handlers.visit import FORWARDS, Visit
from storage import contacts, conversations, customers, desk, outbox
from storage.models import Customer, CustomerStatus


def relay_reply(visit: Visit) -> bool:
    """Pass on a colleague's reply to a message about a customer. False: it is no such reply."""
    said = visit.said
    if visit.staff is None or said.reply_to is None:
        return False
    about = desk.find_about(visit.memory, said.chat_id, said.reply_to)
    if about is None:
        reply(visit, "staff/reply_to_nobody")  # never taken for the colleague's own words as a customer
        audit(visit, "failed")
        return True
    if about.customer_id is None or about.customer_id == visit.customer.id:
        return False
    customer = customers.get(visit.memory, about.customer_id)
    chat_id = customers.find_telegram_id(visit.memory, about.customer_id)
    if customer is None or chat_id is None or customer.status == CustomerStatus.unreachable:
        reply(visit, "staff/cannot_reach", name=customer.name if customer else "")
        audit(visit, "failed", customer.id if customer else None)
        return True
    _pass_on(visit, customer, chat_id)
    audit(visit, "done", customer.id)
    return True


def was_passed_on(visit: Visit) -> bool:
    """A colleague changes a reply that a customer has been given: it stays as it was given, and is no word of their own."""
    said = visit.said
    if visit.staff is None or said.reply_to is None:
        return False
    about = desk.find_about(visit.memory, said.chat_id, said.reply_to)
    if about is None or about.customer_id in (None, visit.customer.id):
        return False
    contacts.blank(visit.memory, visit.spoken)
    reply(visit, "staff/reply_stays")
    return True


def _pass_on(visit: Visit, customer: Customer, chat_id: int) -> None:
    member, said = member_of(visit), visit.said
    if said.text:
        visit.tell(chat_id, customer.language, "chat/from_colleague", colleague=member.name, text=said.whole)
    if said.file is not None:
        method, field = FORWARDS.get(said.file["kind"], ("sendDocument", "document"))
        queued = outbox.add(
            visit.memory, method, {"chat_id": chat_id, field: said.file["file_id"]}, now=visit.now, chat_id=chat_id,
            message_name="file",
        )  # fmt: skip
        visit.outcome.queued.append(queued)
    # Queued without the customer's number, or the sender would log it once more, and not as this colleague's.
    contacts.add(
        visit.memory, customer_id=customer.id, direction="out", kind=said.file["kind"] if said.file else "text",
        at=visit.now, text=said.whole, chat_id=chat_id, staff_id=member.id, file=said.file,
    )  # fmt: skip
    conversation = conversations.find(visit.memory, customer.id)
    if conversation is not None:
        # From now on the two are talking: the bot keeps quiet until the last word of either is old.
        conversation.colleague_until = visit.now + visit.settings.conversation.handover_for
    reply(visit, "staff/passed_on", **name_of(customer))

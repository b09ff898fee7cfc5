"""/followups: what will be sent and what was held back. /why: a customer's worth, the reason, what is next, what was held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from bot.customize.arbiter import Reason
from bot.customize.explanation import explain
from bot.differentiate.choosing import RANK, Choice, Grounds
from bot.differentiate.numbers import Numbers
from bot.differentiate.reasons import describe_tier
from bot.differentiate.yardstick import Yardstick
from handlers.staff.access import FAILED, Deed, member_of, reply, staff_only
from handlers.staff.choosing import choose, name_of, pressed_customer
from handlers.visit import Visit
from storage import customers, follow_ups
from storage.models import Customer, Tier

SHOWN = 12  # of everybody's, soonest first
SHOWN_OF_ONE = 10  # of one customer's, newest last


@staff_only()
def list_follow_ups(visit: Visit) -> Deed:
    if visit.said.arguments:
        customer = choose(visit, visit.said.arguments, "show_follow_ups")
        return FAILED if customer is None else _show_of(visit, customer)
    visit.memory.flush()
    held = follow_ups.list_rows(visit.memory, status="held", limit=SHOWN)
    planned = follow_ups.list_rows(visit.memory, status="planned", limit=SHOWN)
    rows = sorted([*held, *planned], key=lambda row: row["due_at"])[:SHOWN]
    reply(visit, "staff/followups", follow_ups=[_describe(visit, row) for row in rows])
    return Deed()


@staff_only()
def show_follow_ups(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    return FAILED if customer is None else _show_of(visit, customer)


def _show_of(visit: Visit, customer: Customer) -> Deed:
    visit.memory.flush()
    rows = follow_ups.list_rows(visit.memory, customer_id=customer.id, limit=None)[-SHOWN_OF_ONE:]
    reply(visit, "staff/followups_of", **name_of(customer), follow_ups=[_describe(visit, row) for row in rows])
    return Deed(about=customer.id)


def _describe(visit: Visit, row: Any) -> dict[str, Any]:
    customer = customers.get(visit.memory, row["customer_id"])
    return {
        "name": customer.name if customer else "",
        "customer_id": row["customer_id"],
        "rule": row["rule"],
        "status": row["status"],
        "due_at": row["sent_at"] or row["due_at"],
        "reason": words_for(visit, row["reason"], row["data"].get("held_by")),
        "text": row["text"] or row["data"].get("text") or "",
    }


@staff_only()
def why(visit: Visit) -> Deed:
    if not visit.said.arguments:
        reply(visit, "staff/usage", command="why")
        return FAILED
    customer = choose(visit, visit.said.arguments, "show_why")
    return FAILED if customer is None else _explain(visit, customer)


@staff_only()
def show_why(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    return FAILED if customer is None else _explain(visit, customer)


def _explain(visit: Visit, customer: Customer) -> Deed:
    """Four lines: worth, why, what comes next, what was held back."""
    told = explain(visit.memory, customer, visit.settings, visit.now)
    coming = told["next"]
    if coming is not None:
        waits = coming["blocked"] or coming["reason"]
        coming = {**coming, "waits": words_for(visit, waits)}
    # The stored reason is in the business's language; one of the numbers can be said in the colleague's.
    why = {**told["why"], "reason": _say_reason(visit, customer, told["why"]), "fall": _tell_fall(visit, told["why"])}
    held = [{**one, "words": words_for(visit, one["reason"], one["held_by"])} for one in told["held"]]
    reply(
        visit, "staff/why", **name_of(customer), worth=told["worth"], why=why, next=coming, held=held,
        household=[f"{one['name']} #{one['id']}" for one in told["household"]],
        blocked=words_for(visit, told["blocked"]), currency=visit.settings.business.currency,
    )  # fmt: skip
    return Deed(about=customer.id)


def _say_reason(visit: Visit, customer: Customer, why: dict[str, Any]) -> str:
    if customer.tier_set_by is not None and why["grounds"] is not None:
        return customer.tier_reason
    return describe_tier(visit.settings, why["choice"], why["grounds"], language=member_of(visit).language)


def _tell_fall(visit: Visit, why: dict[str, Any]) -> dict[str, Any] | None:
    """The newest change, where it was a fall: from what to what, when, and why it was then."""
    change = next(iter(why["changes"]), None)
    if change is None or RANK[Tier(change["before"])] <= RANK[Tier(change["after"])]:
        return None
    return {**{name: change[name] for name in ("before", "after", "at")}, "reason": _say_then(visit, change)}


def _say_then(visit: Visit, change: dict[str, Any]) -> str:
    told = change["numbers"]
    if "choice" not in told:
        return str(change["reason"])
    grounds = Grounds(Numbers.from_json(told["numbers"]), Yardstick(**told["yardstick"]))
    choice, language = Choice.from_json(told["choice"]), member_of(visit).language
    return describe_tier(visit.settings, choice, grounds, language=language, briefly=True)


def words_for(visit: Visit, reason: str | None, held_by: str | None = None) -> Markup | None:
    """Why something was held back, in the words of staff; what held it until it was too old."""
    if not reason:
        return None
    language = member_of(visit).language
    values = {"reason": str(reason), "held_by": held_by if reason == Reason.too_old else None}
    return Markup(visit.business.wording.render(language, "reasons/held", values))  # noqa: S704  rendered with autoescape


COMMANDS: dict[str, Callable[[Visit], None]] = {"followups": list_follow_ups, "why": why}
PRESSES: dict[str, Callable[[Visit], None]] = {"show_why": show_why, "show_follow_ups": show_follow_ups}

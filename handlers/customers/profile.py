"""/me, /language, /quiet, /help: what we know of a customer, where from, and how they want to be dealt with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.customize.messages import Button, Rows
from bot.customize.returning import plan_anew
from bot.differentiate import earning, partners, tiers
from bot.differentiate.reasons import describe_tier_to_customer
from bot.identify import consents, merging, profiles
from bot.identify import facts as known_facts
from bot.interact import households, life_events
from bot.interact.replies import Reply, Tap
from handlers.customers import handover
from handlers.customers.answers import phrase, tell_staff
from handlers.visit import Visit
from storage import duplicates, facts
from storage.models import CustomerStatus, Purpose

PAGE = 8  # facts shown at a time: each has a button
QUIET_CHOICES = ("20:00-10:00", "21:00-09:00", "22:00-08:00", "23:00-07:00")


def show(visit: Visit) -> None:
    page, values = _make_page(visit, 0)
    visit.say("profile/me", buttons=page, **values)


def _redraw(visit: Visit, page: int) -> None:
    rows, values = _make_page(visit, page)
    visit.redraw("profile/me", buttons=rows, **values)


def _make_page(visit: Visit, page: int) -> tuple[Rows, dict[str, Any]]:
    memory, customer = visit.memory, visit.customer
    memory.flush()
    total = facts.count_current(memory, customer.id)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = [
        {
            "number": page * PAGE + place,
            "id": fact.id,
            "words": phrase(visit, known_facts.describe(fact)),
            "quote": fact.quote or (contact.text if contact else ""),
            "stated_by": fact.stated_by,
            "since": fact.since,
        }
        for place, (fact, contact) in enumerate(
            facts.list_with_sources(memory, customer.id, skip=page * PAGE, most=PAGE), start=1
        )
    ]
    agreed = consents.summarise(memory, customer.id)
    values = {
        "tier_words": _describe_tier(visit),
        "name": profiles.address(memory, customer), "language": customer.language, "stopped": customer.status == CustomerStatus.stopped,
        "facts": shown, "total": total, "page": page + 1, "pages": pages, "tier": customer.tier,
        "marketing": agreed[Purpose.marketing], "profiling": agreed[Purpose.profiling],
        "quiet_from": customer.quiet_from, "quiet_to": customer.quiet_to, "time_zone": customer.time_zone, "partner": partners.is_partner(customer),
    }  # fmt: skip
    return _make_buttons(shown, page, pages, agreed), values


def _describe_tier(visit: Visit) -> str:
    """What their tier is and what would earn the next, or keep it; nothing where staff set it by hand."""
    (standing,) = tiers.read_standings(visit.memory, visit.settings, visit.now, [visit.customer.id])
    if standing.is_overridden and standing.grounds is not None:
        return ""
    needed = earning.count_orders_needed(
        visit.memory, visit.settings, visit.customer.id, standing.choice, standing.grounds, visit.now
    )
    return describe_tier_to_customer(visit.settings, standing.choice, standing.grounds, visit.language, needed)


def _make_buttons(shown: list[dict[str, Any]], page: int, pages: int, agreed: dict[str, bool]) -> Rows:
    forget = [
        Button("forget_fact", values={"fact_id": fact["id"], "page": page}, words={"number": fact["number"]})
        for fact in shown
    ]
    rows = [forget[start : start + 4] for start in range(0, len(forget), 4)]
    turn = []
    if page > 0:
        turn.append(Button("profile_page", "page_back", {"page": page - 1}))
    if page < pages - 1:
        turn.append(Button("profile_page", "page_on", {"page": page + 1}))
    if turn:
        rows.append(turn)
    for purpose in (Purpose.marketing, Purpose.profiling):
        change = "off" if agreed[purpose] else "on"
        rows.append(
            [Button("switch_consent", f"{purpose}_{change}", {"purpose": purpose, "granted": not agreed[purpose],
                                                             "page": page})]
        )  # fmt: skip
    return rows


def turn_page(visit: Visit) -> None:
    _redraw(visit, _page_of(visit))


def forget_fact(visit: Visit) -> None:
    """One fact goes, and does not come back by what it had replaced."""
    values = visit.pressed.values if visit.pressed else {}
    fact = facts.get(visit.memory, visit.customer.id, values.get("fact_id", 0))
    if fact is not None:
        known_facts.forget(visit.memory, [fact], visit.now)
        life_events.restore(visit.memory, visit.customer.id, [fact], visit.now)
        households.take_back(visit.memory, visit.customer.id, [fact], visit.now)
        visit.outcome.planned = True
        visit.acknowledge("profile/forgot_fact")
    _redraw(visit, _page_of(visit))


def switch_consent(visit: Visit) -> None:
    values = visit.pressed.values if visit.pressed else {}
    consents.answer(
        visit.memory, visit.customer, values["purpose"], granted=values["granted"], wording="profile/me",
        contact_id=visit.contact_id, now=visit.now,
    )  # fmt: skip
    if values["purpose"] == Purpose.profiling:
        _class_anew(visit)
    visit.outcome.planned = True
    _redraw(visit, _page_of(visit))


def _class_anew(visit: Visit) -> None:
    visit.memory.flush()
    tiers.class_anew(visit.memory, visit.settings, visit.now, [visit.customer.id])
    visit.memory.refresh(visit.customer)


def _page_of(visit: Visit) -> int:
    return int(visit.pressed.values.get("page", 0)) if visit.pressed else 0


def ask_language(visit: Visit) -> None:
    wanted = visit.said.arguments.strip().lower()
    if wanted in visit.settings.business.languages:
        profiles.choose_language(visit.customer, wanted)
        visit.say("profile/language_set")
        return
    visit.say(
        "profile/language_ask",
        buttons=[[Button("set_language", f"language_{code}", {"language": code})]
                 for code in visit.settings.business.languages],
    )  # fmt: skip


def set_language(visit: Visit) -> None:
    wanted = visit.pressed.values.get("language", "") if visit.pressed else ""
    if wanted in visit.settings.business.languages:
        profiles.choose_language(visit.customer, wanted)
    visit.redraw("profile/language_set")


def ask_quiet(visit: Visit) -> None:
    """/quiet 22:00-08:00 sets it, /quiet Tokyo where its clocks are read; alone it shows what holds and offers some."""
    if visit.said.arguments.strip():
        asked = profiles.read_quiet_and_zone(visit.said.arguments)
        if asked is not None:
            quiet, zone = asked
            if quiet is not None:
                profiles.set_quiet(visit.customer, quiet)
            if zone is not None:
                visit.customer.time_zone = zone
                plan_anew(visit.memory, visit.settings, visit.now, visit.customer.id)
            visit.outcome.planned = True
            visit.say("profile/quiet_set", **_describe_quiet(visit))
            return
    values = {**_describe_quiet(visit), "refused": visit.said.arguments.strip() or None}
    rows = [
        [Button("set_quiet", "quiet_span", {"span": span}, {"span": span}) for span in QUIET_CHOICES[at : at + 2]]
        for at in range(0, len(QUIET_CHOICES), 2)
    ]
    visit.say("profile/quiet_ask", buttons=[*rows, [Button("set_quiet", "quiet_default", {"span": ""})]], **values)


def set_quiet(visit: Visit) -> None:
    span = visit.pressed.values.get("span", "") if visit.pressed else ""
    profiles.set_quiet(visit.customer, profiles.read_quiet(span) if span else None)
    visit.outcome.planned = True
    visit.redraw("profile/quiet_set", **_describe_quiet(visit))


def _describe_quiet(visit: Visit) -> dict[str, Any]:
    """The customer's own hours, or else the business's; `zone` is where its clocks are read."""
    ours = visit.settings.contact_policy.quiet_hours
    own = visit.customer.quiet_from is not None
    return {
        "own": own, "zone": str(visit.zone),
        "start": visit.customer.quiet_from if own else f"{ours.start:%H:%M}",
        "end": visit.customer.quiet_to if own else f"{ours.end:%H:%M}",
    }  # fmt: skip


def help(visit: Visit) -> None:
    visit.say("profile/help", name=profiles.address(visit.memory, visit.customer), staff=visit.staff is not None,
              partner=partners.is_partner(visit.customer))  # fmt: skip


def take_phone(visit: Visit) -> None:
    """One's own contact card is an identity; somebody else's is nobody's business."""
    if visit.said.phone is None:
        visit.say("profile/phone_of_other")
        return
    phone = profiles.read_phone(visit.said.phone)
    if phone is None:
        visit.say("profile/phone_unclear")
        return
    outcome = merging.link_phone(visit.memory, visit.customer, phone, visit.now)
    if outcome in ("merged", "taken"):
        visit.outcome.planned = True
        _class_anew(visit)
        merge = duplicates.find_merge_since(visit.memory, visit.customer.id, 0) if outcome == "merged" else None
        taps = [[Tap("undo_merge", {"merge": merge}, "undo")]] if merge is not None else []
        tell_staff(visit, Reply("staff/phone", {"phone": phone, "outcome": outcome}, taps))
    visit.say("profile/phone_kept", merged=outcome == "merged", phone=phone)


COMMANDS: dict[str, Callable[[Visit], None]] = {
    "me": show,
    "language": ask_language,
    "quiet": ask_quiet,
    "help": help,
    **handover.COMMANDS,
}
PRESSES: dict[str, Callable[[Visit], None]] = {
    "forget_fact": forget_fact,
    "profile_page": turn_page,
    "switch_consent": switch_consent,
    "set_language": set_language,
    "set_quiet": set_quiet,
}

"""The arbiter: whether an unasked message may go to this customer now, later, or not at all, and why.

A pure function of the follow-up, the customer's standing, the settings and now. The first of these that
applies decides; reasons to say no come before reasons to wait, so that nothing is held that would never go.

| # | reason | what happens | reminder | loop_closed, bulletin | after_purchase | birthday, life_change, check_in |
| 1 | rule_off: the business took the rule out | no | × | × | × | × |
| 2 | too_old: later than it is valid for | no | × | × | × | × |
| 3 | no_chat, unreachable: there is nowhere to write | no | × | × | × | × |
| 4 | consent_refused / consent_missing of its purpose | no | refused | refused | refused | × |
| 5 | stopped: the customer said stop | no | – | × | × | × |
| 6 | profiling_off / tier_new: no tier to go by | no | – | – | – | check_in |
| 7 | bought_since, heard_since: there was a contact meanwhile | moved | – | – | – | check_in |
| 8 | paused: the customer asked for silence until then | later | – | × | × | × |
| 9 | complaint: one is open | later | – | – | × | × |
| 10 | colleague: a person is talking with them | later | – | – | × | × |
| 11 | question: one of ours waits for an answer | later | – | – | × | × |
| 12 | conversation: the customer wrote just now | later | – | – | × | × |
| 13 | cap: enough were sent in this time, by tier | later | – | – | × | × |
| 14 | min_gap: another went out just now | later | – | – | × | × |
| 15 | household: another of theirs got one just now | later | – | – | – | check_in |
| 16 | quiet_hours, the customer's own or the business's | later | unless they named the time | × | × | × |

What a customer asked for (reminder) passes even a stop: they asked, and can take it back. What we owe them
(loop_closed) is an answer, and a bulletin is business between partners: they pass what protects from being addressed,
not stop, pause or quiet hours.
`superseded` (the occasion is gone: a fact forgotten, a complaint reopened) is found before judging.
A household gets one message of marketing at a time (`contact_policy.household_gap`), but each their own good wishes.
A reminder is counted neither by the cap nor as held by it, though another message keeps its gap to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Literal

from bot.clock import local_day
from bot.config.sections import BusinessSettings, CheckIn
from bot.customize.rules import check_in_at, end_of_quiet, find_rule_named, quiet_span
from storage.follow_ups import Row
from storage.models import CustomerStatus, Purpose
from storage.reach import Sent, Standing, counts_for_household

COMPLAINT_LOOK = timedelta(hours=4)  # how often it is seen whether a complaint has been solved
QUESTION_OPEN = timedelta(hours=24)  # a question unanswered for longer keeps nothing back


class Reason(StrEnum):
    """Why not, or not yet. Words for each are in `templates/<language>/reasons/held.j2`."""

    rule_off = "rule_off"
    too_old = "too_old"
    no_chat = "no_chat"
    unreachable = "unreachable"
    consent_missing = "consent_missing"
    consent_refused = "consent_refused"
    stopped = "stopped"
    profiling_off = "profiling_off"
    tier_new = "tier_new"
    superseded = "superseded"
    life_event = "life_event"  # who or what it was for is no more
    bought_since = "bought_since"
    heard_since = "heard_since"
    paused = "paused"
    complaint = "complaint"
    colleague = "colleague"
    question = "question"
    conversation = "conversation"
    cap = "cap"
    min_gap = "min_gap"
    household = "household"  # another of theirs was written to just now
    quiet_hours = "quiet_hours"
    withdrawn = "withdrawn"  # by the customer or a colleague
    wording = "wording"  # its text could not be made; tried again


@dataclass(frozen=True, slots=True)
class Verdict:
    """`later` and `moved` have a time; moved means planned anew, with its validity counted from then."""

    outcome: Literal["send", "later", "moved", "no"]
    reason: Reason | None = None
    until: datetime | None = None


SEND = Verdict("send")


def no(reason: Reason) -> Verdict:
    return Verdict("no", reason)


def later(reason: Reason, until: datetime) -> Verdict:
    return Verdict("later", reason, until)


ASKED = "reminder"
OWED = ("loop_closed", "bulletin")


def judge(row: Row, standing: Standing, settings: BusinessSettings, zone: tzinfo, now: datetime) -> Verdict:
    """The verdict on one follow-up, now. `standing.sent` is without the row itself."""
    refused = refuse(row, standing, settings, now)
    if refused is not None:
        return refused
    verdict = _move_check_in(row, standing, settings, zone, now) or _wait(row, standing, settings, now)
    span = quiet_span(settings.contact_policy, standing.quiet_from, standing.quiet_to)
    if verdict is None:
        ends = None if row.data.get("exact") else end_of_quiet(span, zone, now)
        verdict = SEND if ends is None else later(Reason.quiet_hours, ends)
    elif verdict.outcome == "later" and verdict.until is not None:
        verdict = later(verdict.reason or Reason.paused, end_of_quiet(span, zone, verdict.until) or verdict.until)
    if verdict.outcome == "later" and now >= row.expires_at:
        return no(Reason.too_old)
    return verdict


def refuse(row: Row, standing: Standing, settings: BusinessSettings, now: datetime) -> Verdict | None:
    """What rules it out for good, as things are: reasons 1 to 6."""
    granted = standing.consents.get(row.purpose)
    if find_rule_named(settings, row.rule) is None:
        return no(Reason.rule_off)
    if now > row.expires_at:
        return no(Reason.too_old)
    if standing.chat_id is None:
        return no(Reason.no_chat)
    if standing.status == CustomerStatus.unreachable:
        return no(Reason.unreachable)
    if granted is False:
        return no(Reason.consent_refused)
    if granted is None and row.purpose == Purpose.marketing:
        return no(Reason.consent_missing)
    if standing.status == CustomerStatus.stopped and row.rule != ASKED:
        return no(Reason.stopped)
    if row.rule == "check_in":
        if standing.consents.get(Purpose.profiling) is False:
            return no(Reason.profiling_off)
        if standing.tier == "new":
            return no(Reason.tier_new)
    return None


def check_in_base(standing: Standing) -> tuple[datetime, Reason]:
    """What a check-in is counted from: the last order, the last word, or the last check-in."""
    known = [
        (at, reason)
        for at, reason in (
            (standing.last_order_at, Reason.bought_since),
            (standing.last_contact_at, Reason.heard_since),
            (standing.last_check_in_at, Reason.min_gap),
            (max((sent.at for sent in standing.sent if sent.rule == "check_in"), default=None), Reason.min_gap),
        )
        if at is not None
    ]
    return max(known) if known else (standing.created_at, Reason.heard_since)


def _move_check_in(
    row: Row, standing: Standing, settings: BusinessSettings, zone: tzinfo, now: datetime
) -> Verdict | None:
    """Whoever was here meanwhile need not be asked after yet."""
    rule = find_rule_named(settings, row.rule)
    every = rule.every.of(standing.tier) if isinstance(rule, CheckIn) else None
    if not isinstance(rule, CheckIn) or every is None:
        return None
    base, reason = check_in_base(standing)
    if local_day(base + every, zone) <= local_day(now, zone):
        return None
    return Verdict("moved", reason, check_in_at(base, every, rule.at, zone, now))


def _wait(row: Row, standing: Standing, settings: BusinessSettings, now: datetime) -> Verdict | None:
    if row.rule == ASKED:
        return None
    if standing.paused_until is not None and standing.paused_until > now:
        return later(Reason.paused, standing.paused_until)
    if row.rule in OWED:
        return None
    if standing.complaint_at is not None:
        return later(Reason.complaint, now + COMPLAINT_LOOK)
    return _wait_for_talk(standing, settings, now) or _wait_for_turn(row, standing, settings, now)


def _wait_for_talk(standing: Standing, settings: BusinessSettings, now: datetime) -> Verdict | None:
    if standing.colleague_until is not None and standing.colleague_until > now:
        return later(Reason.colleague, standing.colleague_until)
    if standing.open_question:
        asked_at = _read_time(standing.open_question.get("asked_at")) or standing.last_contact_at
        if asked_at is not None and asked_at + QUESTION_OPEN > now:
            return later(Reason.question, asked_at + QUESTION_OPEN)
    pause = settings.contact_policy.conversation_pause
    if standing.last_contact_at is not None and standing.last_contact_at + pause > now:
        return later(Reason.conversation, standing.last_contact_at + pause)
    return None


def _wait_for_turn(row: Row, standing: Standing, settings: BusinessSettings, now: datetime) -> Verdict | None:
    policy = settings.contact_policy
    cap = policy.cap.of(standing.tier)
    counted = sorted(_count(standing.sent, now - cap.per))
    if len(counted) >= cap.messages:
        return later(Reason.cap, counted[-cap.messages] + cap.per)
    newest = max((sent.at for sent in standing.sent), default=None)
    if newest is not None and newest + policy.min_gap > now:
        return later(Reason.min_gap, newest + policy.min_gap)
    theirs = standing.household_sent_at
    if theirs is not None and counts_for_household(row.rule, row.purpose) and theirs + policy.household_gap > now:
        return later(Reason.household, theirs + policy.household_gap)
    return None


def _count(sent: Sequence[Sent], since: datetime) -> list[datetime]:
    return [one.at for one in sent if one.rule != ASKED and one.at > since]


def _read_time(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None

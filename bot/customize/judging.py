"""Judging what is due: the arbiter's verdict on each, the text of those that go, the outbox row, what comes next."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jinja2 import TemplateError

from bot.config.sections import BusinessSettings
from bot.customize import arbiter
from bot.customize.arbiter import Reason, Verdict
from bot.customize.messages import compose
from bot.customize.personal import (
    Background,
    buttons_for,
    is_superseded,
    load_background,
    template_names,
    values_for,
)
from bot.customize.returning import MEMORY, reconcile, zone_of
from bot.customize.rules import DAY, MOST_VALUABLE_FIRST, find_rule_named
from bot.customize.wording import Wording
from storage import follow_ups, outbox, reach
from storage.database import Memory
from storage.follow_ups import Row, Settled
from storage.models import Delivery, FollowUpStatus, Priority, Purpose
from storage.outbox import Queued
from storage.reach import Sent, Standing, counts_for_household

logger = logging.getLogger(__name__)

RETRY = DAY / 24  # a text that could not be made is tried again each hour, until it is too old
RETURNING = ("check_in", "birthday")


@dataclass(slots=True)
class Judged:
    """What became of what was due: rows for the sender, and how many of each outcome and reason."""

    queued: list[Queued] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def judge_due(memory: Memory, settings: BusinessSettings, wording: Wording, now: datetime, most: int = 100) -> Judged:
    """Judge what is due, in one transaction; at most `most` rows and others due of the same customers.

    1. Claim what is due. 2. Ask the arbiter, for each customer the most valuable first. 3. Put what may go into
    the outbox, in this same transaction: the sender takes it from there. 4. Write every verdict down. 5. Plan the
    next check-in or birthday of those that are through.
    """
    memory.flush()
    judged = Judged()
    due = follow_ups.claim_due(memory, now, most)
    if not due:
        return judged
    standings = reach.load(memory, [row.customer_id for row in due], since=now - MEMORY)
    background = load_background(memory, due, now)
    settled: list[Settled] = []
    for row in sorted(due, key=_by_worth):
        standing = standings[row.customer_id]
        verdict = _judge(row, standing, background, settings, now)
        if verdict.outcome == "send":
            sent = _send(memory, row, standing, background, settings, wording, now)
            if sent is None:
                verdict = arbiter.later(Reason.wording, now + RETRY)
            else:
                judged.queued.append(sent[0])
                settled.append(sent[1])
                _count_sent(row, standing, standings, now)
        if verdict.outcome != "send":
            settled.append(_write_down(row, verdict, settings, now))
        judged.counts[verdict.outcome if verdict.reason is None else f"{verdict.outcome}:{verdict.reason}"] += 1
    follow_ups.settle(memory, settled)
    through = {one.row.customer_id for one in settled if one.row.rule in RETURNING and _is_through(one)}
    if through:
        memory.flush()
        reconcile(memory, settings, now, sorted(through))
    return judged


def _count_sent(row: Row, standing: Standing, standings: dict[int, Standing], now: datetime) -> None:
    """What went out holds back what else is due for this customer, or for others of the household."""
    standing.sent.append(Sent(row.id, row.rule, now))
    if counts_for_household(row.rule, row.purpose):
        for other in standing.household & standings.keys():
            standings[other].household_sent_at = now


def _by_worth(row: Row) -> tuple[int, datetime, int]:
    worth = MOST_VALUABLE_FIRST.index(row.rule) if row.rule in MOST_VALUABLE_FIRST else len(MOST_VALUABLE_FIRST)
    return worth, row.due_at, row.id


def _is_through(one: Settled) -> bool:
    return one.status in (FollowUpStatus.queued, FollowUpStatus.skipped)


def _judge(row: Row, standing: Standing, background: Background, settings: BusinessSettings, now: datetime) -> Verdict:
    if is_superseded(row, background):
        return arbiter.no(Reason.superseded)
    return arbiter.judge(row, standing, settings, zone_of(standing, settings), now)


def _send(
    memory: Memory,
    row: Row,
    standing: Standing,
    background: Background,
    settings: BusinessSettings,
    wording: Wording,
    now: datetime,
) -> tuple[Queued, Settled] | None:
    """Put it into the outbox; None where its text cannot be made."""
    assert standing.chat_id is not None  # noqa: S101  the arbiter refuses without one
    try:
        name = wording.choose(standing.language, template_names(row, standing))
        parameters = compose(
            memory, wording, name, values_for(row, standing, background), chat_id=standing.chat_id,
            customer_id=standing.id, language=standing.language, zone=zone_of(standing, settings), now=now,
            rows=buttons_for(row), turn=row.id,
        )  # fmt: skip
    except (TemplateError, LookupError) as error:
        logger.error("follow-up %d (%s) has no text: %s", row.id, row.rule, error)
        return None
    queued = outbox.add(
        memory, "sendMessage", parameters, now=now, chat_id=standing.chat_id, customer_id=standing.id,
        delivery=Delivery.follow_up, message_name=name,
        priority=Priority.campaign if row.purpose == Purpose.marketing else Priority.reminder,
    )  # fmt: skip
    settled = Settled(row, FollowUpStatus.queued, None, now, text=parameters["text"], outbox_id=queued.id)
    return queued, settled


def _write_down(row: Row, verdict: Verdict, settings: BusinessSettings, now: datetime) -> Settled:
    """A "later" is held until then, but not beyond its use; a "no" is skipped; both with their reason."""
    if verdict.outcome == "moved" and verdict.until is not None:
        rule = find_rule_named(settings, row.rule)
        valid_for = rule.valid_for if rule else row.expires_at - row.planned_for
        return Settled(
            row, FollowUpStatus.planned, verdict.reason, now, due_at=verdict.until, planned_for=verdict.until,
            expires_at=verdict.until + valid_for, data=row.data,
        )  # fmt: skip
    if verdict.outcome == "later" and verdict.until is not None:
        return Settled(
            row, FollowUpStatus.held, verdict.reason, now, due_at=min(verdict.until, row.expires_at),
            data=_remember_hold(row, verdict.reason),
        )  # fmt: skip
    return Settled(row, FollowUpStatus.skipped, verdict.reason, now)


def _remember_hold(row: Row, reason: Reason | None) -> dict[str, Any]:
    """What held it stays known when it is skipped as too old."""
    return {**row.data, "held_by": reason}


def recheck(memory: Memory, outbox_id: int, settings: BusinessSettings, now: datetime) -> Reason | None:
    """Just before a follow-up's message is sent, in the sender's claim: may it still go?

    It may have waited for hours while Telegram was away. If not, the message is cancelled and the follow-up held
    or skipped, and the reason returned. None: send it (also where the message belongs to no follow-up).
    """
    row = follow_ups.find_by_outbox(memory, outbox_id)
    if row is None:
        return None
    if row.status != FollowUpStatus.queued:
        return Reason.withdrawn
    standing = reach.load(memory, [row.customer_id], since=now - MEMORY)[row.customer_id]
    standing.sent = [sent for sent in standing.sent if sent.follow_up_id != row.id]
    verdict = _judge(row, standing, load_background(memory, [row], now), settings, now)
    if verdict.outcome == "send":
        return None
    reason = verdict.reason or Reason.withdrawn
    if verdict.outcome == "no":
        follow_ups.withdraw(memory, row, FollowUpStatus.skipped, reason, now)
    else:
        until = min(verdict.until or row.expires_at, row.expires_at)
        held = row._replace(data=_remember_hold(row, reason))
        follow_ups.withdraw(memory, held, FollowUpStatus.held, reason, now, due_at=until)
    return reason


def cancel_for(
    memory: Memory,
    customer_id: int,
    now: datetime,
    reason: Reason = Reason.withdrawn,
    *,
    rules: Sequence[str] | None = None,
    purpose: str | None = None,
) -> int:
    """Cancel what is planned for a customer and has not gone out; returns how many."""
    memory.flush()
    return follow_ups.cancel(memory, [customer_id], reason, now, rules=rules, purpose=purpose)

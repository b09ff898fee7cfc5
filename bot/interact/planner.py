"""The question planner: which unknown is worth most for this customer now, whether this is a moment to ask, and how often.

What is worth a question: an unknown of `questions.list`, two facts that contradict each other, a fact that may no
longer hold. An answer's worth is what it is worth each time it is used × how often it will be used in a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.config import Question
from bot.identify import consents
from bot.interact import questions, rechecks
from bot.interact.handoff import is_with_colleague
from bot.interact.replies import Reply, Tap
from bot.interact.turn import Turn, remember
from storage import facts, feedback
from storage import questions as kept
from storage.models import CustomerKind, CustomerStatus, Fact, Purpose, QuestionAsked

YEAR = timedelta(days=365)
ORDERS_A_YEAR = 12  # of somebody whose orders we do not know: once a month
STILL = 0.5  # of the worth of an unknown: what was once said probably still holds


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked, and what its answer is worth a year. `state` goes into `open_question`."""

    name: str
    worth: float
    reply: Reply
    state: dict[str, object]


def choose(turn: Turn) -> Reply | None:
    """Ask what is worth most, if this is a moment for a question. Marks it as asked."""
    if not is_the_moment(turn):
        return None
    if turn.now - _last_asked(turn) < turn.settings.questions.min_gap:
        return None  # the usual case, known without a look at the database
    asked = kept.list_of(turn.memory, turn.customer.id)
    if not is_within_budget(turn, asked) or feedback.find_open(turn.memory, turn.customer.id) is not None:
        return None
    names = {row.name for row in asked}
    left = [one for one in list_candidates(turn, names) if one.worth > 0]
    if not left:
        return None
    best = max(left, key=lambda one: one.worth)  # the first of equals
    kept.add(turn.memory, turn.customer.id, best.name, turn.now)
    remember(turn.conversation, asked_at=turn.now.isoformat())
    turn.conversation.open_question = {"name": best.name, "asked_at": turn.now.isoformat(), **best.state}
    return best.reply


def is_the_moment(turn: Turn) -> bool:
    """No question is open, and the customer is neither upset nor talking with a colleague. Partners are asked none: these
    are for guests."""
    conversation, now = turn.conversation, turn.now
    return (
        turn.settings.questions.ask
        and not (turn.muted or turn.late)
        and conversation.open_question is None
        and not (conversation.upset_until and conversation.upset_until > now)
        and not is_with_colleague(conversation, now)
        and turn.customer.status == CustomerStatus.active
        and turn.customer.kind != CustomerKind.partner
    )


def _last_asked(turn: Turn) -> datetime:
    """As the conversation noted it; long ago where it did not."""
    noted = (turn.conversation.last_recorded or {}).get("asked_at")
    return datetime.fromisoformat(noted) if noted else datetime.min.replace(tzinfo=UTC)


def is_within_budget(turn: Turn, asked: Sequence[QuestionAsked]) -> bool:
    """Whether the last question is long enough ago, and the tier's number of questions is not used up."""
    settings = turn.settings.questions
    budget = settings.budget.of(turn.customer.tier)
    recent = [row for row in asked if turn.now - row.asked_at < max(budget.per, settings.min_gap)]
    return not any(turn.now - row.asked_at < settings.min_gap for row in recent) and (
        sum(turn.now - row.asked_at < budget.per for row in recent) < budget.questions
    )


def list_candidates(turn: Turn, asked: set[str]) -> list[Candidate]:
    """Everything that may be asked, in the order of the settings; contradictions, then stale facts last."""
    known = facts.list_current(turn.memory, turn.customer.id)
    unknown = [
        question
        for question in turn.settings.questions.list
        if question.name not in asked and not questions.is_answered(question, known)
    ]
    pairs = [pair for pair in rechecks.find_contradictions(turn.memory, known) if rechecks.name_pair(pair) not in asked]
    stale = [
        fact for fact in rechecks.find_stale(known, turn.settings, turn.now) if rechecks.name_one(fact) not in asked
    ]
    if not (unknown or pairs or stale):
        return []
    uses = count_uses(turn)
    found = [_ask(question, _worth(question, uses)) for question in unknown]
    found += [_recheck(rechecks.ask_which(pair), max(_worth_of(turn, fact, uses) for fact in pair)) for pair in pairs]
    found += [_recheck(rechecks.ask_still(fact), STILL * _worth_of(turn, fact, uses)) for fact in stale]
    return found


def _ask(question: Question, worth: float) -> Candidate:
    taps = [[Tap("skip_question", {"name": question.name}, label="skip")]]
    return Candidate(question.name, worth, Reply(f"questions/{question.name}", {}, taps), {"fills": question.fills})


def _recheck(recheck: rechecks.Recheck, worth: float) -> Candidate:
    return Candidate(recheck.name, worth, recheck.reply, {"facts": recheck.facts})


def _worth(question: Question, uses: dict[str, float]) -> float:
    return question.worth * sum(uses[use] for use in question.serves)


def _worth_of(turn: Turn, fact: Fact, uses: dict[str, float]) -> float:
    """What knowing this is worth: as the question it answers; as one use at each order where it answers none."""
    worths = [_worth(one, uses) for one in turn.settings.questions.list if questions.is_answered(one, [fact])]
    return max(worths, default=uses["orders"])


def count_uses(turn: Turn) -> dict[str, float]:
    """How often in a year an answer will be of use, by what uses it: 0 for what is off or not agreed to."""
    settings, tier = turn.settings, turn.customer.tier
    granted = consents.summarise(turn.memory, turn.customer.id)
    cap = settings.contact_policy.cap.of(tier)
    orders = _orders_a_year(turn)
    uses = {
        "orders": orders,
        "offers": cap.messages * (YEAR / cap.per) if granted[Purpose.marketing] else 0.0,
        "birthday": 0.0, "check_in": 0.0, "after_purchase": 0.0,
    }  # fmt: skip
    for rule in settings.follow_ups:
        if not granted[getattr(rule, "purpose", Purpose.service)]:
            continue
        match rule.rule:
            case "birthday":
                uses["birthday"] = 1.0
            case "check_in":
                every = getattr(rule.every, tier, None)  # tier `new` gets none
                uses["check_in"] = YEAR / every if every else 0.0
            case "after_purchase":
                uses["after_purchase"] = min(orders, YEAR / rule.every) if rule.every else orders
    return uses


def _orders_a_year(turn: Turn) -> float:
    orders = (turn.customer.value or {}).get("rfm", {}).get("orders", 0)
    return float(orders * (YEAR / turn.settings.tiers.window)) or ORDERS_A_YEAR

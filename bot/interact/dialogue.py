"""What a message means here, from what was understood and where the conversation stands; and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.identify import consents, profiles
from bot.identify import facts as known_facts
from bot.interact import (
    feedback,
    handoff,
    knowledge,
    life_changes,
    open_question,
    orders,
    planner,
    questions,
    recommending,
    recording,
    small_talk,
)
from bot.interact.open_question import Answered
from bot.interact.replies import Answer, Reply, Tap
from bot.interact.turn import Recorded, Turn, remember
from storage import facts
from storage import orders as kept_orders
from storage.models import Fact, Purpose

NOT_THE_MOMENT = ("abuse", "goodbye", "never_mind", "undo")  # for a question of ours
EXPECTING = frozenset({  # parts after which the next words are an answer to them
    "feedback/complaint", "feedback/complaint_more", "chat/not_understood", "chat/greeting_open_case", "chat/order",
    "chat/of_kind", "chat/recommended", "chat/recommended_of_kind", "chat/whom", "orders/ask", "questions/tell_me",
})  # fmt: skip


def respond(turn: Turn) -> Answer:
    """Record all that is in the message, do what it asks, and answer once.

    A muted message is recorded and done; what would have been said is kept for the next that is answered.
    """
    answer = Answer()
    if handoff.is_with_colleague(turn.conversation, turn.now) and not turn.has("stop"):
        return _respond_beside_colleague(turn, answer)
    carried = _take_unsaid(turn)
    answered = open_question.take(turn, answer)
    carried.merge(recording.record(turn, answer) if not answered.only else Recorded())
    carried.merge(answered.kept)
    _act(turn, carried, answer, settled=answered.settled)
    if turn.muted:
        _keep(turn, carried, unsaid=True)
        answer.parts, answer.taps = [], []
        return answer
    if turn.late:
        apologise(turn, answer)
    _say_recorded(turn, carried, answer)
    _say_intents(turn, carried, answer, answered)
    _keep(turn, carried)
    knowledge.note_items(turn)
    if carried.can_be_undone and "life_event" not in carried.intents:  # a word takes that back, no button offers it
        answer.taps.insert(0, [Tap("undo", carried.undoable())])
    if _may_ask(turn, carried, answer, answered):
        answer.question = planner.choose(turn)
    return answer


def _respond_beside_colleague(turn: Turn, answer: Answer) -> Answer:
    """Recorded and passed on. All that is said is what an earlier, muted message has still to hear."""
    unsaid = _take_unsaid(turn)
    unsaid.merge(recording.record(turn, answer))
    handoff.relay(turn, answer)
    if turn.muted or "talk_to_person" not in unsaid.intents:
        _keep(turn, unsaid, unsaid=turn.muted)
        return answer
    if turn.late:
        apologise(turn, answer)
    feedback.respond(turn, unsaid.feedback, answer)
    answer.add("chat/handoff", handoff.BACK)
    _keep(turn, unsaid)
    return answer


def _act(turn: Turn, carried: Recorded, answer: Answer, *, settled: bool, begun: Sequence[int] = ()) -> None:
    """Do what is asked, also when nothing may be said now."""
    if turn.has("stop"):
        profiles.stop(turn.memory, turn.customer, turn.now)
        turn.conversation.open_question = None
        answer.planned = True
        carried.merge(Recorded(intents=["stop"]))
    elif turn.has("resume"):
        profiles.resume(turn.memory, turn.customer, turn.now)
        answer.planned = True
        carried.merge(Recorded(intents=["resume"]))
    if turn.has("life_event"):
        answer.tell_staff("staff/life_event", text=turn.text)
        carried.merge(Recorded(intents=["life_event"]))
    if turn.has("talk_to_person"):
        handed = handoff.begin(turn.memory, turn.conversation, turn.settings, turn.now, reason="asked", text=turn.text)
        _join(answer, handed)
        carried.merge(Recorded(intents=["talk_to_person"]))
    if turn.heard.faq is not None and not settled and not recommending.knows_better(turn, turn.heard.faq):
        carried.merge(Recorded(faq=[turn.heard.faq.name]))
    if not settled and orders.take(turn, begun):
        carried.merge(Recorded(intents=["order"]))


def apologise(turn: Turn, answer: Answer) -> None:
    """Once for each time we were away."""
    if turn.conversation.apologised_at is None or turn.conversation.apologised_at < turn.said_at:
        turn.conversation.apologised_at = turn.now
        answer.parts.insert(0, Reply("chat/sorry_away"))


def _say_recorded(turn: Turn, carried: Recorded, answer: Answer) -> None:
    memory, customer = turn.memory, turn.customer
    feedback.respond(turn, carried.feedback, answer)
    new = facts.list_by_ids(memory, customer.id, carried.facts)
    known = facts.list_by_ids(memory, customer.id, carried.known)
    current = [fact for fact in new if fact.superseded_by is None and fact.forgotten_at is None]
    plain = [fact for fact in current if fact.kind not in ("restriction", "life_event")]
    careful = [fact for fact in current if fact.kind == "restriction"]
    happy = [fact for fact in plain if life_changes.is_happy(fact, turn.now)]
    if happy:
        answer.add("chat/congratulations", facts=_describe(happy))
    if len(plain) > len(happy):
        answer.add("chat/recorded", facts=_describe([fact for fact in plain if fact not in happy]))
    if careful:
        answer.add("chat/recorded_restriction", facts=_describe(careful))
    if known and not current:
        answer.add("chat/known", facts=_describe(known))
    _say_reminders(carried, answer)
    if (turn.conversation.open_question or {}).get("name") == "when":
        answer.add("chat/reminder_when", text=(turn.conversation.open_question or {})["text"])
    for order in filter(None, (kept_orders.get(memory, order_id) for order_id in carried.orders)):
        orders.say_placed(memory, customer, turn.conversation, order, turn.settings, answer)
    for name in carried.faq:
        knowledge.answer_faq(turn, name, answer)


def _say_reminders(recorded: Recorded, answer: Answer) -> None:
    for one in recorded.reminders:
        at, repeats = datetime.fromisoformat(one["at"]), one.get("repeats", False)
        answer.add("chat/reminder_set", text=one["text"], at=at, repeats=repeats)


def _describe(rows: list[Fact] | Any) -> list[dict[str, Any]]:
    return [known_facts.describe(fact) for fact in rows]


def _say_intents(turn: Turn, carried: Recorded, answer: Answer, answered: Answered) -> None:
    """What else the message wants. Small words are answered where nothing weightier was."""
    conversation = turn.conversation
    if "stop" in carried.intents:
        answer.add("privacy/stopped")
    if "resume" in carried.intents:
        marketing = consents.is_granted(turn.memory, turn.customer.id, Purpose.marketing)
        answer.add("privacy/resumed", marketing=marketing)
    if "life_event" in carried.intents:
        answer.parts = [part for part in answer.parts if part.name not in ("feedback/praise", "feedback/csat")]
        answer.add("chat/life_event")
    if (turn.has("undo") or orders.wants_last_back(turn)) and not answered.settled:
        undone = recording.undo_last(turn)
        nothing = "chat/never_mind" if orders.is_left_behind(turn) else "chat/nothing_to_undo"
        _join(answer, undone) if undone else answer.add(nothing)
    if turn.has("set_language"):
        _choose_language(turn, answer)
    if turn.has("help"):
        answer.show = "help"
    if turn.has("ask_profile"):
        answer.show = "profile"
    if "order" in carried.intents:
        orders.show(turn, answer)
    if not answered.settled and not carried.feedback:
        knowledge.answer_about_items(turn, answer)
    if not answer.parts and not answer.show and not answered.settled:
        knowledge.ask_which(turn, answer)
    if not answer.parts and not answer.show and not answered.settled and turn.has("question"):
        knowledge.answer_rest(turn, answer)
    if not answer.parts and not answer.show and turn.has("ask_recommendation"):
        recommending.recommend(turn, answer)
    if not answer.parts and not answer.show and turn.heard.wanted:
        recommending.say_wanted(turn, turn.heard.wanted, answer)
    if not answer.parts and not answer.show:
        knowledge.answer_about_order(turn, answer)
    if not answer.parts and not answer.show and turn.heard.pointing:
        answer.add("chat/whom")
    if not answer.parts and not answer.show:
        small_talk.respond(turn, answer)
    if not answer.parts and not answer.show and not turn.with_file:
        small_talk.say_not_understood(turn, answer)
    else:
        conversation.misunderstood = 0
        if not carried.feedback and not carried.intents:
            orders.remind_of_draft(turn, answer)


def _choose_language(turn: Turn, answer: Answer) -> None:
    spoken = turn.settings.business.languages
    wanted = next((code for code in turn.heard.languages if code in spoken), None)
    if wanted is not None:
        profiles.choose_language(turn.customer, wanted)
        answer.add("profile/language_set")
    else:
        answer.add("profile/language_ask", [[Tap("set_language", {"language": code}, f"language_{code}")
                                             for code in spoken]])  # fmt: skip


def _may_ask(turn: Turn, carried: Recorded, answer: Answer, answered: Answered) -> bool:
    if answer.show or any(tap.action != "undo" for row in answer.taps for tap in row) or answered.outcome == "skipped":
        return False
    if turn.is_first or carried.intents or any(turn.has(name) for name in NOT_THE_MOMENT):
        return False
    if orders.find_draft(turn.conversation, turn.now) is not None:
        return False
    names = {part.name for part in answer.parts}
    if names & EXPECTING:
        return False
    return bool(names)


def _join(answer: Answer, other: Answer) -> None:
    answer.parts += other.parts
    answer.taps += other.taps
    answer.notices += other.notices
    answer.planned = answer.planned or other.planned


def _take_unsaid(turn: Turn) -> Recorded:
    return Recorded.from_json((turn.conversation.last_recorded or {}).get("unsaid", {}))


def _keep(turn: Turn, recorded: Recorded, *, unsaid: bool = False) -> None:
    """Where a later undo, or the answer that this message did not get, finds it."""
    stored = recorded.to_json()
    if unsaid:
        remember(turn.conversation, unsaid=stored or None)
        return
    changes: dict[str, Any] = {"unsaid": None}
    if recorded.can_be_undone:
        changes |= {name: stored.get(name) for name in ("facts", "feedback", "reminders", "orders")}
    if changes != {"unsaid": None} or "unsaid" in (turn.conversation.last_recorded or {}):
        remember(turn.conversation, **changes)


def respond_to_edit(turn: Turn, versions: list[int]) -> Answer:
    """The message says something else now. Answered briefly, and only if that changed what we know."""
    answer = Answer()
    kept, gone = _revise(turn, versions, answer)
    if handoff.is_with_colleague(turn.conversation, turn.now):
        handoff.relay(turn, answer)
        return answer
    if orders.revise(turn, versions, answer):
        return answer
    if turn.muted or not (kept.can_be_undone or gone):
        return answer
    new = facts.list_by_ids(turn.memory, turn.customer.id, kept.facts)
    feedback.respond(turn, kept.feedback, answer)
    if new or gone:
        answer.add("chat/revised", facts=_describe(new), gone=_describe(gone))
    _say_reminders(kept, answer)
    _keep(turn, kept)
    if kept.can_be_undone:
        answer.taps.insert(0, [Tap("undo", kept.undoable())])
    return answer


def respond_to_rest(turn: Turn, begun: Sequence[int]) -> Answer:
    """More of a thought, after its beginning was answered: what the whole says takes the place of that."""
    answer = Answer()
    if (turn.conversation.open_question or {}).get("name") == "consent":
        turn.conversation.open_question = None  # only the very next words answer it
    kept, _ = _revise(turn, begun, answer)
    still = facts.list_by_ids(turn.memory, turn.customer.id, kept.known)
    kept.facts = [*(fact.id for fact in still if fact.contact_id in begun), *kept.facts]
    kept.known = [fact.id for fact in still if fact.contact_id not in begun]
    _act(turn, kept, answer, settled=False, begun=begun)
    if turn.muted:
        _keep(turn, kept, unsaid=True)
        answer.parts, answer.taps = [], []
        return answer
    _say_recorded(turn, kept, answer)
    _say_intents(turn, kept, answer, Answered())
    _keep(turn, kept)
    if kept.can_be_undone:
        answer.taps.insert(0, [Tap("undo", kept.undoable())])
    return answer


def _revise(turn: Turn, versions: Sequence[int], answer: Answer) -> tuple[Recorded, list[Fact]]:
    """What the message says now; a question that its first version answered is answered by this one."""
    noted = (turn.conversation.last_recorded or {}).get("answered")
    kept, gone = recording.revise(turn, versions, answer)
    if noted and noted["contact_id"] in versions:
        if not kept.facts and not kept.known:
            reading = questions.read_answer(turn, noted)
            recording.record_facts(turn, reading.found, kept, answer)
            back = {fact.id for fact in facts.list_by_ids(turn.memory, turn.customer.id, kept.facts)}
            gone = [fact for fact in gone if fact.id not in back]
        remember(turn.conversation, answered={**noted, "contact_id": turn.contact_id})
    return kept, gone

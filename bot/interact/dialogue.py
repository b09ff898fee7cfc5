"""What a message means here, from what was understood and where the conversation stands; and what follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.identify import consents, profiles
from bot.identify import facts as known_facts
from bot.interact import feedback, handoff, knowledge, planner, questions, rechecks, recording, reminders
from bot.interact.replies import Answer, Reply, Tap
from bot.interact.turn import Recorded, Turn, remember
from storage import facts
from storage import feedback as kept_feedback
from storage import questions as kept_questions
from storage.models import Fact, Purpose

PATIENCE = 2  # times in a row of not understanding, then a person is offered
SMALL = ("life_event", "abuse", "greeting", "thanks", "goodbye", "small_talk", "yes", "no")
GOOD_MOMENT = ("greeting", "thanks", "small_talk", "yes", "no")  # small words after which a question may be asked
SUBJECTS_OF_GREETING = ("preference", "interest")  # never health, never a sorrow
ASIDES = ("greeting", "thanks", "small_talk", "faq", "question", "help", "ask_profile")
MOST_ASIDES = 2  # what is said after so many of them is no answer to our question any more


def respond(turn: Turn) -> Answer:
    """Record all that is in the message, do what it asks, and answer once.

    A muted message is recorded and done; what would have been said is kept for the next that is answered.
    """
    answer = Answer()
    if handoff.is_with_colleague(turn.conversation, turn.now) and not turn.has("stop"):
        return _respond_beside_colleague(turn, answer)
    carried = _take_unsaid(turn)
    answered = _take_answer(turn, answer)
    carried.merge(recording.record(turn, answer) if not answered.only else Recorded())
    carried.merge(answered.kept)
    _act(turn, carried, answer, settled=answered.outcome in ("answered", "skipped"))
    if turn.muted:
        _keep(turn, carried, unsaid=True)
        answer.parts, answer.taps = [], []
        return answer
    if turn.late:
        apologise(turn, answer)
    _say_recorded(turn, carried, answer)
    _say_intents(turn, carried, answer, answered)
    _keep(turn, carried)
    if carried.can_be_undone:
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


class _Answered:
    """What became of the question that was open. `only`: the whole message was the answer to it."""

    def __init__(self, outcome: str = "", *, only: bool = False) -> None:
        self.outcome, self.only, self.kept = outcome, only, Recorded()


def _take_answer(turn: Turn, answer: Answer) -> _Answered:
    question = turn.conversation.open_question
    if question is None:
        return _Answered()
    if not questions.is_open(question, turn.now):
        turn.conversation.open_question = None
        return _Answered()
    match question["name"]:
        case "consent":
            return _answer_consent(turn, question, answer)
        case "when":
            return _answer_when(turn, question, answer)
        case "why":
            return _answer_why(turn, question, answer)
        case _:
            return _answer_question(turn, question, answer)


def _answer_consent(turn: Turn, question: dict[str, Any], answer: Answer) -> _Answered:
    """Only the very next words count: a later "yes" is to something else. The buttons go on working."""
    said_yes, said_no = turn.has("yes"), turn.has("no")
    turn.conversation.open_question = None
    if said_yes == said_no:
        return _Answered()
    consents.answer(
        turn.memory, turn.customer, Purpose.marketing, granted=said_yes, wording=question["wording"],
        contact_id=turn.contact_id, now=turn.now,
    )  # fmt: skip
    answer.planned = True
    answer.add("start/agreed" if said_yes else "start/declined")
    return _Answered("answered")


def _answer_when(turn: Turn, question: dict[str, Any], answer: Answer) -> _Answered:
    turn.conversation.open_question = None
    if turn.has("skip") or turn.has("no") or turn.has("undo"):
        answer.add("chat/reminder_dropped")
        return _Answered("skipped", only=True)
    at = reminders.read_when(turn)
    if turn.has("remind") or at is None:
        if turn.late:  # it was not asked aloud yet
            turn.conversation.open_question = question
        return _Answered("ignored")
    result = _Answered("answered", only=not (turn.heard.facts or turn.heard.feedback))
    result.kept.reminders = [reminders.plan(turn, question["text"], at, answer)]
    return result


def _answer_why(turn: Turn, question: dict[str, Any], answer: Answer) -> _Answered:
    turn.conversation.open_question = None
    if turn.has("skip") or turn.has("no"):
        answer.add("chat/skipped")
        return _Answered("skipped", only=True)
    if any(turn.has(name) for name in ("stop", "talk_to_person", "ask_profile", "help", "remind", "greeting")):
        return _Answered("ignored")
    feedback.add_why(turn, question, answer)
    result = _Answered("answered", only=True)
    found = [one for one in turn.heard.facts if one.confidence >= known_facts.LEAST_CONFIDENCE]
    recording.record_facts(turn, found, result.kept, answer)
    return result


def _answer_question(turn: Turn, question: dict[str, Any], answer: Answer) -> _Answered:
    reading = questions.read_answer(turn, question)
    if reading.outcome == "open":
        answer.add("questions/tell_me")
        return _Answered("open")
    asides = question.get("asides", 0)
    if reading.outcome == "ignored" and asides < MOST_ASIDES and _is_aside(turn):
        turn.conversation.open_question = {**question, "asides": asides + 1}  # they may come back to it
        return _Answered("ignored")
    turn.conversation.open_question = None
    kept_questions.settle(turn.memory, turn.customer.id, question["name"], reading.outcome, turn.now)
    result = _Answered(reading.outcome)
    recording.record_facts(turn, reading.found, result.kept, answer)
    if reading.right is not None:
        done = rechecks.settle(
            turn.memory, turn.customer.id, question["facts"], reading.right, turn.contact_id, turn.now
        )
        answer.parts += [done] if done else []
    elif reading.outcome == "skipped":
        answer.add("chat/skipped")
    elif reading.outcome == "answered" and not reading.found and not turn.heard.facts:
        answer.add("questions/thanks")
    if reading.outcome == "answered" and reading.right is None:
        remember(turn.conversation, answered={"name": question["name"], "fills": question["fills"],
                                              "contact_id": turn.contact_id})  # fmt: skip
    return result


def _is_aside(turn: Turn) -> bool:
    """A greeting, thanks, a question of their own: said beside ours, not instead of an answer."""
    return not (turn.heard.facts or turn.heard.feedback) and any(turn.has(name) for name in ASIDES)


def _act(turn: Turn, carried: Recorded, answer: Answer, *, settled: bool) -> None:
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
        begun = handoff.begin(turn.memory, turn.conversation, turn.settings, turn.now, reason="asked", text=turn.text)
        _join(answer, begun)
        carried.merge(Recorded(intents=["talk_to_person"]))
    if turn.heard.faq is not None and not settled:
        carried.merge(Recorded(faq=[turn.heard.faq.name]))


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
    plain = [fact for fact in current if fact.kind != "restriction"]
    careful = [fact for fact in current if fact.kind == "restriction"]
    if plain:
        answer.add("chat/recorded", facts=_describe(plain))
    if careful:
        answer.add("chat/recorded_restriction", facts=_describe(careful))
    if known and not current:
        answer.add("chat/known", facts=_describe(known))
    for reminder in carried.reminders:
        answer.add("chat/reminder_set", text=reminder["text"], at=datetime.fromisoformat(reminder["at"]))
    if (turn.conversation.open_question or {}).get("name") == "when":
        answer.add("chat/reminder_when", text=(turn.conversation.open_question or {})["text"])
    for name in carried.faq:
        knowledge.answer_faq(turn, name, answer)


def _describe(rows: list[Fact] | Any) -> list[dict[str, Any]]:
    return [known_facts.describe(fact) for fact in rows]


def _say_intents(turn: Turn, carried: Recorded, answer: Answer, answered: _Answered) -> None:
    """What else the message wants. Small words are answered where nothing weightier was."""
    conversation = turn.conversation
    if "stop" in carried.intents:
        answer.add("privacy/stopped")
    if "resume" in carried.intents:
        answer.add("privacy/resumed")
    if "life_event" in carried.intents:
        answer.parts = [part for part in answer.parts if part.name not in ("feedback/praise", "feedback/csat")]
        answer.add("chat/life_event")
    if turn.has("undo") and answered.outcome != "skipped":
        undone = recording.undo_last(turn.memory, turn.customer, conversation, turn.now)
        _join(answer, undone) if undone else answer.add("chat/nothing_to_undo")
    if turn.has("set_language"):
        _choose_language(turn, answer)
    if turn.has("help"):
        answer.show = "help"
    if turn.has("ask_profile"):
        answer.show = "profile"
    if answered.outcome not in ("answered", "skipped") and not carried.feedback:
        knowledge.answer_about_items(turn, answer)
    if not answer.parts and not answer.show:
        _say_small(turn, answer)
    if not answer.parts and not answer.show and not turn.with_file:
        _say_not_understood(turn, answer)
    else:
        conversation.misunderstood = 0


def _say_small(turn: Turn, answer: Answer) -> None:
    name = next((name for name in SMALL if turn.has(name)), None)
    if name == "greeting":
        _greet(turn, answer)
    elif name is not None:
        answer.add(f"chat/{name}")
    elif not any(mark.isalnum() or mark in "?？" for mark in turn.text):
        answer.add("chat/sticker")  # a smile is enough for a smile


def _greet(turn: Turn, answer: Answer) -> None:
    """A conversation starts where the last one ended: an open case first, or something they like."""
    case = kept_feedback.find_open(turn.memory, turn.customer.id)
    if case is not None:
        answer.add("chat/greeting_open_case", name=profiles.call_by(turn.customer.name), **feedback.describe(case))
        return
    liked = [
        fact
        for fact in facts.list_current(turn.memory, turn.customer.id)
        if fact.kind in SUBJECTS_OF_GREETING and fact.polarity != "dislike" and fact.person is None
    ]
    if liked:
        chosen = liked[turn.contact_id % len(liked)]
        answer.add("chat/greeting_known", name=profiles.call_by(turn.customer.name), **known_facts.describe(chosen))
    else:
        answer.add("chat/greeting", name=profiles.call_by(turn.customer.name))


def _say_not_understood(turn: Turn, answer: Answer) -> None:
    """First a hand to say it another way, then a person."""
    turn.conversation.misunderstood += 1
    if turn.conversation.misunderstood >= PATIENCE:
        answer.add("chat/offer_person", handoff.offer(turn.text))
    else:
        answer.add("chat/not_understood")


def _choose_language(turn: Turn, answer: Answer) -> None:
    spoken = turn.settings.business.languages
    wanted = next((code for code in turn.heard.languages if code in spoken), None)
    if wanted is not None:
        profiles.choose_language(turn.customer, wanted)
        answer.add("profile/language_set")
    else:
        answer.add("profile/language_ask", [[Tap("set_language", {"language": code}, f"language_{code}")
                                             for code in spoken]])  # fmt: skip


def _may_ask(turn: Turn, carried: Recorded, answer: Answer, answered: _Answered) -> bool:
    if answer.show or any(tap.action != "undo" for row in answer.taps for tap in row) or answered.outcome == "skipped":
        return False
    if turn.is_first or carried.intents or turn.has("abuse") or turn.has("goodbye") or turn.has("undo"):
        return False
    names = {part.name for part in answer.parts}
    if names & {"feedback/complaint", "chat/not_understood", "chat/greeting_open_case", "questions/tell_me"}:
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
        changes |= {name: stored.get(name) for name in ("facts", "feedback", "reminders")}
    if changes != {"unsaid": None} or "unsaid" in (turn.conversation.last_recorded or {}):
        remember(turn.conversation, **changes)


def respond_to_edit(turn: Turn, versions: list[int]) -> Answer:
    """The message says something else now. Answered briefly, and only if that changed what we know."""
    answer = Answer()
    noted = (turn.conversation.last_recorded or {}).get("answered")
    kept, gone = recording.revise(turn, versions, answer)
    if noted and noted["contact_id"] in versions and not kept.facts and not kept.known:
        reading = questions.read_answer(turn, noted)
        recording.record_facts(turn, reading.found, kept, answer)
        back = {fact.id for fact in facts.list_by_ids(turn.memory, turn.customer.id, kept.facts)}
        gone = [fact for fact in gone if fact.id not in back]
    if noted and noted["contact_id"] in versions:
        remember(turn.conversation, answered={**noted, "contact_id": turn.contact_id})
    if handoff.is_with_colleague(turn.conversation, turn.now):
        handoff.relay(turn, answer)
        return answer
    if turn.muted or not (kept.can_be_undone or gone):
        return answer
    new = facts.list_by_ids(turn.memory, turn.customer.id, kept.facts)
    feedback.respond(turn, kept.feedback, answer)
    if new or gone:
        answer.add("chat/revised", facts=_describe(new), gone=_describe(gone))
    for reminder in kept.reminders:
        answer.add("chat/reminder_set", text=reminder["text"], at=datetime.fromisoformat(reminder["at"]))
    _keep(turn, kept)
    if kept.can_be_undone:
        answer.taps.insert(0, [Tap("undo", kept.undoable())])
    return answer

"""From what the rooms answer to what is said: parts are rendered and put together, notices go to staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from bot.customize.messages import Button, Rows
from bot.interact.replies import Answer, Reply, Tap
from bot.interact.turn import Turn
from bot.interact.understanding import Understanding
from handlers.visit import Visit

FACT_LISTS = ("facts", "gone", "unsure", "clear")  # values that are lists of facts, put into words by `facts/phrase`


def make_turn(visit: Visit, heard: Understanding) -> Turn:
    late = visit.now - visit.said.at > visit.settings.conversation.offline_after
    return Turn(
        memory=visit.memory, customer=visit.customer, conversation=visit.conversation, contact_id=visit.contact_id,
        said_at=visit.said.at, now=visit.now, zone=visit.zone, settings=visit.settings, heard=heard,
        muted=visit.muted, late=late, is_first=visit.is_first or "welcome_due" in (visit.conversation.last_recorded or {}), with_file=visit.said.file is not None,
        pieces=visit.pieces, silence=visit.silence,
    )  # fmt: skip


def deliver(visit: Visit, answer: Answer, key: str | None = None) -> None:
    """Say it all, once: one message of all parts, in place of the last one under this key.

    A question follows alone: skipping it redraws its message.
    """
    visit.outcome.planned = visit.outcome.planned or answer.planned
    for notice in answer.notices:
        tell_staff(visit, notice)
    if answer.parts:
        say_parts(visit, answer.parts, rows_of(_offered(visit, answer.taps)), key)
    if (question := answer.question) is not None:
        visit.say(question.name, buttons=rows_of(question.taps), **fill(visit, question.values))


def say_parts(visit: Visit, parts: Sequence[Reply], rows: Rows | None = None, key: str | None = None) -> None:
    if len(parts) == 1:
        visit.say(parts[0].name, buttons=rows, key=key, **fill(visit, parts[0].values))
    else:
        visit.say("chat/parts", buttons=rows, key=key, parts=[render(visit, part) for part in parts])


def redraw(visit: Visit, answer: Answer) -> None:
    """The same in place of the message whose button was pressed."""
    visit.outcome.planned = visit.outcome.planned or answer.planned
    for notice in answer.notices:
        tell_staff(visit, notice)
    visit.redraw(
        "chat/parts",
        buttons=rows_of(_offered(visit, answer.taps)),
        parts=[render(visit, part) for part in answer.parts],
    )


def render(visit: Visit, part: Reply) -> Markup:
    """One part as HTML; its values are escaped by the template."""
    text = visit.business.wording.render(
        visit.language, part.name, fill(visit, part.values), zone=visit.zone, turn=visit.vary(visit.language, part.name)
    )
    return Markup(text)  # noqa: S704  rendered with autoescape


def fill(visit: Visit, values: Mapping[str, Any]) -> dict[str, Any]:
    filled = {"staffed": visit.is_staffed, **values}
    _note_own_words(visit, values)
    for name in FACT_LISTS:
        if name in filled:
            filled[name] = [phrase(visit, fact) for fact in filled[name]]
    if "warnings" in filled:
        filled["warnings"] = [{**one, "fact": phrase(visit, one["fact"])} for one in filled["warnings"]]
    return filled


def phrase(visit: Visit, fact: Mapping[str, Any]) -> Markup:
    """A fact in words: "you like oat milk"."""
    _note_own_words(visit, fact)
    return Markup(visit.business.wording.render(visit.language, "facts/phrase", fact))  # noqa: S704  as above


def _note_own_words(visit: Visit, values: Mapping[str, Any]) -> None:
    """What the customer said themselves, now or when it was noted, is said back as it was."""
    said = (visit.heard.text if visit.heard else "", str(values.get("quote") or ""))
    visit.verbatim |= {
        escape(value)
        for value in values.values()
        if isinstance(value, str) and value and any(value in one for one in said)
    }


def _offered(visit: Visit, taps: Sequence[Sequence[Tap]]) -> list[Sequence[Tap]]:
    """Without the button that fetches a person where there is nobody to fetch."""
    return [row for row in taps if visit.is_staffed or all(tap.action != "talk_to_person" for tap in row)]


def rows_of(taps: Sequence[Sequence[Tap]]) -> Rows | None:
    return [[Button(tap.action, tap.label, tap.values, tap.words) for tap in row] for row in taps] or None


def tell_staff(visit: Visit, notice: Reply, files: list[dict[str, Any]] | None = None) -> None:
    """A notice about this customer. Every one names them the same way."""
    about = {
        "name": visit.customer.name, "customer_name": visit.customer.name, "customer_id": visit.customer.id,
        "tier": visit.customer.tier, "customer_language": visit.customer.language,
    }  # fmt: skip
    visit.tell_staff(notice.name, buttons=rows_of(notice.taps), files=files, **{**about, **notice.values})

"""Every thing that was heard has its reason: the phrase, grammar or model, and the score."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener

FAQ = {"hours": "when are you open", "parking": "where can i park", "parcels": "where can i park a parcel"}


@pytest.fixture(scope="module")
def listener() -> Listener:
    latte = CatalogueEntry("oat-latte", {"en": "Oat latte", "zh": "燕麦拿铁"})
    return Listener([latte], [FaqPhrasing(name, "en", question, "") for name, question in FAQ.items()])


@pytest.mark.parametrize(("text", "of", "by", "detail"), [
    ("I'm allergic to nuts", "facts[0]", "phrase", "allergic to"),
    ("my daughter's birthday is on 3 May", "facts[0]", "grammar of occasions", "birthday"),
    ("my daughter's birthday is on 3 May", "dates[0]", "grammar of dates", "3 may"),
    ("your staff were rude", "feedback[0]", "phrase", "in “"),
    ("8 out of 10", "feedback[0]", "a score in words", "8 out of 10"),
    ("the waiter kept ignoring our table", "feedback[0]", "model of polarity", "ignoring"),
    ("上菜催了三次", "feedback[0]", "model of polarity", "1 bad"),
    ("love the oat latte", "items[0]", "catalogue", "Oat latte"),
    ("remind me tomorrow at 9", "intents[0]", "phrase", "remind"),
    ("when are you open?", "intents[0]", "what was found", "FAQ"),
    ("when are you open?", "faq", "likeness", "answered from 0.55"),
    ("the waiter kept ignoring our table", "faq", "likeness", "not answered below 0.55"),
    ("if I liked cinnamon", "clause[0]", "words and signs", "if I liked cinnamon"),
])  # fmt: skip
def test_what_was_heard_has_a_reason(listener: Listener, text: str, of: str, by: str, detail: str) -> None:
    heard = listener.understand(
        text, language=None, time_zone=ZoneInfo("Europe/Berlin"), now=datetime(2026, 3, 2, 10, tzinfo=UTC)
    )
    reasons = {one.of: one for one in listener.explain(heard)}
    told = {f"{key}[{place}]" for key in ("facts", "feedback", "dates", "items", "intents")
            for place in range(len(getattr(heard, key)))}  # fmt: skip
    assert told <= reasons.keys()
    assert reasons[of].by == by
    assert detail in reasons[of].detail
    assert str(reasons[of]).startswith(f"{of}: ")

from __future__ import annotations

from storage.models import Fact, Feedback
from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat


def current(chat: Chat) -> list[str]:
    return [fact.value for fact in chat.rows(Fact) if fact.superseded_by is None and fact.forgotten_at is None]


def test_an_edit_is_a_revision_and_its_facts_replace_the_old(ana: Chat) -> None:
    message = ana.send("I love cinnamon")
    ana.edit(message, "I love cardamom")
    first, second = ana.contacts[-2:]
    assert (second.kind, second.revises, second.text) == ("edit", first.id, "I love cardamom")
    assert current(ana) == ["cardamom"]
    assert "you like cinnamon" in ana.text
    assert "you like cardamom" in ana.text


def test_an_edit_that_changes_nothing_says_nothing(ana: Chat) -> None:
    message = ana.send("I love cinnamon")
    ana.edit(message, "I love cinnamon.")
    assert ana.answers == []
    assert current(ana) == ["cinnamon"]


def test_a_second_edit_revises_the_first(ana: Chat) -> None:
    message = ana.send("I love cinnamon")
    ana.edit(message, "I love cardamom")
    ana.edit(message, "I love cinnamon")
    assert current(ana) == ["cinnamon"]
    assert ana.contacts[-1].revises == ana.contacts[-2].id


def test_an_edited_command_does_nothing(ana: Chat) -> None:
    message = ana.send("/stop")
    ana.send("/resume")
    ana.edit(message, "/stop now")
    assert ana.answers == []
    assert ana.customer.status == "active"


def test_a_complaint_edited_away_is_withdrawn(ana: Chat) -> None:
    message = ana.send("my latte was cold")
    ana.edit(message, "my latte was lovely")
    assert "withdrawn" in [row.status for row in ana.rows(Feedback) if row.kind == "complaint"]
    assert ana.conversation.upset_until is None


def test_a_complaint_edited_stays_one_case(ana: Chat) -> None:
    message = ana.send("my latte was cold")
    ana.edit(message, "my latte was cold and bitter")
    cases = [row for row in ana.rows(Feedback) if row.status == "open"]
    assert len(cases) == 1
    assert [shown.name for shown in ana.house.shown(STAFF)] == ["staff/complaint"]


def test_an_edit_adds_a_complaint_and_staff_hear_of_it(ana: Chat) -> None:
    message = ana.send("hello")
    ana.edit(message, "my latte was cold")
    assert [row.status for row in ana.rows(Feedback)] == ["open"]
    assert [answer.name for answer in ana.answers] == ["feedback/complaint"]


def test_an_edited_answer_to_a_question_is_still_its_answer(ana: Chat) -> None:
    ana.press("Yes")
    message = ana.send("a flat white")
    ana.edit(message, "an oat latte")
    assert current(ana) == ["oat latte"]


def test_an_undone_edit_brings_nothing_back(ana: Chat) -> None:
    message = ana.send("I love cinnamon")
    ana.edit(message, "I love cardamom")
    ana.press("Undo")
    assert current(ana) == []


def test_beside_a_colleague_an_edit_is_passed_on_in_silence(ana: Chat) -> None:
    ana.send("I want to talk to a person")
    message = ana.send("I love cinnamon")
    ana.edit(message, "I love cardamom")
    assert ana.answers == []
    assert current(ana) == ["cardamom"]
    assert [shown.name for shown in ana.house.shown(STAFF)] == ["staff/handoff", "staff/relayed", "staff/relayed"]

"""Wordings within ten turns: chosen afresh, the one heard longest ago when all were used, forgotten after ten."""

from __future__ import annotations

from bot.interact import recent
from storage.models import Conversation


def conversation() -> Conversation:
    return Conversation(customer_id=1, recent=[])


def test_no_wording_is_used_twice_while_there_is_another() -> None:
    talk = conversation()
    chosen = [recent.choose_variant(talk, "chat/thanks", 4, turn) for turn in (11, 15, 19, 23)]
    assert sorted(chosen) == [0, 1, 2, 3]


def test_when_all_were_used_the_one_heard_longest_ago_comes_back() -> None:
    talk = conversation()
    chosen = [recent.choose_variant(talk, "chat/thanks", 3, turn) for turn in range(100, 109)]
    assert chosen[3:6] == chosen[:3]
    assert chosen[6:] == chosen[:3]


def test_ten_turns_later_it_may_be_said_again_and_one_turn_earlier_not() -> None:
    talk = conversation()
    recent.note(talk, "faq/hours", 1)
    for turn in range(2, 11):
        recent.note(talk, "other", turn)
    assert recent.was_said(talk, "faq/hours", before=11)
    recent.note(talk, "other", 11)
    assert not recent.was_said(talk, "faq/hours", before=12)


def test_what_is_said_in_this_turn_was_not_said_before_it() -> None:
    talk = conversation()
    recent.note(talk, "faq/hours", 7)
    assert not recent.was_said(talk, "faq/hours", before=7)
    assert recent.was_said(talk, "faq/hours", before=8)


def test_a_message_of_one_wording_leaves_no_trace() -> None:
    talk = conversation()
    assert recent.choose_variant(talk, "chat/faq", 1, 5) == 0
    assert talk.recent == []

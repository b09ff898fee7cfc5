"""Limits on a clock of our own: no test waits."""

from bot.config import Telegram
from bot.runtime.limits import Limits
from storage.models import Priority


def spend(limits: Limits, chat: int, seconds: float, priority: int = Priority.answer) -> list[float]:
    """When messages to one chat may go, trying all the time, for so many seconds."""
    now, sent = 0.0, []
    while now <= seconds:
        wait = max(limits.wait_overall(priority, now), limits.wait_chat(chat, now))
        if wait > 1e-9:
            now += wait
            continue
        limits.take(chat, priority, now)
        sent.append(round(now, 6))
    return sent


def test_one_chat_gets_a_burst_then_one_a_second() -> None:
    assert spend(Limits(Telegram()), 7, 4) == [0, 0, 0, 1, 2, 3, 4]


def test_a_group_gets_twenty_a_minute() -> None:
    sent = spend(Limits(Telegram()), -7, 59.9)
    assert len(sent) == 20 + 19
    assert sent[:20] == [0] * 20


def test_all_chats_together_keep_the_overall_rate() -> None:
    limits, now, sent = Limits(Telegram()), 0.0, 0
    while now < 10:
        wait = limits.wait_overall(Priority.answer, now)
        if wait > 1e-9:
            now += wait
            continue
        limits.take(sent, Priority.answer, now)
        sent += 1
    assert 30 * 10 <= sent <= 30 * 11


def test_bulk_leaves_a_fifth_to_answers() -> None:
    limits, now, sent = Limits(Telegram()), 0.0, 0
    while now < 10:
        wait = limits.wait_overall(Priority.campaign, now)
        if wait > 1e-9:
            now += wait
            continue
        limits.take(sent, Priority.campaign, now)
        sent += 1
    assert 24 * 10 <= sent <= 24 * 11
    assert limits.wait_overall(Priority.answer, now) == 0


def test_zero_is_no_limit() -> None:
    none = Telegram(messages_per_second=0, chat_messages_per_second=0, group_messages_per_minute=0)
    limits = Limits(none)
    for chat in (7, -7):
        for _ in range(1000):
            assert limits.wait_overall(Priority.campaign, 0) == limits.wait_chat(chat, 0) == 0
            limits.take(chat, Priority.campaign, 0)


def test_telegrams_own_wait_holds_that_chat_only() -> None:
    limits = Limits(Telegram())
    limits.hold(7, 5, now=0)
    assert (limits.wait_chat(7, 1), limits.wait_chat(8, 1)) == (4, 0)
    limits.hold_all(3, now=0)
    assert limits.wait_overall(Priority.answer, 1) == 2


def test_quiet_chats_are_forgotten() -> None:
    limits = Limits(Telegram())
    limits.take(7, 0, now=0)
    limits.hold(8, 5, now=0)
    limits.take(9, 0, now=10)
    assert limits._chats.keys() == {7, 9}
    limits.take(9, 0, now=1000)
    assert (limits._chats.keys(), limits._held) == ({9}, {})

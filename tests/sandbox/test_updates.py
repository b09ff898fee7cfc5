"""getUpdates: offsets, the long poll, allowed_updates, two pollers."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.sandboxes import Line, Sandbox, open_line


def texts(updates: list[dict[str, dict[str, str]]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


def test_an_offset_confirms_what_is_below_it(line: Line) -> None:
    first, second = line.says(text="one")["update_id"], line.says(text="two")["update_id"]
    assert second == first + 1
    assert texts(line.updates()) == ["one", "two"]
    assert texts(line.updates(offset=first)) == ["one", "two"]
    assert texts(line.updates(offset=second)) == ["two"]
    assert texts(line.updates()) == ["two"]
    assert line.updates(offset=second + 1) == []


def test_a_negative_offset_forgets_all_earlier_ones(line: Line) -> None:
    for text in ("one", "two", "three"):
        line.says(text=text)
    assert texts(line.updates(offset=-2)) == ["two", "three"]
    assert texts(line.updates()) == ["two", "three"]
    assert texts(line.updates(offset=-9)) == ["two", "three"]


def test_an_offset_from_another_life_confirms_nothing(line: Line) -> None:
    update_id = line.says(text="one")["update_id"]
    assert texts(line.updates(offset=update_id + 1000)) == ["one"]


@pytest.mark.parametrize(("limit", "given"), [(1, 1), (2, 2), (0, 3), (101, 3)])
def test_a_limit_from_1_to_100_is_kept(line: Line, limit: int, given: int) -> None:
    for text in ("one", "two", "three"):
        line.says(text=text)
    assert len(line.updates(limit=limit)) == given


def test_a_long_poll_answers_as_soon_as_somebody_writes(line: Line) -> None:
    with ThreadPoolExecutor() as pool:
        began = time.monotonic()
        poll = pool.submit(line.updates, timeout=20)
        wait_until_polling(line)
        line.says(text="now")
        assert texts(poll.result()) == ["now"]
        assert time.monotonic() - began < 15


def test_a_long_poll_without_news_answers_empty_after_its_time(line: Line) -> None:
    began = time.monotonic()
    assert line.updates(timeout=1) == []
    assert 0.9 < time.monotonic() - began < 15


def test_the_older_of_two_polls_is_thrown_out(line: Line) -> None:
    with ThreadPoolExecutor() as pool:
        older = pool.submit(line.refusal, "getUpdates", timeout=20)
        wait_until_polling(line)
        newer = pool.submit(line.updates, timeout=20)
        words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        assert older.result() == (409, words)
        line.says(text="to the newer")
        assert texts(newer.result()) == ["to the newer"]


def test_a_poller_that_hung_up_is_forgotten(line: Line) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{line.sandbox.url}/bot{line.token}/getUpdates", data={"timeout": 40}, timeout=httpx.Timeout(10, read=0.3)
        )
    deadline = time.monotonic() + 20
    while polling(line):
        assert time.monotonic() < deadline


def test_allowed_updates_hold_until_changed(line: Line) -> None:
    message_id = line.send(reply_markup={"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]})["message_id"]
    line.updates(allowed_updates=["callback_query"])
    assert line.says(text="unheard")["update_id"] is None
    line.updates()
    line.presses(message_id, button="Go")
    assert [sorted(update) for update in line.updates()] == [["callback_query", "update_id"]]
    line.updates(allowed_updates=[])
    assert line.says(text="heard")["update_id"] is not None


@pytest.mark.parametrize("value", ['"message"', '{"a": 1}', "[1]", "message"])
def test_allowed_updates_must_be_an_array_of_names(line: Line, value: str) -> None:
    code, words = line.refusal("getUpdates", allowed_updates=value)
    assert (code, words.startswith("Bad Request: can't parse allowed_updates")) == (400, True)


def test_what_was_said_before_the_first_bot_called_waits_for_it(own: Sandbox) -> None:
    own.ask("POST", "people", {"id": 5, "first_name": "Early"})
    own.ask("POST", "messages", {"from": 5, "text": "anybody there?"})
    line = open_line(own)
    assert texts(line.updates()) == ["anybody there?"]
    assert line.result("sendMessage", chat_id=5, text="Yes")["message_id"] == 2


def test_two_bots_have_their_own_updates(shared: Sandbox) -> None:
    one, two = open_line(shared), open_line(shared)
    one.says(text="to one")
    two.says(text="to two")
    assert (texts(one.updates()), texts(two.updates())) == (["to one"], ["to two"])


def polling(line: Line) -> bool:
    return any(bot["id"] == line.bot and bot["polling"] for bot in line.sandbox.ask("GET", "bots"))


def wait_until_polling(line: Line) -> None:
    deadline = time.monotonic() + 10
    while not polling(line):
        assert time.monotonic() < deadline, "the poll never arrived"

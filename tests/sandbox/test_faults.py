"""Failures on purpose, and the limits."""

import time
from typing import Any

import httpx
import pytest

from sandbox.limits import Limits
from tests.support.sandboxes import NO_LIMITS, Line, Sandbox, open_line


@pytest.fixture
def line(own: Sandbox) -> Line:
    line = open_line(own)
    line.says(text="/start")
    return line


def send(line: Line, text: str = "x") -> httpx.Response:
    return line.sandbox.client.post(f"/bot{line.token}/sendMessage", json={"chat_id": line.person, "text": text})


def received(line: Line) -> list[str]:
    return [message["text"] for message in line.sees()["messages"] if message["from_bot"]]


def test_a_429_strikes_as_often_as_asked_and_nothing_is_sent(line: Line) -> None:
    line.sandbox.ask("POST", "faults", {"method": "sendMessage", "times": 2, "code": 429, "retry_after": 7})
    for _ in range(2):
        answer = send(line)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
        assert answer.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }
    assert received(line) == []
    assert send(line, "third").status_code == 200
    assert received(line) == ["third"]


@pytest.mark.parametrize(
    ("fault", "description"),
    [
        ({"code": 500}, "Internal Server Error: restart"),
        ({"code": 502}, "Bad Gateway"),
        ({"code": 401}, "Unauthorized"),
        ({"code": 403, "description": "Forbidden: user is deactivated"}, "Forbidden: user is deactivated"),
    ],
)
def test_a_fault_without_times_lasts_until_cleared(line: Line, fault: dict[str, Any], description: str) -> None:
    line.sandbox.ask("POST", "faults", {"method": "*", "times": None, **fault})
    for _ in range(3):
        answer = send(line)
        assert (answer.status_code, answer.json()["description"]) == (fault["code"], description)
    line.sandbox.ask("DELETE", "faults")
    assert send(line).status_code == 200


def test_a_fault_on_one_method_leaves_the_others_alone(line: Line) -> None:
    line.sandbox.ask("POST", "faults", {"method": "getUpdates", "code": 409})
    assert line.refusal("getUpdates")[0] == 409
    line.result("getMe")


def test_a_cut_after_accept_sends_and_says_nothing(line: Line) -> None:
    line.sandbox.ask("POST", "faults", {"method": "sendMessage", "times": 1, "cut_after_accept": True})
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        send(line, "lost reply")
    assert received(line) == ["lost reply"]
    call = [call for call in line.sandbox.ask("GET", "calls")["calls"] if call["method"] == "sendMessage"][-1]
    assert (call["outcome"], call["cut"]) == (200, True)
    assert send(line, "next").status_code == 200


def test_a_cut_with_a_code_sends_nothing(line: Line) -> None:
    line.sandbox.ask("POST", "faults", {"method": "sendMessage", "times": 1, "cut_after_accept": True, "code": 500})
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        send(line)
    assert received(line) == []


@pytest.mark.parametrize("method", ["sendMessage", "getUpdates"])
def test_latency_comes_before_the_reply(line: Line, method: str) -> None:
    line.sandbox.ask("POST", "faults", {"method": "*", "delay_ms": 300})
    began = time.monotonic()
    line.result(method, chat_id=line.person, text="x")
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    "fault", [{"code": 200}, {"times": 0}, {"times": "many"}, {"speed": 1}, {"delay_ms": "slow"}, {"retry_after": "1"}]
)
def test_an_impossible_fault_is_refused(shared: Sandbox, fault: dict[str, Any]) -> None:
    assert "error" in shared.ask("POST", "faults", fault, 400)
    assert shared.ask("GET", "faults") == []


def refused_from(line: Line, sends: int, **parameters: Any) -> tuple[int, int]:
    """(how many passed before the first 429, its retry_after)"""
    for passed in range(sends):
        answer = line.call("sendMessage", **({"chat_id": line.person, "text": "x"} | parameters))
        if not answer["ok"]:
            assert answer["description"] == f"Too Many Requests: retry after {answer['parameters']['retry_after']}"
            return passed, answer["parameters"]["retry_after"]
    return sends, 0


def test_a_chat_takes_a_burst_of_three_then_one_a_second() -> None:
    limits = Limits()
    assert [limits.admit(1, 5, now) for now in (100, 100, 100, 100, 101, 101)] == [0, 0, 0, 1, 0, 1]
    assert limits.admit(1, 6, 101) == 0


def test_all_chats_together_take_thirty_a_second() -> None:
    limits = Limits()
    assert [limits.admit(1, chat, 100) for chat in range(35)] == [0] * 33 + [1] * 2  # three in the slack
    assert limits.admit(1, 99, 101) == 0


def test_a_group_takes_twenty_a_minute() -> None:
    limits = Limits(chat_messages_per_second=0)
    assert [limits.admit(1, -5, 100) for _ in range(21)] == [0] * 20 + [3]
    assert limits.admit(1, -5, 103) == 0


def test_a_limit_is_real_time_whatever_the_clock_says(line: Line) -> None:
    line.sandbox.ask("POST", "limits", {"chat_messages_per_second": 0.01})
    passed, wait = refused_from(line, 9)
    assert (passed, 50 < wait <= 100) == (3, True)
    line.sandbox.ask("POST", "clock", {"advance": "1h"})
    assert refused_from(line, 9)[0] == 0


def test_limits_hold_for_all_chats_and_for_a_group(own: Sandbox) -> None:
    line = open_line(own)
    line.says(text="x", chat={"id": -5, "title": "Friends"})
    own.ask("POST", "limits", {"chat_messages_per_second": 0, "group_messages_per_minute": 2})
    assert refused_from(line, 9, chat_id=-5)[0] == 2
    own.ask("POST", "limits", {"messages_per_second": 0.01})
    line.says(text="/start")
    assert refused_from(line, 9)[0] == 1


def test_no_limits_are_no_limits(line: Line) -> None:
    told = line.sandbox.ask("POST", "limits", NO_LIMITS)
    assert told == NO_LIMITS | {"chat_burst": 3}
    assert refused_from(line, 100) == (100, 0)


@pytest.mark.parametrize("limits", [{"messages_per_second": -1}, {"per_hour": 1}, {"chat_burst": "3"}])
def test_an_impossible_limit_is_refused(shared: Sandbox, limits: dict[str, Any]) -> None:
    before = shared.ask("GET", "limits")
    assert "error" in shared.ask("POST", "limits", limits, 400)
    assert shared.ask("GET", "limits") == before

"""In a rush another process makes the calls; whatever becomes of it, a call is not sent, perhaps sent, or answered."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from bot import beside
from bot.runtime import courier as couriers
from bot.runtime.courier import Courier
from bot.runtime.request import AiohttpRequest, Ambiguous, File, NotSent
from bot.runtime.telegram_api import TelegramApi
from storage.database import Database
from storage.models import Customer
from tests.support.rigs import FOLLOW_UP, sending, until
from tests.support.sandboxes import ROOT, Line


@pytest.fixture(autouse=True)
def from_our_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(couriers, "RUSH", 4)


@asynccontextmanager
async def rushing(
    line: Line, *, started: bool = True, url: str | None = None
) -> AsyncIterator[tuple[Courier, TelegramApi]]:
    """A courier whose process is running, and the Bot API through it."""
    async with AiohttpRequest() as request:
        courier = Courier(request)
        api = TelegramApi(url or line.sandbox.url, line.token, request, courier)
        try:
            if started:
                await asyncio.gather(*(say(api, line, f"early {n}") for n in range(4)))
                await until(lambda: courier._line is not None)
            yield courier, api
        finally:
            await courier.close()
            assert courier.pid is None


@asynccontextmanager
async def speaking_oddly(said: Counter[str]) -> AsyncIterator[str]:
    """The address of a server that answers what ODD has under a call's text, then hangs up; it counts the calls."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        text = json.loads(await reader.readexactly(length))["text"]
        said[text] += 1
        writer.write(ODD.get(text, FINE))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def page(status: int, body: str = "<html>please wait</html>") -> bytes:
    return f"HTTP/1.1 {status} Odd\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


FINE = page(200, '{"ok": true, "result": {"message_id": 1}}')
ODD = {
    "a page": page(200),
    "a page elsewhere": page(302),
    "a page of refusal": page(403),
    "a page of despair": page(502),
    "an odd wait": page(429, '{"ok": false, "parameters": {"retry_after": "soon"}}'),
    "half an answer": FINE[:-7],
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "nothing": b"",
}


def say(api: TelegramApi, line: Line, text: str, **more: Any) -> Any:
    return api.call("sendMessage", {"chat_id": line.person, "text": text, **more})


def fault(line: Line, **what: Any) -> None:
    line.sandbox.ask("POST", "faults", {"method": "sendMessage", "times": 1, **what})


def texts(line: Line) -> Counter[str]:
    return Counter(message["text"] for message in line.sees()["messages"] if message["from_bot"])


def test_a_rush_begins_here_and_goes_on_there(line: Line) -> None:
    async def scene() -> None:
        async with rushing(line) as (courier, api):
            replies = await asyncio.gather(*(say(api, line, f"said {n}") for n in range(300)))
            assert [reply.status for reply in replies] == [200] * 300
            assert len({reply.body["result"]["message_id"] for reply in replies}) == 300
            assert [reply.body["result"]["text"] for reply in replies] == [f"said {n}" for n in range(300)]
            assert courier._number == 300  # calls handed over

    asyncio.run(scene())
    assert texts(line) == Counter([*(f"early {n}" for n in range(4)), *(f"said {n}" for n in range(300))])


def test_without_a_rush_there_is_no_process(line: Line) -> None:
    async def scene() -> None:
        async with rushing(line, started=False) as (courier, api):
            for n in range(10):
                assert (await say(api, line, str(n))).status == 200
            assert courier.pid is None

    asyncio.run(scene())


def test_refusals_and_broken_links_are_told_as_they_are(line: Line) -> None:
    async def scene() -> None:
        async with rushing(line) as (_, api):
            refused = await say(api, line, "")
            assert (refused.status, refused.description) == (400, "Bad Request: message text is empty")
            fault(line, code=429, retry_after=7)
            assert (await say(api, line, "slower")).parameters == {"retry_after": 7}
            fault(line, cut_after_accept=True)
            with pytest.raises(Ambiguous):
                await say(api, line, "cut")

    asyncio.run(scene())
    assert texts(line)["cut"] == 1


def test_a_follow_up_whose_answer_is_not_telegrams_is_never_sent_again(line: Line, sqlite_database: Database) -> None:
    """A proxy's page says nothing of the customer, and not that it was not sent."""
    said: Counter[str] = Counter()

    async def scene() -> dict[str, str]:
        async with (
            speaking_oddly(said) as url,
            rushing(line, url=url) as (_, api),
            sending(line, sqlite_database, api=api) as rig,
        ):
            rows = {text: await rig.queue(text, chat_id=line.person + n, **FOLLOW_UP) for n, text in enumerate(ODD)}
            fine = await rig.queue("fine", **FOLLOW_UP)  # in the chat of the first, after it
            states = {text: (await rig.settled(row)).state for text, row in rows.items()}
            return {**states, "fine": (await rig.settled(fine)).state}

    assert asyncio.run(scene()) == {**dict.fromkeys(ODD, "unknown"), "fine": "sent"}
    assert {text: said[text] for text in ODD} == dict.fromkeys(ODD, 1)
    assert sqlite_database.read_now(lambda memory: memory.scalars(select(Customer.status)).all()) == ["active"]


def test_what_is_longer_than_the_socket_holds_goes_both_ways(line: Line) -> None:
    long = "好" * (beside.BUFFER // 2)

    async def scene() -> None:
        async with rushing(line) as (courier, api):
            refused = await asyncio.gather(*(say(api, line, long) for _ in range(3)))
            assert [reply.description for reply in refused] == ["Bad Request: message is too long"] * 3
            got = await api.call("getUpdates", {"limit": 100})
            assert [update["message"]["text"] for update in got.body["result"]][1:] == told
            assert courier._number == 4

    told = [f"{n} ".ljust(4096, "好") for n in range(70)]
    for text in told:
        line.says(text=text)
    asyncio.run(scene())


def test_where_nobody_answers_it_is_not_sent(line: Line) -> None:
    async def scene() -> None:
        async with rushing(line) as (courier, _):
            with pytest.raises(NotSent):
                await courier.call("http://127.0.0.1:9/botX/sendMessage", {})

    asyncio.run(scene())


def test_what_it_had_taken_when_it_died_may_have_been_sent(line: Line) -> None:
    async def scene() -> list[Any]:
        async with rushing(line) as (courier, api):
            fault(line, times=3, delay_ms=30_000)
            calls = [asyncio.create_task(say(api, line, f"lost {n}")) for n in range(3)]
            await until(lambda: sum(texts(line)[f"lost {n}"] for n in range(3)) == 3)
            assert courier.pid is not None
            os.kill(courier.pid, signal.SIGKILL)
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
            line.sandbox.ask("DELETE", "faults")
            assert (await say(api, line, "from here")).status == 200
            assert courier.pid is None
            return outcomes

    assert [type(outcome) for outcome in asyncio.run(scene())] == [Ambiguous] * 3
    assert texts(line)["from here"] == 1


def test_another_is_started_when_there_is_a_rush_again(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(couriers, "RESTART_SECONDS", 0.0)

    async def scene() -> None:
        async with rushing(line) as (courier, api):
            first = courier.pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            await until(lambda: courier.pid is None)
            await asyncio.gather(*(say(api, line, f"again {n}") for n in range(4)))
            await until(lambda: courier._line is not None)
            assert courier.pid not in (None, first)

    asyncio.run(scene())


def test_a_call_that_comes_late_is_not_made(line: Line) -> None:
    """As when the machine slept: it would outlast the lease under which it was begun."""

    async def scene() -> None:
        async with rushing(line) as (courier, api):
            assert courier.pid is not None
            os.kill(courier.pid, signal.SIGSTOP)
            late = asyncio.create_task(say(api, line, "late"))
            await asyncio.sleep(couriers.LATE_SECONDS + 0.1)  # the age of the call is what counts
            os.kill(courier.pid, signal.SIGCONT)
            with pytest.raises(NotSent, match="too late"):
                await late

    asyncio.run(scene())
    assert texts(line)["late"] == 0


def test_one_that_answers_no_more_is_ended(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(couriers, "CALL_SECONDS", 0.2)
    monkeypatch.setattr(couriers, "LATE_SECONDS", 0.1)

    async def scene() -> None:
        async with rushing(line) as (courier, api):
            assert courier.pid is not None
            os.kill(courier.pid, signal.SIGSTOP)
            with pytest.raises(Ambiguous, match="has ended"):
                await say(api, line, "never heard of again")

    asyncio.run(scene())


def test_one_that_is_not_wanted_is_let_go(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(couriers, "CALL_SECONDS", 0.05)
    monkeypatch.setattr(couriers, "IDLE_SECONDS", 0.2)

    async def scene() -> None:
        async with rushing(line) as (courier, _):
            await until(lambda: courier.pid is None)

    asyncio.run(scene())


def test_files_go_from_here(line: Line) -> None:
    async def scene() -> None:
        async with rushing(line) as (courier, api):
            file = File("document", "beans.csv", b"sku\n1\n")
            assert (await api.call("sendDocument", {"chat_id": line.person}, [file])).status == 200
            assert courier._number == 0

    asyncio.run(scene())


def test_where_no_process_can_be_started_all_goes_from_here(line: Line) -> None:
    async def scene() -> None:
        async with AiohttpRequest() as request:
            courier = Courier(request, ("/nowhere/python",))
            api = TelegramApi(line.sandbox.url, line.token, request, courier)
            replies = await asyncio.gather(*(say(api, line, str(n)) for n in range(20)))
            assert [reply.status for reply in replies] == [200] * 20
            assert courier.pid is None
            await courier.close()

    asyncio.run(scene())


def test_a_follow_up_it_died_with_is_never_sent_again(line: Line, sqlite_database: Database) -> None:
    """The sender's promises hold through it: an answer is sent again, a follow-up is `unknown`."""

    async def scene() -> tuple[Any, Any]:
        async with rushing(line) as (courier, api), sending(line, sqlite_database, api=api) as rig:
            fault(line, delay_ms=30_000)
            follow_up = await rig.queue("your beans run out", **FOLLOW_UP)
            await until(lambda: texts(line)["your beans run out"] == 1)
            assert courier.pid is not None
            os.kill(courier.pid, signal.SIGKILL)
            line.sandbox.ask("DELETE", "faults")
            answer = await rig.queue("and an answer")
            return await rig.settled(follow_up), await rig.settled(answer)

    follow_up, answer = asyncio.run(scene())
    assert (follow_up.state, answer.state) == ("unknown", "sent")
    assert texts(line)["your beans run out"] == 1


def test_it_ends_with_us(line: Line) -> None:
    """Whoever it belongs to may be killed: it makes no call after that."""

    async def scene() -> int:
        async with rushing(line) as (courier, _):
            assert courier.pid is not None
            assert courier._line is not None
            assert courier._process is not None
            process, courier._process = courier._process, None  # nobody kills it
            courier._line.close()
            return await asyncio.to_thread(process.wait, 10)

    assert asyncio.run(scene()) == 0

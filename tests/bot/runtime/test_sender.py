"""The sender against a sandbox over HTTP: every outcome, and what it leaves behind."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import Clock
from storage import delivery, outbox
from storage.database import Database, Memory
from storage.models import Attachment, Contact, OutboxMessage, OutboxState
from tests.support.rigs import FOLLOW_UP, WAIT_SECONDS, SendingRig, add_customer, sending, status_of, until
from tests.support.sandboxes import Line, open_line


def fault(line: Line, **what: Any) -> None:
    line.sandbox.ask("POST", "faults", {"method": "sendMessage", "times": 1, **what})


def run(line: Line, database: Database, scene: Any, **more: Any) -> Any:
    async def play() -> Any:
        async with sending(line, database, **more) as rig:
            return await scene(rig)

    return asyncio.run(play())


def test_message_is_sent_recorded_and_logged(line: Line, database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        row = await rig.settled(await rig.queue("Hello <b>Ada</b>", parameters={"parse_mode": "HTML"}))
        assert (row.state, row.attempts, row.error) == ("sent", 1, None)
        assert row.message_id is not None
        logged = await rig.database.read(lambda memory: memory.scalars(select(Contact)).all())
        assert [(c.direction, c.text, c.message_id) for c in logged] == [("out", "Hello Ada", row.message_id)]

    run(line, database, scene)
    assert line.sees()["messages"][-1]["text"] == "Hello Ada"


def test_order_within_a_chat_is_kept(line: Line, sqlite_database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        rows = [await rig.queue(str(n)) for n in range(20)]
        await rig.settled(rows[-1])

    run(line, sqlite_database, scene)
    assert [m["text"] for m in line.sees()["messages"] if m["from_bot"]] == [str(n) for n in range(20)]


def test_answers_go_before_what_nobody_asked_for(line: Line, sqlite_database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        rig.line.sandbox.ask("POST", "faults", {"method": "sendMessage", "times": 1, "delay_ms": 300})
        await rig.queue("first")
        await until(lambda: bool(rig.sender._calls))
        later = await rig.queue("a reminder", **FOLLOW_UP)
        await rig.queue("an answer")
        await rig.settled(later)
        assert rig.seen() == ["first", "an answer", "a reminder"]

    run(line, sqlite_database, scene)


def test_too_many_requests_waits_and_sends_once(line: Line, sqlite_database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        fault(rig.line, code=429, retry_after=1)
        row = await rig.settled(await rig.queue("hello"))
        assert (row.state, row.attempts) == ("sent", 2)
        assert rig.seen() == ["hello"]

    run(line, sqlite_database, scene)


def test_a_waiting_chat_holds_up_nobody(line: Line, sqlite_database: Database) -> None:
    other = open_line(line.sandbox)
    other.bot = line.bot
    other.says(text="hi")

    async def scene(rig: SendingRig) -> None:
        fault(rig.line, code=429, retry_after=4)
        slow = await rig.queue("slow")
        await until(lambda: not rig.sender._calls and bool(rig.sender._delayed))
        fast = await rig.queue("fast", chat_id=other.person, parameters={"chat_id": other.person})
        assert (await rig.settled(fast)).state == "sent"
        assert (await rig.row(slow)).state == "ready"

    run(line, sqlite_database, scene)


@pytest.mark.parametrize(("code", "others"), [(404, "sent"), (401, "ready")])
def test_a_method_that_is_missing_holds_up_its_chat_a_wrong_token_all(
    line: Line, sqlite_database: Database, code: int, others: str
) -> None:
    other = open_line(line.sandbox)
    other.bot = line.bot
    other.says(text="hi")

    async def scene(rig: SendingRig) -> None:
        fault(rig.line, code=code)
        refused = await rig.queue("one")
        await until(lambda: rig.sender.alarm is not None)
        theirs = await rig.queue("two", chat_id=other.person, parameters={"chat_id": other.person})
        await until(lambda: rig.database.read_now(lambda m: m.get(OutboxMessage, refused.id).error) is not None)
        if others == "sent":
            await rig.settled(theirs)
        assert ((await rig.row(refused)).state, (await rig.row(theirs)).state) == ("ready", others)

    run(line, sqlite_database, scene)


def test_blocked_bot_is_final_and_noted(line: Line, database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        rig.line.sandbox.ask("POST", "blocks", {"user": rig.line.person, "blocked": True, "bot": rig.line.bot})
        row = await rig.settled(await rig.queue("hello"))
        assert (row.state, row.attempts) == ("failed", 1)
        assert row.error == "Forbidden: bot was blocked by the user"
        assert status_of(rig.database, rig.customer_id) == "unreachable"

    run(line, database, scene)


@pytest.mark.parametrize(("more", "state", "copies"), [({}, "sent", 2), (FOLLOW_UP, "unknown", 1)])
def test_link_cut_after_accept(
    line: Line, sqlite_database: Database, more: dict[str, Any], state: str, copies: int
) -> None:
    """Telegram took it and the answer was lost: an answer is said again, a follow-up never."""

    async def scene(rig: SendingRig) -> None:
        fault(rig.line, cut_after_accept=True)
        row = await rig.settled(await rig.queue("hello", **more))
        assert (row.state, rig.seen()) == (state, ["hello"] * copies)

    run(line, sqlite_database, scene)


@pytest.mark.parametrize(("more", "state"), [({}, "sent"), (FOLLOW_UP, "unknown")])
def test_server_error_is_ambiguous(line: Line, sqlite_database: Database, more: dict[str, Any], state: str) -> None:
    async def scene(rig: SendingRig) -> None:
        fault(rig.line, code=502)
        assert (await rig.settled(await rig.queue("hello", **more))).state == state

    run(line, sqlite_database, scene)


def test_telegram_away_is_waited_out_for_follow_ups_too(line: Line, sqlite_database: Database) -> None:
    """No connection: surely not sent, so even at-most-once may try again."""

    async def scene(rig: SendingRig) -> None:
        api = rig.sender._api
        right = api._address
        api._address = f"http://127.0.0.1:9/bot{rig.line.token}"
        row = await rig.queue("hello", **FOLLOW_UP)
        await until(lambda: rig.database.read_now(lambda m: m.get(OutboxMessage, row.id).error) is not None)
        assert (await rig.row(row)).state == "ready"
        api._address = right
        assert (await rig.settled(row)).state == "sent"
        assert rig.seen() == ["hello"]

    run(line, sqlite_database, scene)


def test_markup_telegram_refuses_is_sent_plain(line: Line, sqlite_database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        row = await rig.settled(await rig.queue("<b>open &amp; <i>shut", parameters={"parse_mode": "HTML"}))
        assert (row.state, rig.seen()) == ("sent", ["open & shut"])

    run(line, sqlite_database, scene)


def test_message_not_modified_counts_as_done(line: Line, sqlite_database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        first = await rig.settled(await rig.queue("same"))
        edit = {"message_id": first.message_id}
        row = await rig.settled(await rig.queue("same", method="editMessageText", parameters=edit))
        assert row.state == "sent"

    run(line, sqlite_database, scene)


def test_refused_message_fails_and_the_next_goes(line: Line, sqlite_database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        bad = await rig.queue("x" * 5000)
        good = await rig.queue("good")
        assert (await rig.settled(good)).state == "sent"
        row = await rig.row(bad)
        assert (row.state, row.error) == ("failed", "Bad Request: message is too long")

    run(line, sqlite_database, scene)


def test_key_edits_what_it_sent_before(line: Line, sqlite_database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        await rig.settled(await rig.queue("10 %", key="import:1"))
        await rig.settled(await rig.queue("90 %", key="import:1"))
        assert rig.seen() == ["90 %"]

    run(line, sqlite_database, scene)


def test_document_goes_with_its_caption_and_is_let_go(line: Line, sqlite_database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        def add(memory: Memory) -> Any:
            parameters = {"chat_id": rig.line.person, "caption": "Yours"}
            row = outbox.add(
                memory, "sendDocument", parameters, now=Clock().now(), chat_id=rig.line.person,
                customer_id=rig.customer_id,
            )  # fmt: skip
            outbox.attach(memory, row.id, "document", "me.json", b'{"a": 1}')
            return row

        row = await rig.database.write(add, name="add")
        rig.sender.add([row])
        assert (await rig.settled(row)).state == "sent"
        assert await rig.database.read(lambda memory: memory.scalars(select(Attachment)).all()) == []

    run(line, sqlite_database, scene)
    message = line.sees()["messages"][-1]
    assert (message["text"], message["document"]["name"]) == ("Yours", "me.json")


def test_recipient_is_found_when_sent(line: Line, database: Database) -> None:
    async def scene(rig: SendingRig) -> None:
        row = await rig.queue("hello", chat_id=None)
        await rig.sender.look()
        settled = await rig.settled(row)
        assert (settled.state, settled.chat_id) == ("sent", rig.line.person)

    run(line, database, scene)


def test_recheck_takes_a_follow_up_back(line: Line, sqlite_database: Database) -> None:
    """Said stop while it waited: it is not sent. An answer is not asked about."""
    asked: list[int] = []

    def recheck(memory: Memory, row: int) -> None:
        asked.append(row)
        outbox.cancel(memory, row, "stopped")

    async def scene(rig: SendingRig) -> None:
        held = await rig.queue("unasked", **FOLLOW_UP)
        assert (await rig.settled(held)).state == "cancelled"
        assert (await rig.settled(await rig.queue("answer"))).state == "sent"
        assert (asked, rig.seen()) == ([held.id], ["answer"])

    run(line, sqlite_database, scene, recheck=recheck)


def test_rows_left_sending_after_a_crash(line: Line, database: Database) -> None:
    """The answer goes again, the follow-up becomes unknown and stays so."""
    customer = database.write_now(lambda memory: add_customer(memory, line.person))
    now = Clock().now()

    def leave(memory: Memory) -> list[int]:
        ids = []
        for kind in ({}, FOLLOW_UP):
            parameters = {"chat_id": line.person, "text": "hello"}
            row = outbox.add(
                memory, "sendMessage", parameters, now=now, chat_id=line.person, customer_id=customer, **kind
            )
            ids.append(row.id)
        memory.execute(update(OutboxMessage).values(state=OutboxState.sending, sending_at=now))
        return ids

    answer, follow_up = database.write_now(leave)
    assert database.write_now(outbox.recover) == (1, [customer])

    async def scene(rig: SendingRig) -> None:
        await rig.sender.look()
        await until(lambda: rig.database.read_now(lambda m: m.get(OutboxMessage, answer).state) == "sent")
        assert rig.database.read_now(lambda m: m.get(OutboxMessage, follow_up).state) == "unknown"
        assert rig.seen() == ["hello"]

    run(line, database, scene)


def test_what_was_claimed_as_the_lead_was_lost_is_left_to_whoever_leads(line: Line, database: Database) -> None:
    leads = threading.Event()
    leads.set()

    async def scene(rig: SendingRig) -> None:
        row = await rig.queue("your beans run out", **FOLLOW_UP)
        await until(lambda: not leads.is_set())
        await until(lambda: rig.database.read_now(lambda m: m.get(OutboxMessage, row.id).state) == "ready")
        assert (await rig.row(row)).attempts == 1
        assert rig.seen() == []
        leads.set()
        await rig.sender.look()
        assert (await rig.settled(row)).state == "sent"
        assert rig.seen() == ["your beans run out"]

    def recheck(_memory: Memory, _row: int) -> None:  # in the transaction that claims
        if not asked:
            leads.clear()
        asked.append(True)

    asked: list[bool] = []
    run(line, database, scene, may_send=leads.is_set, recheck=recheck)


def test_what_an_earlier_leader_hears_late_changes_nothing_done_since(line: Line, database: Database) -> None:
    customer = database.write_now(lambda memory: add_customer(memory, line.person))
    now = Clock().now()
    where = {"chat_id": line.person, "customer_id": customer}
    row = database.write_now(lambda memory: outbox.add(memory, "sendMessage", {"text": "hello"}, now=now, **where))

    def record(claimed: list[outbox.Claimed], meaning: str) -> str:
        ended = [delivery.Ended(one, meaning, None, None, None, now, now, too_old=False) for one in claimed]
        database.write_now(lambda memory: delivery.record(memory, ended))
        return database.read_now(lambda memory: memory.get(OutboxMessage, row.id).state)

    earlier = database.write_now(lambda memory: outbox.claim(memory, [row], now))
    assert database.write_now(outbox.recover) == (1, [])
    later = database.write_now(lambda memory: outbox.claim(memory, [row], now))
    assert record(earlier, "retry") == "sending"
    assert record(later, "sent") == "sent"
    assert record(earlier, "retry") == "sent"


def test_an_answer_overtakes_the_visits_that_wait(line: Line, sqlite_database: Database) -> None:
    """In a rush what is answered goes out at once, and not when everybody has been heard."""
    go = threading.Event()
    states: list[str] = []

    async def scene(rig: SendingRig) -> None:
        row = await rig.database.write(
            lambda memory: outbox.add(
                memory, "sendMessage", {"chat_id": line.person, "text": "hello"}, now=Clock().now(),
                chat_id=line.person,
            ), name="visit",
        )  # fmt: skip

        def visit(memory: Memory) -> None:
            assert go.wait(WAIT_SECONDS)
            states.extend(memory.scalars(select(OutboxMessage.state)))

        visits = [asyncio.create_task(rig.database.write(visit, name="visit")) for _ in range(100)]
        rig.sender.add([row])
        for _ in range(10):
            await asyncio.sleep(0)  # all of them, and the sender's round, are in the queue
        go.set()
        await asyncio.gather(*visits)
        assert (await rig.settled(row)).error is None

    run(line, sqlite_database, scene)
    assert set(states[1:]) <= {OutboxState.sending, OutboxState.sent}

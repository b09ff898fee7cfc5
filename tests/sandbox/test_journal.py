"""What the file keeps: everything but faults and limits, and no id is ever given out twice."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.journal import FileJournal
from tests.support.sandboxes import NO_LIMITS, Line, Sandbox, open_line, run_refused


def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    file = str(tmp_path / "s.db")
    before = Sandbox("--file", file)
    line = open_line(before, "zh")
    line.says(text="/start")
    line.updates(offset=line.updates()[0]["update_id"] + 1, allowed_updates=["message", "callback_query"])
    document = upload(line)
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = line.send("one", reply_markup=markup)
    pending = line.says(text="not fetched yet")
    pressed = line.presses(sent["message_id"], button="Go")
    line.result("setMyCommands", commands=[{"command": "me", "description": "d"}])
    before.ask("POST", "clock", {"advance": "1h"})
    now = before.ask("GET", "clock")
    seen = line.sees()
    assert before.end() == 0

    after = Sandbox("--file", file)
    line = Line(after, line.bot, line.person)
    told = after.ask("GET", "clock")
    assert (told["offset_seconds"], told["revision"]) == (now["offset_seconds"], now["revision"])
    assert line.sees()["messages"] == seen["messages"]
    assert line.sees()["seq"] >= seen["seq"]
    updates = line.updates()
    assert [update["update_id"] for update in updates] == [pending["update_id"], pressed["update_id"]]
    assert line.says(text="next")["update_id"] == pressed["update_id"] + 1
    assert line.send("next")["message_id"] == pending["message_id"] + 2
    assert [command["command"] for command in line.result("getMyCommands")] == ["me"]
    path = line.result("getFile", file_id=document["file_id"])["file_path"]
    assert after.client.get(f"/file/bot{line.token}/{path}").content == b"kept"
    after.ask("POST", "blocks", {"user": line.person, "blocked": True})
    assert line.updates()[-1].keys() == {"update_id", "message"}, "allowed_updates are kept"
    assert after.end() == 0


def upload(line: Line) -> Any:
    path = f"/bot{line.token}/sendDocument"
    files = {"document": ("a.txt", b"kept", "text/plain")}
    return line.sandbox.client.post(path, data={"chat_id": line.person}, files=files).json()["result"]["document"]


def test_a_query_can_be_answered_after_a_restart_but_once(tmp_path: Path) -> None:
    file = str(tmp_path / "s.db")
    sandbox = Sandbox("--file", file)
    line = open_line(sandbox)
    line.says(text="/start")
    sent = line.send(reply_markup={"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]})
    line.presses(sent["message_id"], button="Go")
    query = line.updates()[-1]["callback_query"]["id"]
    sandbox.end(kill=True)
    sandbox = Sandbox("--file", file)
    line = Line(sandbox, line.bot, line.person)
    assert line.result("answerCallbackQuery", callback_query_id=query) is True
    assert line.refusal("answerCallbackQuery", callback_query_id=query)[0] == 400
    assert sandbox.end() == 0


def test_what_was_said_before_the_first_bot_is_its_own_after_a_restart(tmp_path: Path) -> None:
    file = str(tmp_path / "s.db")
    sandbox = Sandbox("--file", file)
    sandbox.ask("POST", "people", {"id": 5, "first_name": "Early"})
    said = sandbox.ask("POST", "messages", {"from": 5, "photo": True})
    sandbox.end(kill=True)
    sandbox = Sandbox("--file", file)
    line = open_line(sandbox)
    update = line.updates()[0]
    assert (update["update_id"], "photo" in update["message"]) == (said["update_id"], True)
    sandbox.end(kill=True)
    sandbox = Sandbox("--file", file)
    line = Line(sandbox, line.bot, 5)
    assert line.updates()[0] == update
    line.result("getFile", file_id=update["message"]["photo"][-1]["file_id"])
    assert sandbox.end() == 0


def test_two_sandboxes_never_share_a_file(tmp_path: Path) -> None:
    file = str(tmp_path / "s.db")
    first = Sandbox("--file", file)
    done = run_refused("--http", "127.0.0.1:0", "--file", file)
    assert (done.returncode, "another sandbox may have it open" in done.stderr) == (1, True)
    assert first.end() == 0


def test_a_file_that_is_no_sandbox_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    file.write_text("dear diary")
    done = run_refused("--http", "127.0.0.1:0", "--file", str(file))
    assert (done.returncode, "not a database" in done.stderr) == (1, True)
    assert file.read_text() == "dear diary"


def test_a_full_disk_is_told_and_waited_out(tmp_path: Path) -> None:
    async def fill() -> None:
        journal = FileJournal(tmp_path / "s.db")
        (pages,) = journal.connection.execute("PRAGMA page_count").fetchone()
        journal.connection.execute(f"PRAGMA max_page_count = {pages}")
        journal.write("INSERT INTO meta VALUES ('big', ?)", "x" * 100_000)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await journal.settle()
        assert journal.pending, "what is not in the file yet must not be shown to anybody"
        journal.write("INSERT INTO meta VALUES ('small', 'y')")
        await journal.read(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))
        while journal.pending:
            with contextlib.suppress(sqlite3.OperationalError):  # one more try may have been on its way
                await journal.settle()
        kept = await journal.read(lambda connection: connection.execute("SELECT name FROM meta").fetchall())
        assert sorted(kept) == [("big",), ("small",)]
        await journal.close()

    asyncio.run(fill())


class Burst:
    """Writes and sends without pause; notes every id that came back, until the sandbox dies."""

    def __init__(self, line: Line) -> None:
        self.updates: list[int] = []
        self.messages: list[int] = []
        self.seen: dict[int, int] = {}
        self.line = line
        self.enough = threading.Event()

    def run(self) -> None:
        line = self.line
        url, send = line.sandbox.url, f"/bot{line.token}/sendMessage"
        try:
            with httpx.Client(base_url=url, timeout=5, trust_env=False) as client:
                while True:
                    said = client.post("/sandbox/messages", json={"from": line.person, "text": "x"}).json()
                    self.updates.append(said["update_id"])
                    self.messages.append(said["message_id"])
                    sent = client.post(send, json={"chat_id": line.person, "text": "y"}).json()
                    self.messages.append(sent["result"]["message_id"])
                    if len(self.updates) >= 15:
                        self.enough.set()
        except (httpx.TransportError, ValueError):
            pass

    def poll(self) -> None:
        """A bot that confirms what it gets at once."""
        offset = 0
        try:
            with httpx.Client(base_url=self.line.sandbox.url, timeout=10, trust_env=False) as client:
                while True:
                    path = f"/bot{self.line.token}/getUpdates?timeout=5&offset={offset}"
                    for update in client.get(path).json()["result"]:
                        self.seen[update["update_id"]] = update["message"]["message_id"]
                        offset = update["update_id"] + 1
        except (httpx.TransportError, ValueError):
            pass


@pytest.mark.slow
def test_a_killed_sandbox_never_gives_an_id_twice(tmp_path: Path) -> None:
    file = str(tmp_path / "s.db")
    updates: list[int] = []
    messages: list[int] = []
    seen: dict[int, int] = {}
    line = Line(None, 0, 0)  # type: ignore[arg-type]
    for life in range(4):
        sandbox = Sandbox("--file", file)
        sandbox.ask("POST", "limits", NO_LIMITS)
        line = open_line(sandbox) if life == 0 else Line(sandbox, line.bot, line.person)
        bursts = [Burst(line) for _ in range(3)]
        threads = [threading.Thread(target=burst.run) for burst in bursts]
        threads.append(threading.Thread(target=bursts[0].poll))
        if life == 0:
            line.says(text="/start")
            line.updates(offset=-1)
        for thread in threads:
            thread.start()
        assert all(burst.enough.wait(30) for burst in bursts)
        time.sleep(0.01 * life)
        sandbox.end(kill=True)
        for thread in threads:
            thread.join()
        for burst in bursts:
            updates += burst.updates
            messages += burst.messages
        for update_id, message_id in bursts[0].seen.items():
            assert seen.setdefault(update_id, message_id) == message_id, "an update came again as another"
    assert len(set(updates)) == len(updates) >= 180
    assert len(set(messages)) == len(messages) >= 360

    sandbox = Sandbox("--file", file)
    line = Line(sandbox, line.bot, line.person)
    kept = {message["message_id"] for message in line.sees()["messages"]}
    assert set(messages) <= kept, "a message that was answered for was lost"
    assert line.says(text="x")["update_id"] > max(*updates, *seen)
    assert sandbox.end() == 0

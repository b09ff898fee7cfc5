"""The process as a whole: how it starts, what it refuses, what it shows, how it stops."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from storage.database import Database, Memory
from storage.models import InboxUpdate
from tests.support.bots import TOKEN, Bot, Chatter, bot_beside, embedded_bot
from tests.support.databases import Databases, opened
from tests.support.sandboxes import Sandbox

pytestmark = pytest.mark.slow

STOP_SECONDS = 5
SECRET = "s" * 40


def refusal(bot: Bot) -> str:
    """Why it did not start."""
    bot.start(wait=False)
    assert bot.process is not None
    assert bot.process.wait(30) != 0
    words = bot.errors()
    assert "Traceback" not in words
    bot.kill()
    return words


def test_health_metrics_and_what_is_not_served(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url())
    bot.start()
    assert bot.get("/healthz").json() == {"status": "alive"}
    assert bot.get("/readyz").json() == {"ready": True, "troubles": []}
    Chatter(sandbox, 501).asks("/start", "Blue Door")
    metrics = bot.get("/metrics").text
    assert "regulars_inbox_done 1.0" in metrics
    assert "regulars_telegram_up 1.0" in metrics
    assert bot.get("/panel/501").json()["name"].startswith("Ada")
    assert bot.get("/panel/999").status_code == 404
    assert bot.get("/telegram/webhook").status_code == 404  # polling: there is none
    for stranger in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        assert httpx.get(bot.url + "/panel/501", headers=stranger, trust_env=False).status_code == 403
    assert bot.stop() == 0


def test_not_ready_says_why(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url())
    bot.start()
    sandbox.ask("POST", "faults", {"method": "getUpdates", "times": None, "code": 401})
    deadline = time.monotonic() + 60
    while (answer := bot.get("/readyz")).status_code == 200:
        Chatter(sandbox, 501).says("wake the poll")
        assert time.monotonic() < deadline
    assert answer.status_code == 503
    assert "TELEGRAM_BOT_TOKEN" in answer.json()["troubles"][0]
    sandbox.ask("DELETE", "faults")
    Chatter(sandbox, 501).says("wake the poll")  # which else lasts fifty seconds
    while bot.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert bot.stop() == 0


def test_stops_within_five_seconds_with_sends_and_a_poll_under_way(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url(), apart=True)
    bot.start()
    sandbox.ask("POST", "faults", {"method": "sendMessage", "times": None, "delay_ms": 30_000})
    Chatter(sandbox, 501).says("hello")
    while not any(call["method"] == "sendMessage" for call in sandbox.ask("GET", "calls")["calls"]):
        if time.sleep(0.05):
            break
        with opened(bot.database_url) as database:
            if database.read_now(lambda m: m.query(InboxUpdate).filter_by(state="done").count()):
                break
    began = time.monotonic()
    assert bot.stop() == 0
    assert time.monotonic() - began < STOP_SECONDS


def test_stops_while_telegram_cannot_be_reached(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url(), REGULARS_CLOCK="", TELEGRAM_API_URL="http://127.0.0.1:9")
    bot.start(wait=False)
    deadline = time.monotonic() + 30
    while "Telegram cannot be reached" not in bot.errors():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    began = time.monotonic()
    assert bot.stop() == 0
    assert time.monotonic() - began < STOP_SECONDS


def test_what_waited_while_it_was_down_is_answered_when_it_is_back(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url())
    bot.start()
    assert bot.stop() == 0
    ada = Chatter(sandbox, 501)
    said = ada.says("when are you open?")
    bot.start()
    ada.wait_for("10", after=said["message_id"])
    assert bot.stop() == 0


def test_a_voice_note_reaches_staff_and_holds_up_nobody(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url())
    bot.start()
    ada, olivia = Chatter(sandbox, 501), Chatter(sandbox, 1000)
    ada.asks("/start", "Blue Door")
    ada.sends(voice=True)
    ada.wait_for("voice note")
    olivia.wait_for("Ada")
    deadline = time.monotonic() + 60
    while not any(message.get("voice") for message in olivia.messages()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    ada.asks("I love mint", "mint")
    assert bot.get("/readyz").json() == {"ready": True, "troubles": []}
    assert bot.stop() == 0


def test_staff_hear_of_a_follow_up_that_a_kill_leaves_unknown(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url())
    bot.start()
    ada, olivia = Chatter(sandbox, 501), Chatter(sandbox, 1000)
    ada.asks("/start", "Blue Door")
    asked = ada.says("remind me in two days to reorder beans")["message_id"]
    ada.wait_for("beans", after=asked)
    sandbox.ask("POST", "faults", {"method": "sendMessage", "delay_ms": 3000})
    mover = threading.Thread(target=sandbox.ask, args=("POST", "clock", {"advance": "3d"}))
    mover.start()
    ada.wait_for("⏰", "beans", seconds=60)
    bot.kill()  # Telegram has it, we do not know
    mover.join()
    sandbox.ask("DELETE", "faults")
    bot.start()
    assert "may or may not have arrived" in olivia.wait_for("Ada", "(#")
    assert sum("⏰" in text for text in ada.heard()) == 1
    assert bot.stop() == 0


def test_a_report_comes_as_photos_made_beside_the_bot(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url())
    bot.start()
    owner = Chatter(sandbox, 1000, "Olivia")
    owner.says("/report")
    owner.wait_for("Of those who first bought in a month", seconds=60)  # the last of them
    photos = [one for one in owner.messages() if one.get("photo")]
    assert len(photos) >= 5
    assert photos[0]["text"].startswith("How many customers each tier has")
    assert "I am working out the report" not in " ".join(owner.heard())  # that message has become the report's
    assert bot.stop() == 0


def test_a_second_process_on_the_same_file_is_refused(sandbox: Sandbox, databases: Databases) -> None:
    first = bot_beside(sandbox, databases.sqlite_url())
    first.start()
    words = refusal(bot_beside(sandbox, first.database_url))
    assert "is in use by process" in words
    assert "REGULARS_DATABASE_URL" in words
    assert first.stop() == 0


def test_a_database_belongs_to_one_bot(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url())
    bot.start()
    assert bot.stop() == 0
    words = refusal(bot_beside(sandbox, bot.database_url, TELEGRAM_BOT_TOKEN=f"888:{'U' * 35}"))
    assert "belongs to bot 777000777, the token is that of bot 888" in words


def test_a_taken_port_names_the_remedy(sandbox: Sandbox, databases: Databases) -> None:
    port = sandbox.url.rpartition(":")[2]
    words = refusal(bot_beside(sandbox, databases.sqlite_url(), REGULARS_HTTP=f"127.0.0.1:{port}"))
    assert f"127.0.0.1:{port} cannot be used" in words
    assert "REGULARS_HTTP" in words


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "example.org"])
def test_the_sandbox_is_for_this_machine_only(tmp_path: Path, host: str) -> None:
    words = refusal(embedded_bot(tmp_path, REGULARS_HTTP=f"{host}:0"))
    assert "would open the sandbox to other machines" in words
    assert not (tmp_path / "regulars-sandbox.db").exists()


def test_the_example_business_with_a_real_token_asks_first(tmp_path: Path) -> None:
    """No terminal to ask on: refused, with the remedy. Nothing has been sent to Telegram."""
    bot = Bot(f"sqlite:///{tmp_path / 'r.db'}", {"TELEGRAM_BOT_TOKEN": TOKEN})
    words = refusal(bot)
    assert "Blue Door Coffee" in words
    assert not (tmp_path / "r.db").exists()


def test_postgresql_is_not_migrated_by_itself(sandbox: Sandbox, databases: Databases) -> None:
    databases.postgres_url()
    databases._run_postgres("CREATE DATABASE empty_one")
    bot = bot_beside(sandbox, databases._url_of("empty_one"))
    assert "regulars migrate" in refusal(bot)
    assert bot.run("migrate").returncode == 0
    bot.start()
    assert bot.stop() == 0


def test_the_token_is_in_no_log(sandbox: Sandbox, databases: Databases) -> None:
    """Not when all goes well at the most talkative level, and not when every call fails."""
    bot = bot_beside(sandbox, databases.sqlite_url(), apart=True, REGULARS_LOGGING__LEVEL="DEBUG")
    bot.start()
    Chatter(sandbox, 501).asks("/start", "Blue Door")
    for fault in ({"code": 401}, {"code": 502}, {"cut_after_accept": True}):
        sandbox.ask("POST", "faults", {"method": "*", "times": 5, **fault})
        Chatter(sandbox, 501).says("hello?")
        time.sleep(0.5)
    sandbox.process.kill()
    time.sleep(0.5)
    assert bot.process is not None
    bot.process.terminate()
    assert bot.process.wait(15) == 0
    words = bot.errors() + "\n".join(bot.greeting)
    assert "777000777:" not in words
    assert "T" * 35 not in words
    bot.kill()


def test_a_token_refused_at_the_start_is_told_of_and_never_shown(sandbox: Sandbox, databases: Databases) -> None:
    for fault in ({"times": 2, "code": 401}, {"times": 1, "code": 429, "retry_after": 1}, {"times": 1, "code": 409}):
        sandbox.ask("POST", "faults", {"method": "getMe", **fault})
    bot = bot_beside(sandbox, databases.sqlite_url())
    bot.start()  # Telegram knows it after all
    words = bot.errors()
    assert "Telegram does not know this token: check TELEGRAM_BOT_TOKEN" in words
    assert "Flood control exceeded" in words  # nor is any other refusal of getMe the end
    assert "T" * 35 not in words
    assert bot.get("/readyz").json() == {"ready": True, "troubles": []}
    assert bot.stop() == 0


def test_embedded_everything_is_one_process_and_survives_a_restart(tmp_path: Path) -> None:
    bot = embedded_bot(tmp_path)
    bot.start()
    assert "Talk to the bot at http://127.0.0.1:" in " ".join(bot.greeting)
    with httpx.Client(base_url=bot.url, trust_env=False) as client:
        assert client.get("/").status_code == 200
        assert len(client.get("/sandbox/people").json()) == 6
        for path in ("/", "/panel/1001", "/metrics"):
            assert client.get(path, headers={"Host": "evil.example"}).status_code == 403
        assert client.post("/sandbox/messages", json={"from": 1001, "text": "I love chai"}).status_code == 200
    bot.kill()
    bot.start()
    with httpx.Client(base_url=bot.url, trust_env=False) as client:
        deadline = time.monotonic() + 60
        while "chai" not in client.get("/panel/1001").text:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert bot.stop() == 0


def test_two_processes_share_a_postgresql_and_one_takes_over(sandbox: Sandbox, databases: Databases) -> None:
    """Every message is answered once and in order; when the leader is killed the other goes on."""
    url = databases.postgres_url()
    first, second = bot_beside(sandbox, url, apart=True), bot_beside(sandbox, url, apart=True)
    first.start()
    second.start()
    people = [Chatter(sandbox, 501 + n, f"Ada {n}") for n in range(6)]
    for number in range(4):
        for ada in people:
            ada.says(f"remind me in {number + 2} days to water plant {number}")
    for ada in people:
        ada.wait_for("plant 3")
        answers = [text for text in ada.heard() if "plant" in text]
        assert [f"plant {number}" in text for number, text in enumerate(answers)] == [True] * 4
    first.kill()
    with opened(url) as database:
        database.write_now(end_all_leases)
    for ada in people:
        ada.says("when are you open?")
    for ada in people:
        ada.wait_for("10:00", seconds=30)
    assert second.stop() == 0


def end_all_leases(memory: Memory) -> None:
    """As if the time of the dead had passed."""
    for table in ("lanes", "leases"):
        memory.execute(text(f"UPDATE {table} SET leased_until = now() - interval '1 second'"))


def test_webhook_takes_updates_with_the_secret_only(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(
        sandbox, databases.sqlite_url(), REGULARS_WEBHOOK_URL="https://cafe.example/telegram/webhook",
        REGULARS_WEBHOOK_SECRET=SECRET,
    )  # fmt: skip
    bot.start()
    person = {"id": 501, "is_bot": False, "first_name": "Ada"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 501, "type": "private"}, "from": person, "text": "hi"}
    update = {"update_id": 7, "message": message}
    url = f"{bot.url}/telegram/webhook"
    header = "X-Telegram-Bot-Api-Secret-Token"
    with httpx.Client(trust_env=False) as client:
        assert client.post(url, json=update).status_code == 403
        assert client.post(url, json=update, headers={header: "wrong"}).status_code == 403
        assert client.post(url, content=b"{", headers={header: SECRET}).status_code == 400
        assert client.post(url, content=b" " * (2 << 20), headers={header: SECRET}).status_code == 413
        assert client.post(url, json=update, headers={header: SECRET}).status_code == 200
        assert client.post(url, json=update, headers={header: SECRET}).status_code == 200  # again: stored once
    with opened(bot.database_url) as database:
        assert count_updates(database) == 1
    assert bot.stop() == 0


def count_updates(database: Database) -> int:
    return database.read_now(lambda memory: memory.query(InboxUpdate).count())


def test_a_till_tells_of_a_sale(sandbox: Sandbox, databases: Databases) -> None:
    bot = bot_beside(sandbox, databases.sqlite_url(), REGULARS_API_TOKEN=SECRET)
    bot.start()
    order = {"order_id": "o1", "customer_id": "c1", "ordered_at": "2026-01-01", "total": 8.5}
    with httpx.Client(base_url=bot.url, trust_env=False) as till:
        assert till.post("/api/orders", json=[order]).status_code == 401
        reply = till.post("/api/orders", json=[order], headers={"Authorization": f"Bearer {SECRET}"})
    assert (reply.status_code, reply.json()["added"]) == (200, 1)
    assert bot.stop() == 0
    silent = bot_beside(sandbox, databases.sqlite_url())
    silent.start()
    assert httpx.post(f"{silent.url}/api/orders", json=[order], trust_env=False).status_code == 404
    assert silent.stop() == 0

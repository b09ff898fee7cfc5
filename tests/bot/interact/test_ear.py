"""The listening process understands as we do ourselves, and whatever becomes of it, every message is understood or refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from bot.interact import ear as ears
from bot.interact.ear import TOO_LONG, Ear, Thought, Unheard
from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener
from tests.support.bots import ROOT

LATTE = CatalogueEntry(sku="oat-latte", names={"en": "Oat latte", "zh": "燕麦拿铁"}, options=("no sugar",))
OPENING = FaqPhrasing(name="hours", language="en", question="when do you open", answer="At eight.")
PARKING = FaqPhrasing(name="parking", language="en", question="where can I park the car", answer="Behind the house.")
LISTENER = Listener([LATTE], [OPENING])
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
SAID = [
    "love the oat latte, but yesterday's was cold and I'm allergic to nuts btw",
    "我女儿5月3号生日，我对坚果过敏",
    "2 oat lattes please, one without sugar",
    "make it three",
    "remind me in two weeks to reorder beans",
    "when do you open",
    "",
]
TOO_MUCH = (sys.executable, "-m", "tests.support.slow_ear")


@pytest.fixture(autouse=True)
def from_our_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Ear]]:
    """An ear that has learnt the latte and the hours; it may be started anew at once."""
    monkeypatch.setattr(ears, "RESTART_SECONDS", 0.0)
    made: list[Ear] = []

    def start(*command: str) -> Ear:
        ear = Ear(command) if command else Ear()
        made.append(ear)
        ear.learn([LATTE], [OPENING], {})
        return wait_until_ready(ear)

    yield start
    for ear in made:
        ear.close()


def wait_until_ready(ear: Ear) -> Ear:
    deadline = time.monotonic() + 60
    while ear._open_line() is None:
        assert time.monotonic() < deadline, "the listening process does not learn"
        time.sleep(0.01)
    return ear


def think(text: str, listener: Listener = LISTENER) -> Thought:
    return Thought(listener, text, "en", ZONE, NOW)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_understands_as_we_do(make: Callable[..., Ear]) -> None:
    ear = make()
    thoughts = [ear.ask(think(text)) for text in SAID]
    assert all(thought.ear is ear for thought in thoughts)
    for thought in reversed(thoughts):  # in whatever order they are wanted
        here = think(thought.text).result()
        assert thought.result() == here
        assert thought.result().changes == here.changes
    assert [change.what for change in thoughts[3].result().changes] == ["set"]


def test_it_goes_on_with_what_it_learns_later(make: Callable[..., Ear]) -> None:
    ear = make()
    before = ear.ask(think("where can I park the car"))
    ear.learn([LATTE], [OPENING, PARKING], {})
    meanwhile = ear.ask(think("where can I park the car", Listener([LATTE], [OPENING, PARKING])))
    wait_until_ready(ear)
    after = ear.ask(think("where can I park the car"))
    names = [thought.result().faq and thought.result().faq.name for thought in (before, meanwhile, after)]
    assert names == [None, "parking", "parking"]
    assert after.ear is ear


def test_a_long_lesson_waits_until_the_one_before_is_learnt(make: Callable[..., Ear]) -> None:
    ear = make()
    pid = ear.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # as one that is busy learning
    ear.learn([LATTE], [OPENING], {})
    long = FaqPhrasing(name="parking", language="en", question=PARKING.question, answer="Behind the house. " * 200_000)
    ear.learn([LATTE], [OPENING, long], {})
    os.kill(pid, signal.SIGCONT)
    found = wait_until_ready(ear).ask(think(PARKING.question)).result().faq
    assert found is not None
    assert found.name == "parking"
    assert ear.pid == pid


def test_many_long_messages_do_not_block_each_other(make: Callable[..., Ear]) -> None:
    ear = make()
    texts = [sign * 4096 for sign in "好a😀." for _ in range(20)] + ["oat latte " * 50] * 100
    thoughts = [ear.ask(think(text)) for text in texts]
    assert [thought.result().text for thought in thoughts] == texts


@pytest.mark.parametrize("end", ["kill", "crash"])
def test_when_it_dies_we_listen_ourselves_until_another_is_there(make: Callable[..., Ear], end: str) -> None:
    ear = make(*TOO_MUCH)
    pid = ear.pid
    assert pid is not None
    if end == "kill":
        os.kill(pid, signal.SIGKILL)
    asked = [ear.ask(think(text)) for text in ("crash", *SAID)]
    assert [thought.result() for thought in asked[1:]] == [think(text).result() for text in SAID]
    wait_until_ready(ear)
    again = ear.ask(think(SAID[0]))
    assert again.result() == think(SAID[0]).result()
    assert ear.pid not in (None, pid)


def test_a_message_that_takes_too_long_is_refused_and_holds_up_nobody(make: Callable[..., Ear]) -> None:
    ear = make(*TOO_MUCH)
    asked = [ear.ask(think(text)) for text in (SAID[0], "forever and ever", SAID[1])]
    assert [asked[0].result(), asked[2].result()] == [think(SAID[0]).result(), think(SAID[1]).result()]
    with pytest.raises(Unheard, match="more than"):
        asked[1].result()
    with pytest.raises(Unheard, match="more than"):  # tried again, before and after another ear has learnt
        ear.ask(think("forever and ever")).result()
    pid = wait_until_ready(ear).pid
    with pytest.raises(Unheard, match="more than"):
        ear.ask(think("forever and ever")).result()
    assert ear.ask(think(SAID[0])).result() == think(SAID[0]).result()
    assert ear.pid == pid


def test_what_was_too_much_is_known_though_answers_before_it_were_not_read(make: Callable[..., Ear]) -> None:
    ear = make(*TOO_MUCH)
    process = ear._process
    assert process is not None
    asked = [ear.ask(think(text)) for text in (SAID[0], "forever and ever")]
    process.wait()
    asked.append(ear.ask(think(SAID[1])))  # nobody has read anything meanwhile
    assert [thought.error for thought in asked] == [None, TOO_LONG, None]
    assert [asked[0].result(), asked[2].result()] == [think(SAID[0]).result(), think(SAID[1]).result()]


def test_what_fails_fails_alone(make: Callable[..., Ear]) -> None:
    ear = make(*TOO_MUCH)
    pid = ear.pid
    fault, fine = ear.ask(think("fault")), ear.ask(think(SAID[0]))
    assert fine.result() == think(SAID[0]).result()
    with pytest.raises(Unheard, match="ValueError: no head for this"):
        fault.result()
    assert ear.pid == pid


def test_one_that_is_stopped_is_ended(make: Callable[..., Ear], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "STUCK_SECONDS", 1)
    ear = make()
    pid = ear.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    asked = [ear.ask(think(text)) for text in SAID]
    assert [thought.result() for thought in asked] == [think(text).result() for text in SAID]
    assert not is_alive(pid)


def test_closing_waits_for_no_answer(make: Callable[..., Ear]) -> None:
    ear = make(*TOO_MUCH)
    assert ear.pid is not None
    os.kill(ear.pid, signal.SIGSTOP)
    asked = ear.ask(think(SAID[0]))
    waiting = Thread(target=asked.result)
    waiting.start()
    while not ear._lock.locked():
        time.sleep(0.001)
    began_at = time.monotonic()
    ear.close()
    waiting.join()
    assert time.monotonic() - began_at < 5
    assert asked.result() == think(SAID[0]).result()


def test_where_no_process_can_be_started_we_listen_ourselves() -> None:
    ear = Ear(("/nowhere/python",))
    ear.learn([LATTE], [OPENING], {})
    assert ear.ask(think(SAID[0])).result() == think(SAID[0]).result()
    assert ear.pid is None
    ear.close()


def test_it_holds_no_secret_and_ends_with_us(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from bot.interact.ear import Ear\n"
        "ear = Ear()\near.learn([], [], {})\n"
        "print(ear.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    secrets = {"TELEGRAM_BOT_TOKEN": "1:top", "REGULARS_DATABASE_URL": "postgresql://u:top@h/d"}
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **secrets}
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert b"top" not in Path(f"/proc/{pid}/environ").read_bytes()
    os.kill(pid, signal.SIGTERM)  # sent to the whole group when a service is stopped: it ends with us, not before
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 30
    while is_alive(pid):
        assert time.monotonic() < deadline, "it lives on without us"
        time.sleep(0.02)

"""The bot in its own process, as people run it, against a sandbox in another."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.support.sandboxes import ROOT, STARTED, Sandbox

TOKEN = "777000777:" + "T" * 35
WAIT_SECONDS = 60  # for what comes at once where there is nothing else to do
LIMITS_OFF = {
    "REGULARS_TELEGRAM__MESSAGES_PER_SECOND": "0",
    "REGULARS_TELEGRAM__CHAT_MESSAGES_PER_SECOND": "0",
}


class Bot:
    """`python -m bot run`; `url` is its own HTTP."""

    def __init__(self, database_url: str, environ: dict[str, str]) -> None:
        self.database_url = database_url
        self.environ = environ
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self, wait: bool = True) -> None:
        """Start, and unless told otherwise wait until it is open."""
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115  open as long as the process; closed by _reap
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env={**kept, "REGULARS_HTTP": "127.0.0.1:0", "REGULARS_DATABASE_URL": self.database_url, **self.environ},
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        STARTED.append(self.process)
        self.greeting: list[str] = []
        if wait:
            self.wait_until_open()

    def wait_until_open(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        while "http://" not in "".join(self.greeting):
            line = self.process.stdout.readline()
            assert line, f"the bot did not start:\n{self.errors()}"
            self.greeting.append(line.strip())
        found = re.search(r"http://[\w.:\[\]]+\d", " ".join(self.greeting))
        assert found is not None
        self.url = found[0]

    def errors(self) -> str:
        """What it wrote to stderr."""
        self.log.flush()
        self.log.seek(0)
        return self.log.read()

    def kill(self) -> None:
        """As a power cut: no chance to say goodbye."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._reap()

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        self.process.terminate()
        return self._reap()

    def end_if_left(self) -> None:
        """For whom a failing test left running."""
        if self.process is not None:
            self.kill()

    def _reap(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        code = self.process.wait(WAIT_SECONDS)
        self.process.stdout.close()
        self.log.close()
        self.process = None
        return code

    def get(self, path: str) -> Any:
        return httpx.get(self.url + path, timeout=10, trust_env=False)

    def run(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """A command line beside the running bot, on the same database."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env={**os.environ, "REGULARS_DATABASE_URL": self.database_url, **self.environ},
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def bot_beside(sandbox: Sandbox, database_url: str, *, apart: bool = False, **environ: str) -> Bot:
    """A bot whose Telegram, clock and example people are the sandbox's. `apart`: with a process that listens, as people
    run it; without one it starts faster."""
    ours = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": sandbox.url, "REGULARS_CLOCK": "sandbox"}
    bot = Bot(database_url, {**ours, "REGULARS_CONVERSATION__LISTEN_APART": str(apart).lower(), **environ})
    sandbox.before_end.callback(bot.end_if_left)
    return bot


def embedded_bot(folder: Path, **environ: str) -> Bot:
    """`make run` as a newcomer has it: no token, everything in one process."""
    return Bot(f"sqlite:///{folder / 'regulars-sandbox.db'}", environ)


class Chatter:
    """A person in the sandbox, talking to the bot and waiting for what it says."""

    def __init__(self, sandbox: Sandbox, person: int, name: str = "Ada", language: str = "en") -> None:
        self.sandbox = sandbox
        self.person = person
        self.seq = 0
        known = sandbox.ask("GET", "people")
        if all(someone["id"] != person for someone in known):
            body = {"id": person, "first_name": name, "language_code": language}
            sandbox.ask("POST", "people", body)

    def says(self, text: str, **content: Any) -> Any:
        return self.sandbox.ask("POST", "messages", {"from": self.person, "text": text, **content})

    def sends(self, **content: Any) -> Any:
        return self.sandbox.ask("POST", "messages", {"from": self.person, **content})

    def presses(self, label: str, message_id: int | None = None) -> Any:
        """Press the newest button whose label begins so."""
        for message in reversed(self.messages()):
            for row in message["buttons"]:
                for button in row:
                    if button["text"].startswith(label) and message_id in (None, message["message_id"]):
                        body = {"from": self.person, "message_id": message["message_id"], "button": button["text"]}
                        return self.sandbox.ask("POST", "presses", body)
        raise AssertionError(f"no button {label!r}; the chat ends with {self.messages()[-3:]}")

    def messages(self) -> list[Any]:
        return list(self.sandbox.ask("GET", f"chats/{self.person}/messages")["messages"])

    def heard(self) -> list[str]:
        """All the bot has said, as it stands now."""
        return [message["text"] for message in self.messages() if message["from_bot"]]

    def wait_for(self, *words: str, after: int = 0, seconds: float = WAIT_SECONDS) -> str:
        """The first message of the bot, after the person's message of this id, that has all these words."""

        def has_them(message: Any) -> bool:
            text = str(message["text"]).lower()
            return message["message_id"] > after and all(word.lower() in text for word in words)

        return str(self._wait_until(has_them, str(words), seconds)["text"])

    def wait_for_document(self, seconds: float = WAIT_SECONDS) -> Any:
        """The first file of the bot."""
        return self._wait_until(lambda message: bool(message.get("document")), "a document", seconds)

    def _wait_until(self, is_it: Callable[[Any], bool], what: str, seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        seq = 0
        while time.monotonic() < deadline:
            chat = self.sandbox.ask("GET", f"chats/{self.person}/messages?after={seq}&wait=1")
            seq = chat["seq"]
            for message in self.messages():
                if message["from_bot"] and is_it(message):
                    return message
        raise AssertionError(f"waited for {what}; the chat ends with {self.heard()[-4:]}")

    def asks(self, text: str, *words: str) -> str:
        """Say it and wait for an answer to it with these words."""
        return self.wait_for(*words, after=self.says(text)["message_id"])

"""A sandbox in its own process, driven over HTTP as a bot, a test or the page would."""

import itertools
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
NO_LIMITS = {"messages_per_second": 0, "chat_messages_per_second": 0, "group_messages_per_minute": 0}
NUMBERS = itertools.count(1)
STARTED: list[subprocess.Popen[str]] = []  # all processes of this run: what a failing test left is ended with it


class Sandbox:
    """One running `python -m sandbox`."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--http", "127.0.0.1:0", *options],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        STARTED.append(self.process)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("Sandbox at http://127.0.0.1:"):
            self.process.kill()
            self.process.communicate()
            raise AssertionError(f"the sandbox did not start: {line!r}; it says why on stderr")
        self.url = line.split()[-1]
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        self.before_end = ExitStack()

    def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """One control request; asserts the status."""
        answer = self.client.request(method, f"/sandbox/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def end(self, kill: bool = False) -> int:
        self.before_end.close()
        self.client.close()
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        code = self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def end_leftovers() -> None:
    """Kill what failing tests left running."""
    for process in STARTED:
        if process.poll() is None:
            process.kill()
            process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def run_refused(*options: str) -> subprocess.CompletedProcess[str]:
    """For a sandbox that does not start: what it says and its exit status."""
    command = [sys.executable, "-m", "sandbox", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, cwd=ROOT, check=False)


@dataclass
class Line:
    """One bot and one person with ids of their own, so that tests can share a sandbox."""

    sandbox: Sandbox
    bot: int
    person: int

    @property
    def token(self) -> str:
        return f"{self.bot}:{'A' * 35}"

    def call(self, method: str, /, **parameters: Any) -> Any:
        """A Bot API call with a JSON body; the whole answer."""
        return self.sandbox.client.post(f"/bot{self.token}/{method}", json=parameters).json()

    def result(self, method: str, /, **parameters: Any) -> Any:
        answer = self.call(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    def refusal(self, method: str, /, **parameters: Any) -> tuple[int, str]:
        answer = self.call(method, **parameters)
        assert not answer["ok"], answer
        return answer["error_code"], answer["description"]

    def send(self, text: str = "Hello", **more: Any) -> Any:
        return self.result("sendMessage", chat_id=self.person, text=text, **more)

    def updates(self, **more: Any) -> Any:
        return self.result("getUpdates", **more)

    def says(self, status: int = 200, **content: Any) -> Any:
        return self.sandbox.ask("POST", "messages", {"from": self.person, "bot": self.bot, **content}, status)

    def presses(self, message_id: int, status: int = 200, **what: Any) -> Any:
        body = {"from": self.person, "bot": self.bot, "message_id": message_id, **what}
        return self.sandbox.ask("POST", "presses", body, status)

    def sees(self, after: int = 0, wait: float = 0) -> Any:
        return self.sandbox.ask("GET", f"chats/{self.person}/messages?bot={self.bot}&after={after}&wait={wait}")


def open_line(sandbox: Sandbox, language_code: str = "en") -> Line:
    number = next(NUMBERS)
    line = Line(sandbox, 10_000 + number, 20_000 + number)
    line.result("getMe")
    sandbox.ask("POST", "people", {"id": line.person, "first_name": f"Ada {number}", "language_code": language_code})
    return line

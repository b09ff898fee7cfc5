"""An ear: a process that only listens, so that understanding takes nothing from whoever writes and sends.

It is told what the business knows, then understands one message after another while those before are being written. A
message it is not done with in `LIMIT_SECONDS` of processor time ends it and is refused from then on: it holds up nobody
again.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from threading import Lock
from zoneinfo import ZoneInfo

from bot import beside, garbage
from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener, Understanding
from bot.interact.understanding.classifier import Classifier

logger = logging.getLogger(__name__)

LIMIT_SECONDS = 5.0  # of processor time a message; the longest hostile ones take 0.03
# Messages asked and not answered at a time; characters of one that is sent on top of others. Together less than the
# socket holds, so that asking never waits for answers to be read.
MOST, SHORT = 64, 500
TOO_LONG = f"it takes more than {LIMIT_SECONDS:.0f} s to understand"
RESTART_SECONDS = 10.0  # between two starts at least
STUCK_SECONDS = 20  # without a sign from one that should answer or read, by the clock: it is stopped, and is ended


class Unheard(RuntimeError):
    """A message that cannot be understood: listening to it failed, or would take too long."""


@dataclass(slots=True)
class Thought:
    """A message that somebody is listening to; `result` waits for it."""

    listener: Listener
    text: str
    language: str | None
    time_zone: ZoneInfo
    now: datetime
    ear: Ear | None = None
    answer: Understanding | None = None
    error: str | None = None

    @property
    def is_open(self) -> bool:
        return self.answer is None and self.error is None

    def result(self) -> Understanding:
        """Raises Unheard. Where no ear answers, it is understood here and now."""
        if self.ear is not None and self.is_open:
            self.ear.listen_for(self)
        if self.error is not None:
            raise Unheard(self.error)
        if self.answer is None:
            self.answer = self.listener.understand(
                self.text, language=self.language, time_zone=self.time_zone, now=self.now
            )
        return self.answer


class Ear:
    """Ours of the process. What it does not answer, because it starts, learns or died, is understood here."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", "bot.interact.ear")) -> None:
        self._command = command
        self._lock = Lock()
        self._lesson: bytes | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None
        self._told: bytes | None = None  # the lesson it was told last
        self._learns = False  # it has not said to have learnt that
        self._started_at = -RESTART_SECONDS
        self._asked: deque[Thought] = deque()  # in the order in which they will be answered
        self._refused: set[str] = set()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def learn(self, entries: Sequence[CatalogueEntry], phrasings: Sequence[FaqPhrasing],
              known: Mapping[str, Classifier]) -> None:  # fmt: skip
        """Listen with this from now on; returns before it is learnt."""
        with self._lock:
            self._lesson = pickle.dumps((entries, phrasings, dict(known)))
            self._hear_all()
            if self._line is None:
                self._start()
            else:
                self._open_line()

    def ask(self, thought: Thought) -> Thought:
        """Let it begin with this, after what it was asked before."""
        with self._lock:
            while self._asked and (len(self._asked) >= MOST or len(thought.text) > SHORT):
                self._receive()
            if thought.text in self._refused:
                thought.error = TOO_LONG
            elif (line := self._open_line()) is not None:
                self._send(line, thought)
        return thought

    def listen_for(self, thought: Thought) -> None:
        """Wait until it is answered, or never will be."""
        with self._lock:
            while thought.is_open and self._asked:
                self._receive()

    def close(self) -> None:
        if (process := self._process) is not None:
            process.kill()  # whoever waits for it, with the lock, waits no longer
        with self._lock:
            self._lesson = None
            self._end()

    def _hear_all(self) -> None:
        while self._asked:
            self._receive()

    def _send(self, line: Connection, thought: Thought) -> None:
        try:
            line.send_bytes(pickle.dumps((thought.text, thought.language, thought.time_zone, thought.now)))
            thought.ear = self
            self._asked.append(thought)
        except OSError:
            self._hear_all()  # what it said before it died: whatever it did not get done with is the next
            if self._line is not None:
                self._bury()

    def _receive(self) -> None:
        """The next answer."""
        assert self._line is not None  # noqa: S101  something was asked
        try:
            answer = pickle.loads(self._line.recv_bytes())  # noqa: S301  our own process
        except (EOFError, OSError):
            self._bury()
            return
        thought = self._asked.popleft()
        if isinstance(answer, str):
            thought.error = answer
        else:
            thought.answer = answer

    def _open_line(self) -> Connection | None:
        """To one that runs and has learnt the lesson; started anew where it died.

        While it learns it is told no other: telling much waits until it reads.
        """
        if self._line is None:
            if self._lesson is not None and time.monotonic() - self._started_at > RESTART_SECONDS:
                self._start()
            return None
        try:
            if self._learns and self._line.poll():
                self._line.recv_bytes()
                self._learns = False
        except (EOFError, OSError):
            self._bury()
        if self._line is not None and not self._learns and self._told is not self._lesson:
            self._tell(self._line)
        return self._line if not self._learns else None

    def _bury(self) -> None:
        """The message it could not get done with is refused; the others are understood here."""
        status = self._end()
        if status == -signal.SIGVTALRM and self._asked:
            self._asked[0].error = TOO_LONG
            self._refused.add(self._asked[0].text)
        self._asked.clear()
        logger.warning("the listening process has ended (%s): messages are understood without it meanwhile", status)

    def _start(self) -> None:
        self._started_at = time.monotonic()
        try:
            self._process, end = beside.start(self._command)
        except OSError as error:
            logger.warning("no listening process: %s", error)
            return
        for wait in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            end.setsockopt(socket.SOL_SOCKET, wait, struct.pack("ll", STUCK_SECONDS, 0))
        self._line, self._learns = Connection(end.detach()), False
        self._tell(self._line)

    def _tell(self, line: Connection) -> None:
        assert self._lesson is not None  # noqa: S101  there is something to tell
        try:
            line.send_bytes(self._lesson)
            self._told, self._learns = self._lesson, True
        except OSError:
            self._bury()

    def _end(self) -> int | None:
        """Its exit status, where there was one."""
        if self._line is None or self._process is None:
            return None
        self._line.close()
        try:
            return self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self._line = self._process = None


def serve(line: Connection) -> None:
    """What the process does: learns lessons and answers messages. Raises EOFError or OSError when nobody is left."""
    listener: Listener | None = None
    while True:
        told = pickle.loads(line.recv_bytes())  # noqa: S301  from whom we belong to
        if isinstance(told[0], str):
            line.send_bytes(pickle.dumps(_hear(listener, *told)))
        else:
            listener = Listener(*told)
            garbage.settle()
            line.send_bytes(b"")


def _hear(
    listener: Listener | None, text: str, language: str | None, time_zone: ZoneInfo, now: datetime
) -> Understanding | str:
    assert listener is not None  # noqa: S101  a lesson comes first
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT_SECONDS)
    try:
        heard = listener.understand(text, language=language, time_zone=time_zone, now=now)
        heard.changes  # noqa: B018  while there is the time
        return heard
    except Exception as error:
        traceback.print_exc()
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main() -> None:
    with contextlib.suppress(EOFError, OSError):
        serve(Connection(beside.take_end().detach()))


if __name__ == "__main__":
    main()

"""Processes of ours beside the bot, at the other end of a socket: they hold no secret of the environment and end with us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence

BUFFER = 1 << 18  # bytes that may wait in each direction
SECRET = ("REGULARS_", "TELEGRAM_")  # names of variables that begin so are not handed on


def has_room() -> bool:
    """Whether another process has a core to run on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores > 1


def start(command: Sequence[str]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Run a command that is told the number of its end of the socket. Raises OSError."""
    ours, theirs = socket.socketpair()
    with theirs:
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(SECRET)}
        try:
            process = subprocess.Popen(  # noqa: S603  ourselves
                (*command, str(theirs.fileno())), pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, env=environment, start_new_session=True,
            )  # fmt: skip
        except OSError:
            ours.close()
            raise
    return process, ours


def take_end() -> socket.socket:
    """Our end, in a process begun by `start`. Where all of a service are told to end, we do so after who began us."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return socket.socket(fileno=int(sys.argv[-1]))

"""The command line. Each command opens what it needs, asks a room to do it, and prints; nothing is decided here.

Rooms are imported where they are used: `understand` and `--help` start without a database or Telegram.
"""

from __future__ import annotations

import os
import sys

from bot.cli import (
    customers,
    duplicates,
    faq,
    house,
    households,
    importing,
    invitations,
    knowledge,
    reports,
    running,
    segments,
)
from bot.cli.output import make_group, say_error
from bot.errors import RegularsError

app = make_group()
PARTS = (running, importing, invitations, knowledge, faq, customers, duplicates, households, segments, reports, house)
for part in PARTS:
    app.add_typer(part.app)


@app.callback()
def regulars() -> None:
    """Regulars: a Telegram agent that makes every customer a regular."""


def main() -> None:
    """Exit status: 0 done, 1 failed, 2 wrong usage or bad input."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        app(prog_name="regulars")
    except RegularsError as error:
        say_error(str(error))
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # Whoever read our output has gone; writing on at exit would raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)

"""Our own command line in a process of its own: slow work for which neither the loop nor the writer waits."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Sequence

from storage.database import Database

WORDS = 2000  # of what went wrong, kept
SECRETS = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE", "REGULARS_WEBHOOK_SECRET", "REGULARS_API_TOKEN")
PROGRESS = "progress "  # begins a line on standard error that is no complaint

Hear = Callable[[str], Awaitable[None]]


class CommandFailed(RuntimeError):
    """It ended with `status`; `words` is what it said of it."""

    def __init__(self, status: int, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


async def run_ours(command: Sequence[str], database: Database, *arguments: str, hear: Hear | None = None) -> bytes:
    """What a command of ours prints; `hear` is told of its progress. Raises CommandFailed; cancelled, it is killed."""
    process = await asyncio.create_subprocess_exec(
        *command, *arguments, env=_environment(database), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None  # noqa: S101  it is a pipe
        assert process.stderr is not None  # noqa: S101
        told, wrong = await asyncio.gather(process.stdout.read(), _listen(process.stderr, hear))
        await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise CommandFailed(process.returncode, wrong[-WORDS:])
    return told


async def _listen(stream: asyncio.StreamReader, hear: Hear | None) -> str:
    words = ""
    while line := await stream.readline():
        text = line.decode(errors="replace")
        if text.startswith(PROGRESS):
            if hear is not None:
                await hear(text.removeprefix(PROGRESS).strip())
        else:
            words = (words + text)[-10 * WORDS :]
    return words


def _environment(database: Database) -> dict[str, str]:
    """The same business and database; the secrets stay here."""
    url = database.url.render_as_string(hide_password=False)
    return {name: value for name, value in os.environ.items() if name not in SECRETS} | {"REGULARS_DATABASE_URL": url}

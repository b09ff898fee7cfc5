"""What all commands share: settings, the database, times as typed, and printing."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.clock import Clock, at_local
from bot.config import Settings, config_path, load_settings
from bot.config.values import nearest
from bot.errors import DatabaseMissing, InputError, InputProblem

if TYPE_CHECKING:
    from storage.database import Database

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Key = Annotated[str, typer.Argument(help="Our id, telegram:123, a phone number, or an id of the order system.")]


def make_group(help: str | None = None) -> typer.Typer:
    return typer.Typer(
        help=help, no_args_is_help=True, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False
    )


def read_settings() -> Settings:
    # A command that takes its time is not news; the bot has its own logging.
    logging.getLogger("storage.database").setLevel(logging.ERROR)
    return load_settings(config_path(os.environ), os.environ)


@contextmanager
def opened(settings: Settings, *, create: bool = True, prepare: bool = True, bulk: bool = False) -> Iterator[Database]:
    """The database, migrated where it may migrate itself. Without `create` it must be there."""
    from storage import schema
    from storage.database import Database
    from storage.peek import is_there, reach, shown

    url = settings.environment.database_url
    if not create and not is_there(url):
        raise DatabaseMissing(shown(url))
    if (reached := reach(url, schema.current_revision)).error is not None:
        raise DatabaseMissing(shown(url), reached.error)
    database = Database(url, pool=settings.storage.pool, bulk=bulk)
    try:
        if prepare:
            schema.prepare(database, now=Clock().now(), keep_backups=settings.storage.backups)
        yield database
    finally:
        database.close()


def read_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        problem = InputProblem(None, f"{text!r} is not a time zone; accepted: an IANA name such as Europe/Berlin")
        raise InputError("--timezone", [problem]) from None


def read_moment(text: str, zone: ZoneInfo, source: str) -> datetime:
    """ISO 8601; without an offset it is a wall time of `zone`."""
    try:
        value = datetime.fromisoformat(text)
        return value.astimezone(UTC) if value.tzinfo else at_local(value.date(), value.time(), zone)
    except (ValueError, OverflowError):
        problem = InputProblem(None, f"{text!r} is not a time; accepted: ISO 8601 such as 2026-05-03T14:30")
        raise InputError(source, [problem]) from None


def print_json(value: Any, *, compact: bool = False) -> None:
    """Written at once: whoever drives us through a pipe waits for the line."""
    print(json.dumps(value, ensure_ascii=False, indent=None if compact else 2), flush=True)  # noqa: T201


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def say_error(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def print_table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Cells are shown as they are: a customer's name is never markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A bar on standard error, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def unknown(given: str, accepted: Sequence[str], what: str) -> InputProblem:
    near = nearest(given, accepted)
    hint = f"did you mean {near}?" if near else f"accepted: {', '.join(accepted[:20])}"
    return InputProblem(None, f"{given!r} is not {what}; {hint}")

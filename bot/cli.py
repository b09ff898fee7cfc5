"""The command line. Each command opens what it needs, asks a room to do it, and prints; nothing is decided here.

Rooms are imported where they are used: `understand` and `--help` start without a database or Telegram.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.clock import Clock, at_local
from bot.config import Settings, config_path, load_settings
from bot.errors import InputError, InputProblem, RegularsError

if TYPE_CHECKING:
    from bot.interact.understanding import Listener

app = typer.Typer(
    help="Regulars: a Telegram agent that makes every customer a regular.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def main() -> None:
    """Exit status: 0 done, 1 failed, 2 wrong usage or bad input."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except RegularsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # Whoever read our output has gone; writing on at exit would raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.callback()
def regulars() -> None:
    """Regulars: a Telegram agent that makes every customer a regular."""


@app.command()
def understand(
    now: Annotated[str | None, typer.Option(help="Time the messages are said at (ISO 8601).")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone of who says them.")] = None,
    language: Annotated[str | None, typer.Option(help="Language where a message does not tell.")] = None,
) -> None:
    """Understand messages: one a line on standard input, a JSON object a line out."""
    settings = read_settings()
    zone = read_zone(timezone) if timezone else settings.business.time_zone
    at = read_moment(now, zone, "--now") if now else Clock().now()
    listener = build_listener(settings)
    for line in sys.stdin:
        heard = listener.understand(line.rstrip("\r\n"), language=language, time_zone=zone, now=at)
        print_json(heard.to_json(), compact=True)


def build_listener(settings: Settings) -> Listener:
    """From the catalogue and FAQ of the database; from the examples' where there is none, or nothing in it."""
    from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener

    found = _knowledge_of_database(settings)
    if found is not None:
        return found
    from bot.identify.import_rows import read_catalogue, read_faq

    entries: list[CatalogueEntry] = []
    phrasings: list[FaqPhrasing] = []
    with as_file(files("examples")) as folder:
        if (folder / "catalogue.csv").is_file():
            entries = [
                CatalogueEntry(
                    row.sku, {"en": row.name_en, "zh": row.name_zh}, tuple(row.aliases), row.category,
                    tuple(row.options), tuple(row.contains),
                )
                for row in read_catalogue(folder / "catalogue.csv", settings)
            ]  # fmt: skip
        if (folder / "faq.csv").is_file():
            rows = read_faq(folder / "faq.csv")
            phrasings = [FaqPhrasing(row.name, row.language, row.question, row.answer) for row in rows]
    return Listener(entries, phrasings)


def _knowledge_of_database(settings: Settings) -> Listener | None:
    from bot.interact.hearing import Hearing
    from storage import catalogue
    from storage.database import Memory
    from storage.peek import peek

    def build(memory: Memory) -> Listener | None:
        if not catalogue.list_items(memory) and not catalogue.list_faq(memory):
            return None
        return Hearing().listener(memory)

    return peek(settings.environment.database_url, build)


# -- what the commands share ------------------------------------------------------------------------------------


def read_settings() -> Settings:
    return load_settings(config_path(os.environ), os.environ)


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
    except ValueError:
        problem = InputProblem(None, f"{text!r} is not a time; accepted: ISO 8601 such as 2026-05-03T14:30")
        raise InputError(source, [problem]) from None
    return value.astimezone(UTC) if value.tzinfo else at_local(value.date(), value.time(), zone)


def print_json(value: Any, *, compact: bool = False) -> None:
    """Written at once: whoever drives us through a pipe waits for the line."""
    text = json.dumps(value, ensure_ascii=False, indent=None if compact else 2)
    print(text, flush=True)  # noqa: T201

"""understand: what the bot makes of what is said to it."""

from __future__ import annotations

import sys
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import (
    AsJson,
    make_group,
    print_json,
    read_moment,
    read_settings,
    read_zone,
    say,
)
from bot.clock import Clock
from bot.config import Settings

if TYPE_CHECKING:
    from bot.interact.understanding import Listener

app = make_group()


@app.command()
def understand(
    now: Annotated[str | None, typer.Option(help="Time the messages are said at (ISO 8601).")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone of who says them.")] = None,
    language: Annotated[str | None, typer.Option(help="Language where a message does not tell.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why: in words on a terminal, else as `why`.")] = False,
    as_json: AsJson = False,
) -> None:
    """Understand messages: one a line on standard input, a JSON object a line out."""
    settings = read_settings()
    zone = read_zone(timezone) if timezone else settings.business.time_zone
    at = read_moment(now, zone, "--now") if now else Clock().now()
    listener = build_listener(settings)
    for line in sys.stdin:
        heard = listener.understand(line.rstrip("\r\n"), language=language, time_zone=zone, now=at)
        if not explain:
            print_json(heard.to_json(), compact=True)
        elif sys.stdout.isatty() and not as_json:
            say("\n".join(["", heard.text, *(f"  {reason}" for reason in listener.explain(heard))]))
        else:
            print_json({**heard.to_json(), "why": [one.to_json() for one in listener.explain(heard)]}, compact=True)


def build_listener(settings: Settings) -> Listener:
    """From the catalogue and FAQ of the database; from the examples' where there is none, or nothing in it."""
    from bot.identify.importing.checking import read_rows
    from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener

    found = _knowledge_of_database(settings)
    if found is not None:
        return found
    now = Clock().now()
    with as_file(files("examples")) as folder:
        entries = [
            CatalogueEntry(
                row.sku, {"en": row.name_en, "zh": row.name_zh}, tuple(row.aliases), row.category, tuple(row.options),
                tuple(row.contains),
            )
            for row in read_rows("catalogue", folder / "catalogue.csv", settings, now)
        ]  # fmt: skip
        rows = read_rows("faq", folder / "faq.csv", settings, now)
    return Listener(entries, [FaqPhrasing(row.name, row.language, row.question, row.answer) for row in rows])


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

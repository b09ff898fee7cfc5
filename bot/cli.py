"""The command line. Each command opens what it needs, asks a room to do it, and prints; nothing is decided here.

Rooms are imported where they are used: `understand` and `--help` start without a database or Telegram.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from bot.clock import Clock, at_local
from bot.config import Settings, config_path, load_settings
from bot.errors import DatabaseMissing, InputError, InputProblem, RegularsError, SettingsError

if TYPE_CHECKING:
    from bot.interact.understanding import Listener
    from storage.database import Database

TYPER: dict[str, Any] = {"no_args_is_help": True, "rich_markup_mode": None}
app = typer.Typer(**TYPER, add_completion=False, pretty_exceptions_enable=False)
customers_app = typer.Typer(**TYPER, help="Who they are and what is known of them.")
followups_app = typer.Typer(**TYPER, help="What will be sent, what was sent, what was held back and why.")
staff_app = typer.Typer(**TYPER, help="The people of the business.")
templates_app = typer.Typer(**TYPER, help="Every word a customer or colleague reads.")
for name, commands in {
    "customers": customers_app, "followups": followups_app, "staff": staff_app, "templates": templates_app,
}.items():  # fmt: skip
    app.add_typer(commands, name=name)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Key = Annotated[str, typer.Argument(help="Our id, telegram:123, a phone number, or an id of the order system.")]


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


@app.callback()
def regulars() -> None:
    """Regulars: a Telegram agent that makes every customer a regular."""


# -- running ----------------------------------------------------------------------------------------------------


@app.command()
def run() -> None:
    """Run the bot: on Telegram with a token, in the sandbox on this machine without."""
    from bot.app import run as run_app

    run_app(read_settings())


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check settings, templates, database and Telegram; exit status 0 when all is well."""
    checks: list[tuple[str, bool, str]] = []
    try:
        settings = read_settings()
    except SettingsError as error:
        checks.append(("settings", False, str(error)))
        _print_checks(checks, as_json)
        raise typer.Exit(2) from None
    checks.append(("settings", True, str(settings.environment.config_path)))
    checks.append(_check_templates(settings))
    checks.append(_check_database(settings))
    checks.append(asyncio.run(_check_telegram(settings)))
    _print_checks(checks, as_json)
    if not all(well for _, well, _ in checks):
        raise typer.Exit(1)


def _print_checks(checks: Sequence[tuple[str, bool, str]], as_json: bool) -> None:
    if as_json:
        rows = [{"name": name, "ok": well, "detail": detail} for name, well, detail in checks]
        print_json({"ok": all(well for _, well, _ in checks), "checks": rows})
        return
    print_table(("check", "", "detail"), [(name, "ok" if well else "WRONG", detail) for name, well, detail in checks])


def _check_templates(settings: Settings) -> tuple[str, bool, str]:
    from bot.customize.proofreading import proofread

    found = proofread(settings)
    return ("templates", not found, "\n".join(map(str, found)) or ", ".join(settings.business.languages))


def _check_database(settings: Settings) -> tuple[str, bool, str]:
    from storage import schema
    from storage.peek import is_there, reach

    url = settings.environment.database_url
    if not is_there(url):
        return ("database", True, "is made at the first start")
    reached = reach(url, schema.current_revision)
    if reached.error is not None:
        return ("database", False, reached.error)
    newest = schema.newest_revision()
    if reached.value == newest:
        return ("database", True, f"revision {newest}")
    is_sqlite = url.startswith("sqlite")
    remedy = "is migrated at the next start, after a copy" if is_sqlite else "make a backup, then run: regulars migrate"
    return ("database", is_sqlite, f"revision {reached.value}, this program has {newest}; {remedy}")


async def _check_telegram(settings: Settings) -> tuple[str, bool, str]:
    """getMe. The token is in the address, so no address is ever shown."""
    import aiohttp

    environment = settings.environment
    if environment.token is None:
        return ("telegram", True, "no token: the sandbox is the Telegram")
    url = f"{environment.api_url}/bot{environment.token.get_secret_value()}/getMe"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session, session.get(url) as reply:
            body = await reply.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return ("telegram", False, f"cannot be reached ({type(error).__name__}); see TELEGRAM_API_URL and the network")
    if not body.get("ok"):
        remedy = "; is TELEGRAM_BOT_TOKEN the one that @BotFather gave?" if reply.status in (401, 404) else ""
        return ("telegram", False, f"answers {reply.status}: {body.get('description', '')}{remedy}")
    return ("telegram", True, f"@{body['result'].get('username', '')} ({body['result']['id']})")


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema; a SQLite file is copied first."""
    from storage import schema

    settings = read_settings()
    with opened(settings, prepare=False) as database:
        if database.is_sqlite:
            schema.prepare(database, now=Clock().now(), keep_backups=settings.storage.backups)
        else:
            schema.migrate(database)
        say(f"the database is at revision {schema.current_revision(database)}")


@app.command()
def backup(as_json: AsJson = False) -> None:
    """Copy the SQLite database beside itself, while the bot runs if it does."""
    from storage import schema

    settings = read_settings()
    with opened(settings, create=False) as database:
        if not database.is_sqlite:
            raise InputError("REGULARS_DATABASE_URL", [InputProblem(None, "is PostgreSQL; use pg_dump")])
        path = schema.back_up_file(database, now=Clock().now(), keep=max(settings.storage.backups, 1))
    print_json({"file": str(path)}) if as_json else say(str(path))


# -- importing and understanding --------------------------------------------------------------------------------


@app.command("import")
def import_(
    kind: Annotated[Literal["customers", "orders", "catalogue", "faq"], typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(help="CSV with a header, in UTF-8.")],
    as_json: AsJson = False,
) -> None:
    """Import a CSV file. It is checked whole first: with a bad row nothing is written. Importing again is harmless."""
    from bot.differentiate.value import differentiate_all
    from bot.identify.importing import import_file

    settings, now = read_settings(), Clock().now()
    with opened(settings) as database, progress_bar(f"importing {kind}") as progress:
        report = import_file(database, kind, file, settings, now, progress)
        if kind in ("customers", "orders"):
            differentiate_all(database, settings, now)
    if as_json:
        print_json({"file": str(file), **report.to_json()})
        return
    say(
        f"{file}: {report.rows:,} rows; {report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged"
    )
    if report.customers:
        say(f"{report.customers:,} customers were not known before")
    if report.erased:
        say(f"{report.erased:,} left out: they belong to people who were erased on their wish")
    for note in report.notes:
        say_error(f"{file}:{note.line}: {note.reason}")


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
    from bot.identify.import_rows import read_catalogue, read_faq
    from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener

    found = _knowledge_of_database(settings)
    if found is not None:
        return found
    with as_file(files("examples")) as folder:
        entries = [
            CatalogueEntry(
                row.sku, {"en": row.name_en, "zh": row.name_zh}, tuple(row.aliases), row.category, tuple(row.options),
                tuple(row.contains),
            )
            for row in read_catalogue(folder / "catalogue.csv", settings)
        ]  # fmt: skip
        rows = read_faq(folder / "faq.csv")
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


# -- customers --------------------------------------------------------------------------------------------------


@customers_app.command("list")
def list_customers(as_json: AsJson = False) -> None:
    """Everybody, by our id."""
    from bot.identify import portrait

    settings = read_settings()
    with opened(settings, create=False) as database:
        rows = database.read_now(lambda memory: portrait.list_customers(memory, settings))
    if as_json:
        print_json(rows)
        return
    columns = ("id", "name", "tier", "orders", "contacts", "language", "status")
    print_table(columns, [tuple(row[column] for column in columns) for row in rows])


@customers_app.command("show")
def show_customer(key: Key, as_json: AsJson = False) -> None:
    """All that is known of one customer, with where it came from."""
    from bot.identify import portrait

    settings, now = read_settings(), Clock().now()
    with opened(settings, create=False) as database:
        shown = database.read_now(
            lambda memory: portrait.show_customer(
                memory, portrait.find_customer(memory, key, settings), settings, now
            )
        )  # fmt: skip
    if as_json:
        print_json(shown)
        return
    plain = ("id", "name", "kind", "language", "time_zone", "status", "tier", "tier_reason", "orders", "contacts")
    rows = [(name, shown[name]) for name in plain]
    rows += [(one["kind"], one["value"]) for one in shown["identities"]]
    rows += [(f"consent: {one['purpose']}", "yes" if one["granted"] else "no") for one in shown["consents"]]
    rows += [
        (f"{one['kind']} {one['polarity'] or ''}".strip(), f"{one['value']}  ← {one['source']['text']}")
        for one in shown["facts"]
        if one["superseded_by"] is None
    ]
    rows += [(one["kind"], f"{one['status']}: {one['quote'] or one['score']}") for one in shown["feedback"]]
    rows += [
        (one["rule"], f"{one['due_at'][:16]} {one['status']} {one['reason'] or ''}") for one in shown["follow_ups"]
    ]
    print_table(("", ""), rows)


@app.command()
def export(
    key: Key, file: Annotated[Path | None, typer.Argument(help="Where to; standard output if left out.")] = None
) -> None:
    """Everything held on one person, as JSON."""
    from bot.identify import portrait
    from storage.database import Memory

    settings, now = read_settings(), Clock().now()

    def read(memory: Memory) -> dict[str, Any]:
        return portrait.export_customer(memory, portrait.find_customer(memory, key, settings).id, now)

    with opened(settings, create=False) as database:
        held = database.read_now(read)
    if file is None:
        print_json(held)
        return
    try:
        file.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(str(file), [InputProblem(None, f"cannot be written: {error.strerror}")]) from None
    say(str(file))


@app.command()
def erase(
    key: Key, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: AsJson = False
) -> None:
    """Erase one person and all that is held on them. It cannot be undone; no import brings them back."""
    from bot.identify import portrait
    from bot.identify.erasure import erase_customer

    settings, now = read_settings(), Clock().now()
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: portrait.find_customer(memory, key, settings))
        if not yes:
            if not sys.stdin.isatty():
                raise InputError("--yes", [InputProblem(None, "is needed where nobody can be asked")])
            typer.confirm(f"Erase {found.name} (#{found.id}) for good?", abort=True, err=True)
        database.write_now(lambda memory: erase_customer(memory, found.id, now, settings), name="erase")
    print_json({"erased": found.id}) if as_json else say(f"#{found.id} is erased; backups still hold them")


@app.command()
def differentiate(
    as_of: Annotated[str | None, typer.Option(help="As things were on this day (ISO 8601).")] = None,
    as_json: AsJson = False,
) -> None:
    """Class every customer by value, anew."""
    from bot.differentiate.value import differentiate_all

    settings = read_settings()
    now = read_moment(as_of, settings.business.time_zone, "--as-of") if as_of else Clock().now()
    with opened(settings, create=False) as database:
        result = differentiate_all(database, settings, now)
    if as_json:
        print_json(result)
        return
    print_table(("tier", "customers"), [*result["tiers"].items(), ("all", result["customers"])])


@followups_app.command("list")
def list_follow_ups(
    status: Annotated[str | None, typer.Option(help="Only these: planned, held, sent, skipped …")] = None,
    as_json: AsJson = False,
) -> None:
    """Follow-ups by the time they are due."""
    from bot.identify import portrait
    from storage import follow_ups
    from storage.models import FollowUpStatus

    accepted = [str(one) for one in FollowUpStatus]
    if status is not None and status not in accepted:
        raise InputError("--status", [InputProblem(None, f"{status!r}; accepted: {', '.join(accepted)}")])
    settings = read_settings()
    with opened(settings, create=False) as database:
        stored = database.read_now(lambda memory: follow_ups.list_rows(memory, status=status, limit=None))
    rows = [portrait.show_follow_up(row) for row in stored]
    if as_json:
        print_json(rows)
        return
    columns = ("customer_id", "rule", "due_at", "status", "reason", "text")
    print_table(columns, [tuple(row[column] for column in columns) for row in rows])


# -- staff and templates ----------------------------------------------------------------------------------------


@staff_app.command("add")
def add_staff(
    telegram_id: Annotated[int, typer.Argument(min=1, max=2**52, help="Numeric Telegram id, never a user name.")],
    name: Annotated[str, typer.Argument(help="As colleagues and customers see it.")],
    role: Annotated[Literal["owner", "manager", "staff"], typer.Option(help="What this person may do.")] = "staff",
    language: Annotated[str | None, typer.Option(help="Theirs; the business's first if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make somebody staff, or change their name, role or language."""
    from storage import team

    settings, now = read_settings(), Clock().now()
    spoken = language or settings.business.language
    _refuse_language(settings, spoken)
    with opened(settings) as database:
        database.write_now(
            lambda memory: team.add(
                memory, telegram_id=telegram_id, name=name[:60], role=role, language=spoken, now=now
            ),
            name="staff add",
        )  # fmt: skip
    added = {"telegram_id": telegram_id, "name": name[:60], "role": role, "language": spoken}
    print_json(added) if as_json else say(f"{name[:60]} ({telegram_id}) is {role}")


@staff_app.command("list")
def list_staff(as_json: AsJson = False) -> None:
    """Who is staff."""
    from storage import team

    columns = ("telegram_id", "name", "role", "language")
    with opened(read_settings(), create=False) as database:
        members = database.read_now(lambda memory: list(team.list_all(memory)))
    rows = [{column: getattr(member, column) for column in columns} for member in members]
    print_json(rows) if as_json else print_table(columns, [tuple(row.values()) for row in rows])


@templates_app.command("check")
def check_templates(as_json: AsJson = False) -> None:
    """Whether all texts are there, compile, and use the same values in every language."""
    from bot.customize.proofreading import proofread

    found = proofread(read_settings())
    if as_json:
        print_json({"ok": not found, "misprints": [{"file": one.file, "wrong": one.wrong} for one in found]})
    else:
        for one in found:
            say_error(str(one))
        say(f"{len(found)} wrong" if found else "all texts are there and agree")
    if found:
        raise typer.Exit(1)


@templates_app.command("preview")
def preview_template(
    name: Annotated[str, typer.Argument(help="Such as follow_ups/birthday/default.")],
    language: Annotated[str | None, typer.Option(help="The business's first if left out.")] = None,
    customer: Annotated[str | None, typer.Option(help="Whose name, tier and language to show it with.")] = None,
) -> None:
    """Show a message as a customer would see it, with made-up values."""
    from bot.customize.proofreading import list_names, preview
    from bot.customize.wording import Wording
    from bot.identify import portrait

    settings = read_settings()
    values: dict[str, Any] = {}
    if customer is not None:
        with opened(settings, create=False) as database:
            found = database.read_now(lambda memory: portrait.find_customer(memory, customer, settings))
        values, language = {"name": found.name, "tier": found.tier}, language or found.language
    business = settings.business
    spoken = language or business.language
    _refuse_language(settings, spoken)
    wording = Wording(business.languages, business={"name": business.name, "currency": business.currency})
    try:
        say(preview(wording, spoken, name, values))
    except LookupError:
        raise InputError(name, [_unknown(name, list_names(spoken), "a template")]) from None


def _refuse_language(settings: Settings, language: str) -> None:
    if language not in settings.business.languages:
        raise InputError("--language", [_unknown(language, settings.business.languages, "a language of this business")])


def _unknown(given: str, accepted: Sequence[str], what: str) -> InputProblem:
    from bot.config.values import nearest

    near = nearest(given, accepted)
    hint = f"did you mean {near}?" if near else f"accepted: {', '.join(accepted[:20])}"
    return InputProblem(None, f"{given!r} is not {what}; {hint}")


# -- what the commands share ------------------------------------------------------------------------------------


def read_settings() -> Settings:
    # A command that takes its time is not news; the bot has its own logging.
    logging.getLogger("storage.database").setLevel(logging.ERROR)
    return load_settings(config_path(os.environ), os.environ)


@contextmanager
def opened(settings: Settings, *, create: bool = True, prepare: bool = True) -> Iterator[Database]:
    """The database, migrated where it may migrate itself. Without `create` it must be there."""
    from storage import schema
    from storage.database import Database
    from storage.peek import is_there, reach, shown

    url = settings.environment.database_url
    if not create and not is_there(url):
        raise DatabaseMissing(shown(url))
    if (reached := reach(url, schema.current_revision)).error is not None:
        raise DatabaseMissing(shown(url), reached.error)
    database = Database(url, pool=settings.storage.pool)
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
def progress_bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)

"""run, check, migrate, backup: the bot itself and what it stands on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import typer

from bot.cli.output import AsJson, make_group, opened, print_json, print_table, read_settings, say
from bot.clock import Clock
from bot.config import Settings
from bot.errors import InputError, InputProblem, SettingsError

app = make_group()


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

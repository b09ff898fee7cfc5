"""staff and templates: who works here, and every word that is said."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from bot.cli.output import (
    AsJson,
    make_group,
    opened,
    print_json,
    print_table,
    read_settings,
    say,
    say_error,
    unknown,
)
from bot.clock import Clock
from bot.config import Settings
from bot.errors import InputError

app = make_group()
staff_app = make_group("The people of the business.")
templates_app = make_group("Every word a customer or colleague reads.")
app.add_typer(staff_app, name="staff")
app.add_typer(templates_app, name="templates")


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
        raise InputError(name, [unknown(name, list_names(spoken), "a template")]) from None


def _refuse_language(settings: Settings, language: str) -> None:
    if language not in settings.business.languages:
        raise InputError("--language", [unknown(language, settings.business.languages, "a language of this business")])

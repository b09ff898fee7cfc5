"""invitations: personal links and QR codes for customers whom Telegram does not reach yet."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import AsJson, make_group, opened, print_json, read_settings, say
from bot.errors import InputError, InputProblem

app = make_group()


@app.command("invitations")
def write_invitations(
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a list for a mail merge.")] = None,
    png: Annotated[Path | None, typer.Option("--png", help="Write sheets of QR codes, 24 each.")] = None,
    import_id: Annotated[int | None, typer.Option("--import", help="Only those whom this import brought.")] = None,
    bot: Annotated[str | None, typer.Option(help="User name of the bot; known once it has run.")] = None,
    as_json: AsJson = False,
) -> None:
    """How many customers can be written to, and personal links that bring the others into the chat."""
    from bot.identify import invitation_sheets, invitations, links
    from storage import meta
    from storage.invitations import count_reachable

    with opened(read_settings(), create=False) as database:
        database.write_now(links.make_secret, name="invitations")
        reached, whole = database.read_now(partial(count_reachable, import_id=import_id))
        name = bot or database.read_now(lambda memory: meta.read(memory, links.BOT_NAME))
        if (csv or png) and not name:
            raise InputError(
                "--bot", [InputProblem(None, "the bot has not run yet; give its user name, without the @")]
            )
        listed = partial(invitations.list_invitations, bot_name=(name or "").lstrip("@"), import_id=import_id)
        count, sheets = None, []
        if csv:
            count = database.read_now(lambda memory: invitation_sheets.write_list(listed(memory), csv))
        if png:
            sheets = database.read_now(lambda memory: invitation_sheets.write_sheets(listed(memory), png))
    if as_json:
        print_json(
            {"reachable": reached, "customers": whole, "invitations": count, "sheets": [str(one) for one in sheets]}
        )
        return
    say(f"{reached:,} of {whole:,} reachable; nobody else can be written to before they press Start")
    if csv:
        say(f"{csv}: {count:,} personal links")
    if png:
        say(
            f"{len(sheets):,} sheets of QR codes: {sheets[0]}{' …' if len(sheets) > 1 else ''}"
            if sheets
            else "nobody to invite"
        )

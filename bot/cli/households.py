"""households: who lives with whom, proposed, linked and taken apart again."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import AsJson, Key, make_group, opened, print_json, print_table, read_settings, say
from bot.clock import Clock

if TYPE_CHECKING:
    from storage.database import Memory

app = make_group()
households_app = make_group("Customers who live together.")
app.add_typer(households_app, name="households")

OtherKey = Annotated[str, typer.Argument(help="The other customer, named likewise.")]


@households_app.command("list")
def list_households(
    proposed: Annotated[
        bool, typer.Option("--proposed", help="Instead who may live together: compared anew by address and phone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Every household with its members; its number is the smallest of theirs."""
    from bot.identify import households, portrait
    from storage import households as stored
    from storage import portraits
    from storage.models import LinkStatus

    def read(memory: Memory) -> list[dict[str, Any]]:
        if proposed:
            return [households.show_link(memory, row) for row in stored.list_with(memory, LinkStatus.proposed)]
        return [
            {
                "household": members[0],
                "members": [
                    {"id": one.id, "name": one.name, "tier": one.tier} for one in portraits.get_all(memory, members)
                ],
            }
            for members in stored.list_households(memory)
        ]

    with opened(read_settings(), create=False) as database:
        if proposed:
            households.renew_proposals(database, Clock().now())
        rows = portrait.jsonable(database.read_now(read))
    if as_json:
        print_json(rows)
    elif not rows:
        say("Nobody seems to live together." if proposed else "No households yet; `--proposed` lists who may be one.")
    elif proposed:
        print_table(("id", "one", "other", "why"), [_as_row(row) for row in rows])
    else:
        print_table(
            ("household", "members"),
            [(row["household"], ", ".join(f"#{one['id']} {one['name']}" for one in row["members"])) for row in rows],
        )


def _as_row(shown: dict[str, Any]) -> tuple[Any, ...]:
    one, other = (f"#{side['customer_id']} {side['name']}" for side in shown["sides"])
    return shown["id"], one, other, "; ".join(map(_say, shown["evidence"]))


@households_app.command("show")
def show_household(key: Key, as_json: AsJson = False) -> None:
    """Who lives with a customer, and how we know."""
    from bot.identify import households, matching, portrait

    settings = read_settings()

    def read(memory: Memory) -> dict[str, Any]:
        customer = matching.find_customer(memory, key, settings)
        members = households.show_household(memory, customer.id)
        return {"id": customer.id, "name": customer.name, "household": members}

    with opened(settings, create=False) as database:
        shown = portrait.jsonable(database.read_now(read))
    if as_json:
        print_json(shown)
    elif not shown["household"]:
        say(f"#{shown['id']} {shown['name']} is of no household that we know of.")
    else:
        rows = [
            (f"#{one['id']}", one["name"], "; ".join(map(_say, one["why"])) or "through somebody else of it")
            for one in shown["household"]
        ]
        print_table(("", "name", "why"), rows)


@households_app.command("link")
def link_customers(key: Key, other: OtherKey, as_json: AsJson = False) -> None:
    """Say that two customers live together."""
    from bot.identify import households

    _change(key, other, households.link, "households link", as_json)


@households_app.command("unlink")
def unlink_customers(key: Key, other: OtherKey, as_json: AsJson = False) -> None:
    """Say that two do not live together; they are not proposed again."""
    from bot.identify import households

    _change(key, other, households.unlink, "households unlink", as_json)


def _change(key: str, other_key: str, change: Callable[..., Any], command: str, as_json: bool) -> None:
    from bot.identify import matching, portrait
    from bot.identify.households import show_link
    from storage import team

    settings, now = read_settings(), Clock().now()

    def run(memory: Memory) -> dict[str, Any]:
        one, other = (matching.find_customer(memory, each, settings) for each in (key, other_key))
        row, before = change(memory, one.id, other.id, now)
        team.log(
            memory, command=command, arguments=f"#{one.id} #{other.id}", outcome="done", at=now, customer_id=one.id
        )
        return {**show_link(memory, row), "before": before}

    with opened(settings, create=False) as database:
        done = portrait.jsonable(database.write_now(run, name="households"))
    if as_json:
        print_json(done)
        return
    one, other = (f"#{side['customer_id']} {side['name']}" for side in done["sides"])
    back = "link" if done["status"] == "apart" else "unlink"
    numbers = " ".join(str(side["customer_id"]) for side in done["sides"])
    say(f"{one} and {other} are {'not ' if back == 'link' else ''}of one household")
    say(f"take it back with: regulars households {back} {numbers}")


def _say(evidence: dict[str, Any]) -> str:
    """In words, as colleagues read it in the chat."""
    from bot.customize.wording import Wording

    return html.unescape(Wording(("en",), business={}).render("en", "reasons/household", evidence))

"""duplicates: customers who may be one person, merged and parted again."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import AsJson, make_group, opened, print_json, print_table, read_settings, say
from bot.clock import Clock
from bot.errors import InputError, InputProblem

if TYPE_CHECKING:
    from bot.config import Settings
    from storage.database import Database, Memory
    from storage.models import Customer

app = make_group()
duplicates_app = make_group("Customers who may be one person, entered twice.")
app.add_typer(duplicates_app, name="duplicates")

PAIR_COLUMNS = ("id", "score", "strong", "one", "other", "why")
MERGE_COLUMNS = ("id", "customer_id", "name", "merged_id", "how", "at", "undone_at")
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")]
PairNumber = Annotated[int, typer.Argument(help="The pair's number, as `duplicates list` has it.")]


@duplicates_app.command("list")
def list_duplicates(
    merged: Annotated[bool, typer.Option("--merged", help="The merges made instead, newest first.")] = False,
    stored: Annotated[bool, typer.Option("--stored", help="What was found before: compare nobody now.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare everybody anew, and list who may be one person, the likeliest first."""
    from bot.identify import portrait, proposals
    from storage import duplicates

    with opened(read_settings(), create=False) as database:
        if merged:
            rows = [dict(row) for row in database.read_now(duplicates.list_merges)]
        else:
            if not stored:
                proposals.renew_proposals(database, Clock().now())
            rows = database.read_now(
                lambda memory: [proposals.show_pair(memory, pair) for pair in duplicates.list_proposed(memory)]
            )
    if as_json:
        print_json(portrait.jsonable(rows))
    elif not rows:
        say("No merges yet." if merged else "Nobody seems to be entered twice.")
    else:
        columns = MERGE_COLUMNS if merged else PAIR_COLUMNS
        lines = rows if merged else [_as_row(row) for row in rows]
        print_table(columns, [[line[name] for name in columns] for line in lines])


@duplicates_app.command("renew")
def renew_duplicates(
    everybody: Annotated[bool, typer.Option("--all", help="Everybody, not only who is new or has changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare who is new or has changed with everybody, as the night does, and say how many pairs are proposed now."""
    from bot.identify import proposals

    with opened(read_settings(), create=False) as database:
        done = proposals.renew_proposals(database, Clock().now(), anew=everybody)
    if as_json:
        print_json(done._asdict())
    else:
        say(
            f"{done.compared:,} of {done.customers:,} customers compared with everybody; {done.proposed:,} pairs proposed:"
            " `regulars duplicates list --stored` has them."
        )


def _as_row(shown: dict[str, Any]) -> dict[str, Any]:
    one, other = (f"#{side['customer_id']} {side['name']}" for side in shown["sides"])
    why = ", ".join(_say(each).partition(":")[0] for each in shown["evidence"])
    return {**shown, "strong": "yes" if shown["strong"] else "", "one": one, "other": other, "why": why}


@duplicates_app.command("show")
def show_duplicate(pair: PairNumber, as_json: AsJson = False) -> None:
    """A pair side by side, with what speaks for and against it."""
    from bot.identify import portrait, proposals

    with opened(read_settings(), create=False) as database:
        shown = database.read_now(
            lambda memory: portrait.jsonable(proposals.show_pair(memory, proposals.find_pair(memory, pair)))
        )
    if as_json:
        print_json(shown)
        return
    sides = shown["sides"]
    names = ("name", "customer_id", "tier", "birthday", "city", "orders", "contacts", "since", "seen_at")
    rows = [(name.replace("_", " "), *(side[name] for side in sides)) for name in names]
    known_by = ["\n".join(f"{each['kind']} {each['value']}" for each in side["identities"]) for side in sides]
    rows.append(("known by", *known_by))
    print_table(("", "one", "other"), rows)
    for evidence in shown["evidence"]:
        say(f"{'-' if evidence['what'].endswith('different') else '+'} {_say(evidence)}")


@duplicates_app.command("merge")
def merge_duplicate(
    pair: Annotated[str, typer.Argument(help="A pair's number, or a customer who stays where OTHER is named too.")],
    other: Annotated[str | None, typer.Argument(help="The customer whose history goes over to the first.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make one customer of two. Both histories and all facts are kept; the stricter consent wins."""
    from bot.identify import merging

    settings, now = read_settings(), Clock().now()

    def run(memory: Memory) -> dict[str, Any]:
        from bot.differentiate.tiers import class_anew

        into, goes = _choose(memory, pair, other, settings)
        row = merging.merge(memory, into=into, other=goes, now=now)
        class_anew(memory, settings, now, [into.id])
        _log(memory, "duplicates merge", into.id, now)
        return {"merge": None if dry_run else row.id, "customer_id": row.customer_id, "merged_id": row.merged_id,
                **merging.summarise(row)}  # fmt: skip

    with opened(settings, create=False) as database:
        done = _write(database, run, dry_run)
    if as_json:
        print_json(done)
        return
    moved = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in done["moved"].items())
    say(f"#{done['merged_id']} {'would be' if dry_run else 'is now'} #{done['customer_id']}; with {moved or 'nothing'}")
    if done["dropped"]:
        say("kept for undoing: " + ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in done["dropped"].items()))
    if done["consents_refused"]:
        say("one of the two had refused what the other agreed to: the refusal holds")
    if not dry_run:
        say(f"take it back with: regulars duplicates undo {done['merge']}")


@duplicates_app.command("undo")
def undo_merge(
    merge: Annotated[int, typer.Argument(help="The merge's number, as `duplicates list --merged` has it.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Two customers again, each with their own history."""
    from bot.identify import merging

    settings, now = read_settings(), Clock().now()

    def run(memory: Memory) -> dict[str, Any]:
        from bot.differentiate.tiers import class_anew

        undone = merging.undo_merge(memory, merge, now)
        class_anew(memory, settings, now, [undone.stayed.id, undone.restored.id])
        _log(memory, "duplicates undo", undone.stayed.id, now)
        return {"customer_id": undone.stayed.id, "restored_id": undone.restored.id, "returned": undone.returned,
                "stayed": undone.left}  # fmt: skip

    with opened(settings, create=False) as database:
        done = _write(database, run, dry_run)
    if as_json:
        print_json(done)
        return
    say(f"#{done['customer_id']} and #{done['restored_id']} {'would be' if dry_run else 'are'} two again")
    for name, whose in (("returned", "restored_id"), ("stayed", "customer_id")):
        came = ", ".join(f"{count} {what}" for what, count in done[name].items() if count)
        if came:
            say(f"of what came since the merge, with #{done[whose]}: {came}")


@duplicates_app.command("apart")
def keep_apart(pair: PairNumber, as_json: AsJson = False) -> None:
    """Say that a pair is two people: it is not proposed again."""
    from bot.identify import proposals
    from storage import duplicates

    settings, now = read_settings(), Clock().now()

    def run(memory: Memory) -> dict[str, int]:
        found = proposals.find_pair(memory, pair)
        duplicates.keep_apart(memory, found.one_id, found.other_id, now)
        _log(memory, "duplicates apart", found.one_id, now)
        return {"one": found.one_id, "other": found.other_id}

    with opened(settings, create=False) as database:
        apart = database.write_now(run)
    print_json(apart) if as_json else say(f"#{apart['one']} and #{apart['other']} are two; they are not proposed again")


class _OnlyLooking(Exception):
    """Ends the transaction of a dry run, with what it would have done."""

    def __init__(self, done: dict[str, Any]) -> None:
        self.done = done
        super().__init__()


def _write(database: Database, run: Any, dry_run: bool) -> dict[str, Any]:
    def look(memory: Memory) -> None:
        raise _OnlyLooking(run(memory))

    if not dry_run:
        return dict(database.write_now(run, name="duplicates"))
    try:
        database.write_now(look, name="duplicates")
    except _OnlyLooking as looked:
        return looked.done
    raise AssertionError("a dry run ends by an exception")


def _choose(memory: Memory, pair: str, other: str | None, settings: Settings) -> tuple[Customer, Customer]:
    from bot.identify import matching, merging, proposals
    from storage.models import Customer

    if other is not None:
        return matching.find_customer(memory, pair, settings), matching.find_customer(memory, other, settings)
    if not pair.isdecimal():
        raise InputError("PAIR", [InputProblem(None, f"{pair!r} is no pair's number; or name two customers")])
    found = proposals.find_pair(memory, int(pair))
    return merging.choose_survivor(
        memory, memory.get_one(Customer, found.one_id), memory.get_one(Customer, found.other_id)
    )


def _log(memory: Memory, command: str, customer_id: int, now: Any) -> None:
    from storage import team

    memory.flush()
    team.log(memory, command=command, arguments="", outcome="done", at=now, customer_id=customer_id)


def _say(evidence: dict[str, Any]) -> str:
    """In words, as colleagues read it in the chat."""
    from bot.customize.wording import Wording

    return html.unescape(Wording(("en",), business={}).render("en", "reasons/alike", evidence))

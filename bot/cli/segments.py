"""segments: named sets of customers, always current."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.output import AsJson, make_group, opened, print_json, print_table, read_settings, say
from bot.clock import Clock

app = make_group()
segments_app = make_group("Named sets of customers, always current; docs/segments.md has the words.")
app.add_typer(segments_app, name="segments")

Name = Annotated[str, typer.Argument(help="The segment's name.")]


@segments_app.command("save")
def save_segment(
    name: Name,
    expression: Annotated[str, typer.Argument(help="The condition, such as 'tier in [A, B] and not open_complaint'.")],
    as_json: AsJson = False,
) -> None:
    """Check a condition and keep it under a name, in place of the one it had."""
    from bot.customize.takers import find_takers
    from bot.differentiate import segments

    settings, now = read_settings(), Clock().now()
    with opened(settings) as database:
        database.write_now(lambda memory: segments.save_segment(memory, name, expression, settings, now) and None)
        count = database.read_now(
            lambda memory: segments.count_segment(
                memory, segments.find_segment(memory, name), settings, now, find_takers
            )
        )
    print_json({"name": name, "customers": count}) if as_json else say(f"{name}: {count:,} customers")


@segments_app.command("list")
def list_segments(as_json: AsJson = False) -> None:
    """Every segment, with how many customers are in it now."""
    from bot.customize.takers import Ranking
    from bot.differentiate import segments
    from bot.identify import portrait

    settings, now, ranking = read_settings(), Clock().now(), Ranking()
    with opened(settings, create=False) as database:
        rows = database.read_now(lambda memory: segments.list_segments(memory, settings, now, ranking))
    if as_json:
        print_json(portrait.jsonable(rows))
        return
    print_table(("name", "customers", "condition"), [
        (row["name"], row["wrong"] or f"{row['customers']:,}", row["expression"]) for row in rows
    ])  # fmt: skip


@segments_app.command("show")
def show_segment(
    name: Name,
    most: Annotated[int, typer.Option(help="List so many of its customers; 0 for all.")] = 20,
    as_json: AsJson = False,
) -> None:
    """The condition, and who is in the segment now."""
    from bot.customize.takers import find_takers
    from bot.differentiate import segments

    settings, now = read_settings(), Clock().now()
    with opened(settings, create=False) as database:
        segment = database.read_now(lambda memory: segments.find_segment(memory, name))
        count, members = database.read_now(
            lambda memory: segments.show_members(memory, segment, settings, now, find_takers, most or None)
        )  # fmt: skip
    shown = [member._asdict() for member in members]
    if as_json:
        print_json({"name": name, "expression": segment.expression, "customers": count, "members": shown})
        return
    say(segment.expression)
    print_table(("id", "name", "tier"), members)
    say(f"{count:,} customers" + (f", {len(members)} shown" if len(members) < count else ""))


@segments_app.command("count")
def count_segment(
    name: Name,
    explain: Annotated[bool, typer.Option("--explain", help="Print the database's plan for it too.")] = False,
    as_json: AsJson = False,
) -> None:
    """How many customers are in the segment now."""
    from bot.customize.takers import find_takers
    from bot.differentiate import segments

    settings, now = read_settings(), Clock().now()
    with opened(settings, create=False) as database:
        segment = database.read_now(lambda memory: segments.find_segment(memory, name))
        count = database.read_now(lambda memory: segments.count_segment(memory, segment, settings, now, find_takers))
        plan = (
            database.read_now(lambda memory: segments.explain_segment(memory, segment, settings, now, find_takers))
            if explain
            else []
        )
    if as_json:
        print_json({"name": name, "customers": count, **({"plan": plan} if explain else {})})
        return
    say("\n".join([f"{count:,}", *plan]))


@segments_app.command("delete")
def delete_segment(name: Name, as_json: AsJson = False) -> None:
    """Forget the condition; customers are not touched."""
    from bot.differentiate import segments
    from storage import segments as stored

    with opened(read_settings(), create=False) as database:
        database.read_now(lambda memory: segments.find_segment(memory, name))
        database.write_now(lambda memory: stored.remove(memory, name))
    print_json({"deleted": name}) if as_json else say(f"{name} is gone")


@segments_app.command("takers")
def list_takers(
    sku: Annotated[str, typer.Argument(help="An item of the catalogue, new or not.")],
    most: Annotated[int, typer.Option(help="So many customers.")] = 20,
    backtest: Annotated[
        bool,
        typer.Option("--backtest", help="Say too how well this would have told who took what in the last 13 weeks."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Who would take an item they never had, the likeliest first."""
    from bot.customize import takers

    now = Clock().now()
    with opened(read_settings(), create=False) as database:
        rows = database.read_now(lambda memory: takers.list_takers(memory, sku, now, most))
        tested = database.read_now(lambda memory: takers.check_ranking(memory, now)) if backtest else None
    if as_json:
        print_json({"sku": sku, "takers": rows, **({"backtest": tested and tested._asdict()} if backtest else {})})
        return
    print_table(("id", "name", "tier", "score", "because they buy"), [
        (row["customer_id"], row["name"], row["tier"], row["score"], ", ".join(row["because"])) for row in rows
    ])  # fmt: skip
    if tested is not None:
        say(
            f"Of {tested.items} items held back, the top tenth held {tested.lift:.1f} times as many takers as chance "
            f"(ranked by number of purchases: {tested.lift_by_purchases:.1f}); area under the curve {tested.auc:.3f} "
            f"({tested.auc_by_purchases:.3f})."
        )
    elif backtest:
        say("Too little was sold in the last 13 weeks to test the ranking.")


@segments_app.command("suggest")
def suggest_segments(as_json: AsJson = False) -> None:
    """Groups that customers fall into by themselves, as conditions; none where halves of the customers disagree."""
    from bot.differentiate import suggesting

    settings, now = read_settings(), Clock().now()
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: suggesting.suggest_segments(memory, settings, now))
    if as_json:
        print_json(found)
        return
    if not found["stable"]:
        say(
            f"No stable groups among {found['of']:,} customers who bought: halves of them agree by {found['stability']:.2f}."
        )
        return
    print_table(("customers", "of whom it is right", "finds", "condition"), [
        (f"{one['customers']:,}", f"{one['precision']:.0%}", f"{one['recall']:.0%}", one["condition"])
        for one in found["groups"]
    ])  # fmt: skip
    say(
        f"Halves of the {found['of']:,} customers agree on these groups by {found['stability']:.2f} (1 is wholly, 0 by chance)."
    )
    say("Keep one with: regulars segments save NAME 'CONDITION'")

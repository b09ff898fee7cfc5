"""customers, followups, differentiate, export, erase: the people, and what is held and planned of them."""

from __future__ import annotations

import calendar
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.output import (
    AsJson,
    Key,
    make_group,
    opened,
    print_json,
    print_table,
    progress_bar,
    read_moment,
    read_settings,
    say,
    unknown,
)
from bot.clock import Clock
from bot.errors import InputError, InputProblem

NOBODY = "nobody"
_HINDRANCES = {
    "self": "is the customer itself",
    "no_partner": "#{id} is no partner; regulars customers kind {id} partner makes it one",
}

app = make_group()
customers_app = make_group("Who they are and what is known of them.")
followups_app = make_group("What will be sent, what was sent, what was held back and why.")
app.add_typer(customers_app, name="customers")
app.add_typer(followups_app, name="followups")


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
    columns = ("id", "name", "kind", "tier", "orders", "contacts", "language", "status")
    print_table(columns, [tuple(row[column] for column in columns) for row in rows])


@customers_app.command("show")
def show_customer(key: Key, as_json: AsJson = False) -> None:
    """All that is known of one customer, with where it came from, and what they need."""
    from bot.differentiate.needs import describe_needs
    from bot.identify import portrait
    from storage.database import Memory

    settings, now = read_settings(), Clock().now()

    def read(memory: Memory) -> dict[str, Any]:
        customer = portrait.find_customer(memory, key, settings)
        needs = portrait.jsonable(describe_needs(memory, customer, settings, now))
        return {**portrait.show_customer(memory, customer, settings, now), "needs": needs}

    with opened(settings, create=False) as database:
        shown = database.read_now(read)
    if as_json:
        print_json(shown)
        return
    plain = (
        "id",
        "name",
        "kind",
        "partner",
        "language",
        "time_zone",
        "status",
        "tier",
        "tier_reason",
        "group",
        "orders",
        "contacts",
        "lead_source",
        "referred_by",
    )
    rows = [(name, shown[name]) for name in plain]
    rows += [("lives with", f"#{one['id']} {one['name']}") for one in shown["household"]]
    rows += [(one["kind"], one["value"]) for one in shown["identities"]]
    rows += [(f"consent: {one['purpose']}", "yes" if one["granted"] else "no") for one in shown["consents"]]
    rows += [
        (f"{one['kind']} {one['polarity'] or ''}".strip(), f"{one['value']}  ← {one['source']['text']}")
        for one in shown["facts"]
        if one["superseded_by"] is None
    ]
    rows += _list_needs(shown["needs"])
    rows += [(one["kind"], f"{one['status']}: {one['quote'] or one['score']}") for one in shown["feedback"]]
    rows += [
        (one["rule"], f"{one['due_at'][:16]} {one['status']} {one['reason'] or ''}") for one in shown["follow_ups"]
    ]
    print_table(("", ""), rows)


def _list_needs(needs: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Those that are known, a line each."""
    if needs is None:
        return []

    def every(days: float | None) -> str:
        return "" if days is None else f", every {days:g} days"

    rows = [("orders", f"{needs['orders']} since {needs['since'][:10]}{every(needs['cycle_days'])}")]
    rows += [
        ("favourite", f"{one['sku']}: in {one['orders']} of them{every(one['cycle_days'])}")
        for one in needs["favourites"]
    ]
    if (day := needs["weekday"]) is not None:
        rows.append(("usual day", f"{calendar.day_name[day['day'] - 1]} ({day['share']:.0%})"))
    if (hours := needs["hours"]) is not None:
        rows.append(("usual hours", f"{hours['from']}:00-{hours['to']}:00 ({hours['share']:.0%})"))
    if needs["share_of_wallet"] is not None:
        rows.append(("share of wallet", f"{needs['share_of_wallet']:.0%}, as they say"))
    if (prices := needs["prices"]) is not None:
        words = "prices matter" if prices["sensitive"] else "no more than usual"
        rows.append(
            ("discounts", f"{prices['discounted']} of {prices['orders']} ({prices['usual']:.0%} here): {words}")
        )
    return rows


@customers_app.command("kind")
def set_kind(
    key: Key,
    kind: Annotated[str, typer.Argument(help="person, firm or partner.")],
    as_json: AsJson = False,
) -> None:
    """Say what somebody is; partners are classed among partners, and have a menu of their own in the chat."""
    from bot.differentiate import partners
    from bot.identify import portrait
    from storage.models import CustomerKind

    if kind not in tuple(CustomerKind):
        raise InputError("KIND", [unknown(kind, tuple(CustomerKind), "a kind of customer")])
    settings, now = read_settings(), Clock().now()
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: portrait.find_customer(memory, key, settings).id)
        shown = database.write_now(
            lambda memory: partners.set_kind_of(memory, found, CustomerKind(kind), settings, now),
            name="kind",
        )
    print_json(shown) if as_json else say(f"#{found} is a {kind} now: tier {shown['tier']}. {shown['tier_reason']}")


@customers_app.command("assign")
def assign(
    key: Key,
    partner: Annotated[str, typer.Argument(help="The partner whose customer this is; `nobody` takes it back.")],
    as_json: AsJson = False,
) -> None:
    """Say whose customer somebody is."""
    from bot.differentiate import partners
    from bot.identify import portrait
    from storage.database import Memory

    settings = read_settings()

    def write(memory: Memory) -> dict[str, Any]:
        customer = portrait.find_customer(memory, key, settings)
        owner = None if partner == NOBODY else portrait.find_customer(memory, partner, settings)
        if owner is not None and (wrong := partners.find_hindrance(customer, owner)):
            raise InputError("PARTNER", [InputProblem(None, _HINDRANCES[wrong].format(id=owner.id))])
        customer.partner_id = owner.id if owner else None
        return {"id": customer.id, "partner": customer.partner_id}

    with opened(settings, create=False) as database:
        shown = database.write_now(write, name="assign")
    whose = f"#{shown['partner']}'s" if shown["partner"] else "nobody's"
    print_json(shown) if as_json else say(f"#{shown['id']} is {whose} customer now")


@app.command()
def export(
    key: Key,
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output if left out.")] = None,
    as_json: AsJson = False,
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
    print_json({"file": str(file)}) if as_json else say(str(file))


@app.command()
def erase(
    key: Key, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: AsJson = False
) -> None:
    """Erase one person and all that is held on them. It cannot be undone; no import brings them back."""
    from bot.differentiate.tiers import erase_and_class
    from bot.identify import portrait

    settings, now = read_settings(), Clock().now()
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: portrait.find_customer(memory, key, settings))
        if not yes:
            if not sys.stdin.isatty():
                raise InputError("--yes", [InputProblem(None, "is needed where nobody can be asked")])
            typer.confirm(f"Erase {found.name} (#{found.id}) for good?", abort=True, err=True)
        database.write_now(lambda memory: erase_and_class(memory, found.id, now, settings), name="erase")
    print_json({"erased": found.id}) if as_json else say(f"#{found.id} is erased; backups still hold them")


@app.command()
def differentiate(
    as_of: Annotated[str | None, typer.Option(help="As things were on this day (ISO 8601).")] = None,
    until: Annotated[
        str | None,
        typer.Option(help="Only look back: what the orders until this day forecast, beside what came since."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Class every customer by value, anew."""
    from bot.differentiate.reasons import describe_ground
    from bot.differentiate.value import differentiate_all, look_back
    from bot.differentiate.yardstick import Yardstick

    settings = read_settings()
    now = read_moment(as_of, settings.business.time_zone, "--as-of") if as_of else Clock().now()
    back = read_moment(until, settings.business.time_zone, "--until") if until is not None else None
    if back is not None and back > now:
        raise InputError(
            "--until", [InputProblem(None, f"{until} is yet to come; name a day in the past to look back")]
        )
    with opened(settings, create=False) as database, progress_bar("classing customers") as progress:
        if back is not None:
            result = look_back(database, settings, back, now)
        else:
            result = differentiate_all(database, settings, now, progress=progress)
    if as_json:
        print_json(result)
        return
    if until is None:
        print_table(("tier", "customers"), [*result["tiers"].items(), ("all", result["customers"])])
        say(describe_ground(settings, Yardstick(**result["yardstick"]), language="en"))
        if result["partners"]["customers"]:
            say(describe_ground(settings, Yardstick(**result["partners"]), language="en"))
    elif result["model"]:
        shown = ("predicted_orders", "actual_orders", "mean_absolute_error")
        print_table(("since then", ""), [(name.replace("_", " "), f"{result[name]:g}") for name in shown])
    _say_model(result["model"])


def _say_model(model: dict[str, Any] | None) -> None:
    """What value rests on, in a line or two."""
    if model is None:
        say("Nobody has come back yet: there is no value to work out.")
        return
    names = {
        "bg_nbd": "BG/NBD and Gamma-Gamma",
        "bg_nbd_with_prior": "BG/NBD with a prior, since few came back yet",
        "pareto_nbd": "Pareto/NBD and Gamma-Gamma",
        "bg_and_pareto_nbd": "the mean of BG/NBD and Pareto/NBD, and Gamma-Gamma",
    }
    if model["how"] == "own_rate":
        say(f"Value rests on everybody's own rate. BG/NBD was not used: {model['why']}.")
    else:
        say(f"Value rests on {names[model['how']]}, of {model['customers']} customers.")
    if not model["spend_converged"]:
        say("What an order brings is an average of everybody's and their own: Gamma-Gamma found no best fit.")
    if check := model["check"]:
        say(
            f"Of the last {check['days']} days it would have forecast {check['predicted']:.0f} orders; {check['actual']} came."
        )


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

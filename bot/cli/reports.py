"""report: what the numbers say, as tables, JSON and plots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from babel.numbers import format_currency, get_currency_precision

from bot.cli.output import (
    AsJson,
    make_group,
    opened,
    print_json,
    print_table,
    read_moment,
    read_settings,
    say,
    unknown,
)
from bot.clock import Clock
from bot.config import Settings
from bot.errors import InputError, InputProblem

if TYPE_CHECKING:
    from bot.differentiate.plots import Plot

app = make_group()
report_app = make_group("What the numbers say.")
app.add_typer(report_app, name="report")


Plots = Annotated[Path | None, typer.Option(help="A folder to draw it into, a PNG each.")]
PlotLanguage = Annotated[str | None, typer.Option(help="Of the plots; the business's first if left out.")]


@report_app.command("value")
def report_value(
    plots: Plots = None,
    language: PlotLanguage = None,
    as_of: Annotated[str | None, typer.Option(help="As things were on this day (ISO 8601); tiers are today's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tiers and their value, who moved, recency and frequency, whether the forecast holds, who comes back."""
    from bot.differentiate import report

    settings = read_settings()
    zone = settings.business.time_zone
    spoken = _choose_language(language, settings)
    now = read_moment(as_of, zone, "--as-of") if as_of else Clock().now()
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: report.report_value(memory, settings, now))
    drawn: list[dict[str, str]] = []
    if plots:
        from bot.differentiate.plots import draw_report

        drawn = _write_plots(plots, draw_report(found, spoken, zone))
    _tell(found, drawn, _print, as_json=as_json)


@report_app.command("demand")
def report_demand(
    plots: Plots = None,
    language: PlotLanguage = None,
    as_of: Annotated[str | None, typer.Option(help="As of this day (ISO 8601); what is known is today's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Households by size and by what they are like, what changed there, what they buy, and what is to come."""
    from bot.interact import demand

    settings = read_settings()
    zone = settings.business.time_zone
    spoken = _choose_language(language, settings)
    now = read_moment(as_of, zone, "--as-of") if as_of else Clock().now()
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: demand.report_demand(memory, settings, now))
    drawn: list[dict[str, str]] = []
    if plots:
        from bot.interact.demand_plots import draw_demand

        drawn = _write_plots(plots, draw_demand(found, spoken, zone))
    _tell(found, drawn, _print_demand, as_json=as_json)


def _tell(
    found: dict[str, Any], drawn: list[dict[str, str]], show: Callable[[dict[str, Any]], None], *, as_json: bool
) -> None:
    if as_json:
        print_json({**found, "plots": drawn})
        return
    show(found)
    for plot in drawn:
        say(plot["file"])


def _choose_language(language: str | None, settings: Settings) -> str:
    spoken = language or settings.business.language
    if spoken not in settings.business.languages:
        raise InputError("--language", [unknown(spoken, settings.business.languages, "a language of this business")])
    return spoken


@report_app.command("sales")
def report_sales(
    by: Annotated[
        str,
        typer.Option(
            help="month, source, tier, group, city, language, kind, lead_source, store, seller, channel, postcode, payment, delivery, category or item."
        ),
    ] = "month",
    since: Annotated[str | None, typer.Option(help="Orders after this day (ISO 8601); a year ago if left out.")] = None,
    until: Annotated[str | None, typer.Option(help="Orders until this day; now if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """What was sold, split by one thing that is known of orders, their customers or their items."""
    from bot.differentiate import report
    from storage.sales import SPLITS

    if by not in SPLITS:
        raise InputError("--by", [unknown(by, SPLITS, "known of orders")])
    settings = read_settings()
    zone = settings.business.time_zone
    end = read_moment(until, zone, "--until") if until else Clock().now()
    begin = read_moment(since, zone, "--since") if since else end - timedelta(days=365)
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: report.report_sales(memory, settings, by, begin, end))
    if as_json:
        print_json(found)
        return
    rows = [
        (one["name"] if one["name"] is not None else "(not known)", f"{one['orders']:,}", f"{one['customers']:,}",
         _money(one["sales"], found["currency"]), _percent(one["share"]))
        for one in found["rows"]
    ]  # fmt: skip
    print_table((by, "orders", "customers", "sales", ""), rows)


@report_app.command("leads")
def report_leads(as_json: AsJson = False) -> None:
    """Who came by what, who of them bought, and what each customer won cost."""
    from bot.differentiate import leads

    settings = read_settings()
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: leads.report_leads(memory, settings))
    if as_json:
        print_json(found)
        return
    money = partial(_money, currency=found["currency"])
    rows = [
        (one["name"] if one["name"] is not None else "(not known)", f"{one['customers']:,}", f"{one['won']:,}",
         _percent(one["share_won"]), money(one["cost"]), money(one["cost_per_won"]), money(one["spent"]),
         money(one["present_value"]), money(one["expected"]))
        for one in found["rows"]
    ]  # fmt: skip
    print_table(
        ("lead source", "came", "bought", "", "cost", "per customer won", "spent", "will bring", "prospects may"),
        rows,
    )
    if found["referrers"]:
        say("\nWho brought most:")
        print_table(("id", "name", "brought", "bought", "spent", "will bring"), [
            (one["customer_id"], one["name"], one["customers"], one["won"], money(one["spent"]), money(one["present_value"]))
            for one in found["referrers"]
        ])  # fmt: skip


@report_app.command("partners")
def report_partners(as_json: AsJson = False) -> None:
    """Each partner: tier, orders, the stock told last and how long it lasts, own customers, open cases."""
    from bot.differentiate import partners

    settings = read_settings()
    with opened(settings, create=False) as database:
        found = database.read_now(lambda memory: partners.report_partners(memory, Clock().now()))
    if as_json:
        print_json({"currency": settings.business.currency, "rows": found})
        return
    rows = [
        (f"#{one['id']}", one["name"], one["tier"], f"{one['orders']:,}", (one["last_order_at"] or "")[:10],
         (one["told_at"] or "not told")[:10], _runs_out(one), f"{one['own_customers']:,}",
         _money(one["own_spent"], settings.business.currency), one["open_cases"])
        for one in found
    ]  # fmt: skip
    print_table(
        ("", "partner", "tier", "orders", "last", "stock told", "runs out", "own customers", "spent", "open cases"),
        rows,
    )


def _runs_out(row: dict[str, Any]) -> str:
    return "" if row["runs_out"] is None else f"{row['runs_out']} in {row['runs_out_in_days']:g} days"


def _write_plots(folder: Path, plots: Sequence[Plot]) -> list[dict[str, str]]:
    """{"name", "file", "caption"} of each plot."""
    drawn = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for plot in plots:
            path = folder / f"{plot.name}.png"
            path.write_bytes(plot.png)
            drawn.append({"name": plot.name, "file": str(path), "caption": plot.caption})
    except OSError as error:
        raise InputError(str(folder), [InputProblem(None, f"cannot be written: {error.strerror}")]) from None
    return drawn


def _print_demand(found: dict[str, Any]) -> None:
    def name(word: str) -> str:
        return word.replace("_", " ")

    left_out = f"; {found['left_out']:,} who switched profiling off are left out" if found["left_out"] else ""
    say(f"{found['households']:,} households of {found['customers']:,} customers{left_out}.\n")
    print_table(("size", "households"), [(one["size"], f"{one['households']:,}") for one in found["sizes"]])
    say("")
    print_table(
        ("kind", "households", "customers", "bought lately"),
        [(name(one["stage"]), *(f"{one[key]:,}" for key in ("households", "customers", "bought"))) for one in found["stages"]],
    )  # fmt: skip
    changes, buys, expected = found["changes"], found["buys"], found["expected"]
    say(f"\nChanged at home in the last {changes['days']} days (and in as many before): {'' if changes['rows'] else 'nothing we know of'}")  # fmt: skip
    if changes["rows"]:
        print_table(("", "households", "before"), [(name(one["what"]), one["households"], one["before"]) for one in changes["rows"]])  # fmt: skip
    if buys["rows"]:
        chance = sum(not one["sure"] for one in buys["rows"])
        others = f"; {chance} more comparisons may be chance" if chance else ""
        say(f"\nBought of a category in the last {buys['days']} days, in times of all households{others}:")
        rows = [
            (name(one["stage"]), one["category"], f"{one['bought']:,} of {one['of']:,}", _percent(one["share"]), f"{one['lift']:g}")
            for one in buys["rows"]
            if one["sure"]
        ]  # fmt: skip
        print_table(("kind", "category", "bought", "", "times"), rows)
    if buys["too_few"]:
        say(f"Fewer than {buys['few']} bought, so nothing is said: {', '.join(map(name, buys['too_few']))}.")
    say(f"\nTo come in the next {expected['days']} days: {'' if expected['rows'] else 'nothing we know of'}")
    if expected["rows"]:
        print_table(("month", "", "households"), [(one["month"], name(one["what"]), one["households"]) for one in expected["rows"]])  # fmt: skip


def _print(found: dict[str, Any]) -> None:
    _print_tiers("customers", found["tiers"], found["currency"])
    if found["partners"]:
        say("\nPartners among them, who are compared with partners only:")
        _print_tiers("partners", found["partners"]["tiers"], found["currency"])
    say("")
    print_table(("group", "customers"), [(name, f"{count:,}") for name, count in found["groups"].items()])
    say("")
    stages = [(name.replace("_", " "), f"{count:,}") for name, count in found["stages"].items()]
    print_table(("on their way", "customers"), stages)
    moves = found["movements"]
    say(f"\nMoved since {moves['since'][:10]}:")
    print_table(
        ("from", "to", "customers"), [(one["before"], one["after"], f"{one['customers']:,}") for one in moves["moves"]]
    )
    if rfm := found["rfm"]:
        say("\nCustomers by days since the last order (down) and days with an order (across):")
        columns = ("", *map(_span, rfm["frequency"]))
        print_table(
            columns, [(_span(days), *counts) for days, counts in zip(rfm["recency"], rfm["customers"], strict=True)]
        )
    if check := found["calibration"]:
        say(
            f"\nOf the {check['days']} days since {check['since'][:10]} {check['predicted']:,.0f} orders were forecast, "
            f"{check['actual']:,} came ({check['how']}). An average customer, by days with an order until then:"
        )
        rows = [(_span(one), f"{one['customers']:,}", one["predicted"], one["actual"]) for one in check["by_orders"]]
        print_table(("days", "customers", "forecast", "came"), rows)
    if kept := found["retention"]:
        say("\nBought again, by month of the first order and months since, %:")
        longest = max(len(one["shares"]) for one in kept["cohorts"])
        print_table(
            ("first order", "customers", *map(str, range(1, longest))),
            [
                (one["month"], f"{one['customers']:,}", *(f"{100 * share:.0f}" for share in one["shares"][1:]))
                for one in kept["cohorts"]
            ],
        )
    if learnt := found["learning"]:
        _print_learning(learnt)


def _print_learning(learnt: dict[str, Any]) -> None:
    say(
        "\nFacts that held of a customer after so many contacts of theirs (half of the customers lie between the quartiles):"
    )
    rows = [
        (one["contacts"], f"{one['customers']:,}", *(f"{one[name]:g}" for name in ("lower", "median", "upper")),
         _percent(one["asked_known"]))
        for one in learnt["steps"]
    ]  # fmt: skip
    print_table(("contacts", "customers", "quartile", "median", "quartile", "of what is asked, known"), rows)


def _print_tiers(whom: str, tiers: list[dict[str, Any]], currency: str) -> None:
    rows = [
        (tier["tier"], f"{tier['customers']:,}", _percent(tier["share_of_customers"]), _money(tier["value"], currency),
         _percent(tier["share_of_value"]))
        for tier in tiers
    ]  # fmt: skip
    print_table(("tier", whom, "", "present value", ""), rows)


def _span(part: dict[str, Any]) -> str:
    if part["to"] is None:
        return f"{part['from']}+"
    return str(part["from"]) if part["from"] == part["to"] else f"{part['from']}-{part['to']}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _money(minor: int | None, currency: str) -> str:
    return (
        "" if minor is None else format_currency(minor / 10 ** get_currency_precision(currency), currency, locale="en")
    )

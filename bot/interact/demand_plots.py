"""The report on demand, drawn: who lives how, and what each kind of household buys beside the average. A PNG each."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.differentiate.plots import BLUE, GREY, Pen, Plot, add_scale, shade

MOST_COLUMNS = 12  # categories: those bought by most
MOST_LIFT = 3.0  # where shades end


def draw_demand(report: dict[str, Any], language: str, zone: ZoneInfo) -> list[Plot]:
    """A plot of each part that there is something to say of."""
    pen = Pen(report, language, zone)
    plots = []
    if any(row["stage"] != "not_known" for row in report["stages"]):
        plots.append(_draw_households(pen))
    if report["buys"]["rows"]:
        plots.append(_draw_lift(pen))
    return plots


def _draw_households(pen: Pen) -> Plot:
    words, stages = pen.words["households"], pen.report["stages"]

    def fill(axes: Axes, _figure: Figure) -> None:
        place = np.arange(len(stages))
        colours = [GREY if row["stage"] == "not_known" else BLUE for row in stages]
        bars = axes.barh(place, [row["households"] for row in stages], 0.6, color=colours)
        axes.bar_label(bars, [pen.number(row["households"]) for row in stages], padding=4)
        axes.set_yticks(place, [pen.words["life_stages"][row["stage"]] for row in stages])
        axes.invert_yaxis()
        axes.set_xlabel(words["count"])
        axes.margins(x=0.1)

    return pen.plot("households", fill, left_out=pen.number(pen.report["left_out"]))


def _draw_lift(pen: Pen) -> Plot:
    words, buys = pen.words["lift"], pen.report["buys"]
    rows = {(row["stage"], row["category"]): row for row in buys["rows"]}
    stages = list(dict.fromkeys(stage for stage, _ in rows))
    sizes = {row["stage"]: row["of"] for row in buys["rows"]}
    averages = {row["category"]: row["average"] for row in buys["rows"]}
    categories = sorted(averages, key=lambda name: -averages[name])[:MOST_COLUMNS]
    lifts = np.array([[rows[stage, category]["lift"] for category in categories] for stage in stages])

    def fill(axes: Axes, figure: Figure) -> None:
        texts = [[_tell(rows[stage, category]) for category in categories] for stage in stages]
        image = shade(axes, lifts, texts, most=MOST_LIFT)
        axes.set_xticks(range(len(categories)), [f"{name}\n{averages[name]:.0%}" for name in categories])
        axes.set_yticks(
            range(len(stages)), [f"{pen.words['life_stages'][one]} ({pen.number(sizes[one])})" for one in stages]
        )
        axes.set_xlabel(words["average"])
        add_scale(figure, axes, image, words["axis"], extend="max")

    return pen.plot("lift", fill, size=(9.0, 5.0), days=buys["days"], few=buys["few"])


def _tell(row: dict[str, Any]) -> str:
    return f"{row['lift']:.1f}" if row["sure"] else "·"

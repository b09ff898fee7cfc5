"""The report on demand, drawn: who lives how, and what each kind of household buys beside the average. A PNG each."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.differentiate.plots import BLUE, GREY, ORANGE, Pen, Plot

MOST_ROWS = 16  # of categories: those that differ surely first, then the farthest from the average


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
    ranked = sorted(buys["rows"], key=lambda row: (not row["sure"], -abs(np.log(max(row["lift"], 0.05)))))
    rows = sorted(ranked[:MOST_ROWS], key=lambda row: row["lift"])

    def fill(axes: Axes, _figure: Figure) -> None:
        place = np.arange(len(rows))
        lifts = [row["lift"] for row in rows]
        axes.hlines(place, 1, lifts, color="#cccccc", linewidth=2)
        for sure, colour in ((True, ORANGE), (False, GREY)):
            these = [number for number, row in enumerate(rows) if row["sure"] is sure]
            if these:
                axes.scatter([lifts[one] for one in these], these, color=colour, zorder=3, label=words[f"sure_{sure}".lower()])  # fmt: skip
        axes.axvline(1, color="#555555", linewidth=1)
        axes.set_yticks(place, [
            f"{pen.words['life_stages'][row['stage']]}: {row['category']} ({pen.number(row['bought'])}/{pen.number(row['of'])})"
            for row in rows
        ])  # fmt: skip
        axes.set_xlabel(words["axis"])
        axes.margins(x=0.1)
        axes.legend(frameon=False, loc="lower right")

    return pen.plot("lift", fill, size=(9.0, 5.5), days=buys["days"], few=buys["few"])

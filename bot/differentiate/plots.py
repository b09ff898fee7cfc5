"""The report on value, drawn: a PNG each. Imported only when plots are asked for, since matplotlib takes its time.

The words are `templates/<language>/reports/value.yaml`. Colours are told apart by the colour-blind too (Okabe & Ito;
cividis). Where no font here has Chinese characters, plots are labelled in English.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import matplotlib as mpl
import numpy as np
import yaml
from babel.dates import format_date
from babel.numbers import format_compact_currency, format_decimal, get_currency_precision
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#999999"  # Okabe & Ito (2008)
SHADES = "cividis_r"
CHINESE = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "PingFang SC",
           "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "Arial Unicode MS")  # fmt: skip
SIZE, DPI = (8.0, 5.0), 150
FEW_CELLS = 80  # of a table of shades with a number in each


class Plot(NamedTuple):
    """`name` without its ending; `caption` says in a line what is seen."""

    name: str
    caption: str
    png: bytes


def draw_report(report: dict[str, Any], language: str, zone: ZoneInfo) -> list[Plot]:
    """A plot of each part that there is something to say of."""
    pen = Pen(report, language, zone)
    return [
        draw(pen)
        for name, draw in (
            ("tiers", _draw_tiers), ("movements", _draw_movements), ("rfm", _draw_rfm), ("alive", _draw_alive),
            ("calibration", _draw_calibration), ("retention", _draw_retention),
            ("learning", _draw_learning),
        )
        if report[name] and (name != "tiers" or any(tier["customers"] for tier in report["tiers"]))
    ]  # fmt: skip


class Pen:
    """What all plots share: words, fonts, how numbers are written."""

    def __init__(self, report: dict[str, Any], language: str, zone: ZoneInfo) -> None:
        chinese = _find_chinese()
        self.report, self.zone = report, zone
        self.language = language if language != "zh" or chinese else "en"
        self.words = _read(self.language)
        self.locale = LOCALES.get(self.language, self.language)
        self.fonts = [*([chinese] if chinese else []), "DejaVu Sans"]
        if self.language != "zh":
            self.fonts.reverse()  # each in its own, and names in any

    def plot(
        self, name: str, fill: Callable[[Axes, Figure], None], *, size: tuple[float, float] = SIZE, **values: Any
    ) -> Plot:
        words = self.words[name]
        with mpl.rc_context({"font.family": self.fonts, "font.size": 10, "axes.spines.top": False,
                             "axes.spines.right": False, "axes.titlelocation": "left", "text.parse_math": False}):  # fmt: skip
            figure = Figure(figsize=size, layout="constrained")
            axes = figure.add_subplot()
            fill(axes, figure)
            day = self.day(self.report["as_of"])
            under = self.words["as_of"].format(business=self.report["business"], day=day)
            figure.suptitle(words["title"].format(**values), x=0.01, ha="left", fontsize=14, fontweight="bold")
            axes.set_title(under, fontsize=9, color="#555555", pad=12)
            written = io.BytesIO()
            figure.savefig(written, format="png", dpi=DPI)
        return Plot(name, words["caption"].format(**values), written.getvalue())

    def day(self, iso: str) -> str:
        local = datetime.fromisoformat(iso).astimezone(self.zone).date()
        return format_date(local, "d MMM y" if self.language == "en" else "long", locale=self.locale)

    def number(self, number: float) -> str:
        return format_decimal(number, locale=self.locale)

    def money(self, minor: float) -> str:
        currency = self.report["currency"]
        major = round(minor / 10 ** get_currency_precision(currency))
        whole = abs(major) < (10_000 if self.language == "zh" else 1_000)
        return format_compact_currency(major, currency, locale=self.locale, fraction_digits=0 if whole else 1)

    def span(self, part: dict[str, Any]) -> str:
        if part["to"] is None:
            return f"{part['from']}+"
        return str(part["from"]) if part["from"] == part["to"] else f"{part['from']}–{part['to']}"


@lru_cache
def _find_chinese() -> str | None:
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in known), None)


@lru_cache
def _read(language: str) -> dict[str, Any]:
    file = files("templates").joinpath(language, "reports", "value.yaml")
    words: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return words


def _draw_tiers(pen: Pen) -> Plot:
    words, tiers = pen.words["tiers"], pen.report["tiers"]

    def fill(axes: Axes, _figure: Figure) -> None:
        place = np.arange(len(tiers))
        people = [100 * tier["share_of_customers"] for tier in tiers]
        value = [100 * (tier["share_of_value"] or 0) for tier in tiers]
        counts = [pen.number(tier["customers"]) for tier in tiers]
        axes.bar_label(axes.barh(place - 0.2, people, 0.38, color=GREY, label=words["customers"]), counts, padding=4)
        if any(tier["value"] is not None for tier in tiers):
            sums = ["" if tier["value"] is None else pen.money(tier["value"]) for tier in tiers]
            axes.bar_label(axes.barh(place + 0.2, value, 0.38, color=BLUE, label=words["value"]), sums, padding=4)
        axes.set_yticks(place, [pen.words["tier"][tier["tier"]] for tier in tiers])
        axes.invert_yaxis()
        axes.set_xlabel(words["share"])
        axes.margins(x=0.15)
        axes.legend(frameon=False, loc="lower right")

    return pen.plot("tiers", fill)


def _draw_movements(pen: Pen) -> Plot:
    words, names = pen.words["movements"], ["A", "B", "C", "new"]
    moved = np.full((4, 4), np.nan)
    for move in pen.report["movements"]["moves"]:
        moved[names.index(move["before"]), names.index(move["after"])] = move["customers"]
    since = pen.report["movements"]["since"]
    days = (datetime.fromisoformat(pen.report["as_of"]) - datetime.fromisoformat(since)).days

    def fill(axes: Axes, _figure: Figure) -> None:
        labels = [pen.words["tier"][name] for name in names]
        shade(axes, moved, [["·" if row == column else "" if np.isnan(moved[row, column]) else pen.number(int(moved[row, column]))
                              for column in range(4)] for row in range(4)])  # fmt: skip
        axes.set_xticks(range(4), labels)
        axes.set_yticks(range(4), labels)
        axes.set_xlabel(words["after"])
        axes.set_ylabel(words["before"])
        if np.isnan(moved).all():
            axes.text(1.5, 1.5, words["none"], ha="center", va="center", color="#555555")

    return pen.plot("movements", fill, size=(6.5, 5.0), since=pen.day(since), days=days)


def _draw_rfm(pen: Pen) -> Plot:
    words, rfm = pen.words["rfm"], pen.report["rfm"]
    scale = 10 ** get_currency_precision(pen.report["currency"])
    spent = np.array([[np.nan if money is None else money / scale for money in row] for row in rfm["spent"]])

    def fill(axes: Axes, figure: Figure) -> None:
        counts = [["" if not count else pen.number(count) for count in row] for row in rfm["customers"]]
        # A few who spent far more than all others would leave the rest in one shade.
        known = spent[~np.isnan(spent)]
        image = shade(axes, spent, counts, most=float(np.quantile(known, 0.9)) if len(known) else None)
        axes.set_xticks(range(len(rfm["frequency"])), [pen.span(part) for part in rfm["frequency"]])
        axes.set_yticks(range(len(rfm["recency"])), [pen.span(part) for part in rfm["recency"]])
        axes.set_xlabel(words["frequency"])
        axes.set_ylabel(words["recency"])
        add_scale(figure, axes, image, words["money"].format(currency=pen.report["currency"]), extend="max")

    return pen.plot("rfm", fill)


def _draw_alive(pen: Pen) -> Plot:
    words, grid = pen.words["alive"], pen.report["alive"]

    def fill(axes: Axes, figure: Figure) -> None:
        alive = 100 * np.array(grid["alive"])
        image = axes.pcolormesh(
            grid["weeks_ago"], grid["orders"], alive, cmap=SHADES, vmin=0, vmax=100, shading="nearest"
        )
        lines = axes.contour(
            grid["weeks_ago"], grid["orders"], alive, levels=[25, 50, 75], colors="white", linewidths=1
        )
        axes.clabel(lines, fmt="%d %%", fontsize=8)
        axes.set_xlabel(f"{words['recency']} ({words['known'].format(weeks=pen.number(round(grid['weeks'])))})")
        axes.set_ylabel(words["frequency"])
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        add_scale(figure, axes, image, words["scale"])

    return pen.plot("alive", fill)


def _draw_calibration(pen: Pen) -> Plot:
    words, found = pen.words["calibration"], pen.report["calibration"]
    values = {
        "since": pen.day(found["since"]), "days": found["days"], "predicted": pen.number(round(found["predicted"])),
        "actual": pen.number(found["actual"]),
    }  # fmt: skip

    def fill(axes: Axes, _figure: Figure) -> None:
        rows = found["by_orders"]
        place = np.arange(len(rows))
        axes.bar(place - 0.2, [row["predicted"] for row in rows], 0.38, color=BLUE,
                 label=words["predicted"].format(**values))  # fmt: skip
        axes.bar(place + 0.2, [row["actual"] for row in rows], 0.38, color=ORANGE,
                 label=words["actual"].format(**values))  # fmt: skip
        axes.set_xticks(place, [f"{pen.span(row)}\n({pen.number(row['customers'])})" for row in rows])
        axes.set_xlabel(words["orders"].format(**values) + f" ({pen.words['tiers']['customers']})")
        axes.set_ylabel(words["average"].format(**values))
        axes.legend(frameon=False, loc="upper left")

    return pen.plot("calibration", fill, **values)


def _draw_retention(pen: Pen) -> Plot:
    words, cohorts = pen.words["retention"], pen.report["retention"]["cohorts"]
    longest = max(len(cohort["shares"]) for cohort in cohorts)
    shares = np.full((len(cohorts), longest), np.nan)
    for row, cohort in enumerate(cohorts):
        shares[row, : len(cohort["shares"])] = 100 * np.array(cohort["shares"])
    later = shares[:, 1:] if longest > 1 else shares  # all bought in the first month: it says nothing

    def fill(axes: Axes, figure: Figure) -> None:
        texts = [["" if np.isnan(share) else f"{share:.0f}" for share in row] for row in later]
        image = shade(axes, later, texts)
        axes.set_xticks(range(later.shape[1]), [str(month + (longest > 1)) for month in range(later.shape[1])])
        axes.set_yticks(range(len(cohorts)), [f"{one['month']} ({pen.number(one['customers'])})" for one in cohorts])
        axes.set_xlabel(words["month"])
        axes.set_ylabel(words["cohort"])
        add_scale(figure, axes, image, words["scale"])

    return pen.plot("retention", fill, size=(9.0, 5.0))


def _draw_learning(pen: Pen) -> Plot:
    words, steps = pen.words["learning"], pen.report["learning"]["steps"]

    def fill(axes: Axes, _figure: Figure) -> None:
        contacts = [step["contacts"] for step in steps]
        lower, median, upper = ([step[name] for step in steps] for name in ("lower", "median", "upper"))
        axes.fill_between(contacts, lower, upper, color=BLUE, alpha=0.2, linewidth=0, label=words["half"])
        axes.plot(contacts, median, color=BLUE, marker="o", label=words["median"])
        axes.set_xscale("log")
        axes.set_xticks(contacts, [f"{pen.number(one['contacts'])}\n({pen.number(one['customers'])})" for one in steps])
        axes.set_xticks([], minor=True)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel(words["contacts"])
        axes.set_ylabel(words["facts"])
        axes.legend(frameon=False, loc="upper left")

    return pen.plot("learning", fill)


def add_scale(figure: Figure, axes: Axes, image: Any, label: str, extend: str = "neither") -> None:
    bar: Any = figure.colorbar(image, ax=axes, label=label, extend=extend)
    bar.outline.set_visible(False)


def shade(axes: Axes, values: Any, texts: Sequence[Sequence[str]], most: float | None = None) -> Any:
    """A table of shades with a text in each cell, dark on light and light on dark."""
    known = values[~np.isnan(values)]
    top = most or (float(known.max()) if len(known) else 0.0) or 1.0
    image = axes.imshow(np.ma.masked_invalid(values), cmap=SHADES, vmin=0, vmax=top, aspect="auto")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    size = 10 if values.size <= FEW_CELLS else 7
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            dark = not np.isnan(values[row, column]) and values[row, column] > 0.5 * top
            axes.text(
                column, row, text, ha="center", va="center", fontsize=size, color="white" if dark else "black"
            )  # fmt: skip
    return image

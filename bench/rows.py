"""A figure of a benchmark: what was measured, what is asked for, and what others reach; and figures as a table."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """`least` and `aim` are in the unit of `value`; of "%" and "x" (times another) more is better, of any other unit less."""

    set: str  # the data's folder, or what was timed
    what: str
    value: float
    least: float | None = None
    aim: float | None = None
    anchors: str = ""  # what others reach on it: "RapidFuzz 49.3 (measured), USE+ConveRT 85.2 (published)"
    unit: str = "%"

    @property
    def passes(self) -> bool:
        if self.least is None:
            return True
        return self.value >= self.least if self.unit in ("%", "x") else self.value <= self.least


def tell(rows: Sequence[Row], *, as_json: bool) -> int:
    """Print them; the exit status is 1 where one misses what is asked."""
    if as_json:
        print(json.dumps([asdict(row) | {"passes": row.passes} for row in rows], indent=2))
    else:
        _show(rows)
    return 0 if all(row.passes for row in rows) else 1


def _show(rows: Sequence[Row]) -> None:
    table = Table("set", "what", "measured", "at least", "aim", "others")
    for row in rows:
        wanted = ["" if bar is None else f"{bar:g} {row.unit}" for bar in (row.least, row.aim)]
        style = "" if row.passes else "bold red"
        table.add_row(
            row.set, row.what, f"{row.value:.{2 if row.unit else 3}f} {row.unit}", *wanted, row.anchors, style=style
        )
    Console(width=150 if not sys.stdout.isatty() else None).print(table)

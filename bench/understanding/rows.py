"""A figure of the understanding benchmark: what was measured, what is asked for, and what others reach."""

from __future__ import annotations

from dataclasses import dataclass


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

"""The rows of a file that cannot be imported: listed with their lines, or written to a file beside it to be mended."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from bot.config.values import shown
from bot.errors import InputError, InputProblem
from bot.identify.importing.columns import REASON
from bot.identify.importing.table import Table

MOST_LISTED = 1_000  # a file with more is wrong as a whole
MOST_SKIPPED = 100_000


class BadRowsFound(InputError):
    """Rows that cannot be imported; they could be skipped."""


class BadRows:
    """`reasons` by line; `spoilt` are keys (ids of orders) of which a row is bad, with its line."""

    def __init__(self, source: str, *, skip: bool) -> None:
        self.source = source
        self.skip = skip
        self.reasons: dict[int, str] = {}
        self.spoilt: dict[str, int] = {}
        self._unlisted = 0

    def __len__(self) -> int:
        return len(self.reasons) + self._unlisted

    def add(self, line: int, reason: str, key: str = "") -> None:
        if key:
            self.spoilt.setdefault(key, line)
        if self.skip or len(self.reasons) < MOST_LISTED or line in self.reasons:
            self.reasons.setdefault(line, reason)
        else:
            self._unlisted += 1
        if len(self.reasons) > MOST_SKIPPED:
            reason = f"more than {MOST_SKIPPED:,} rows are bad; is this the right kind of file?"
            raise InputError(self.source, [InputProblem(None, reason), InputProblem(line, self.reasons[line])])

    def spread(self, rows: Iterable[tuple[int, str]], what: str) -> None:
        """(line, key) of good rows that cannot stand without a bad one. Where bad rows are refused they are no news."""
        if self.skip:
            for line, key in rows:
                self.add(line, f"{what} {shown(key)} has a bad row, line {self.spoilt[key]}")

    def list_first(self, most: int) -> list[InputProblem]:
        return [InputProblem(line, reason) for line, reason in sorted(self.reasons.items())[:most]]

    def refuse(self) -> None:
        """Raises BadRowsFound where there are any."""
        if not self.reasons:
            return
        problems = [InputProblem(line, reason) for line, reason in sorted(self.reasons.items())]
        if self._unlisted:
            problems.append(InputProblem(None, f"and {self._unlisted:,} more rows are bad"))
        raise BadRowsFound(self.source, problems)

    def write(self, table: Table, path: Path) -> None:
        """The bad rows as they stand in the table, with the reason as the last column; mended, it can be imported.

        Raises InputError where it cannot be written.
        """
        try:
            file = path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            reason = f"cannot be written ({error.strerror}), and the bad rows would be lost; move the file elsewhere"
            raise InputError(str(path), [InputProblem(None, reason)]) from None
        with file:
            writer = csv.writer(file)
            writer.writerow([*table.header, REASON])
            width = len(table.header)
            for line, cells, _ in table.rows():
                if line in self.reasons:
                    writer.writerow([*(cells + [""] * width)[:width], self.reasons[line]])


def name_bad_file(source: Path) -> Path:
    """`orders.csv` → `orders.bad.csv`."""
    return source.with_name(f"{source.stem}.bad.csv")

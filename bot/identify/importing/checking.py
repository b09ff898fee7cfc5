"""A table checked whole, before anything of it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.errors import InputError, InputProblem
from bot.identify.importing.aside import Aside
from bot.identify.importing.bad_rows import BadRows
from bot.identify.importing.locale import Refused
from bot.identify.importing.options import ImportOptions
from bot.identify.importing.rows import COLUMNS, READERS, Cells, Reader
from bot.identify.importing.table import MAX_ROWS, Table, open_table

KNOWLEDGE = ("catalogue", "faq")  # read as a whole: a listener is built from all of it
MOST_KNOWLEDGE = 200_000  # rows of such a file
EVERY = 10_000  # rows between two words on how far it is

Progress = Callable[[int, int | None], None]
"""Told (rows done, rows in all), the latter None while they are still being counted."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What of a table can be written. `rows` counts the file's, without the bad ones."""

    table: Table
    rows: int
    bad: BadRows
    _aside: Aside[Any]
    _reader: Reader

    def parts(self) -> Iterator[list[Any]]:
        """Rows as `rows` has them, some at a time; all that belong together are in one part."""
        for records in self._aside.parts():
            yield self._reader.gather(records, self.bad)

    def close(self) -> None:
        self._aside.close()


def check_table(
    kind: str, table: Table, settings: Settings, now: datetime, options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> Checked:  # fmt: skip
    """Raises InputError with every bad row, unless they are to be skipped."""
    options = options or ImportOptions()
    cells_of = Cells(table.placement.places, options.convention)
    reader = READERS[kind](cells_of, settings, now)
    bad = BadRows(table.source, skip=options.skip_bad)
    aside: Aside[Any] = Aside(0 if kind in KNOWLEDGE else table.size)
    try:
        count = _read(
            table, cells_of, reader, bad, aside, progress, most=MOST_KNOWLEDGE if kind in KNOWLEDGE else MAX_ROWS
        )
        for records in aside.parts():  # what belongs together must agree too
            reader.gather(records, bad)
        if not options.skip_bad:
            bad.refuse()
    except BaseException:
        aside.close()
        raise
    return Checked(table, count - len(bad), bad, aside, reader)


def _read(
    table: Table, cells_of: Cells, reader: Reader, bad: BadRows, aside: Aside[Any], progress: Progress | None, *,
    most: int,
) -> int:  # fmt: skip
    """Set all rows aside that can be read; returns how many there are with the others."""
    count = 0
    for line, cells, fault in table.rows():
        try:
            if fault is not None:
                raise Refused(fault)
            record = reader.read(line, cells)
        except Refused as refused:
            bad.add(line, str(refused), "" if fault else cells_of.text(cells, reader.key))
        else:
            aside.add(record[1], record)
        count += 1
        if count > most:
            raise InputError(table.source, [InputProblem(line, f"more than {most:,} rows; split the file")])
        if progress and count % EVERY == 0:
            progress(count, None)
    return count


def read_rows(kind: str, path: Path, settings: Settings, now: datetime) -> list[Any]:
    """All rows of a file, as `rows` has them. Raises InputError with every bad one."""
    return list_rows(kind, open_table(path, COLUMNS[kind], kind), settings, now)


def list_rows(kind: str, table: Table, settings: Settings, now: datetime) -> list[Any]:
    """The same for a table at hand."""
    checked = check_table(kind, table, settings, now)
    rows = [row for part in checked.parts() for row in part]
    checked.close()
    return rows

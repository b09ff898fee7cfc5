"""A file as a table: rows streamed, its columns placed, each row cut into cells. What the cells mean is `rows`' work."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.errors import InputError, InputProblem
from bot.identify.importing.columns import Columns, Placement, fold, own_names, place_columns, synonyms
from bot.identify.importing.options import ImportOptions
from bot.identify.importing.text import detect_encoding, open_text
from bot.identify.importing.workbook import FaultyRow, Sheet, is_workbook

MAX_ROWS = 20_000_000
MAX_CELL = 4_096  # characters; as long as a Telegram message
HEADER_WITHIN = 10  # rows from the first: exports like to begin with a title
SEPARATORS = (",", ";", "\t")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Record = tuple[int, list[str]]
"""The line a row begins on, and its cells."""


class Uncut(Exception):
    """The rest of the file cannot be told apart into rows."""

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(line, reason)


@dataclass(frozen=True, slots=True)
class Table:
    """`rows()` reads the file anew each time: (line, cells, what is wrong with the row as such or None)."""

    source: str
    format: str  # such as "cp1252, separated by ;"
    size: int  # bytes of text, about
    header: list[str]
    placement: Placement
    records: Callable[[], Iterator[Record]]  # the header's not among them

    def rows(self) -> Iterator[tuple[int, list[str], str | None]]:
        """A quoted cell that is broken ends the file: the last row is then the fault."""
        width = len(self.header)
        try:
            for line, cells in self.records():
                if not any(cells) and type(cells) is list:
                    continue
                yield line, cells, _fault(cells, width)
        except Uncut as uncut:
            raise InputError(self.source, [InputProblem(uncut.line, uncut.reason)]) from None


def open_table(path: Path, columns: Columns, kind: str | None = None, options: ImportOptions | None = None) -> Table:
    """The table in a file. `columns` says of each column whether the file must have it; raises InputError."""
    options = options or ImportOptions()
    if is_workbook(path):
        sheet = Sheet(path, options.sheet)
        others = f", one of {sheet.others + 1} sheets" if sheet.others else ""
        return make_table(str(path), f'sheet "{sheet.name}"{others}', sheet.size, sheet.records, columns, kind, options)
    encoding = options.encoding or detect_encoding(path)
    with open_text(path, encoding) as file:
        separator = choose_separator(list(islice(file, HEADER_WITHIN)), columns, kind)

    def records() -> Iterator[Record]:
        with path.open(encoding=encoding, newline="") as lines:
            yield from cut_records(lines, separator)

    form = f"{encoding}, separated by {'tabs' if separator == chr(9) else separator}"
    return make_table(str(path), form, path.stat().st_size, records, columns, kind, options)


def cut_table(source: str, text: str, columns: Columns) -> Table:
    """The same for text already read, with our own names of columns; `source` names it in problems."""
    separator = choose_separator(text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN], columns, None)
    return make_table(
        source, "text", len(text), lambda: cut_records(io.StringIO(text, newline=""), separator), columns, None,
        ImportOptions(),
    )  # fmt: skip


def make_table(
    source: str, form: str, size: int, records: Callable[[], Iterator[Record]], columns: Columns,
    kind: str | None, options: ImportOptions,
) -> Table:  # fmt: skip
    """`records` yields the header among its first rows: titles may stand above it."""
    try:
        first = list(islice(records(), HEADER_WITHIN)) or [(1, [])]
    except Uncut as uncut:
        raise InputError(source, [InputProblem(uncut.line, uncut.reason)]) from None
    known = {fold(theirs) for theirs in options.columns} | synonyms(kind).keys() | own_names(columns).keys()
    place = max(range(len(first)), key=lambda number: (count_known(first[number][1], known), -number))
    line, header = first[place]
    placement = place_columns(source, line, header, columns, kind, options.columns)
    form += f", columns named on line {line}" if place else ""
    return Table(source, form, size, header, placement, lambda: islice(records(), place + 1, None))


def count_known(cells: Sequence[str], known: Set[str]) -> int:
    return sum(fold(cell) in known for cell in cells)


def choose_separator(lines: Sequence[str], columns: Columns, kind: str | None) -> str:
    """The one that cuts one of the first lines into the most columns we know, or into the most."""
    known = synonyms(kind).keys() | own_names(columns).keys()

    def count(separator: str) -> tuple[int, int]:
        return max((count_known(line.split(separator), known), line.count(separator)) for line in lines)

    return max(SEPARATORS, key=count)


def cut_records(lines: Iterable[str], separator: str) -> Iterator[Record]:
    """Each record with the line it begins on. Raises Uncut at a broken quote: what follows cannot be told apart."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        reason = f"a quoted cell is broken ({error}); a quote inside one is written twice, or the file was cut off"
        raise Uncut(line, reason) from None


def _fault(cells: list[str], width: int) -> str | None:
    if isinstance(cells, FaultyRow):
        return cells.reason
    if len(cells) != width:
        if len(cells) < width:
            return f"has {len(cells)} cells, the header {width}"
        if any(cells[width:]):
            return f"has {len(cells)} cells, the header {width}; a cell with the separator in it needs quotes"
    whole = "".join(cells)
    if len(whole) > MAX_CELL and max(map(len, cells)) > MAX_CELL:
        return f"a cell is longer than {MAX_CELL:,} characters"
    if not whole.isprintable() and _CONTROL.search(whole):
        return "a cell holds a control character; it cannot be shown to anybody"
    return None

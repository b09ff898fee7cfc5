"""A sheet of an Excel workbook (.xlsx) as rows of text. Formulas are never evaluated: their stored values count."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from itertools import repeat
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from bot.config.values import nearest, shown
from bot.errors import InputError, InputProblem
from bot.identify.importing.locale import Typed

MAX_PACKED = 200_000_000  # bytes
MAX_UNPACKED = 1_000_000_000
MAX_WORDS = 200_000_000  # of them its texts, which are all in memory while it is read
BOMB = 250, 50_000_000  # unpacked to more than so many times its size, and to more than so many bytes
MAX_PARTS = 10_000
LAST_ROW = 1_048_576  # of any sheet
BEGINS = b"PK\x03\x04"
OLD = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx with a password
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, InvalidFileException, KeyError, IndexError, ValueError,
    TypeError, AttributeError, EOFError, NotImplementedError,
)  # fmt: skip


class FaultyRow(list[str]):
    """Cells of a row that cannot be read, with the reason."""

    def __init__(self, cells: list[str], reason: str) -> None:
        super().__init__(cells)
        self.reason = reason


def is_workbook(path: Path) -> bool:
    """Raises InputError for a workbook that we cannot read."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InputError(str(path), [InputProblem(None, f"cannot be read: {error.strerror}")]) from None
    if start == OLD:
        reason = "is an old workbook (.xls) or has a password; save it as .xlsx without one"
        raise InputError(str(path), [InputProblem(None, reason)])
    return start == BEGINS


class Sheet:
    """One sheet: the first that is visible, or the one that is named."""

    def __init__(self, path: Path, name: str | None) -> None:
        self._path, self._source = path, str(path)
        with self._mending(), zipfile.ZipFile(path) as archive:
            self.size = _weigh(self._source, path.stat().st_size, archive)
        with self._mending(), self._open(values=True) as book:
            self.name = _choose(self._source, book, name)
            self.others = len(book.worksheets) - 1
            part = book[self.name]._worksheet_path
        with self._mending(), zipfile.ZipFile(path) as archive:
            self._has_formulas = _mentions(archive, part, b"<f")

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """(row, cells), the header first. Raises InputError where the file turns out to be broken."""
        with self._mending(), self._open(values=True) as book:
            if not self._has_formulas:
                yield from _records(self._source, book[self.name], None)
                return
            with self._open(values=False) as formulas:
                yield from _records(self._source, book[self.name], formulas[self.name])

    @contextmanager
    def _open(self, *, values: bool) -> Iterator[Any]:
        with self._path.open("rb") as file:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about styles and extensions that are no matter here
                book = load_workbook(file, read_only=True, data_only=values, keep_links=False)
            with closing(book):
                yield book

    @contextmanager
    def _mending(self) -> Iterator[None]:
        try:
            yield
        except UNREADABLE as error:
            reason = f"is no whole .xlsx workbook ({_first_line(error)}); copy it again, or save it anew as .xlsx"
            raise InputError(self._source, [InputProblem(None, reason)]) from None


def _weigh(source: str, packed: int, archive: zipfile.ZipFile) -> int:
    """Bytes unpacked. What the archive says of itself is what can be read from it at most."""
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    times, least = BOMB
    words = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if words > MAX_WORDS or packed > MAX_PACKED or size > MAX_UNPACKED or len(parts) > MAX_PARTS:
        reason = f"unpacks to {size / 1e6:,.0f} MB in {len(parts):,} parts, too large; save it as CSV"
        raise InputError(source, [InputProblem(None, reason)])
    if size > times * max(packed, 1) and size > least:
        reason = (
            f"unpacks to {size / max(packed, 1):,.0f} times its size, as no workbook of people does (a zip bomb?); "
            "save it as CSV"
        )
        raise InputError(source, [InputProblem(None, reason)])
    return size


def _mentions(archive: zipfile.ZipFile, part: str, word: bytes) -> bool:
    with archive.open(part) as file:
        rest = b""
        while piece := file.read(1 << 20):
            if word in rest + piece:
                return True
            rest = piece[-len(word) :]
    return False


def _choose(source: str, book: Any, name: str | None) -> str:
    titles = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.sheetnames
    if not titles:
        raise InputError(source, [InputProblem(None, "has no sheet with rows")])
    if name is None:
        return str(titles[0])
    if name not in book.sheetnames:
        near = nearest(name, book.sheetnames)
        hint = f"did you mean {near}?" if near else f"accepted: {', '.join(book.sheetnames)}"
        raise InputError("--sheet", [InputProblem(None, f"{shown(name)} is no sheet of {source}; {hint}")])
    return name


def _records(source: str, sheet: Any, formulas: Any | None) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
    twins: Any = repeat(())
    if formulas is not None:
        formulas.reset_dimensions()
        twins = formulas.iter_rows()
    width = 0
    for line, (row, twin) in enumerate(zip(sheet.iter_rows(values_only=True), twins, strict=False), start=1):
        if line > LAST_ROW:
            raise InputError(source, [InputProblem(line, f"a sheet has no more than {LAST_ROW:,} rows")])
        cells = [value if type(value) is str else _text(value) for value in row]
        while len(cells) > width and not cells[-1] and width:
            cells.pop()
        if not any(cells) and not twin:
            continue
        width = width or len(cells)
        cells += [""] * (width - len(cells))
        reason = next(_faults(line, row, twin), None)
        if any(cells) or reason:
            yield line, cells if reason is None else FaultyRow(cells, reason)


def _faults(line: int, row: Any, twin: Any) -> Iterator[str]:
    for place, value in enumerate(row, start=1):
        if type(value) is str and value in ERROR_CODES:
            yield f"cell {get_column_letter(place)}{line} is an error, {value}; mend it in the workbook"
    for place, (value, written) in enumerate(zip(row, twin, strict=False), start=1):
        if written.data_type == "f" and value is None:
            yield (
                f"cell {get_column_letter(place)}{line} is a formula without a stored value, and formulas are not "
                "evaluated; open the workbook in a spreadsheet program and save it"
            )


def _text(value: Any) -> str:
    """As a CSV would have it; what is stored as a number or a day is written our way."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return Typed(f"{value:.15g}")  # as many digits as a spreadsheet shows
        case datetime():
            whole = value.time() == time()
            return Typed(value.date().isoformat() if whole else value.isoformat(timespec="seconds"))
        case int() | date() | time():
            return Typed(value)
    return str(value)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0]

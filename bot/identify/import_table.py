"""A CSV file as a table: decoded, its separator found, its header checked. What the cells mean is `import_rows`' work."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.config.values import nearest, shown
from bot.errors import InputError, InputProblem

MAX_BYTES = 50_000_000
MAX_ROWS = 1_000_000
MAX_CELL = 4_096  # characters; as long as a Telegram message
MOST_PROBLEMS = 1_000  # listed; a file with more is wrong as a whole
SEPARATORS = (",", ";", "\t")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are (line, cells); `places` is where in the cells a column stands, for those that are there."""

    source: str
    places: Mapping[str, int]
    rows: list[tuple[int, list[str]]]
    problems: list[InputProblem]


def read_table(path: Path, columns: Mapping[str, bool]) -> Table:
    """The table in a file. `columns` says of each column whether the file must have it.

    Rows that cannot be cut into cells are among the problems; a file that is wrong as a whole raises InputError.
    """
    return cut_table(str(path), _decode(str(path), _read(path)), columns)


def cut_table(source: str, text: str, columns: Mapping[str, bool]) -> Table:
    """The same for text already read; `source` names it in problems."""
    header = text[: text.find("\n") + 1 or len(text)]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_choose_separator(header, columns), strict=True)
    problems: list[InputProblem] = []
    records = _records(lines, problems)
    _, names = next(records, (1, []))
    places = _read_header(source, names, columns)
    rows: list[tuple[int, list[str]]] = []
    width = len(names)
    for line, cells in records:
        if not any(cells):
            continue
        reason = _fault(cells, width)
        if reason:
            problems.append(InputProblem(line, reason))
        else:
            rows.append((line, cells))
        if len(rows) > MAX_ROWS:
            raise InputError(source, [InputProblem(line, f"more than {MAX_ROWS:,} rows; split the file")])
    return Table(source, places, rows, problems)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(str(path), [InputProblem(None, f"cannot be read: {error.strerror}")]) from None
    if len(content) > MAX_BYTES:
        reason = f"larger than {MAX_BYTES // 1_000_000} MB; split the file, each part with the header"
        raise InputError(str(path), [InputProblem(None, reason)])
    return content


def _decode(source: str, content: bytes) -> str:
    remedy = 'save it as "CSV UTF-8"'
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(source, [InputProblem(None, f"is UTF-16, not UTF-8; {remedy}")])
    if content.startswith(b"PK\x03\x04"):
        raise InputError(source, [InputProblem(None, f"is a spreadsheet, not CSV; {remedy}")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            source, [InputProblem(line, f"is not UTF-8 (byte 0x{content[error.start]:02x}); {remedy}")]
        ) from None
    if not text.strip():
        raise InputError(source, [InputProblem(None, "is empty; the first line names the columns")])
    return text


def _choose_separator(header: str, columns: Mapping[str, bool]) -> str:
    """The one that cuts the first line into the most columns we know."""

    def known(separator: str) -> int:
        return sum(_column(cell.strip('"')) in columns for cell in header.split(separator))

    return max(SEPARATORS, key=known)


def _records(lines: Iterator[list[str]], problems: list[InputProblem]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on. A broken quote ends the file: what follows cannot be told apart."""
    while True:
        line: int = lines.line_num + 1  # type: ignore[attr-defined]
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(
                InputProblem(line, f"a quoted cell is broken ({error}); a quote inside one is written twice")
            )
            return
        yield line, cells


def _column(cell: str) -> str:
    return cell.strip().lower()


def _read_header(source: str, names: list[str], columns: Mapping[str, bool]) -> dict[str, int]:
    places: dict[str, int] = {}
    problems: list[InputProblem] = []
    for place, cell in enumerate(names):
        name = _column(cell)
        if name in places:
            problems.append(InputProblem(1, f"the column {name} stands twice"))
        elif name not in columns:
            near = nearest(name, columns) if name else None
            hint = f"did you mean {near}?" if near else f"accepted: {', '.join(columns)}"
            problems.append(InputProblem(1, f"{shown(cell.strip())} is not a column of this kind; {hint}"))
        places[name] = place
    missing = [name for name, required in columns.items() if required and name not in places]
    if missing:
        reason = f"the first line must name the columns, {', '.join(missing)} missing"
        problems.append(InputProblem(1, reason))
    if problems:
        raise InputError(source, problems)
    return places


def _fault(cells: list[str], width: int) -> str | None:
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

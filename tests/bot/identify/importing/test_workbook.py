"""Excel workbooks as shops have them, and those that are cut, bloated or full of formulas."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from bot.config import load_settings
from bot.errors import InputError
from bot.identify.importing import workbook
from bot.identify.importing.checking import read_rows
from bot.identify.importing.files import import_file
from bot.identify.importing.locale import read_convention
from bot.identify.importing.options import ImportOptions
from storage.database import Database
from storage.models import Order

SETTINGS = load_settings(Path(__file__).parents[4] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY, NOON = map(datetime.fromisoformat, ("2026-01-01", "2026-02-28T10:05"))  # cells know no zone
HEAD = ["Order No.", "Customer", "Date", "Amount", "Item", "Qty", "Unit price"]


def _book(folder: Path, *rows: list[Any], sheets: dict[str, list[list[Any]]] | None = None) -> Path:
    book = Workbook()
    book.active.title = "Sales"
    for row in rows:
        book.active.append(row)
    for name, content in (sheets or {}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    file = folder / "orders.xlsx"
    book.save(file)
    return file


def _rewrite(file: Path, *changes: tuple[str, str]) -> Path:
    """Change the XML of the first sheet, as another program would have written it."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["xl/worksheets/sheet1.xml"].decode().replace("<v />", "<v></v>")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    parts["xl/worksheets/sheet1.xml"] = text.encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return file


def _refuse(file: Path, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_rows("orders", file, SETTINGS, NOW) if not options else _open(file, **options)
    return [line.removeprefix(str(file)) for line in str(caught.value).splitlines()]


def _open(file: Path, **options: Any) -> None:
    from bot.identify.importing.rows import ORDERS
    from bot.identify.importing.table import open_table

    open_table(file, ORDERS, "orders", ImportOptions(**options))


def test_a_workbook_is_imported(database: Database, tmp_path: Path) -> None:
    """Typed cells are read as they are, whatever the locale: 1.23 is no hundred and twenty-three."""
    file = _book(
        tmp_path, HEAD, [1001, 77, NOON, 8.5, "latte", 2, 1.23],
        [1001, 77, NOON, 8.5, "bun", 1.0, None], [None] * 7,
        ["A-1002", "c2", date(2026, 2, 27), "1.234,50", "latte", "1", "1.234,50"],
    )  # fmt: skip
    report = import_file(
        database, "orders", file, SETTINGS, NOW, options=ImportOptions(convention=read_convention("de_DE"))
    )
    assert (report.added, report.format) == (2, 'sheet "Sales"')
    orders = database.read_now(lambda memory: {
        order.external_id: (order.ordered_at, order.total, [(line.sku, line.quantity, line.price) for line in order.lines])
        for order in memory.scalars(select(Order))})  # fmt: skip
    assert orders == {
        "1001": (datetime(2026, 2, 28, 9, 5, tzinfo=UTC), 850, [("latte", 2, 123), ("bun", 1, None)]),
        "A-1002": (datetime(2026, 2, 26, 23, tzinfo=UTC), 123450, [("latte", 1, 123450)]),
    }


def test_bad_rows_of_a_workbook_are_named_by_row(tmp_path: Path) -> None:
    file = _book(tmp_path, HEAD, [1, 2, DAY, 5], [2, 2, "31/02/2026", 5], [3, 2, DAY, "five"])
    assert [line.partition(" is not")[0] for line in _refuse(file)] == [
        ':3: ordered_at: "31/02/2026"',
        ':4: total: "five"',
    ]


def test_a_formula_is_its_stored_value(tmp_path: Path) -> None:
    file = _book(tmp_path, HEAD, [1, 2, DAY, "=5*2"], [2, 2, DAY, 3])
    _rewrite(file, ("<f>5*2</f><v></v>", "<f>5*2</f><v>10</v>"))
    assert [row.total for row in read_rows("orders", file, SETTINGS, NOW)] == [1000, 300]


def test_a_formula_without_a_stored_value_is_refused(tmp_path: Path) -> None:
    file = _book(tmp_path, HEAD, [1, 2, DAY, 5, '=HYPERLINK("x")'], [2, 2, DAY, 3])
    assert _refuse(file) == [
        ":2: cell E2 is a formula without a stored value, and formulas are not evaluated; open the workbook in a "
        "spreadsheet program and save it"
    ]


def test_an_error_in_a_cell_is_refused(tmp_path: Path) -> None:
    file = _book(tmp_path, HEAD, [1, 2, DAY, 5, "=1/0"])
    _rewrite(file, ('<c r="E2"><f>1/0</f><v></v>', '<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v>'))
    assert _refuse(file) == [":2: cell E2 is an error, #DIV/0!; mend it in the workbook"]


def test_a_workbook_that_was_cut_off(tmp_path: Path) -> None:
    file = _book(tmp_path, HEAD, *([n, 2, DAY, 5] for n in range(500)))
    whole = file.read_bytes()
    for share in (0.2, 0.5, 0.9, 0.999):
        file.write_bytes(whole[: int(len(whole) * share)])
        (reason,) = _refuse(file)
        assert reason.startswith(": is no whole .xlsx workbook (")
        assert reason.endswith("copy it again, or save it anew as .xlsx")


def test_a_workbook_whose_inside_is_damaged(tmp_path: Path) -> None:
    file = _book(tmp_path, HEAD, *([n, 2, DAY, 5] for n in range(500)))
    whole = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    start = part.header_offset + 60
    whole[start : start + 200] = bytes(200)
    file.write_bytes(whole)
    assert _refuse(file)[0].startswith(": is no whole .xlsx workbook (")


def test_a_bomb_is_refused_unopened(tmp_path: Path) -> None:
    file = _book(tmp_path, HEAD, [1, 2, DAY, 5])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/image1.png", "w") as part:
        for _ in range(100):
            part.write(bytes(1_000_000))
    (reason,) = _refuse(file)
    assert "times its size, as no workbook of people does (a zip bomb?); save it as CSV" in reason


def test_a_workbook_larger_than_we_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _book(tmp_path, HEAD, [1, 2, DAY, 5])
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", "<sst/>")
    for limit in ("MAX_UNPACKED", "MAX_PACKED", "MAX_WORDS", "MAX_PARTS"):
        with monkeypatch.context() as patch:
            patch.setattr(workbook, limit, 5)
            assert "too large; save it as CSV" in _refuse(file)[0]
    assert len(read_rows("orders", file, SETTINGS, NOW)) == 1


@pytest.mark.parametrize(
    ("start", "reason"),
    [(b"\xd0\xcf\x11\xe0....", "is an old workbook (.xls) or has a password; save it as .xlsx without one"),
     (b"PK\x03\x04....", "is no whole .xlsx workbook (File is not a zip file); copy it again, or save it anew as .xlsx")],
)  # fmt: skip
def test_what_only_looks_like_a_workbook(tmp_path: Path, start: bytes, reason: str) -> None:
    file = tmp_path / "orders.xlsx"
    file.write_bytes(start)
    assert _refuse(file) == [f": {reason}"]


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    file = _book(tmp_path, HEAD, [1, 2, DAY, 5])
    _rewrite(file, ('<dimension ref="A1:G2"', '<dimension ref="A1:XFD1048576"'))
    assert len(read_rows("orders", file, SETTINGS, NOW)) == 1
    _rewrite(file, ('<row r="2">', '<row r="2000000000">'))
    assert _refuse(file) == [":1048577: a sheet has no more than 1,048,576 rows"]


def test_the_sheet_that_is_meant(tmp_path: Path) -> None:
    file = _book(tmp_path, ["notes"], sheets={"January": [HEAD, [1, 2, DAY, 5]]})
    _open(file, sheet="January")
    assert _refuse(file, sheet="Januar") == [f'--sheet: "Januar" is no sheet of {file}; did you mean January?']
    assert _refuse(file)[0].startswith(':1: "notes" is not a column of this kind')

"""What encoding a file is in, found out from its bytes; what is in two of them is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load_settings
from bot.errors import InputError
from bot.identify.importing.options import ImportOptions
from bot.identify.importing.table import open_table
from bot.identify.importing.text import detect_encoding

SETTINGS = load_settings(Path(__file__).parents[4] / "config.yaml", {})
COLUMNS = {"customer_id": True, "name": True}
GERMAN = "customer_id;name\nc1;Jürgen Groß\nc2;Zoë Brontë\nc3;François – «Café» €\n"
CHINESE = "customer_id\tname\nc1\t李伟\nc2\t欧阳娜娜，小红\nc3\t王芳\n"


def _rows(path: Path, **options: str) -> list[list[str]]:
    return [cells for _, cells, _ in open_table(path, COLUMNS, None, ImportOptions(**options)).rows()]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (GERMAN, "utf-8", "utf-8"), (GERMAN, "utf-8-sig", "utf-8-sig"), (GERMAN, "cp1252", "cp1252"),
        (GERMAN, "utf-16", "utf-16"), (GERMAN, "utf-16-le", "utf-16-le"), (GERMAN, "utf-16-be", "utf-16-be"),
        (CHINESE, "gb18030", "gb18030"), (CHINESE, "utf-8", "utf-8"), (CHINESE, "utf-16", "utf-16"),
        ("customer_id,name\nc1,Ann\n", "ascii", "utf-8"),
    ],
)  # fmt: skip
def test_the_encoding_is_found_out(tmp_path: Path, text: str, written: str, found: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(text.encode(written))
    separator = next(one for one in ";\t," if one in text)
    assert detect_encoding(file) == found
    assert _rows(file) == [line.split(separator) for line in text.splitlines()[1:]]


@pytest.mark.parametrize("other", ["cp1252", "gb18030"])
def test_two_encodings_in_one_file_are_refused_by_line(tmp_path: Path, other: str) -> None:
    file = tmp_path / "people.csv"
    text, strange = (GERMAN, "c9;Zoë\n") if other == "cp1252" else (CHINESE, "c9\t欧阳娜娜\n")
    file.write_bytes(text.encode() + strange.encode(other))
    with pytest.raises(InputError, match=r"people.csv:5: is not UTF-8 \(byte 0x..\), though other lines are; save the"):
        detect_encoding(file)
    file.write_bytes(text.encode(other) + strange.encode(other))
    assert len(_rows(file)) == 4


def test_an_encoding_that_is_named_is_held_to(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes("customer_id,name\nc1,Ünal\n".encode("cp1254"))
    assert _rows(file, encoding="cp1254") == [["c1", "Ünal"]]
    with pytest.raises(InputError, match=r"people.csv:2: is not utf-8 \(byte 0xdc\); save the file as CSV UTF-8, or"):
        _rows(file, encoding="utf-8")
    with pytest.raises(InputError, match="--encoding: klingon is not an encoding; accepted: such as utf-8"):
        _rows(file, encoding="klingon")


def test_a_line_without_end_is_no_trap(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"customer_id,name\nc1," + "é".encode() * 1_000_000)
    with pytest.raises(InputError, match=r"people.csv:2: is longer than any row can be"):
        _rows(file)

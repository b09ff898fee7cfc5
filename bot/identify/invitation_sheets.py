"""Invitations on paper: a list for a mail merge, and sheets of QR codes to cut out."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from pathlib import Path

import matplotlib
import segno
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from bot.identify.invitations import Invitation

ACROSS, DOWN = 4, 6  # codes on a sheet
CELL, LABEL = 300, 60  # pixels: an A4 sheet at 150 a inch, about 5 cm a code
TEXT = 22
FORMULAS = "=+-@\t\r"  # what a spreadsheet would take a name for


def write_list(invitations: Iterable[Invitation], file: Path) -> int:
    """CSV in UTF-8 with a mark, as spreadsheets like it; returns how many."""
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(Invitation._fields)
        for one in invitations:
            name = f"'{one.name}" if one.name.startswith(tuple(FORMULAS)) else one.name
            writer.writerow(one._replace(name=name))
            count += 1
    return count


def write_sheets(invitations: Iterable[Invitation], file: Path) -> list[Path]:
    """PNG sheets of 24 codes: `file` itself where one is enough, else `name-001.png` and so on."""
    pages = _in_pages(iter(invitations))
    first, second = next(pages, None), next(pages, None)
    if first is None:
        return []
    if second is None:
        draw_sheet(first).save(file, optimize=True)
        return [file]
    written = []
    for number, page in enumerate(chain([first, second], pages), start=1):
        written.append(file.with_name(f"{file.stem}-{number:03}{file.suffix or '.png'}"))
        draw_sheet(page).save(written[-1], optimize=True)
    return written


def draw_sheet(invitations: Sequence[Invitation]) -> Image.Image:
    sheet = Image.new("L", (ACROSS * CELL, DOWN * (CELL + LABEL)), 255)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(_font_file(), TEXT)
    for place, one in enumerate(invitations):
        left, top = place % ACROSS * CELL, place // ACROSS * (CELL + LABEL)
        code = draw_code(one.link, CELL)
        sheet.paste(code, (left, top))
        for row, text in enumerate(_label(one)):
            pen.text((left + CELL // 2, top + CELL + row * (TEXT + 4)), text, fill=0, font=font, anchor="ma")
    return sheet


def draw_code(link: str, side: int) -> Image.Image:
    """A QR code with its quiet zone, in whole pixels a module, in the middle of a white square."""
    code = segno.make_qr(link, error="m")
    modules = [list(row) for row in code.matrix_iter(scale=1, border=4)]
    small = Image.new("1", (len(modules), len(modules)))
    small.putdata([0 if module else 255 for row in modules for module in row])
    scale = side // len(modules)
    drawn = small.resize((len(modules) * scale, len(modules) * scale), Image.Resampling.NEAREST)
    square = Image.new("L", (side, side), 255)
    square.paste(drawn, ((side - drawn.width) // 2, (side - drawn.height) // 2))
    return square


def _label(one: Invitation) -> list[str]:
    """The number, and the name where the font that is always there has its letters (it has no Chinese)."""
    number = f"#{one.id}  {one.customer_id}".strip()[:20]
    return [number, one.name[:20]] if all(ord(letter) in _letters() for letter in one.name) else [number]


@cache
def _font_file() -> str:
    """DejaVu Sans, which comes with matplotlib."""
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


@cache
def _letters() -> Container[int]:
    return FT2Font(_font_file()).get_charmap()


def _in_pages(invitations: Iterator[Invitation]) -> Iterator[list[Invitation]]:
    while page := list(islice(invitations, ACROSS * DOWN)):
        yield page

"""The encoding of a text file: found out from all of its bytes, a piece at a time, and never guessed past a contradiction."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bot.errors import InputError, InputProblem

MAX_BYTES = 2_000_000_000
PIECE = 1 << 20
_HIGH = re.compile(rb"[\x80-\xff]")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HANZI = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def detect_encoding(path: Path) -> str:
    """utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, gb18030 or cp1252.

    Raises InputError for a file that is none of these as a whole, with the line where it turns into something else.
    """
    try:
        with path.open("rb") as file:
            return _detect(str(path), file)
    except OSError as error:
        raise InputError(str(path), [InputProblem(None, f"cannot be read: {error.strerror}")]) from None


def open_text(path: Path, encoding: str) -> IO[str]:
    """As `csv` wants it. A byte that the encoding does not have raises InputError with its line before any row is read."""
    source = str(path)
    try:
        with path.open("rb") as file:
            decoder = codecs.getincrementaldecoder(encoding)()
            line = 1
            for piece in _pieces(source, file):
                line = _decode(source, decoder, piece, line, encoding)
            _decode(source, decoder, b"", line, encoding, final=True)
    except OSError as error:
        raise InputError(source, [InputProblem(None, f"cannot be read: {error.strerror}")]) from None
    except LookupError:
        reason = f"{encoding} is not an encoding; accepted: such as utf-8, utf-16, gb18030, cp1252"
        raise InputError("--encoding", [InputProblem(None, reason)]) from None
    return path.open(encoding=encoding, newline="")


def _detect(source: str, file: IO[bytes]) -> str:
    start = file.read(4096)
    if not start.strip():
        raise InputError(source, [InputProblem(None, "is empty; the first line names the columns")])
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if (wide := _find_utf16(start)) is not None:
        return wide
    file.seek(0)
    return _weigh(source, file)


def _find_utf16(start: bytes) -> str | None:
    """Latin letters in UTF-16 have a zero byte each, all on one side."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) // 8:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _weigh(source: str, file: IO[bytes]) -> str:
    """By what the bytes above 127 are: UTF-8 sequences, pairs of Chinese ones, or single letters of Western Europe."""
    utf8 = other = high = pairs = line = 0
    strange: tuple[int, int] | None = None  # line and byte of the first that is not UTF-8
    for text in iter(lambda: file.readline(PIECE), b""):  # a character never spans two lines in these encodings
        line += 1
        if len(text) == PIECE:
            raise InputError(source, [InputProblem(line, "is longer than any row can be; is this a CSV file?")])
        if text.isascii():
            continue
        if (byte := _HIGH.search(_UTF8.sub(b"", text))) is None:
            utf8 += 1
            continue
        strange = strange or (line, byte[0][0])
        other += 1
        high += len(_HIGH.findall(text))
        pairs += 2 * len(_HANZI.findall(text))
    if strange is None:
        return "utf-8"
    chinese = pairs > 0.8 * high
    # Two Chinese characters may look like UTF-8 by chance; a Western word does not.
    if utf8 > (other // 20 if chinese else 0):
        reason = (
            f"is not UTF-8 (byte 0x{strange[1]:02x}), though other lines are; save the whole file in one encoding, "
            "or name it with --encoding"
        )
        raise InputError(source, [InputProblem(strange[0], reason)])
    return "gb18030" if chinese else "cp1252"


def _pieces(source: str, file: IO[bytes]) -> Iterator[bytes]:
    read = 0
    while piece := file.read(PIECE):
        read += len(piece)
        if read > MAX_BYTES:
            raise InputError(source, [_too_large()])
        yield piece


def _too_large() -> InputProblem:
    return InputProblem(None, f"larger than {MAX_BYTES / 1e6:,.0f} MB; split the file, each part with the header")


def _decode(
    source: str, decoder: codecs.IncrementalDecoder, piece: bytes, line: int, encoding: str, *, final: bool = False
) -> int:
    """The line after this piece."""
    try:
        return line + decoder.decode(piece, final).count("\n")
    except UnicodeDecodeError as error:
        line += error.object[: error.start].count(b"\n")
        at = f"byte 0x{error.object[error.start]:02x}" if error.start < len(error.object) else "its end"
        reason = f"is not {encoding} ({at}); save the file as CSV UTF-8, or name its encoding with --encoding"
        raise InputError(source, [InputProblem(line, reason)]) from None

"""Checked records set aside until all are checked: in memory where they are few, else in a file of many small parts.

All records of one key (an order's id) come into one part, so that what belongs together is together, and memory
holds one part at a time however long the file.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from typing import Any, Generic, TypeVar
from zlib import crc32

T = TypeVar("T")

PART_BYTES = 4_000_000  # of the file's text: some forty megabytes of records
CHUNK = 250  # records of a part written together


class Aside(Generic[T]):
    """`add` all, then read `parts()`, as often as need be: each a list in the order of adding."""

    def __init__(self, size: int) -> None:
        """`size`: bytes of text that are to come, about."""
        self._waiting: list[list[T]] = [[] for _ in range(1 + size // PART_BYTES)]
        self._chunks: list[list[tuple[int, int]]] = [[] for _ in self._waiting]
        self._file: Any = tempfile.TemporaryFile() if len(self._waiting) > 1 else None  # noqa: SIM115  closed by close
        self._end = 0

    def add(self, key: str, record: T) -> None:
        number = crc32(key.encode()) % len(self._waiting) if self._file else 0
        waiting = self._waiting[number]
        waiting.append(record)
        if self._file and len(waiting) == CHUNK:
            content = pickle.dumps(waiting, protocol=5)
            self._file.seek(self._end)
            self._file.write(content)
            self._chunks[number].append((self._end, len(content)))
            self._end += len(content)
            waiting.clear()

    def parts(self) -> Iterator[list[T]]:
        for number, waiting in enumerate(self._waiting):
            part: list[T] = []
            for start, length in self._chunks[number]:
                self._file.seek(start)
                part += pickle.loads(self._file.read(length))  # noqa: S301  our own file, which has no name
            part += waiting
            if part:
                yield part

    def close(self) -> None:
        if self._file:
            self._file.close()

"""Python's search for garbage, told what stays: done once a process has built what it keeps."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (20_000, 20, 20)  # objects between searches; by default (700, 10, 10) they took an eighth of our time


def settle() -> None:
    """Whatever is alive now stays: no search need look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


@contextmanager
def unsearched() -> Iterator[None]:
    """For work that makes millions of small things and no circles of them: the searches took a third of an import."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

"""A piece of work for the writer, and how it is prepared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from storage.memory import Memory

T = TypeVar("T")
Prepare = Callable[[Memory], Generator[None, Memory, None] | None]

_OVER = object()


@dataclass(slots=True)
class Work(Generic[T]):
    """One unit: `prepare` runs before BEGIN (reads and slow pure work), `run` inside the transaction.

    Where `prepare` yields it has asked for something that takes time: others get so far too, and it goes on, with the
    memory it is sent, when its turn has come. Both may run again after a lost race or a failed COMMIT, so they change
    nothing but the memory given.
    """

    name: str
    run: Callable[[Memory], T]
    prepare: Prepare | None = None
    done: Future[T] | None = None  # of a caller without a loop
    loop: asyncio.AbstractEventLoop | None = None
    waiter: asyncio.Future[T] | None = None
    steps: Generator[None, Memory, None] | None = None  # of a preparation that has begun
    prepared: bool = False

    def begin(self, memory: Memory) -> None:
        """Prepare as far as the first yield."""
        if self.prepare is None or self.prepared or self.steps is not None:
            return
        steps = self.prepare(memory)
        if steps is None or next(steps, _OVER) is _OVER:
            self.prepared = True
        else:
            self.steps = steps

    def finish(self, memory: Memory) -> None:
        """Prepare whatever is left."""
        self.begin(memory)
        if self.steps is None:
            return
        steps, self.steps = self.steps, None
        try:
            while True:
                steps.send(memory)
        except StopIteration:
            self.prepared = True

"""What passes between the worker and the handler it cannot see: PTB's `process_update` returns nothing.

The worker sets a slot before the call; `answering` leaves the visit's outcome there, the error handler
an exception. A slot left empty means: nothing matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from telegram import Update

from storage.inbox import Waiting
from storage.outbox import Queued


@dataclass(frozen=True, slots=True)
class Fleeting:
    """A call that is worth nothing later: sent right after the commit, never stored, its failure ignored."""

    method: str
    parameters: dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """A visit that was committed: what it queued."""

    queued: list[Queued] = field(default_factory=list)
    fleeting: list[Fleeting] = field(default_factory=list)
    planned: bool = False  # events or follow-ups changed: the schedule looks again
    asked: bool = False  # something slow was asked for: the workshop makes it


@dataclass(slots=True)
class Slot:
    """One update being run, with the pieces `before` it that waited for their rest."""

    waiting: Waiting
    before: Sequence[tuple[Waiting, Update]] = ()
    may_wait: bool = False  # the update may be put back until its rest has come, or does not
    waits: bool = False  # and that is what was decided: nothing was changed
    outcome: Outcome | None = None
    error: BaseException | None = None


current: ContextVar[Slot] = ContextVar("current_slot")

"""Reminders have no taps of their own yet: they are asked for in words, and undone with `undo`."""

from __future__ import annotations

from collections.abc import Callable

from handlers.visit import Visit

PRESSES: dict[str, Callable[[Visit], None]] = {}

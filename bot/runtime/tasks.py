"""Ending asyncio tasks, and waiting for the first of several."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel and wait; whatever they raise is known already."""
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def wait_for_first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Return, or raise, as the first of them does; the others are cancelled."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await end(rest)
    for task in done:
        task.result()

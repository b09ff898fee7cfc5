"""Calls where the machine has nothing left to make them with."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.runtime.request import AiohttpRequest, Ambiguous

STACK = 64 << 20  # of a new thread


@contextmanager
def no_memory_for_threads() -> Iterator[None]:
    """There is some for everything else."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (taken + STACK // 2, limits[1]))
    before = threading.stack_size(STACK)
    try:
        yield
    finally:
        threading.stack_size(before)
        resource.setrlimit(resource.RLIMIT_AS, limits)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is not limited so")
def test_where_no_thread_is_left_to_look_up_an_address_the_link_is_broken() -> None:
    """Also for intake, which tries again after that; anything else would end the bot."""

    async def scene() -> None:
        async with AiohttpRequest() as request:
            with no_memory_for_threads(), pytest.raises(Ambiguous, match="start new thread"):
                await request.call("http://localhost:9/botX/getMe", {})

    asyncio.run(scene())

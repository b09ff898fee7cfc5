"""One running bot a SQLite file: a lock held on a file beside it, let go by the system when the process dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import AlreadyRunning


@contextmanager
def lock_file(database: Path) -> Iterator[None]:
    """Raises AlreadyRunning, naming the process, where another holds it."""
    path = database.with_name(f"{database.name}.lock")
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip()
            raise AlreadyRunning(database, int(holder) if holder.isdecimal() else None) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield

"""Which kind of file this is, by its columns: whoever sends one in the chat need not say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.errors import InputError
from bot.identify.importing.columns import Placement
from bot.identify.importing.options import EVERYTHING, ImportOptions
from bot.identify.importing.rows import COLUMNS
from bot.identify.importing.table import open_table


def guess_kind(path: Path, options: ImportOptions | None = None) -> str | None:
    """The kind of which most columns are there; None where a column is missing for each. Raises InputError."""
    wanted = replace(options or ImportOptions(), columns={EVERYTHING: ""})
    found: dict[str, Placement] = {}
    for kind, columns in COLUMNS.items():
        try:
            found[kind] = open_table(path, columns, kind, wanted).placement
        except InputError as error:
            if not any("missing" in problem.reason for problem in error.problems):
                raise
    # Of two kinds that fit, the one with more columns of its own names, then the one that leaves less out.
    return max(found, key=lambda kind: (len(found[kind].places), -len(found[kind].left_out)), default=None)

"""What whoever imports a file says of it: whose columns are ours, how it writes letters, numbers and dates, what to do with bad rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.errors import InputError, InputProblem
from bot.identify.importing.locale import Convention
from storage.models import Basis

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`columns`: the file's name of a column → ours, or "" to leave it out; `*` stands for all that are not known."""

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None  # found out where None
    convention: Convention | None = None  # None: ISO dates, decimal points
    skip_bad: bool = False
    basis: str = Basis.own  # why a file's people may be written to
    sheet: str | None = None  # of a workbook; None: the first that is visible


def read_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """`theirs=ours`, or `theirs=` for a column to leave out. Raises InputError."""
    found: dict[str, str] = {}
    for pair in pairs:
        theirs, sign, ours = pair.rpartition("=")
        if not sign or not theirs.strip():
            reason = f'{pair!r} is no pair; accepted: "theirs=ours", or "theirs=" to leave a column out'
            raise InputError("--map", [InputProblem(None, reason)])
        found[theirs.strip()] = ours.strip()
    return found

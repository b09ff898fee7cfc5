"""What an import tells of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from bot.errors import InputProblem
from bot.identify.importing.table import Table
from storage.models import Basis

MOST_NOTES = 1_000
COUNTS = ("added", "changed", "unchanged", "customers", "erased", "reachable", "noted")


@dataclass(slots=True)
class ImportReport:
    """What became of a file's records. `customers` are those that an orders file made known."""

    kind: str
    import_id: int | None = None  # None: of a dry run, or of the examples
    basis: str = Basis.own
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    customers: int = 0
    erased: int = 0  # left out: the person was erased on their wish
    reachable: int = 0  # of a customers file: those who can be written to by now
    skipped: int = 0  # bad rows, written to `bad_file`
    bad_file: str | None = None
    bad: list[InputProblem] = field(default_factory=list)  # the first of them
    format: str = ""  # such as "cp1252, separated by ;"
    columns: dict[str, str] = field(default_factory=dict)  # ours → the file's
    guessed: list[str] = field(default_factory=list)  # ours that were found by likeness alone
    left_out: list[str] = field(default_factory=list)  # the file's
    preview: list[dict[str, str]] = field(default_factory=list)  # of a dry run: the first rows, as read
    notes: list[InputProblem] = field(default_factory=list)
    noted: int = 0  # notes in all; not more than 1,000 are kept
    newcomers: set[str] = field(default_factory=set)  # of a dry run: who would be new, by the file's id

    def note(self, line: int, reason: str) -> None:
        self.noted += 1
        if len(self.notes) < MOST_NOTES:
            self.notes.append(InputProblem(line, reason))

    def describe(self, table: Table) -> None:
        self.format = table.format
        self.columns = dict(table.placement.theirs)
        self.guessed = list(table.placement.guessed)
        self.left_out = list(table.placement.left_out)

    def add(self, part: ImportReport) -> None:
        """The counts and notes of one transaction."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.notes += part.notes[: MOST_NOTES - len(self.notes)]

    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("rows", *COUNTS[:-1], "skipped")}

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "newcomers"}

"""What an import tells of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from bot.errors import InputProblem


@dataclass(slots=True)
class ImportReport:
    """What became of a file's records. `customers` are those that an orders file made known."""

    kind: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    customers: int = 0
    erased: int = 0  # left out: the person was erased on their wish
    notes: list[InputProblem] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

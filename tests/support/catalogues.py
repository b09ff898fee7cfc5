"""The catalogue of the example business, as the listener takes it."""

from __future__ import annotations

import csv

from bot.interact.understanding import CatalogueEntry
from tests.support.sandboxes import ROOT


def example() -> list[CatalogueEntry]:
    with (ROOT / "examples" / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return [
            CatalogueEntry(
                row["sku"], {"en": row["name_en"], "zh": row["name_zh"]}, _split(row["aliases"]), row["category"],
                _split(row["options"]), _split(row["contains"]),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())

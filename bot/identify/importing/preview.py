"""The first rows of a file as they were understood, for whoever looks before they import."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from itertools import islice
from typing import Any

from babel.numbers import get_currency_precision

from bot.identify.importing.checking import Checked
from bot.identify.importing.rows import OrderRow

SHOWN = 5


def preview_rows(checked: Checked) -> list[dict[str, str]]:
    """A row each: our names of its columns → the values as read."""
    rows = (row for part in checked.parts() for row in part)
    return [_describe(row) for row in islice(rows, SHOWN)]


def _describe(row: Any) -> dict[str, str]:
    values = asdict(row) if isinstance(row, OrderRow) else row._asdict()
    currency = str(values.get("currency"))
    described = {}
    for name, value in values.items():
        if name == "lines":
            described["items"] = " | ".join(f"{quantity} × {sku}" for sku, quantity, *_ in row.lines)
        elif name in ("total", "price"):
            described[name] = show_money(value, currency)
        elif name not in ("line", "key") and value not in (None, "", []):
            described[name] = " | ".join(value) if isinstance(value, list) else str(value)
    return described


def show_money(minor: int, currency: str) -> str:
    """As it would stand in a file: `-12.50`."""
    scale = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-scale):.{scale}f}"

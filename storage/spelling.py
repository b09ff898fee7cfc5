"""How a text may stand in the database's lower case: SQLite's `lower` knows ASCII alone."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def spell(text: str) -> list[str]:
    """A lower-case text as a stored one may be left by the database's own lower."""
    forms = (text, text.capitalize(), text.title(), text.upper())
    return sorted({form.translate(_ASCII_LOWER) for form in forms})

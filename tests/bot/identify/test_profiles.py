from __future__ import annotations

import pytest

from bot.identify.profiles import read_phone, read_quiet


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("4915112345678", "+4915112345678"), ("+49 151 1234 5678", "+4915112345678"),
        ("8613812345678", "+8613812345678"), ("12", None), ("", None), ("hello", None), ("+1", None),
    ],
)  # fmt: skip
def test_read_phone(text: str, phone: str | None) -> None:
    assert read_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("22:00-08:00", ("22:00", "08:00")), (" 22 - 8 ", ("22:00", "08:00")), ("22.30–7.15", ("22:30", "07:15")),
        ("22：00至8：00", ("22:00", "08:00")), ("24-8", None), ("8", None), ("8-8", None), ("", None), ("22:60-8", None),
    ],
)  # fmt: skip
def test_read_quiet(text: str, span: tuple[str, str] | None) -> None:
    assert read_quiet(text) == span

"""Numbers and dates as a place writes them."""

from __future__ import annotations

import pytest

from bot.errors import InputError
from bot.identify.importing.locale import Refused, Typed, read_convention


@pytest.mark.parametrize(
    ("locale", "text", "plain"),
    [
        ("de_DE", "1.234,56", "1234.56"), ("de_DE", "-7,5", "-7.5"), ("de_DE", "1234", "1234"), ("de_DE", "12,50-", "-12.50"),
        ("en_US", "1,234,567.89", "1234567.89"), ("en-GB", "12.50", "12.50"), ("fr_FR", "1 234,5", "1234.5"),
        ("fr_FR", "1\u202f234,5", "1234.5"), ("fr_FR", "1\u00a0234,5", "1234.5"), ("de_CH", "1'234.50", "1234.50"),
        ("de_CH", "1’234.50", "1234.50"), ("hi_IN", "12,34,567.8", "1234567.8"), ("zh_CN", "1,234.5", "1234.5"),
        ("de_DE", "", ""),
    ],
)  # fmt: skip
def test_numbers(locale: str, text: str, plain: str) -> None:
    assert read_convention(locale).number(text, "total") == plain


@pytest.mark.parametrize("text", ["12.50", "1.23,4", "1,234.56", "12..345", "1e5", "EUR", "1,2,3"])
def test_numbers_of_elsewhere_are_refused(text: str) -> None:
    with pytest.raises(Refused, match=r'total: ".*" is not a number in de_DE; accepted: such as 1\.234,50'):
        read_convention("de_DE").number(text, "total")


@pytest.mark.parametrize(
    ("locale", "text", "iso"),
    [
        ("de_DE", "31.12.2025", "2025-12-31"), ("de_DE", "3.5.26", "2026-05-03"), ("de_DE", "3.5.2026 14:30", "2026-05-03T14:30:00"),
        ("de_DE", "3. Mai 2026", "2026-05-03"), ("de_DE", "03.05.2026, 14.30", "2026-05-03T14:30:00"),
        ("en_US", "5/3/2026 2:30 PM", "2026-05-03T14:30:00"), ("en_US", "12/31/25 12:05 am", "2025-12-31T00:05:00"),
        ("en_US", "May 3, 2026", "2026-05-03"), ("en_GB", "03/05/2026", "2026-05-03"), ("en_GB", "3 May 2026", "2026-05-03"),
        ("zh_CN", "2026年5月3日", "2026-05-03"), ("zh_CN", "2026/5/3 14:30:05", "2026-05-03T14:30:05"),
        ("en_GB", "2026-05-03T14:30+02:00", "2026-05-03T14:30+02:00"), ("fr_FR", "3 févr. 2026", "2026-02-03"),
        ("de_DE", "03.05.69", "1969-05-03"),
    ],
)  # fmt: skip
def test_dates(locale: str, text: str, iso: str) -> None:
    assert read_convention(locale).moment(text, "ordered_at") == iso


@pytest.mark.parametrize(
    ("locale", "text", "reason"),
    [
        ("en_GB", "31/02/2026", 'ordered_at: "31/02/2026" is no day; 2026-02 has 28 days'),
        ("en_US", "31/31/2026", 'ordered_at: "31/31/2026" has no month 31'),
        ("en_US", "13/01/2026",
         'ordered_at: "13/01/2026" has no month 13; en_US puts it in another place, is the file of another --locale?'),
        ("de_DE", "soon", 'ordered_at: "soon" is not a time in de_DE; accepted: such as 31/12/2025, 2025-12-31'),
        ("de_DE", "3.5.2026 25:10",
         'ordered_at: "3.5.2026 25:10" has no time of day we can read; accepted: such as 14:30, 14:30:05, 2:30 PM'),
    ],
)  # fmt: skip
def test_days_that_there_are_not(locale: str, text: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        read_convention(locale).moment(text, "ordered_at")
    assert str(caught.value) == reason


def test_a_typed_cell_is_read_as_it_is() -> None:
    german = read_convention("de_DE")
    assert (german.number(Typed("1.234"), "total"), german.number("1.234", "total")) == ("1.234", "1234")


def test_a_locale_nobody_has() -> None:
    with pytest.raises(InputError, match="--locale: 'de-DEE' is not a locale; did you mean de_DE"):
        read_convention("de-DEE")

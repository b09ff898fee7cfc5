"""Numbers and dates as a place writes them (`1.234,56`, `31.12.2025`) → as we read them (`1234.56`, `2025-12-31`)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from functools import cached_property, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_date_format, get_month_names
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from bot.config.values import nearest, shown
from bot.errors import InputError, InputProblem

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_DATE = re.compile(r"(\d{1,4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,4})\s*日?[.,]?")
_WORDED = re.compile(
    r"(?:(\d{1,2})[.,]?\s+([^\W\d_]+)\.?,?\s+(\d{4})|([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}))"
)
_CLOCK = re.compile(r"[T\s]*(\d{1,2})[:.h](\d\d)(?:[:.](\d\d))?(?:\.\d+)?\s*([AaPp])?\.?(?:[Mm]\.?)?", re.ASCII)
_BLANKS = " \u00a0\u202f\u2009"
CENTURY = 69  # two digits from here on are of the last century, as POSIX has it


class Refused(Exception):
    """One cell that cannot be read; its text is the reason."""


class Typed(str):
    """A cell that its file stored as a number or date: written our way already, whatever the locale."""

    __slots__ = ()


@dataclass(frozen=True)
class Convention:
    """How one locale writes numbers and dates."""

    locale: Locale

    def number(self, text: str, column: str) -> str:
        """With a decimal point and nothing between thousands; an empty cell stays so. Raises Refused."""
        if not text or isinstance(text, Typed):
            return text
        return self._number(text, column)

    def moment(self, text: str, column: str) -> str:
        """ISO 8601, a day or a local time; what is ISO already stays. Raises Refused."""
        if not text or isinstance(text, Typed) or _ISO.match(text):
            return text
        return self._moment(text, column)

    @lru_cache(maxsize=16_384)  # noqa: B019  a command has one, which lives as long as it
    def _number(self, text: str, column: str) -> str:
        if (match := self._amount.fullmatch(text)) is None:
            sample = format_decimal(1234.5, format="#,##0.00", locale=self.locale)
            raise Refused(f"{column}: {shown(text)} is not a number in {self.locale}; accepted: such as {sample}")
        whole, part = match["whole"], match["part"]
        sign = "-" if match["sign"] or match["after"] else ""
        return sign + "".join(filter(str.isdigit, whole)) + (f".{part}" if part else "")

    @cached_property
    def _amount(self) -> re.Pattern[str]:
        group = get_group_symbol(self.locale)
        groups = {" ": _BLANKS, "\u00a0": _BLANKS, "\u202f": _BLANKS, "’": "'’"}.get(group, group)
        return re.compile(
            rf"(?P<sign>[-−])?\s*(?P<whole>\d{{1,3}}(?:[{re.escape(groups)}]\d{{2,3}})*[{re.escape(groups)}]\d{{3}}|\d+)"
            rf"(?:{re.escape(get_decimal_symbol(self.locale))}(?P<part>\d+))?(?P<after>-)?",
            re.ASCII,
        )

    @lru_cache(maxsize=4096)  # noqa: B019
    def _moment(self, text: str, column: str) -> str:
        day, rest = self._day(text, column)
        return f"{day}T{_clock(text, rest, column)}" if rest.strip() else day

    def _day(self, text: str, column: str) -> tuple[str, str]:
        """The day, ISO, and what stands after it."""
        if (match := _DATE.match(text)) is not None:
            first, second, third = match.groups()
            if len(first) == 4:
                year, month, day = first, second, third
            else:
                by_place = dict(zip(self._order, (first, second, third), strict=True))
                year, month, day = by_place["y"], by_place["M"], by_place["d"]
            return check_day(text, column, _full_year(year), int(month), int(day), self.locale), text[match.end() :]
        if (match := _WORDED.match(text)) is not None:
            day, name, year = match.group(1, 2, 3) if match[1] else match.group(5, 4, 6)
            if (number := self._months.get(name.casefold())) is not None:
                return check_day(text, column, int(year), number, int(day), self.locale), text[match.end() :]
        sample = {"d": "31", "M": "12", "y": "2025"}
        written = "/".join(sample[place] for place in self._order)
        raise Refused(
            f"{column}: {shown(text)} is not a time in {self.locale}; accepted: such as {written}, 2025-12-31"
        )

    @cached_property
    def _order(self) -> str:
        """`dMy`, `Mdy` or `yMd`."""
        pattern = get_date_format("short", locale=self.locale).pattern
        return "".join(sorted("dMy", key=pattern.find))

    @cached_property
    def _months(self) -> dict[str, int]:
        return {
            name.casefold().rstrip("."): number
            for context in ("format", "stand-alone")
            for width in ("wide", "abbreviated")
            for number, name in get_month_names(width, context, self.locale).items()
        }


def read_convention(name: str) -> Convention:
    """By a locale's name such as de_DE or zh-CN. Raises InputError."""
    try:
        return Convention(Locale.parse(name.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        near = nearest(name, ("de_DE", "en_US", "en_GB", "fr_FR", "zh_CN", "zh_TW", "es_ES", "it_IT", "nl_NL"))
        hint = f"did you mean {near}?" if near else "accepted: such as de_DE, en_GB, en_US, zh_CN"
        raise InputError("--locale", [InputProblem(None, f"{name!r} is not a locale; {hint}")]) from None


def check_day(text: str, column: str, year: int, month: int, day: int, locale: Locale | None = None) -> str:
    """ISO. Raises Refused for a day that no calendar has, and says which days it would have."""
    if not 1 <= month <= 12:
        hint = f"; {locale} puts it in another place, is the file of another --locale?" if locale and day <= 12 else ""
        raise Refused(f"{column}: {shown(text)} has no month {month}{hint}")
    if not 1 <= year <= 9999:
        raise Refused(f"{column}: {shown(text)} has no year; accepted: four digits, such as 2025")
    if not 1 <= day <= (last := monthrange(year, month)[1]):
        raise Refused(f"{column}: {shown(text)} is no day; {year}-{month:02} has {last} days")
    return f"{year:04}-{month:02}-{day:02}"


def _full_year(text: str) -> int:
    return int(text) if len(text) > 2 else int(text) + (1900 if int(text) >= CENTURY else 2000)


def _clock(text: str, rest: str, column: str) -> str:
    match = _CLOCK.fullmatch(rest.strip())
    if match is not None:
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        if match[4] and 1 <= hour <= 12:
            hour = hour % 12 + (12 if match[4] in "pP" else 0)
        if hour < 24 and minute < 60 and second < 60:
            return f"{hour:02}:{minute:02}:{second:02}"
    raise Refused(f"{column}: {shown(text)} has no time of day we can read; accepted: such as 14:30, 14:30:05, 2:30 PM")

"""Values as people write them in config.yaml: `2d`, `10:00`, `Europe/Berlin`, `EUR`.

Each type refuses what it cannot read through `refusal`, which says what is accepted.
"""

import re
from collections.abc import Iterable
from datetime import time, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import list_currencies
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from rapidfuzz import fuzz, process, utils

LANGUAGES = ("en", "zh")
"""Languages with templates and phrase lists."""

DURATION_FORM = "a number with a unit, such as 30s, 15m, 4h, 2d or 2w (or a sum: 1d12h), at most 3650d"
WALL_TIME_FORM = 'a time of day such as "10:00", from "00:00" to "23:59"'
HOURS_FORM = 'closed, or spans such as "08:00-18:00" or "08:00-12:00, 14:00-24:00"'

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_LONGEST_SECONDS = 3650 * 86_400
_DURATION = re.compile(r"(?:\d{1,9}(?:\.\d{1,3})?[wdhms])+", re.ASCII)
_DURATION_PART = re.compile(r"([\d.]+)([wdhms])", re.ASCII)
_WALL_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_TOKEN = re.compile(r"\d{6,}:[\w-]{20,}", re.ASCII)


class Refusal(NamedTuple):
    """One fault; `key` is where below the validated value it is."""

    wrong: str
    accepted: str = ""
    nearest: str | None = None
    key: str = ""


def refusing(*refusals: Refusal) -> PydanticCustomError:
    """What a validator raises."""
    # The words travel as context, never as the message template, which would read braces in them.
    return PydanticCustomError("refused", "refused", {"refusals": refusals})


def refusal(wrong: str, accepted: str = "", nearest: str | None = None) -> PydanticCustomError:
    """`refusing` for one fault of the value itself."""
    return refusing(Refusal(wrong, accepted, nearest))


def shown(value: object) -> str:
    """A value as a message quotes it: in YAML's words, short, and never a token."""
    match value:
        case str():
            text = f'"{hidden(value)}"'
        case None:
            text = "nothing"
        case bool():
            text = str(value).lower()
        case dict():
            text = "a section"
        case list():
            text = "a list"
        case _:
            text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def hidden(text: str) -> str:
    """The text, without a token that may stand in it by mistake."""
    return _TOKEN.sub("(a token)", text)


def nearest(word: str, words: Iterable[str], *, at_least: float = 60) -> str | None:
    """The one of `words` that was probably meant by `word`."""
    match = process.extractOne(
        word, list(words), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=at_least
    )
    return match[0] if match else None


def duration_text(duration: timedelta) -> str:
    """As it is written in config.yaml: in the largest unit that divides it."""
    if duration.microseconds:
        return f"{duration.total_seconds():g}s"
    seconds = int(duration.total_seconds())
    if seconds == 0:
        return "0d"
    # Weeks are accepted but not written: 30d and 14d side by side are easier to compare.
    unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _read_duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise refusal(f"{shown(value)} is not a duration", DURATION_FORM)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(value))
    if seconds > _LONGEST_SECONDS:
        raise refusal(f"{shown(value)} is too long", DURATION_FORM)
    return timedelta(seconds=seconds)


def between(lowest: timedelta, highest: timedelta) -> AfterValidator:
    """Both ends are allowed."""

    def check(duration: timedelta) -> timedelta:
        if not lowest <= duration <= highest:
            accepted = f"{duration_text(lowest)} to {duration_text(highest)}"
            raise refusal(f"{duration_text(duration)} is out of range", accepted)
        return duration

    return AfterValidator(check)


def _refuse_nothing(duration: timedelta) -> timedelta:
    if not duration:
        raise refusal("must be longer than nothing", DURATION_FORM)
    return duration


def _refuse_part_days(duration: timedelta) -> timedelta:
    if duration % timedelta(days=1):
        raise refusal(f"{duration_text(duration)} is not whole days", "whole days, such as 0d or 3d")
    return duration


def _read_wall_time(value: object) -> time:
    if isinstance(value, time):
        return value
    match = _WALL_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise refusal(f"{shown(value)} is not a time of day", WALL_TIME_FORM)
    return time(int(match[1]), int(match[2]))


class Span(NamedTuple):
    """Open from `opens` until `closes` (exclusive; midnight at the day's end is `time.max`)."""

    opens: time
    closes: time


def _read_hours(value: object) -> tuple[Span, ...]:
    if isinstance(value, tuple):
        return value
    if value == "closed":
        return ()
    if not isinstance(value, str):
        raise refusal(f"{shown(value)} is not opening hours", HOURS_FORM)
    spans = tuple(_read_span(part.strip(), value) for part in value.split(","))
    for earlier, later in pairwise(spans):
        if later.opens < earlier.closes:
            raise refusal(f"{shown(value)}: the spans overlap or are not in order", HOURS_FORM)
    return spans


def _read_span(text: str, whole: str) -> Span:
    opens_text, _, closes_text = text.partition("-")
    opens = _WALL_TIME.fullmatch(opens_text.strip())
    closes = _WALL_TIME.fullmatch(closes_text.strip())
    ends_at_midnight = closes_text.strip() == "24:00"
    if opens is None or (closes is None and not ends_at_midnight):
        raise refusal(f"{shown(whole)} is not opening hours", HOURS_FORM)
    span = Span(
        time(int(opens[1]), int(opens[2])), time.max if closes is None else time(int(closes[1]), int(closes[2]))
    )
    if span.closes <= span.opens:
        raise refusal(
            f"{shown(whole)} ends before it begins", f'{HOURS_FORM}; past midnight is the next day\'s "00:00-02:00"'
        )
    return span


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _read_zone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    if not isinstance(value, str) or value not in _zone_names():
        near = nearest(value, sorted(_zone_names()), at_least=75) if isinstance(value, str) else None
        raise refusal(
            f"{shown(value)} is not a time zone", "a name of the IANA list, such as Europe/Berlin", nearest=near
        )
    return ZoneInfo(value)


def _read_currency(value: object) -> str:
    if not isinstance(value, str) or value not in list_currencies():
        near = nearest(value, sorted(list_currencies()), at_least=80) if isinstance(value, str) else None
        raise refusal(f"{shown(value)} is not a currency", "a code of ISO 4217, such as EUR, USD or CNY", nearest=near)
    return value


def _read_language(value: object) -> str:
    if not isinstance(value, str) or value not in LANGUAGES:
        near = nearest(value, LANGUAGES) if isinstance(value, str) else None
        raise refusal(f"{shown(value)} is not a language of this program", " or ".join(LANGUAGES), nearest=near)
    return value


def _read_switch(value: object) -> object:
    # pydantic would take yes, on, 1 and their opposites, which YAML readers disagree about.
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise refusal(f"{shown(value)} is neither true nor false", "true or false")
    return value


def _refuse_switch(value: object) -> object:
    # To pydantic true is the number 1.
    if isinstance(value, bool) or value is None:
        raise refusal(f"{shown(value)} is not a number", "a number")
    return value


Duration = Annotated[timedelta, BeforeValidator(_read_duration)]
PositiveDuration = Annotated[Duration, AfterValidator(_refuse_nothing)]
Days = Annotated[Duration, AfterValidator(_refuse_part_days)]
WallTime = Annotated[time, BeforeValidator(_read_wall_time)]
Hours = Annotated[tuple[Span, ...], BeforeValidator(_read_hours)]
Zone = Annotated[ZoneInfo, BeforeValidator(_read_zone)]
Currency = Annotated[str, BeforeValidator(_read_currency)]
Language = Annotated[str, BeforeValidator(_read_language)]
Switch = Annotated[bool, BeforeValidator(_read_switch)]
Count = Annotated[int, Field(ge=0), BeforeValidator(_refuse_switch)]
PositiveCount = Annotated[int, Field(ge=1), BeforeValidator(_refuse_switch)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_refuse_switch)]
Money = Annotated[Decimal, Field(ge=0), BeforeValidator(_refuse_switch)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Purpose = Literal["service", "marketing"]

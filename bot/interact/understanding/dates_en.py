"""English: pieces of dates and times."""

# ruff: noqa: SIM905 - word lists read better as text

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import islice

from .calendar import in_year, last_weekday, make_date, next_weekday, week_of
from .dates import MAX_DATES, Piece, Reference, step

_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
        "november nov|december dec".split("|"),
        1,
    )
    for name in names.split()
}
_DAYS = {
    name: number
    for number, names in enumerate(
        "monday mon mondays|tuesday tue tues tuesdays|wednesday wed weds wednesdays|thursday thu thur thurs thursdays|"
        "friday fri fridays|saturday sat saturdays|sunday sun sundays".split("|")
    )
    for name in names.split()
}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        "zero|one a an|two couple|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
        "seventeen|eighteen|nineteen|twenty".split("|")
    )
    for word in words.split()
} | {
    "a couple of": 2,
    "couple of": 2,
    "a few": 3,
    "half a": 0.5,
    "half an": 0.5,
    "thirty": 30,
    "forty": 40,
    "forty five": 45,
    "forty-five": 45,
    "twenty four": 24,
}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
        "sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
} | {
    "twenty first": 21,
    "twenty-first": 21,
    "twenty second": 22,
    "twenty third": 23,
    "twenty fourth": 24,
    "twenty fifth": 25,
    "twenty-fifth": 25,
    "twenty sixth": 26,
    "twenty seventh": 27,
    "twenty eighth": 28,
    "twenty ninth": 29,
    "thirtieth": 30,
    "thirty first": 31,
}
_HOLIDAYS = {
    "christmas eve": (12, 24), "xmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "xmas": (12, 25),
    "boxing day": (12, 26), "new year's eve": (12, 31), "new years eve": (12, 31), "new year's day": (1, 1),
    "new years day": (1, 1), "new year's": (1, 1), "new year": (1, 1), "valentine's day": (2, 14), "valentines day": (2, 14), "halloween": (10, 31),
    "st patrick's day": (3, 17),
}  # fmt: skip


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", " ") for word in sorted(words, key=lambda each: -len(each)))


_MONTH = rf"(?P<month>{_alternatives(_MONTHS)})\b\.?"
_DAY = rf"(?P<weekday>{_alternatives(_DAYS)})\b\.?"
_NTH = rf"(?P<nth>\d{{1,2}}(?:st|nd|rd|th)\b|{_alternatives(_ORDINALS)}\b)"
_COUNT = rf"(?P<count>\d{{1,3}}(?:\.\d)?|{_alternatives(_NUMBERS)})"
_UNIT = r"(?P<unit>minute|min|hour|hr|day|week|month|year|fortnight)s?\b"
_YEAR = r"(?:,? (?P<year>(?:19|20|21)\d\d)\b)?"
_HOUR = rf"(?P<hour>\d{{1,2}}|{_alternatives([w for w, n in _NUMBERS.items() if isinstance(n, int) and 1 <= n <= 12 and w not in {'a', 'an', 'couple', 'a couple of', 'couple of', 'a few'}])})"
_HALF = r"(?:\s?(?P<half>[ap])\.?m\b\.?)"

_HINT = re.compile(
    r"\d|\b(?:to(?:day|night|morrow)|tmr?w?|yesterday|noon|midday|midnight|morning|afternoon|evening|night|week|weekend|"
    r"weeks|month|months|year|years|day|days|hour|hours|minute|minutes|fortnight|o'?clock|half past|quarter|at (?:one|two|"
    r"three|four|five|six|seven|eight|nine|ten|eleven|twelve)|christmas|xmas|new year|valentine|halloween|patrick|boxing|"
    r"mon|tues?|wed|thu|thurs?|fri|sat|sun|\w+days?|jan\w*|feb\w*|mar|march|apr\w*|may|jun\w*|jul\w*|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)\b"
)

Make = Callable[[re.Match[str], Reference], Piece | None]
_rules: list[tuple[re.Pattern[str], Make]] = []


def _rule(pattern: str) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        _rules.append((re.compile(r"(?<![\w.])(?:" + pattern + ")"), make))
        return make

    return keep


def _day(match: re.Match[str], day: date | None) -> Piece | None:
    return Piece(match.start(), match.end(), "day", day=day) if day else None


def _span(match: re.Match[str], first: date, last: date, grain: str) -> Piece:
    return Piece(match.start(), match.end(), "span", day=first, until=last, grain=grain)  # type: ignore[arg-type]


def _count(text: str) -> float:
    return float(text) if text[0].isdigit() else float(_NUMBERS[text])


def _nth(text: str) -> int:
    return int(re.sub(r"\D", "", text)) if text[0].isdigit() else _ORDINALS[text]


@_rule(
    r"(?:the )?day after tomorrow\b|(?:the )?day before yesterday\b|today\b|tomorrow\b|tmrw?\b|tmw\b|tomorow\b|yesterday\b"
)
def _relative(match: re.Match[str], now: Reference) -> Piece | None:
    text = match.group()
    days = 2 if "after" in text else -2 if "before" in text else 0 if text == "today" else -1 if "yest" in text else 1
    return _day(match, now.today + timedelta(days=days))


@_rule(
    rf"(?P<which>(?:the )?day (?:before|after)) (?P<holiday>{_alternatives(_HOLIDAYS)})\b|(?P<bare>{_alternatives(_HOLIDAYS)})\b"
)
def _holiday(match: re.Match[str], now: Reference) -> Piece | None:
    month, day = _HOLIDAYS[match["bare"] or match["holiday"]]
    shift = 0 if match["bare"] else (-1 if "before" in match["which"] else 1)
    found = in_year(now.today - timedelta(days=shift), month, day, now.past)
    return _day(match, found + timedelta(days=shift) if found else None)


@_rule(
    rf"(?:(?P<which>next|this coming|this|last|past|previous|coming|on|every other|every second|every|each|by|until|till) )?{_DAY}(?P<after> (?:next week|this week|last week|after next|week))?"
)
def _weekday(match: re.Match[str], now: Reference) -> Piece | None:
    word, which, after = match["weekday"], match["which"] or "", (match["after"] or "").strip()
    if word in {"sun", "sat", "wed"} and not (which or after or match.group().endswith(".")):
        return None  # "the sun", "we sat", "newly wed"
    weekday = _DAYS[word]
    if after == "next week":
        return _day(match, week_of(now.today, 1) + timedelta(days=weekday))
    if after == "this week":
        return _day(match, week_of(now.today) + timedelta(days=weekday))
    if after == "last week" or which in {"last", "past", "previous"}:
        if after == "last week":
            return _day(match, week_of(now.today, -1) + timedelta(days=weekday))
        return _day(match, last_weekday(now.today, weekday))
    if which == "next":
        # Said on a Monday, "next Wednesday" is not the day after tomorrow: the coming week's.
        found = week_of(now.today, 1) + timedelta(days=weekday)
        return _day(match, found + timedelta(weeks=1) if after == "after next" else found)
    if which == "this":
        return _day(match, week_of(now.today) + timedelta(days=weekday))
    if now.past and which in {"", "on"}:
        return _day(match, last_weekday(now.today, weekday))
    found = next_weekday(now.today, weekday)
    return _day(match, found + timedelta(weeks=1) if after in {"after next", "week"} else found)


@_rule(
    rf"(?:(?:in|after|within) (?:about |around |another |like )?{_COUNT} (?:more )?{_UNIT}(?:'s)?(?: time)?(?! (?:ago|old))|{_COUNT.replace('count', 'count2')} {_UNIT.replace('unit', 'unit2')} (?P<way>from now|from today|later|ago|back|earlier))"
)
def _distance(match: re.Match[str], now: Reference) -> Piece | None:
    count = _count(match["count"] or match["count2"])
    unit = match["unit"] or match["unit2"]
    if match["way"] in {"ago", "back", "earlier"}:
        count = -count
    if unit in {"minute", "min", "hour", "hr"}:
        delta = timedelta(minutes=count) if unit.startswith("min") else timedelta(hours=count)
        return Piece(match.start(), match.end(), "instant", delta=delta)
    if unit == "fortnight":
        unit, count = "week", count * 2
    if unit == "month" and count == 0.5:
        unit, count = "day", 15
    return _day(match, step(now.today, count, unit))


@_rule(rf"(?:a|one) week (?:from|on) (?:{_DAY}|(?P<tomorrow>tomorrow)|(?P<today>today))")
def _week_from(match: re.Match[str], now: Reference) -> Piece | None:
    if match["weekday"]:
        return _day(match, next_weekday(now.today, _DAYS[match["weekday"]]) + timedelta(weeks=1))
    return _day(match, now.today + timedelta(days=8 if match["tomorrow"] else 7))


@_rule(
    r"(?P<which>next|last|this|this coming|coming|past) (?P<unit>week|month|year|weekend)\b|(?:(?:at|on|over) )?the weekend\b"
)
def _period(match: re.Match[str], now: Reference) -> Piece | None:
    which, unit = match["which"] or "this", match["unit"] or "weekend"
    shift = {"next": 1, "last": -1, "past": -1}.get(which, 0)
    if unit == "week":
        first = week_of(now.today, shift)
        return _span(match, first, first + timedelta(weeks=1), "week")
    if unit == "weekend":
        past = now.past and not match["which"]
        saturday = week_of(now.today, -1 if past else shift) + timedelta(days=5)
        return _span(match, saturday, saturday + timedelta(days=2), "day")
    if unit == "year":
        year = now.today.year + shift
        return _span(match, date(year, 1, 1), date(year + 1, 1, 1), "year")
    first = step(now.today.replace(day=1), shift, "month")
    return _span(match, first, step(first, 1, "month"), "month")


@_rule(rf"(?:(?:on )?the )?(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?|{_NTH})(?: of| day of)? {_MONTH}{_YEAR}")
def _day_month(match: re.Match[str], now: Reference) -> Piece | None:
    if (
        match["month"] == "may"
        and match["d"]
        and not re.match(r".*(?:st|nd|rd|th|of) ?", match.group()[:-3])
        and match.end() < len(match.string)
        and re.match(r" (?:i|we|be|have|you|not)\b", match.string[match.end() :])
    ):
        return None
    day = int(match["d"]) if match["d"] else _nth(match["nth"])
    return _day(
        match, in_year(now.today, _MONTHS[match["month"]], day, now.past, int(match["year"]) if match["year"] else None)
    )


@_rule(
    rf"{_MONTH} (?:the )?(?:{_NTH}|(?P<d>\d{{1,2}})\b(?!:|\s?[ap]\.?m\b|[\d%]))(?! (?:people|persons|guests|tickets|o'?clock))(?:,? (?P<year>(?:19|20|21)\d\d)\b)?"
)
def _month_day(match: re.Match[str], now: Reference) -> Piece | None:
    day = int(match["d"]) if match["d"] else _nth(match["nth"])
    return _day(
        match, in_year(now.today, _MONTHS[match["month"]], day, now.past, int(match["year"]) if match["year"] else None)
    )


@_rule(
    rf"(?:(?P<how>in|this|next|last|until|by|during|since) )(?:the month of )?{_MONTH}(?! \d{{1,2}}\b)(?: (?P<year>(?:19|20|21)\d\d)\b)?"
)
def _month(match: re.Match[str], now: Reference) -> Piece | None:
    month = _MONTHS[match["month"]]
    year = now.today.year
    if match["year"]:
        year = int(match["year"])
    elif match["how"] == "last" or (now.past and month > now.today.month):
        year -= month >= now.today.month
    elif not now.past and month < now.today.month:
        year += 1
    first = date(year, month, 1)
    return _span(match, first, step(first, 1, "month"), "month")


@_rule(
    rf"(?:on |by |until |till |before |after |for )?the {_NTH}(?! (?:of|time|one|place|floor|person|day|item|option|drink|cup|order|bag|week|street|st|avenue|ave|hotel|restaurant|event|movie|song|flight|bus|train|thing|rule|question|visit|month|half|quarter|year|class|date|ones|choice|grade|row|two|three)\b)(?=\W|$)(?: of (?P<of>this|next|last) month)?"
)
def _day_of_month(match: re.Match[str], now: Reference) -> Piece | None:
    if not match["nth"][0].isdigit():
        return None
    return _day(match, _coming_day(now, _nth(match["nth"])))


@_rule(rf"(?:on )?the {_NTH} of (?P<of>this|next|last|the) month\b")
def _day_of_this_month(match: re.Match[str], now: Reference) -> Piece | None:
    shift = {"next": 1, "last": -1}.get(match["of"], 0)
    first = step(now.today.replace(day=1), shift, "month")
    return _day(match, make_date(first.year, first.month, _nth(match["nth"])))


def _coming_day(now: Reference, day: int) -> date | None:
    for months in range(13):
        first = step(now.today.replace(day=1), -months if now.past else months, "month")
        found = make_date(first.year, first.month, day)
        if found and (found <= now.today if now.past else found >= now.today):
            return found
    return None


@_rule(
    r"(?P<y>(?:19|20|21)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d])(?:t(?P<h>\d\d):(?P<min>\d\d)(?::\d\d)?)?"
)
def _iso(match: re.Match[str], now: Reference) -> Piece | None:
    return _day(match, make_date(int(match["y"]), int(match["m"]), int(match["d"])))


@_rule(
    r"(?P<a>\d{1,2})(?P<s>[/.-])(?P<b>\d{1,2})(?:(?P=s)(?P<y>\d{4}|\d{2})\b|(?<=/\d)|(?<=/\d\d)|\.(?=\s|$))(?![\d/:.%-])(?! (?:stars?|points?|out|of|pounds|euros?|hours|cups?))"
)
def _numeric(match: re.Match[str], now: Reference) -> Piece | None:
    a, b = int(match["a"]), int(match["b"])
    if match["s"] == "-" and not match["y"]:
        return None
    month_first = now.month_first and match["s"] != "."
    if a > 12:
        month_first = False
    elif b > 12:
        month_first = True
    month, day = (a, b) if month_first else (b, a)
    return (
        _day(match, in_year(now.today, month, day, now.past, int(match["y"]) if match["y"] else None))
        if month <= 12
        else None
    )


@_rule(
    r"(?:in the |this |early in the |late )?(?P<part>(?:early |late )?(?:morning|afternoon|evening)|night)\b|(?P<tonight>tonight|tonite)\b|(?P<last>last night)\b|(?P<noon>(?:at )?(?:noon|midday|lunchtime|lunch time))\b|(?P<midnight>(?:at )?midnight)\b"
)
def _part(match: re.Match[str], now: Reference) -> Piece | None:
    if match["noon"]:
        return Piece(match.start(), match.end(), "time", hour=12, half="pm")
    if match["midnight"]:
        return Piece(match.start(), match.end(), "time", hour=24)
    if match["tonight"]:
        return Piece(match.start(), match.end(), "part", hours=(18, 24))
    if match["last"]:
        return Piece(match.start(), match.end(), "part", day=now.today - timedelta(days=1), hours=(18, 24))
    text = match.group()
    said = "this" in text or "in the" in text
    before = match.string[max(0, match.start() - 14) : match.start()]
    if re.search(r"\b(?:good|every|each|all|a|per|one)\s$", before) or (
        not said and not re.search(r"(?:day|tomorrow|yesterday|\d|mon|tue|wed|thu|fri|sat|sun|t)\.?,?\s$", before)
    ):
        return None
    name = match["part"].rsplit(" ", 1)[-1]
    hours = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24), "night": (18, 24)}[name]
    return Piece(match.start(), match.end(), "part", hours=hours)


@_rule(rf"(?:(?:at|by|around|about|from|until|till|before|after|@) ?)?{_HOUR}(?:[:.h](?P<minute>[0-5]\d))?{_HALF}")
@_rule(
    r"(?:(?:at|by|around|about|from|until|till|before|after|@) ?)?(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::[0-5]\d)?\b(?P<half>)"
)
@_rule(rf"(?:(?:at|by|around) )?{_HOUR}(?P<minute>)(?:(?P<half>))? o'?clock\b")
def _clock(match: re.Match[str], now: Reference) -> Piece | None:
    word = match["hour"]
    hour = int(word) if word.isdigit() else int(_NUMBERS[word])
    half = {"a": "am", "p": "pm"}.get(match["half"] or "")
    if hour > 24 or (half and hour > 12):
        half = None
        if hour > 24:
            return None
    minute = int(match["minute"]) if match["minute"] else 0
    grain = "minute" if match["minute"] else "hour"
    exact = half
    if not half and match["minute"] and (word.startswith("0") or hour == 0):
        exact = "am"
    return Piece(match.start(), match.end(), "time", hour=hour, minute=minute, half=exact, grain=grain)  # type: ignore[arg-type]


@_rule(
    rf"(?:(?:at|by|around) )?(?P<how>half past|half|(?:a )?quarter past|(?:a )?quarter to|quarter after|(?:\d\d?|five|ten|twenty) (?:minutes )?(?:to|past)) {_HOUR}\b(?:\s?{_HALF})?"
)
def _half_past(match: re.Match[str], now: Reference) -> Piece | None:
    word, how = match["hour"], match["how"]
    hour = int(word) if word.isdigit() else int(_NUMBERS[word])
    if not 1 <= hour <= 12 or (how == "half" and word.isdigit()):
        return None
    first = how.split(" ")[0]
    minutes = (
        30
        if how.startswith("half")
        else 15
        if "quarter" in how
        else int(first)
        if first.isdigit()
        else int(_NUMBERS[first])
    )
    if minutes > 59:
        return None
    if how.endswith(" to"):
        hour, minutes = (hour - 1) or 12, 60 - minutes
    half = {"a": "am", "p": "pm"}.get(match["half"] or "")
    return Piece(match.start(), match.end(), "time", hour=hour, minute=minutes, half=half, grain="minute")  # type: ignore[arg-type]


@_rule(
    rf"(?:at|@) {_HOUR}\b(?![:.,/]?\d|%|\s?(?:st|nd|rd|th)\b| (?:people|persons|person|guests|euros?|dollars|pounds|percent|stars?|degrees|per|points|{_alternatives(_MONTHS)}|minutes|hours|days|weeks|months|years|of us|or more|or higher|or above|street|least|tickets|once|other|more|different|hotel|\d)\b)"
)
def _bare_hour(match: re.Match[str], now: Reference) -> Piece | None:
    word = match["hour"]
    hour = int(word) if word.isdigit() else int(_NUMBERS[word])
    return Piece(match.start(), match.end(), "time", hour=hour) if 0 <= hour <= 24 else None


def find_pieces(text: str, now: Reference) -> list[Piece]:
    if _HINT.search(text) is None:
        return []
    found: list[Piece] = []
    for pattern, make in _rules:
        for match in islice(pattern.finditer(text), MAX_DATES):
            piece = make(match, now)
            if piece is not None:
                found.append(piece)
    return found

"""English: days, and distances from now. Names of days: `holidays`; months and longer: `english_periods`."""

import re
from datetime import date, timedelta

from . import english_periods, english_times, holidays
from .calendar import (
    add_months,
    coming_day,
    last_weekday,
    make_date,
    months_from,
    next_weekday,
    nth_weekday,
    week_of,
)  # fmt: skip
from .english_words import (
    AMOUNT,
    CARDINALS,
    COUNT,
    DAYS,
    DIGIT_DAY,
    IN_UNITS,
    IN_WEEKDAYS,
    MONTH,
    MONTHS,
    NTH,
    UNIT,
    WEEKDAY,
    YEAR_AFTER,
    alternatives,
    amount_of,
    count_of,
    day_of,
    year_of,
)  # fmt: skip
from .pieces import Found, Piece, Reference, Rules, day_piece, find_regions, place, shift_day

_HINT = re.compile(
    r"\d|\b(?:to(?:day|night|nite|morr?ow|morow)|tmr?r?w?|2mor\w*|tomoz|yesterday|now|mid\w*|noon\w*|(?:morning|afternoon|evening|night)s?|weeks?|twent\w+|thirt\w+|nineteen|two thousand|[ap] ?m|yuandan|"
    r"months?|years?|days?|hours?|minutes?|eo[dmy]|fortnight|quarter|decades?|o'?clock|half|(?:at|by|around|until|till|from|for|past|to) (?:"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|spring|summer|autumn|fall|winter|"
    r"mon|tues?|wed|thu|thurs?|fri|sat|sun|\w+days?|jan|feb|mar|march|apr|april|may|june?|july?|aug|sept?|oct|nov|dec|"
    r"(?:janu|febr|augu|septe|octo|nove|dece)\w+|\w*mas|easter|halloween|new year\w*|valentine\w*|patrick\w*|boxing|thanks ?giving|eve|lunar|"
    r"weekend|lunch\w*|pm|am|ramadan|hanukkah|diwali)\b"
)
rule = Rules(lead=r"(?<![\w.'/])")
_LISTS = (rule, english_periods.rule, english_times.rule, holidays.rule_en)


def find_pieces(text: str, now: Reference) -> list[Piece]:
    regions = find_regions(text, _HINT)
    return [piece for rules in _LISTS for piece in rules.find(text, regions, now)] if regions else []


_TOMORROW = r"tomorrow|tommorr?ow|tomorow|tomoz|tmrrw|tmrw?|tmw|2mor\w{0,4}"


@rule(
    rf"(?:the )?day after (?:{_TOMORROW})\b|(?:the )?day before yesterday\b|today\b|(?:{_TOMORROW})\b|yesterday\b|(?:the )?(?:next|following) day\b",
    "day", "tom", "tm", "2mor",
)  # fmt: skip
def _relative(match: re.Match[str], now: Reference) -> Piece | None:
    text = match.group()
    days = 2 if "after" in text else -2 if "before" in text else 0 if text == "today" else -1 if "yest" in text else 1
    return day_piece(match, now.today + timedelta(days=days))


_OF_WEEK = r"(?P<after>,? (?:of |in |the )?(?:next|this|last) week|,? after next| week\b| in (?:a|one|two|three|[1-9]) weeks?\b)"
_WEEKS = {"next": 1, "this": 0, "last": -1, "past": -1, "previous": -1, "coming": 1, "following": 1, "current": 0}


@rule(
    rf"(?P<lead>on )?(?:(?P<which>next|this coming|this|last|past|previous|coming|upcoming|every other|every second|every|each) )?{WEEKDAY}\.?{_OF_WEEK}?",
    *IN_WEEKDAYS,
)
def _weekday(match: re.Match[str], now: Reference) -> Piece | None:
    word, which, after = match["weekday"], match["which"] or "", (match["after"] or "").strip(" ,")
    if word in {"sun", "sat", "wed", "mon", "fri"} and not (which or after or match["lead"]) and not _alone(match):
        return None  # "the sun", "we sat", "newly wed"
    weekday, today = DAYS[word], now.today
    if after.startswith("in "):  # "Wednesday in a week"
        weeks = count_of(after.split()[1])
        return day_piece(match, next_weekday(today, weekday) + timedelta(weeks=round(weeks)))
    if after.endswith("week") and after != "week":
        return day_piece(match, week_of(today, _WEEKS[after.split()[-2]]) + timedelta(days=weekday))
    if which in {"last", "past", "previous"}:
        return day_piece(match, last_weekday(today, weekday))
    if which == "next":
        # Said on a Monday, "next Wednesday" is not the day after tomorrow: the coming week's.
        found = week_of(today, 1) + timedelta(days=weekday)
        return day_piece(match, found + timedelta(weeks=1) if after == "after next" else found)
    if which == "this":
        found = week_of(today) + timedelta(days=weekday)
        return day_piece(match, found if found > today or now.past(match.start()) else found + timedelta(weeks=1))
    if not which and not after and now.past(match.start()):
        return day_piece(match, last_weekday(today, weekday), "week")
    found = next_weekday(today, weekday)
    return day_piece(match, found + timedelta(weeks=1) if after in {"after next", "week"} else found, "week")


def _alone(match: re.Match[str]) -> bool:
    """A short name that is no other word here: with a stop, a number or a time beside it."""
    around = match.string[match.end() : match.end() + 3], match.string[max(0, match.start() - 4) : match.start()]
    return (
        (match.group().endswith(".") and match.string[max(0, match.start() - 4) : match.start()] != "the ")
        or re.match(r"[,.]? ?\d|-|/| at \d", around[0]) is not None
        or re.search(r"[\d-] ?$|to $", around[1]) is not None
        or match.group().strip() == match.string.strip()
    )


@rule(rf"(?P<which>next|this|last|coming|following) week,? (?:on |from |between |the )?{WEEKDAY}", "week")
def _day_of_week(match: re.Match[str], now: Reference) -> Piece | None:
    return day_piece(match, week_of(now.today, _WEEKS[match["which"]]) + timedelta(days=DAYS[match["weekday"]]))


@rule(
    rf"(?P<lead>on )?{WEEKDAY},? (?:the )?(?P<nth>{NTH}|(?<=the ){DIGIT_DAY}(?![a-z])|(?<=the )(?:{alternatives(CARDINALS)})\b)(?! of| {MONTH.replace('month', 'm2')})",
    *IN_WEEKDAYS,
)
def _weekday_nth(match: re.Match[str], now: Reference) -> Piece | None:
    """ "Friday the 15th": the nearest month where that is a Friday."""
    day, weekday = day_of(match["nth"]), DAYS[match["weekday"]]
    past = now.past(match.start())
    for months in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5):
        first = add_months(now.today.replace(day=1), -months if past else months)
        found = make_date(first.year, first.month, day)
        if found and found.weekday() == weekday and (found <= now.today if past else found >= now.today):
            return day_piece(match, found)
    return day_piece(match, coming_day(now.today, day, past), "month")


@rule(
    rf"(?:the )?(?P<n>first|second|third|fourth|1st|2nd|3rd|4th|last) {WEEKDAY} (?:of |in )?(?:(?:the )?(?P<which>next|this|last|previous|coming) month|{MONTH}{YEAR_AFTER})",
    *IN_WEEKDAYS,
)
def _nth_weekday(match: re.Match[str], now: Reference) -> Piece | None:
    number = -1 if match["n"] == "last" else day_of(match["n"])
    if match["which"]:
        first = months_from(now.today, _WEEKS[match["which"]])[0]
        return day_piece(match, nth_weekday(first, DAYS[match["weekday"]], number))
    year = year_of(match["year"])
    past = now.past(match.start())
    for candidate in [year] if year else [now.today.year + step for step in ((0, -1) if past else (0, 1))]:
        found = nth_weekday(date(candidate, MONTHS[match["month"]], 1), DAYS[match["weekday"]], number)
        if found and (year or (found <= now.today if past else found >= now.today)):
            return day_piece(match, found)
    return None


@rule(rf"(?P<count>{COUNT}) {WEEKDAY} (?P<way>from now|later|ago|from today)", "from", "later", "ago")
def _weekdays_on(match: re.Match[str], now: Reference) -> Piece | None:
    weeks, weekday = round(count_of(match["count"])) - 1, DAYS[match["weekday"]]
    if match["way"] == "ago":
        return day_piece(match, last_weekday(now.today, weekday) - timedelta(weeks=weeks))
    return day_piece(match, next_weekday(now.today, weekday) + timedelta(weeks=weeks))


@rule(
    rf"(?P<before>in |after )?(?:(?:about|around|like|less than|more than|just over|just under|exactly|approximately|another|over) )?(?P<amount>{AMOUNT})(?:'s?)?(?P<time> time)?"
    r"(?: (?P<way>from now|away from now|from today|after today|later|ago|back|earlier|before (?:now|today)|prior to (?:now|today)|hence|from tomorrow|after tomorrow|on tomorrow|"
    r"from yesterday|after yesterday|before yesterday|before tomorrow)\b)?",
    *IN_UNITS,
    also=("in ", "after", "from", "away", "later", "ago", "back", "earlier", "before", "prior", "hence", "on tomorrow"),
)
def _distance(match: re.Match[str], now: Reference) -> Piece | None:
    way, before = match["way"] or "", match["before"]
    if not way and not before:
        return None
    if not way and _OTHER_AMOUNTS.match(match.string, match.end()):
        return None
    months, rest, fine, work = amount_of(match["amount"])
    sign = -1 if way.split(" ")[0] in {"ago", "back", "earlier", "before", "prior"} else 1
    less = match.group().startswith(("less than", "in less than"))
    base = now.today + timedelta(days=1 if "tomorrow" in way else -1 if "yesterday" in way else 0)
    if work:
        return day_piece(match, _working_day(base, sign * round(work)))
    if fine:
        days = None
        if months or rest.days:
            days = shift_day(base, sign * months, sign * rest.days)
            rest -= timedelta(days=rest.days)
        return Piece(*place(match), "instant", day=days, delta=sign * rest)
    moved = shift_day(base, sign * months, sign * rest / timedelta(days=1))
    if less and sign > 0:
        return Piece(*place(match), "span", day=base, until=max(moved, base + timedelta(days=1)))
    return day_piece(match, moved)


# "in 2 weeks old …": no distance from now.
_OTHER_AMOUNTS = re.compile(r" (?:old|of (?!today|tomorrow)|each|per|a (?:day|week|month)|in a row|straight)\b")


def _working_day(day: date, count: int) -> date:
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(min(abs(count), 400)):
        day += step
        while day.weekday() > 4:
            day += step
    return day


@rule(
    rf"(?:(?P<the>the )?(?P<unit>day|week|night|evening)|(?P<amount>{AMOUNT})) (?P<way>before|after|prior to|from|on|following)(?= )", "before", "after", "prior", "from", "on", "following", also=(*IN_UNITS, "night", "evening")
)  # fmt: skip
def _shift(match: re.Match[str], now: Reference) -> Piece | None:
    """ "The day before" what follows; "two weeks after"; "a week on Friday"."""
    sign = -1 if match["way"] in {"before", "prior to"} else 1
    if match["unit"]:
        if match["way"] in {"from", "on"}:
            return None
        months, rest = 0, timedelta(days=7 if match["unit"] == "week" else 1)
    else:
        months, rest, fine, work = amount_of(match["amount"])
        if fine or work or (match["way"] == "on" and "week" not in match["amount"]):
            return None
    return Piece(*place(match), "shift", delta=sign * rest, months=sign * months, weak=True)


@rule(r"(?:the )?(?P<unit>week|month) (?:of|commencing|starting|beginning)(?: on)?(?=[ .])|w/c(?= )", "week of", "month of", "week comm", "week start", "week begin", "w/c")  # fmt: skip
def _frame(match: re.Match[str], now: Reference) -> Piece | None:
    return Piece(match.start(), match.end(), "frame", grain="month" if match["unit"] == "month" else "week", weak=True)


@rule(rf"for (?P<amount>{AMOUNT})(?! (?:ago|from now|later|away))", "for ")
@rule(rf"(?<!every )(?P<amount>{AMOUNT})(?=,? (?:starting|beginning) )", "starting", "beginning")
def _length(match: re.Match[str], now: Reference) -> Piece | None:
    months, rest, _, _ = amount_of(match["amount"])
    return Piece(match.start(), match.end(), "length", delta=rest, months=months, weak=True)


@rule(
    rf"(?:(?P<way>last|past|previous|next|coming|upcoming|following)|(?P<within>within|over|in|during)(?: the)?(?: (?P<way2>last|past|previous|next|coming|upcoming|following))?) (?P<amount>{AMOUNT})(?P<future> (?:from|of) (?:today|now))?",
    "last", "past", "previous", "next", "coming", "within",
)  # fmt: skip
@rule(rf"(?P<amount>{AMOUNT}) (?P<future>in the future)\b", "future")
@rule(rf"(?:the )?(?P<way>last|past|previous|next|coming|following) (?P<unit>{UNIT})(?: and a half)?\b", "last", "past", "previous", "next", "coming", "following")  # fmt: skip
def _window(match: re.Match[str], now: Reference) -> Piece | None:
    groups = match.groupdict()
    way = groups.get("way") or groups.get("way2") or ("next" if groups.get("future") else "")
    within = groups.get("within") == "within"
    if way == "last" and re.search(
        r"\b(?:will|to|should|it|can|must|would) $", match.string[max(0, match.start() - 7) : match.start()]
    ):
        return None  # "my stay will last 7 days"
    if not way and not within:
        return None
    text = groups.get("amount") or "a " + match.group().split(" ", 1)[-1].removeprefix(f"{way} ")
    sign = -1 if way in {"last", "past", "previous"} else 1
    months, rest, fine, work = amount_of(text)
    if fine:
        end = rest if not months else rest + (shift_day(now.today, months, 0) - now.today)
        both = (timedelta(), end) if sign > 0 else (-end, timedelta())
        return Piece(*place(match), "window", since=both[0], delta=both[1])
    if work or "amount" not in groups:
        return None  # "next week" is a period of the calendar
    today, amount = now.today, rest.days
    if within or (months and amount):
        return Piece(*place(match), "span", day=today, until=shift_day(today, months, amount + 1))
    if months:
        unit = 12 if months % 12 == 0 and "y" in text else 1
        first = today.replace(day=1) if unit == 1 else date(today.year, 1, 1)
        ends = sorted(
            [add_months(first, unit if sign > 0 else 0), add_months(first, sign * months + (unit if sign > 0 else 0))]
        )
        return Piece(*place(match), "span", day=ends[0], until=ends[1], grain="month" if unit == 1 else "year")
    if "week" in text and amount % 7 == 0:
        first = week_of(today, 1 if sign > 0 else 0)
        ends = sorted([first, first + sign * timedelta(days=amount)])
        return Piece(*place(match), "span", day=ends[0], until=ends[1], grain="week")
    ends = sorted([today + timedelta(days=sign > 0), today + timedelta(days=sign * amount + (sign > 0))])
    return Piece(*place(match), "span", day=ends[0], until=ends[1])


@rule(r"(?:right )?now\b", "now")
def _now(match: re.Match[str], now: Reference) -> Found:
    return Piece(match.start(), match.end(), "instant", weak=True)

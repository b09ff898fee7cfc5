"""English: days of a month, written dates, weeks, months, quarters, years and seasons."""

import re
from dataclasses import replace
from datetime import timedelta

from ..result import Grain
from .calendar import (
    Span,
    coming_day,
    in_year,
    iso_weeks,
    make_date,
    month_span,
    months_from,
    part_of,
    quarter_of,
    season_span,
    week_from,
    weekend_of,
    years_from,
)  # fmt: skip
from .english_words import (
    CARDINALS,
    DIGIT_DAY,
    IN_DATES,
    IN_MONTHS,
    IN_ORDINALS,
    IN_YEARS,
    MONTH,
    MONTHS,
    NTH,
    ORDINALS,
    YEAR,
    YEAR_AFTER,
    YEAR_DIGITS,
    YEAR_WORDS,
    alternatives,
    day_of,
    year_of,
)  # fmt: skip
from .pieces import IN_DIGITS, Found, Piece, Reference, Rules, day_piece, span_piece

rule = Rules(lead=r"(?<![\w.,'])")
_SHIFTS = {"next": 1, "coming": 1, "upcoming": 1, "following": 1, "last": -1, "past": -1, "previous": -1}
_TO = r" ?(?:-|to|until|til|till|through|thru|and) ?(?:the )?"
_COUNTED = r"people|persons?|guests?|tickets?|cups?|bags?|of us|o'?clock|stars?|pcs|pieces?|pounds?|euros?|dollars?|minutes?|mins|hours?|days?|weeks?|%"


# Days of a month.


@rule(
    rf"(?P<lead>on )?(?:the )?(?P<day>{NTH}|{DIGIT_DAY})\.?(?: ?[-/]? ?| of | day of )(?:the )?{MONTH}\.?{YEAR_AFTER}",
    *IN_MONTHS,
)
@rule(
    rf"(?P<lead>on )?{MONTH}[ .,/-]{{0,2}}(?:the )?(?P<day>{NTH}|{DIGIT_DAY}(?![:%]| ?[ap]\.?m\b|[.,]\d|st|nd|rd|th)|(?:{alternatives([w for w, n in CARDINALS.items() if n <= 31])})\b)(?! (?:{_COUNTED})\b){YEAR_AFTER}",
    *IN_MONTHS,
)
def _month_day(match: re.Match[str], now: Reference) -> Piece | None:
    if match["month"] == "may" and re.match(
        r" (?:i|we|be|have|you|not|get|need)\b", match.string[match.end("month") : match.end("month") + 6]
    ):
        return None
    year = year_of(match["year"])
    found = in_year(now.today, MONTHS[match["month"]], day_of(match["day"]), now.past(match.start()), year)
    return day_piece(match, found, "" if year else "year")


@rule(
    rf"(?:from |between )?(?:the )?(?P<a>{NTH}|{DIGIT_DAY}){_TO}(?P<b>{NTH}|{DIGIT_DAY})(?: of| in|,)? (?:{MONTH}(?! \d\d?\b(?! ?[:\d])){YEAR_AFTER}|(?P<which>this|next|last|coming) month\b)",
    *IN_MONTHS,
)
@rule(
    rf"{MONTH},? (?:from |between )?(?:the )?(?P<a>{NTH}|{DIGIT_DAY}){_TO}(?P<b>{NTH}|{DIGIT_DAY})(?![:\d%]| ?[ap]\.?m\b)(?! (?:{_COUNTED})\b){YEAR_AFTER}(?P<which>)",
    *IN_MONTHS,
)
@rule(
    rf"(?:from|between) (?:the )?(?P<a>{NTH}|{DIGIT_DAY}){_TO}{MONTH} (?:the )?(?P<b>{NTH}|{DIGIT_DAY}){YEAR_AFTER}(?P<which>)",
    *IN_MONTHS,
)
def _days(match: re.Match[str], now: Reference) -> Piece | None:
    a, b = day_of(match["a"]), day_of(match["b"])
    joint = match.string[match.end("a") : match.start("b")]
    if " and " in joint and "between" not in match.group():
        return None
    if match["which"]:
        first = months_from(now.today, _SHIFTS.get(match["which"], 0))[0]
        begin, end = make_date(first.year, first.month, a), make_date(first.year, first.month, b)
    else:
        year, past = year_of(match["year"]), now.past(match.start())
        end = in_year(now.today, MONTHS[match["month"]], b, past, year)
        begin = coming_day(end, a, True) if end else None
    if not begin or not end or begin >= end:
        return None
    return Piece(match.start(), match.end(), "span", day=begin, until=end.fromordinal(end.toordinal() + 1))


# What may follow a bare day of the month, so that "the 2nd waiter" is none.
_AFTER_DAY = r"(?=[ ]*(?:[,.;:!?)\-/]|$)|[ ]+(?:and|to|til|till?|until|through|at|in the|from|for|please|or|by|around|about|of (?:this|next|each|every|the month)|how|what|when|why|then|so|if|but|instead|is|was|will|should|sounds|suits|might|may|ok|okay|works?|it|i|we|my|our|the|could|can|would|this|next|each|every|morning|afternoon|evening|night|\d{1,2}[:ap])\b|[ ]+-)"
_DAY_LEAD = r"(?P<lead>(?:on|by|for|from|until|till|before|after|since|between|to|and|of|night of|starting) )"
_OF_MONTH = r"(?:,? (?:of |in )?(?P<which>this|next|last|previous|the|each|every|the following) month\b)"


@rule(
    rf"{_DAY_LEAD}?the (?P<day>{DIGIT_DAY}\s?(?:st|nd|rd|th)\b){_AFTER_DAY}{_OF_MONTH}?", *IN_ORDINALS, also=IN_DIGITS
)
@rule(rf"{_DAY_LEAD}(?P<day>{DIGIT_DAY}\s?(?:st|nd|rd|th)\b){_AFTER_DAY}{_OF_MONTH}?", *IN_ORDINALS, also=IN_DIGITS)
@rule(rf"(?P<lead>on |by )?(?:the )?(?P<day>{NTH}|(?<=the ){DIGIT_DAY}){_OF_MONTH}", *IN_MONTHS)
@rule(
    r"(?P<lead>)\A(?:the )?(?P<day>(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th))(?=\W*\Z)(?P<which>)",
    *IN_ORDINALS,
    also=IN_DIGITS,
)
@rule(
    rf"(?P<lead>on |the )?next (?P<day>{DIGIT_DAY}(?:st|nd|rd|th)\b){_AFTER_DAY}(?P<which>)",
    *IN_ORDINALS,
    also=IN_DIGITS,
)
@rule(
    rf"(?P<lead>on |for |by |to )the (?P<day>{DIGIT_DAY}|(?:{alternatives([w for w, n in ORDINALS.items() if n > 9])})\b)(?= ?(?:[.!?,]|$))(?P<which>)"
)
@rule(
    rf"(?P<lead>on )(?:the )?(?P<day>{DIGIT_DAY})(?=,? (?:at|around)? ?\d{{1,2}}(?::\d\d| ?[ap]\.?m)|\s*[.!]?$)(?P<which>)",
    *IN_DIGITS,
)
@rule(
    rf"(?P<lead>)(?P<day>{DIGIT_DAY}(?:st|nd|rd|th))(?= (?:at|to|until|till|through) )(?P<which>)",
    *IN_ORDINALS,
    also=IN_DIGITS,
)
def _day_of_month(match: re.Match[str], now: Reference) -> Piece | None:
    which, day = match["which"], day_of(match["day"])
    if which in {"this", "next", "last", "previous", "the following"}:
        first = months_from(now.today, _SHIFTS.get(which.removeprefix("the "), 0))[0]
        return day_piece(match, make_date(first.year, first.month, day))
    return day_piece(match, coming_day(now.today, day, now.past(match.start())), "month")


@rule(
    rf"(?P<lead>on |by )?(?:the )?(?P<n>{NTH}|last|very last) day (?:of |in )(?:(?:the )?(?P<which>this|next|last|previous) month|(?P<month_now>the month)|(?P<y>the year|this year)|{MONTH}{YEAR_AFTER})",
    "day ",
)
def _day_of(match: re.Match[str], now: Reference) -> Piece | None:
    """ "The last day of the month"."""
    if match["y"]:
        span = years_from(now.today.year)
    elif match["month"]:
        span = month_span(now.today, MONTHS[match["month"]], now.past(match.start()), year_of(match["year"]))
    else:
        span = months_from(now.today, _SHIFTS.get(match["which"] or "", 0))
    if match["n"].endswith("last"):
        return day_piece(match, span[1] - timedelta(days=1))
    day = span[0] + timedelta(days=day_of(match["n"]) - 1)
    return day_piece(match, day if day < span[1] else None)


# Written dates.


@rule(
    rf"(?P<y>(?:19|20|21)\d\d)(?P<s>[-/. ])(?:(?P<m>\d{{1,2}})|{MONTH})(?P=s)(?P<d>\d{{1,2}})(?!\d)(?:t(?P<h>\d\d):(?P<min>\d\d)(?::(?P<sec>\d\d))?)?",
    *IN_YEARS,
)
def _iso(match: re.Match[str], now: Reference) -> Found:
    month = int(match["m"]) if match["m"] else MONTHS[match["month"]]
    piece = day_piece(match, make_date(int(match["y"]), month, int(match["d"])))
    if piece is None or not match["h"] or int(match["h"]) > 23 or int(match["min"]) > 59:
        return piece
    clock = Piece(
        match.start("h"), match.end(), "time", hour=int(match["h"]), minute=int(match["min"]), second=int(match["sec"] or 0) % 60,
        half="am" if int(match["h"]) < 12 else None, grain="minute",
    )  # fmt: skip
    return [replace(piece, end=match.start("h") - 1), clock]


@rule(
    r"(?P<lead>on )?(?P<a>\d{1,2})(?P<s> ?[-/.] ?| )(?P<b>\d{1,2})(?:(?P=s)|,)(?P<y>(?:19|20|21)\d\d|\d\d)(?![\d:/]|-\d(?!\d?[/-]\d)|[.]\d|%| ?[ap]\.?m\b)",
    *IN_DATES,
    also=IN_DIGITS,
)
def _numeric(match: re.Match[str], now: Reference) -> Piece | None:
    if match["s"] == " " and len(match["y"]) == 2:
        return None
    sign = match["s"].strip()
    return day_piece(match, _ordered(match, now.month_first and sign != ".", int(match["y"]), now))


# Where dates are written year, month, day.
_YEAR_FIRST = (
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Chongqing",
    "Asia/Hong_Kong",
    "Asia/Tokyo",
    "Asia/Seoul",
    "PRC",
    "Japan",
)
_FRACTIONS = {"1/2", "1/3", "2/3", "1/4", "3/4", "1/8", "24/7", "50/50"}


@rule(
    r"(?P<lead>(?:on|by|since|from|until|till|before|after|of|for|to|and|between|the)\s+)?(?P<a>\d{1,2})(?P<s> ?[/.-] ?)(?P<b>\d{1,2})(?![\d/:%]|[.-]\d| ?[ap]\.?m\b)(?! (?:stars?|points?|out|of|pounds|euros?|hours?|hrs?|minutes|cups?|people|price|off|size|inch))",
    *IN_DATES,
    also=IN_DIGITS,
)
def _slashed(match: re.Match[str], now: Reference) -> Piece | None:
    lead, sign, b = (match["lead"] or "").strip(), match["s"].strip(), int(match["b"])
    whole = match.start() == 0 and match.end() == len(match.string)
    if sign == "." and lead not in {"on", "since", "by"}:
        return None
    if (
        sign == "-"
        and not (lead in {"on", "since", "by"} or (whole and now.month_first))
        and not (whole and int(match["a"]) > 12)
    ):
        return None
    at_a_time = re.match(r" at \d|,? \d{1,2}(?::\d\d| ?[ap]m)", match.string[match.end() : match.end() + 8])
    if (b in {5, 10, 100} or match.group().strip() in _FRACTIONS) and not lead and not at_a_time:
        return None  # a rating, a fraction
    month_first = now.month_first or now.place.startswith(_YEAR_FIRST)
    return day_piece(match, _ordered(match, month_first, None, now), "year")


def _ordered(match: re.Match[str], month_first: bool, year: int | None, now: Reference):  # type: ignore[no-untyped-def]
    a, b = int(match["a"]), int(match["b"])
    month, day = (a, b) if (month_first or b > 12) and a <= 12 else (b, a)
    return in_year(now.today, month, day, now.past(match.start()), year) if month <= 12 else None


# Weeks, months, quarters, years.


@rule(
    rf"(?P<lead>in |since |until |by |during )?(?P<y>{YEAR_DIGITS}) ?[-/] ?(?P<m>1[0-2]|0?[1-9])(?![\d/.:-]| ?[-/] ?\d)",
    *IN_YEARS,
)
@rule(
    rf"(?P<lead>in |since |until |by |during )?(?P<m>1[0-2]|0?[1-9]) ?[-/] ?(?P<y>{YEAR_DIGITS})(?![\d/.-])", *IN_YEARS
)
@rule(r"(?P<lead>in |since )?(?P<y>(?:19|20)\d\d)\.(?P<m>1[0-2]|0?[1-9])(?=\s|$)", *IN_YEARS)
def _year_month(match: re.Match[str], now: Reference) -> Piece | None:
    return span_piece(match, months_from(make_date(int(match["y"]), int(match["m"]), 1) or now.today, 0), "month")


_MOD = r"(?P<mod>early|late|mid|middle of|beginning of|start of|end of|earlier|later|rest(?: of)?|first half of|second half of)"
_MODS = {"early": "early", "late": "late", "mid": "mid", "middle of": "mid", "beginning of": "begin", "start of": "begin",
         "end of": "end", "earlier": "gone", "later": "rest", "rest": "rest", "rest of": "rest", "first half of": "early",
         "second half of": "late"}  # fmt: skip
_WHICH = r"(?P<which>this coming|this|next|last|past|previous|the coming|coming|upcoming|the current|current|the same|same|that|the following|the|my)"
_UNIT = r"(?P<unit>weeks?|weekend|week-end|month|quarter|year|decade)"


@rule(
    rf"(?:the |at the |by the |in the |towards the )?{_MOD} (?:the year )?{YEAR}(?P<which>)",
    "20",
    "19",
    "thousand",
    "nineteen",
)
def _part_of_year(match: re.Match[str], now: Reference) -> Piece | None:
    year = year_of(match["year"])
    return span_piece(match, part_of(years_from(year), _MODS[match["mod"]], now.today), "month") if year else None


@rule(rf"(?:the |at the |by the |in the |towards the )?{_MOD}[ -](?:in |of )?{_WHICH}? ?{_UNIT}(?P<after> after (?:the )?next)?\b", "week", "month", "year", "quarter")  # fmt: skip
@rule(rf"(?:at |on |over |for )?{_WHICH} {_UNIT}(?P<after> after (?:the )?next)?(?!'| of| commencing| starting| beginning| before)\b", "week", "month", "year", "quarter")  # fmt: skip
@rule(r"(?P<lead>on )(?P<unit>weekend)\b(?P<which>)(?P<after>)", "weekend")
@rule(r"(?P<mod>eo[my])\b(?P<which>)(?P<unit>)(?P<after>)", "eom", "eoy")
def _period(match: re.Match[str], now: Reference) -> Piece | None:
    mod, unit = match.groupdict().get("mod"), match["unit"].replace("-", "")
    if mod in {"eom", "eoy"}:
        mod, unit = "end of", "month" if mod == "eom" else "year"
    which = (match["which"] or "").removeprefix("the ").removeprefix("this ")
    if not mod and which in {"the", "my", "same", "that", ""} and not match["after"] and unit != "weekend":
        return (
            None
            if which in {"the", "my"} or (unit == "year" and which != "same")
            else span_piece(match, _span(unit, 0, now), _GRAINS[unit])
        )
    shift = 2 if match["after"] else _SHIFTS.get(which, 0)
    if unit == "weekend" and not which.startswith(("this", "next")) and not match["after"] and now.past(match.start()):
        shift = shift or -1
    if unit not in _GRAINS or (mod and not which and unit != "year" and mod not in {"rest", "rest of", "end of"}):
        return None
    span = _span(unit, shift, now)
    if mod:
        return span_piece(
            match, part_of(span, _MODS[mod], now.today), "day" if unit in {"week", "weekend"} else _GRAINS[unit]
        )
    return span_piece(match, span, _GRAINS[unit])


_GRAINS: dict[str, Grain] = {"week": "week", "weekend": "day", "month": "month", "quarter": "month", "year": "year"}


def _span(unit: str, shift: int, now: Reference) -> Span:
    if unit == "week":
        return week_from(now.today, shift)
    if unit == "weekend":
        return weekend_of(now.today, shift)
    if unit == "month":
        return months_from(now.today, shift)
    if unit == "quarter":
        return months_from(quarter_of(now.today.year, (now.today.month + 2) // 3)[0], 3 * shift, 3)
    return years_from(now.today.year + shift)


_BARE = "january february july august september october november december"
_YEAR_WHICH = rf"(?:,? ?(?:of )?(?:{YEAR}|(?P<rel>this|next|last) year\b|'(?P<short>\d\d)\b))"


@rule(
    rf"(?:(?:the |at the |by the |in )?{_MOD}[ -])?(?:(?P<how>in|this|next|last|past|until|till|by|during|since|for|from|to|through|before|after|and|between|of|this coming) )?(?:the month of )?{MONTH}{_YEAR_WHICH}?(?! ?\d|[.-]\d| (?:i|we|be|you|not|have)\b)",
    *IN_MONTHS,
)
@rule(rf"{YEAR} ?,? ?{MONTH}\b(?! ?\d)(?P<rel>)(?P<how>)(?P<mod>)(?P<short>)", *IN_MONTHS)
@rule(rf"{MONTH} (?P<short>[4-9]\d|3[2-9])\b(?P<year>)(?P<rel>)(?P<how>)(?P<mod>)", *IN_MONTHS)
def _month(match: re.Match[str], now: Reference) -> Piece | None:
    how, month, past = match["how"] or "", MONTHS[match["month"]], now.past(match.start())
    year = year_of(match["year"]) or (year_of(f"'{match['short']}") if match["short"] else None)
    if match["rel"]:
        year = now.today.year + _SHIFTS.get(match["rel"], 0)
    if not (year or how or match["mod"]) and match["month"] not in _BARE.split():
        return None
    if how in {"this", "last", "past", "next"} and not year:
        if how == "this":
            year = now.today.year
        elif how != "next":
            year = now.today.year - (month >= now.today.month)
        else:
            year = now.today.year + (month <= now.today.month)
    span = month_span(now.today, month, past, year)
    start = (
        match.end("how") + 1 if how and how not in {"this", "next", "last", "past", "this coming"} else match.start()
    )
    if match["mod"]:
        span, start = part_of(span, _MODS[match["mod"]], now.today), match.start()
    return Piece(start, match.end(), "span", day=span[0], until=span[1], grain="month", loose="" if year else "year")


@rule(rf"(?:the )?(?P<n>first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th|last) week (?:of |in )?(?:(?P<which>this|next|last|the) (?P<unit>month|year)\b|{MONTH}{YEAR_AFTER}|(?P<only>{YEAR_DIGITS}|{YEAR_WORDS}))", "week")  # fmt: skip
def _nth_week(match: re.Match[str], now: Reference) -> Piece | None:
    if match["unit"]:
        span = _span(match["unit"], _SHIFTS.get(match["which"], 0), now)
    elif match["only"]:
        span = years_from(year_of(match["only"]) or now.today.year)
    else:
        span = month_span(now.today, MONTHS[match["month"]], now.past(match.start()), year_of(match["year"]))
    week = iso_weeks(span, -1 if match["n"] == "last" else day_of(match["n"]))
    return span_piece(match, week, "week") if week else None


@rule(r"(?P<lead>(?:from|between|until|till|to|by|and|in|calendar|during) )?week (?P<n>\d{1,2})\b(?! of)", "week ")
def _week_number(match: re.Match[str], now: Reference) -> Piece | None:
    week = iso_weeks(years_from(now.today.year), int(match["n"])) if 0 < int(match["n"]) < 54 else None
    return span_piece(match, week, "week", weak=not match["lead"]) if week else None


_OF_YEAR = rf"(?:,? ?(?:of |in )?(?:(?P<year>{YEAR_DIGITS}|{YEAR_WORDS})|(?P<rel>this|next|last|the) year\b))"


@rule(rf"(?P<lead>in |during |by )?(?:the )?(?:(?P<n>first|second|third|fourth|1st|2nd|3rd|4th|last) quarter|q(?P<q>[1-4])\b|h(?P<h>[12])\b){_OF_YEAR}?", "quarter", "q", "h1", "h2")  # fmt: skip
@rule(r"(?P<lead>in |during |by )?(?P<year>(?:19|20)\d\d) ?(?:(?:the )?(?P<n>first|second|third|fourth|1st|2nd|3rd|4th|last) quarter|q(?P<q>[1-4])|h(?P<h>[12]))\b(?P<rel>)", "quarter", "q", "h1", "h2")  # fmt: skip
def _quarter(match: re.Match[str], now: Reference) -> Piece | None:
    if not (match["year"] or match["rel"] or match["q"]):
        return None
    year = year_of(match["year"]) or now.today.year + _SHIFTS.get(match["rel"] or "", 0)
    if match["h"]:
        return span_piece(match, months_from(years_from(year)[0], 6 * (int(match["h"]) - 1), 6), "month")
    number = int(match["q"]) if match["q"] else 4 if match["n"] == "last" else day_of(match["n"])
    span = quarter_of(year, number)
    if not (match["year"] or match["rel"]) and span[1] <= now.today and not now.past(match.start()):
        span = quarter_of(year + 1, number)
    return span_piece(match, span, "month")


@rule(rf"(?P<lead>(?:in|since|until|till|by|during|from|between|of|to|and|through|before|after|year|around|back in|on)(?: the year)? )?{YEAR}(?! ?[-/] ?\d(?!\d\d\d)|'s|\w| (?:calories|kcal|people|points|dollars|euros|pounds|won|yen|yuan|rmb|steps|ml|miles|km))", "19", "20", "21", "thousand", "twenty", "nineteen")  # fmt: skip
def _year(match: re.Match[str], now: Reference) -> Piece | None:
    year = year_of(match["year"])
    if year is None:
        return None
    weak = not match["lead"] or match["lead"].strip() in {"of", "to", "and"}
    return span_piece(match, years_from(year), "year", weak)


@rule(rf"(?:in |during |over |by )?(?P<which>this|next|last|past|coming|the|mid|in|during|before|after|until|till|by|since) (?:the )?(?P<season>spring|summer|autumn|fall|winter)(?: of)?(?: {YEAR})?(?! (?:rolls?|onions?|menu|sale|water|squash|roll|vibes?|drinks?|blend|fruits?|berr|special))\b", "spring", "summer", "autumn", "fall", "winter")  # fmt: skip
def _season(match: re.Match[str], now: Reference) -> Piece | None:
    name = match["season"].replace("fall", "autumn")
    if match["season"] == "fall" and match["which"] in {"the", "in"} and not match["year"]:
        return None
    span = season_span(now.today, name, _SHIFTS.get(match["which"], 0), year_of(match["year"]))
    return span_piece(match, span, "month")

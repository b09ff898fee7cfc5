"""English: times of day and parts of it."""

import re
from datetime import timedelta

from .english_words import CARDINALS, alternatives
from .pieces import IN_DIGITS, Found, Half, Piece, Reference, Rules, place

rule = Rules(lead=r"(?<![\w.:$£€/])")
_HOURS = [word for word, number in CARDINALS.items() if number <= 12]
_MINUTES = [word for word, number in CARDINALS.items() if number <= 59]
_HOUR = rf"(?P<hour>2[0-4]|1\d|0?\d|{alternatives(_HOURS)})"
_HALF = r"(?: ?(?P<half>[ap])\.? ?m\b\.?)"
_CLOCK = r"(?: ?o'?clock| ?h(?:ours|rs)?\b)"
_PART = r"(?:(?:early|late|mid)[ -])?(?:mornings?|afternoons?|evenings?|nights?|lunch ?time|midnight|noon|tonight)"
_BEFORE_PART = rf"(?=(?: o'?clock)?(?:,| -)? ?(?:in the |at |this |on the )?{_PART}\b)"
# Of a bare number more is asked: "8 in the morning", and not "two nights" or "a table for 2 at noon".
_IN_PART = r"(?=,? ?(?:in the (?:(?:early|late|very early) )?(?:morning|afternoon|evening|night)|this (?:morning|afternoon|evening)|at night|tonight)\b)"
_LEAD = r"(?P<lead>(?:at|@|by|around|about|from|until|till?|before|after|between|for|to|past|and|-|as of)(?: about| around| exactly)? ?)"
# What may come after "at 7", so that it is no number of things.
_FREE = (
    r"(?=\s*(?:[,.;!?)]|-|$)|\s+(?:on|in the|tomorrow|today|tonight|tonite|this|the (?:next|coming|following)|next|please|pls|plz|for|and|to|til|till|until|or|i|i'm|i'll|we|my|"
    r"if|because|when|thanks|thank|with|then|but|as|sharp|exactly|so|would|is|it|that|there|would|works?|ok|okay|mon|tue|wed|thu|fri|sat|sun|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|every|each|from|could|can|at|too|instead|latest|ish|now|how|what|the day|the same|"
    r"(?:the )?\d{1,2}(?:st|nd|rd|th)|of (?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|tomorrow|today|mon|tue|wed|thu|fri|sat|sun)\w*)\b)"
)


IN_HALVES = ("am", "pm", ".m", " m")
IN_CLOCKS = (":", "h")
IN_LEADS = (
    "at ",
    "@",
    "by ",
    "around",
    "about",
    "from",
    "til",
    "before",
    "after",
    "between",
    "than ",
    "and ",
    "to ",
    "-",
)
IN_JOINTS = ("-", "to", "til", "through", "and")
IN_HOURS = (*IN_DIGITS, *_HOURS)
_HALVES: dict[str, Half] = {"a": "am", "p": "pm"}


def _number(word: str) -> int:
    return int(word) if word.isdigit() else CARDINALS[word]


def _time(match: re.Match[str], hour: int, minute: int = 0, second: int = 0, exact: bool = True, weak: bool = False) -> Piece | None:  # fmt: skip
    half = _HALVES.get(match.groupdict().get("half") or "")
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute):
        return None
    if half and hour > 12:
        half = None
    elif not half and match.groupdict().get("hour", "")[:1] == "0":
        half = "am"
    return Piece(
        *place(match), "time", hour=hour % 24 if half else hour, minute=minute, second=second, half=half,
        grain="minute" if exact else "hour", weak=weak,
    )  # fmt: skip


@rule(
    rf"{_LEAD}?{_HOUR}(?:(?P<sign>[:.]| ?h ?)(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?{_HALF}",
    *IN_HALVES,
    also=IN_HOURS,
)
@rule(
    rf"{_LEAD}?(?P<hour>2[0-4]|1\d|0?\d)(?P<sign>:|h)(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?:-?ish)?(?![\w%])",
    *IN_CLOCKS,
    also=IN_DIGITS,
)
def _clock(match: re.Match[str], now: Reference) -> Piece | None:
    minute, second = match["minute"], match["second"]
    return _time(match, _number(match["hour"]), int(minute or 0), int(second or 0), minute is not None)


@rule(rf"{_LEAD}?{_HOUR}(?: o'?clock| ?-?ish)\b{_HALF}?(?: exactly| sharp)?", "clock", "ish", also=IN_HOURS)
@rule(r"(?P<lead>(?:at|by|from|until|till|around) )(?P<hour>2[0-4]|1\d|0?\d)h(?:rs?)?\b", *IN_LEADS, also=IN_DIGITS)
@rule(r"(?P<lead>)(?P<hour>2[0-3]|1[3-9])hrs?\b(?! (?:later|ago|each|a|per|and|or|stay|of))", "hr")
@rule(r"(?P<lead>(?:at|by|from|to|until|till|around|-) ?)(?P<hour>1[0-2]|[1-9])(?P<half>[ap])\b(?!\.?m)", *IN_DIGITS)
def _o_clock(match: re.Match[str], now: Reference) -> Piece | None:
    return _time(match, _number(match["hour"]), exact=False)


@rule(rf"{_LEAD}?(?P<hour>1[0-2]|0?[1-9])(?P<minute>[0-5]\d){_HALF}", "am", "pm", "a.m", "p.m", also=IN_DIGITS)
@rule(rf"{_LEAD}?(?P<hour>2[0-3]|1\d|0?\d) (?P<minute>[0-5]\d)(?:{_HALF}|{_BEFORE_PART})", *IN_DIGITS)
@rule(
    rf"(?P<lead>(?:at|by|around|from|until|till|before|after|between|and|to) )(?P<hour>2[0-3]|1\d|0?\d) (?P<minute>[0-5][05]){_FREE}",
    *IN_LEADS,
    also=IN_DIGITS,
)
@rule(rf"(?P<lead>(?:at|around) )(?P<hour>2[0-3]|[01]\d)(?P<minute>[0-5]\d){_FREE}", *IN_LEADS, also=IN_DIGITS)
@rule(rf"(?P<lead>at |by |@ ?)(?P<hour>2[0-3]|1\d|0?\d)\.(?P<minute>[0-5]\d){_FREE}", *IN_DIGITS)
def _digits(match: re.Match[str], now: Reference) -> Piece | None:
    return _time(match, int(match["hour"]), int(match["minute"]))


_WORD_HOUR = rf"(?P<hour>{alternatives(_HOURS)}|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)"
_WORD_MINUTE = rf"(?P<minute>(?:oh )?(?:{alternatives(_MINUTES)}))"


@rule(rf"{_LEAD}?{_WORD_HOUR} {_WORD_MINUTE}(?:{_HALF}|{_BEFORE_PART})", *IN_HOURS, "teen", "twenty")
@rule(
    rf"(?P<lead>(?:at|for|by|around|until|till|to|from|between|after|before) ){_WORD_HOUR} {_WORD_MINUTE}{_FREE}",
    *IN_HOURS,
    "teen",
    "twenty",
)
def _words(match: re.Match[str], now: Reference) -> Piece | None:
    return _time(match, _number(match["hour"]), _number(match["minute"].removeprefix("oh ")))


def _is_hour_of_half(match: re.Match[str], word: str) -> bool:
    """ "At half 3", "make it half three"; "half 3" alone is anything."""
    lead = (match["lead"] or "").strip()
    said = match.string[: match.start()].endswith(("make it ", "say "))
    return said or lead in {"at", "by", "around", "about"} or bool(lead and not word.isdigit())


_TARGET = rf"(?P<hour>2[0-3]|1\d|0?\d|{alternatives(_HOURS)})(?:(?: |:| ?h ?)(?P<minute>[0-5]\d|thirty|fifteen))?(?! ?(?:minutes|hours|days|weeks|people|%|\d|[./:]\d))"


@rule(
    rf"{_LEAD}?(?P<how>half past|half|(?:a )?quarter (?:past|after|to|of)|three quarters past|(?P<n>\d\d?|{alternatives(_MINUTES)}) (?:minutes?|mins?)? ?(?P<way>to|past|before|after|till)) {_TARGET}(?:{_HALF}| o'?clock|\b)",
    "past", " to ", "half", "quarter", "after", "before", "till", also=IN_HOURS,
)  # fmt: skip
def _past(match: re.Match[str], now: Reference) -> Piece | None:
    how, word, way = match["how"], match["hour"], match["way"]
    hour = _number(word)
    if how == "half" and not _is_hour_of_half(match, word):
        return None
    minutes = 30 if how.startswith("half") else 45 if how.startswith("three") else 15
    if match["n"]:
        minutes = _number(match["n"])
        plain = not re.search(r"min", how) and way != "past"
        lead = (match["lead"] or "").strip()
        # "from 5 to 6" is an interval, "at 5 to 6" a time
        if plain and (
            way not in {"to", "till"}
            or lead in {"from", "between", "for"}
            or minutes % 5
            or (minutes in {5, 10} and not lead)
        ):
            return None
    if not 1 <= minutes <= 59 or hour > 24:
        return None
    base = match["minute"]
    minutes = minutes if way == "past" or "past" in how or "after" in how or how == "half" else -minutes
    if base:
        minutes += int(base) if base.isdigit() else CARDINALS[base]
    total = (hour or 24) * 60 + minutes
    if hour <= 12 and not (hour == 12 and minutes >= 0) and total >= 13 * 60:
        total -= 720
    if hour == 1 and minutes < 0:
        total += 720 if match["half"] is None else 0
    piece = _time(match, total // 60 % 24, total % 60)
    if piece is not None and match["half"] and hour in {12, 1} and minutes < 0:
        # A quarter to twelve at noon is still the morning.
        half = _HALVES[match["half"]]
        other: Half = half if hour == 1 else "am" if half == "pm" else "pm"
        return Piece(
            piece.start, piece.end, "time", hour=(hour - 1) or 12, minute=60 + minutes, half=other, grain="minute"
        )
    return piece


@rule(
    rf"(?P<lead>(?:at|@|by|around|about|from|until|till?|before|after|between|(?:later|earlier) than|(?:any ?time|some ?time|just|a bit|shortly) (?:past|after|before)) (?:about |around )?){_HOUR}{_FREE}",
    *IN_LEADS,
    also=IN_HOURS,
)
@rule(
    rf"(?P<lead>(?:morning|afternoon|evening|tonight)(?: at| around)? ){_HOUR}{_FREE}",
    "noon",
    "ning",
    "tonight",
    also=IN_HOURS,
)
@rule(rf"(?P<lead>(?:and|to|til|till|until|-) ?){_HOUR}{_FREE}", *IN_JOINTS, also=IN_HOURS)
@rule(
    rf"(?P<lead>(?:at|by|around|from|until|till|to|and|-) ?)?{_HOUR}{_IN_PART}",
    "morning", "noon", "evening", "night", also=IN_HOURS,
)  # fmt: skip
@rule(rf"(?P<lead>at |by |around ){_HOUR}(?= (?:morning|afternoon|evening|night|lunch ?time)\b)", "morning", "noon", "evening", "night", "lunch", also=IN_HOURS)  # fmt: skip
@rule(rf"(?P<lead>(?:change|move|push|shift|switch|reschedule|bring)(?: \w+){{1,3}} to ){_HOUR}{_FREE}", "change", "move", "push", "shift", "switch", "reschedule", "bring", also=IN_HOURS)  # fmt: skip
@rule(rf"(?P<lead>){_HOUR}(?= on (?:the )?(?:\d|mon|tue|wed|thu|fri|sat|sun))", " on ", also=IN_HOURS)
def _bare(match: re.Match[str], now: Reference) -> Piece | None:
    lead = (match["lead"] or "").strip()
    rest = match.string[match.end() : match.end() + 30]
    if _OF_PEOPLE.match(rest) or (match["hour"] == "one" and lead == "by"):
        return None
    if not lead and re.search(r"\b(?:for|of) $", match.string[max(0, match.start() - 4) : match.start()]):
        return None
    weak = lead in {"and", "to", "til", "till", "until", "-", "before", "after", ""} and not re.match(
        _BEFORE_PART, rest
    )
    return _time(
        match, _number(match["hour"]), exact=False, weak=weak and lead not in {"until", "till", "before", "after"}
    )


_OF_PEOPLE = re.compile(
    r",? ?(?:to|and|or|-) ?\w+ (?:people|persons|guests|of us|adults|kids|seats|tables?|items?|cups?|pieces|stars|minutes|hours|days|weeks)\b"
)


@rule(
    rf"(?:(?:from|between) )?{_HOUR}(?:[:.](?P<minute>[0-5]\d))?(?: ?(?P<half>[ap])\.?m\b\.?)? ?(?:-|to|til|till|until|through|and) ?"
    rf"(?P<hour2>2[0-4]|1\d|0?\d|{alternatives(_HOURS)})(?![\d/.:]?\d|%|(?:st|nd|rd|th)\b)(?! (?:of (?!\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|tomorrow|today|mon|tue|wed|thu|fri|sat|sun)|people|persons|guests|times|minutes|hours|days|weeks|months|years|pm|stars|cups|{alternatives(CARDINALS)})\b)",
    *IN_JOINTS,
    also=IN_HOURS,
)
def _hours(match: re.Match[str], now: Reference) -> Found:
    """ "8 to 9": two hours, where a day or a part of the day is beside them."""
    first = _time(
        match, _number(match["hour"]), int(match["minute"] or 0), exact=bool(match["minute"]), weak=not match["half"]
    )
    if first is None or not match.end("hour2") or _number(match["hour2"]) > 24:
        return None
    end = match.end("half") + 1 if match["half"] else match.end("minute") if match["minute"] else match.end("hour")
    end = len(match.string[:end].rstrip())
    first = Piece(match.start("hour"), min(end, match.start("hour2") - 1), "time", hour=first.hour, minute=first.minute, half=first.half, grain=first.grain, weak=first.weak)  # fmt: skip
    last = Piece(
        match.start("hour2"), match.end("hour2"), "time", hour=_number(match["hour2"]), grain="hour", weak=True
    )
    return [first, last]


_NOON = r"(?:at )?(?:(?:twelve|12) )?(?:noon|mid-?\s?day|midday)(?:ish)?\b"
_MIDNIGHT = r"(?:at )?(?:(?:twelve|12) )?mid-?\s?night\b"


@rule(rf"(?P<noon>{_NOON})|(?P<midnight>{_MIDNIGHT})|(?P<mid>mid-?\s?(?:morning|afternoon))\b", "noon", "mid")
def _named(match: re.Match[str], now: Reference) -> Piece:
    if match["midnight"]:
        return Piece(match.start(), match.end(), "time", hour=24)
    hour = 12 if match["noon"] else 10 if "morning" in match["mid"] else 14
    return Piece(match.start(), match.end(), "time", hour=hour, half="am" if hour == 10 else "pm")


_HOURS_OF = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24), "night": (18, 30)}


@rule(
    r"(?P<said>(?:early |late )?in the (?:very )?|during the |this |in this |later this |later in the )?(?P<when>early|late|mid)?[ -]?(?P<part>morning|afternoon|evening|night)s?\b",
    "morning", "afternoon", "evening", "night",
)  # fmt: skip
@rule(r"(?:the )?(?P<part>night|evening) before last\b(?P<said>)(?P<when>)", "before last")
@rule(r"(?P<said>at )(?P<part>night)\b(?P<when>)", "night")
def _part(match: re.Match[str], now: Reference) -> Piece | None:
    before = match.string[max(0, match.start() - 9) : match.start()]
    if re.search(r"\b(?:good|every|each|all|a|per|one|last|by|goog|gud|date)\s$", before):
        return None
    if match.group().endswith("s") and not match["said"]:
        return None  # "soulful nights"
    first, last = _HOURS_OF[match["part"]]
    last = min(last, 24) if match["part"] != "night" else last
    if match["when"] in {"early", "late"} and match["part"] != "night":
        middle = (first + last) // 2
        first, last = (first, middle) if match["when"] == "early" else (middle, last)
    today = now.today if "this" in (match["said"] or "") else None
    if match.group().endswith("before last"):
        return Piece(*match.span(), "part", day=now.today - timedelta(days=2), hours=(first, last))
    return Piece(*_trimmed(match), "part", day=today, hours=(first, last), weak=not match["said"])


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    return match.start() + len(match.group()) - len(match.group().lstrip(" -")), match.end()


@rule(r"(?P<lead>(?:\w+day|mon|tue|wed|thu|fri|tomorrow) )(?P<half>[ap]m)\b(?! i\b)", "am", "pm")
def _half(match: re.Match[str], now: Reference) -> Piece:
    return Piece(*place(match), "part", hours=(6, 12) if match["half"] == "am" else (12, 18), weak=True)


@rule(r"(?:the )?rest (?:of )?(?:(?:the|this|my|current|your) )?day\b|(?:the )?rest of today\b", "rest")
def _rest_of_day(match: re.Match[str], now: Reference) -> Piece:
    return Piece(*match.span(), "window", until=now.today + timedelta(days=1))


@rule(r"(?P<tonight>to-?nig?ht|tonite|2nite)\b|(?P<last>last|yesterday) (?P<name>night|evening|morning|afternoon)\b|(?P<next>next) night\b", "ni", "last", "yesterday")  # fmt: skip
@rule(r"(?P<name>lunch ?time|(?<=at )lunch|over lunch)\b(?P<tonight>)(?P<last>)(?P<next>)", "lunch")
@rule(r"(?:by |at |before )?(?:the )?(?P<eod>end of (?:the |my )?(?:business )?day|end of (?:the )?(?=(?:today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b)|eod|cob|close of business)(?:\b|(?<= ))(?P<tonight>)(?P<last>)(?P<next>)(?P<name>)", "end of", "eod", "cob", "close of")  # fmt: skip
def _named_part(match: re.Match[str], now: Reference) -> Piece | None:
    name = match["name"] or ""
    if match["last"]:
        hours = _HOURS_OF[name][0], min(24, _HOURS_OF[name][1])
        return Piece(match.start(), match.end(), "part", day=now.today - timedelta(days=1), hours=hours)
    if match["next"]:
        return Piece(match.start(), match.end(), "part", day=now.today + timedelta(days=1), hours=(18, 24))
    if match["tonight"]:
        return Piece(match.start(), match.end(), "part", day=now.today, hours=(18, 24))
    if "lunch" in name:
        return Piece(match.start(), match.end(), "part", hours=(11, 14), weak=name == "lunch")
    if name:
        return None
    return Piece(match.start(), match.end(), "part", hours=(17, 24))

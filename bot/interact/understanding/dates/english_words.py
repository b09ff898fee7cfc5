"""English words of dates: names, numbers, amounts, and the pattern of each."""

# ruff: noqa: SIM905 - word lists read better as text

import re
from collections.abc import Iterable
from datetime import timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
        "november nov|december dec".split("|"),
        1,
    )
    for name in names.split()
}
DAYS = {
    name: number
    for number, names in enumerate(
        "monday mon mondays|tuesday tue tues tuesdays|wednesday wed weds wednesdays|thursday thu thur thurs thursdays|"
        "friday fri fridays|saturday sat saturdays|sunday sun sundays".split("|")
    )
    for name in names.split()
}
_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
CARDINALS = {word: number for number, word in enumerate([*_UNITS, *_TEENS], 1)}
CARDINALS |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
CARDINALS |= {
    f"{tens}{joint}{unit}": 10 * number + one
    for number, tens in enumerate(_TENS, 2)
    for one, unit in enumerate(_UNITS, 1)
    for joint in " -"
}
ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
        "sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
} | {"thirtieth": 30}
ORDINALS |= {
    f"{tens}{joint}{unit}": number + one
    for tens, number in (("twenty", 20), ("thirty", 30))
    for one, unit in enumerate("first second third fourth fifth sixth seventh eighth ninth".split(), 1)
    for joint in " -"
    if number + one <= 31
}
_LOOSE = {"a": 1, "an": 1, "another": 1, "a couple of": 2, "couple of": 2, "a couple": 2, "couple": 2, "a few": 3,
          "few": 3, "half a": 0.5, "half an": 0.5}  # fmt: skip


# What a text must hold for a pattern with these in it to be worth a try.
IN_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
IN_MONTHS = ("month", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
IN_UNITS = ("sec", "min", "hour", "hr", "day", "week", "wk", "fortnight", "month", "quarter", "year", "yr", "decade")
IN_ORDINALS = ("1st", "2nd", "3rd", "th", "1 st", "2 nd", "3 rd")
IN_YEARS = ("19", "20", "21")
IN_DATES = ("/", "-", ".", ",", "19", "20")


def alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", " ") for word in sorted(words, key=lambda each: (-len(each), each)))


MONTH = rf"(?P<month>{alternatives(MONTHS)})(?![a-z'])"
WEEKDAY = rf"(?P<weekday>{alternatives(DAYS)})\b"
DIGIT_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
NTH = rf"(?:{DIGIT_DAY}\s?(?:st|nd|rd|th)\b|(?:{alternatives(ORDINALS)})\b)"
COUNT = rf"(?:\d{{1,3}}(?:\.\d)?|{alternatives([*CARDINALS, *_LOOSE])})"
UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|quarters?|years?|yrs?|decades?)"
_ONE = rf"(?:{COUNT})(?: and (?:a )?half)? ?(?:business |working |calendar |more )?{UNIT}\b(?: and a half\b)?"
AMOUNT = rf"(?:{_ONE}(?:,? (?:and )?{_ONE}){{0,3}})"
_PARTS = re.compile(
    rf"(?P<count>{COUNT})(?P<half> and (?:a )?half)? ?(?P<work>business |working )?(?:calendar |more )?(?P<unit>{UNIT})\b(?P<more> and a half\b)?"
)
_TWO_DIGITS = (
    rf"(?:(?:{alternatives([w for w, n in CARDINALS.items() if n >= 10])})|(?:oh?|zero) (?:{'|'.join(_UNITS)}))"
)
YEAR_DIGITS = r"(?:19|20|21)\d\d(?![\d.:]\d|%)\b"
YEAR_WORDS = rf"(?:(?:nineteen|twenty) {_TWO_DIGITS}|two thousand(?:(?: and)? (?:{alternatives(CARDINALS)}))?)\b"
YEAR = rf"(?P<year>{YEAR_DIGITS}|{YEAR_WORDS})"
_YEAR_BESIDE = rf"(?:,? ?(?:of )?(?P<year>{YEAR_DIGITS}|{YEAR_WORDS}|'\d\d\b))?"
YEAR_AFTER = _YEAR_BESIDE


def count_of(text: str) -> float:
    return float(text) if text[0].isdigit() else float(CARDINALS.get(text) or _LOOSE[text])


def day_of(text: str) -> int:
    """15, 15th, fifteenth, fifteen → 15."""
    text = text.strip()
    return int(re.sub(r"\D", "", text)) if text[0].isdigit() else ORDINALS.get(text) or CARDINALS[text]


def year_of(text: str | None) -> int | None:
    """2018, '18, "two thousand and eighteen", "nineteen seventy eight"."""
    if not text:
        return None
    if text[-1].isdigit():
        number = int(text.lstrip("'"))
        return number if number > 99 else number + (2000 if number < 70 else 1900)
    words = text.replace("-", " ").replace(" and ", " ").split()
    century, rest = (
        (2000, words[2:]) if words[1] == "thousand" else (1900 if words[0] == "nineteen" else 2000, words[1:])
    )
    return century + sum(CARDINALS.get(word, 0) for word in rest)


def amount_of(text: str) -> tuple[int, timedelta, bool, float]:
    """(months, the rest, whether hours or less are in it, working days)."""
    months, rest, fine, work = 0.0, timedelta(), False, 0.0
    for part in _PARTS.finditer(text):
        count = count_of(part["count"]) + (0.5 if part["half"] or part["more"] else 0)
        unit = part["unit"]
        if part["work"]:
            work += count
        elif unit.startswith(("s", "h")) or unit.startswith("mi"):
            fine = True
            seconds = 1 if unit[0] == "s" else 3600 if unit[0] == "h" else 60
            rest += timedelta(seconds=count * seconds)
        elif unit.startswith("mo") and count == 0.5:
            rest += timedelta(days=15)
        elif unit.startswith(("mo", "q", "y", "de")):
            months += count * {"m": 1, "q": 3, "y": 12, "d": 120}[unit[0]]
        else:
            rest += timedelta(days=count * {"d": 1, "w": 7, "f": 14}[unit[0]])
    return round(months), rest, fine, work

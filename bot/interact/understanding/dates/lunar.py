"""Days of the lunar calendar as they are said: 农历八月十五, 腊月廿三, "the 15th day of the 8th lunar month".

They are kept as such, "L08-15": the day of the common calendar is another one each year.
"""

import re

_SIGNS = {sign: number for number, sign in enumerate("零一二三四五六七八九", 0)} | {"正": 1, "元": 1}
_MONTH = r"(?P<month>正|元|冬|腊|十[一二]?|[一二三四五六七八九]|1[0-2]|[1-9])月"
_DAY = r"(?P<day>初[一二三四五六七八九十]|[廿二]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|三十|3 ?0|[12]?\d|[一二三四五六七八九])"
_CHINESE = re.compile(rf"(?P<named>农历|阴历|旧历)?的?(?:闰)?{_MONTH}{_DAY}")
_ALWAYS_LUNAR = re.compile(r"[正冬腊]月|初|廿")
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()  # noqa: SIM905
)
_ENGLISH = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: day)? of the (?P<month>\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(_ORDINALS)}) (?:lunar )?month"
)


def read_lunar_day(folded: str) -> str | None:
    """The first such day of simplified, lower-case text as "L08-15"; None where there is none."""
    match = _CHINESE.search(folded)
    if match is not None and (match["named"] or _ALWAYS_LUNAR.search(match.group())):
        return _code(_month(match["month"]), _number(match["day"].removeprefix("初")))
    english = _ENGLISH.search(folded) if "lunar" in folded else None
    if english is None:
        return None
    month = english["month"]
    number = _ORDINALS.index(month) + 1 if month in _ORDINALS else int(re.sub(r"\D", "", month))
    return _code(number, int(english["day"]))


def _code(month: int, day: int) -> str | None:
    return f"L{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 30 else None


def _month(said: str) -> int:
    return {"冬": 11, "腊": 12}.get(said) or _number(said)


def _number(said: str) -> int:
    """十五, 廿三, 15 → a number up to 39."""
    said = said.replace("廿", "二十").replace("二十十", "二十").replace(" ", "")
    if said.isdigit() and said.isascii():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (_SIGNS.get(tens, 1) * 10 if ten else 0) + _SIGNS.get(ones, 0)

"""Days with a name, in both languages: fixed ones, nth weekdays, those that follow Easter or the moon."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from lunardate import LunarDate

from .calendar import FIRST_YEAR, LAST_YEAR, make_date, nth_weekday
from .english_words import CARDINALS, YEAR, alternatives, count_of, year_of
from .pieces import Piece, Reference, Rules, day_piece, place

OfYear = Callable[[int], date | None]


_FIXED: set[OfYear] = set()


def _fixed(month: int, day: int) -> OfYear:
    def of(year: int) -> date | None:
        return make_date(year, month, day)

    _FIXED.add(of)
    return of


def _nth(month: int, weekday: int, number: int, days: int = 0) -> OfYear:
    """The nth weekday of a month (-1 the last), and so many days on."""

    def of(year: int) -> date | None:
        found = nth_weekday(date(year, month, 1), weekday, number)
        return found + timedelta(days=days) if found else None

    return of


def _easter(days: int = 0) -> OfYear:
    """Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""

    def of(year: int) -> date:
        a, (b, c) = year % 19, divmod(year, 100)
        d, e = divmod(b, 4)
        g = (8 * b + 13) // 25
        h = (19 * a + b - d - g + 15) % 30
        i, k = divmod(c, 4)
        m = (32 + 2 * e + 2 * i - h - k) % 7
        n = (a + 11 * h + 22 * m) // 451
        month, day = divmod(h + m - 7 * n + 114, 31)
        return date(year, month, day + 1) + timedelta(days=days)

    return of


def lunar(month: int, day: int, days: int = 0) -> OfYear:
    """A day of the lunar year that begins in this one; `days` on. lunardate knows 1900-2099."""

    def of(year: int) -> date | None:
        try:
            return LunarDate(year, month, day).to_solar_date() + timedelta(days=days)  # type: ignore[no-any-return]
        except (ValueError, KeyError, IndexError):
            return None

    return of


def _qingming(year: int) -> date:
    """The sun at 15 degrees: by the usual formula for 2000-2099, right to the day there."""
    since = year - 2000
    return date(year, 4, int(since * 0.2422 + 4.81) - since // 4)


def _working_day(day: date) -> date:
    """Kept on Friday where it falls on a Saturday, on Monday where on a Sunday."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def _emancipation(year: int) -> date:
    return _working_day(date(year, 4, 16))


def _tax_day(year: int) -> date:
    """15 April; the next day that is neither a weekend's nor Emancipation Day."""
    day = date(year, 4, 15)
    while day.weekday() > 4 or day == _emancipation(year):
        day += timedelta(days=1)
    return day


_MOTHERS_UK = _easter(-21)
_ENGLISH: dict[str, OfYear] = {}
for _names, _rule in (
    ("christmas eve|xmas eve|christmas' eve", _fixed(12, 24)),
    ("christmas day|xmas day|christmas|xmas|x-mas", _fixed(12, 25)),
    ("boxing day|st stephen's day", _fixed(12, 26)),
    ("new year's eve|new years eve|new year eve|nye|hogmanay", _fixed(12, 31)),
    ("new year's day|new years day|new year day|new year's|new years|new year|yuandan", _fixed(1, 1)),
    ("valentine's day|valentines day|valentine day|valentine's|valentines", _fixed(2, 14)),
    ("st patrick's day|st. patrick's day|saint patrick's day|st patricks day|saint patricks day|paddy's day", _fixed(3, 17)),
    ("april fools' day|april fools day|april fool's day|april fools", _fixed(4, 1)),
    ("earth day", _fixed(4, 22)),
    ("may day|international workers' day|international workers day|int'l workers day|law day|lei day|loyalty day", _fixed(5, 1)),
    ("emancipation day", _emancipation),
    ("tax day", _tax_day),
    ("cinco de mayo", _fixed(5, 5)),
    ("juneteenth", _fixed(6, 19)),
    ("independence day|4th of july|fourth of july", _fixed(7, 4)),
    ("bastille day", _fixed(7, 14)),
    ("halloween|hallowe'en|all hallows' eve", _fixed(10, 31)),
    ("all saints' day|all saints day", _fixed(11, 1)),
    ("guy fawkes day|guy fawkes night|guy fawkes|bonfire night", _fixed(11, 5)),
    ("veterans day|veterans' day|veteran's day|veteran day|remembrance day|armistice day", _fixed(11, 11)),
    ("singles' day|singles day", _fixed(11, 11)),
    ("women's day|international women's day|womens day", _fixed(3, 8)),
    ("groundhog day|groundhogs day|ground hog day", _fixed(2, 2)),
    ("siblings day|national siblings day|national sibling day|sibling day", _fixed(4, 10)),
    ("lincoln's birthday|lincolns birthday|lincolns' birthday|lincoln birthday|abraham lincoln's birthday", _fixed(2, 12)),
    ("martin luther king day|martin luther king jr day|martin luther king's day|mlk day", _nth(1, 0, 3)),
    ("presidents' day|presidents day|president's day|president day|washington's birthday|george washington day|washingtons birthday|daisy gatson bates day", _nth(2, 0, 3)),
    ("memorial day|decoration day", _nth(5, 0, -1)),
    ("military spouse day", _nth(5, 6, 2, -2)),
    ("father's day|fathers day|fathers' day|father day", _nth(6, 6, 3)),
    ("labor day|labour day", _nth(9, 0, 1)),
    ("grandparents day|national grandparents day|grandparents' day", _nth(9, 0, 1, 6)),
    ("columbus day|indigenous peoples' day|indigenous peoples day", _nth(10, 0, 2)),
    ("thanksgiving day|thanksgiving|thanks giving day|thanks giving", _nth(11, 3, 4)),
    ("black friday", _nth(11, 3, 4, 1)),
    ("small business saturday", _nth(11, 3, 4, 2)),
    ("cyber monday", _nth(11, 3, 4, 4)),
    ("giving tuesday", _nth(11, 3, 4, 5)),
    ("daylight savings start day|daylight saving start day|daylight savings start|daylight saving start", _nth(3, 6, 2)),
    ("daylight savings end day|daylight saving end day|daylight savings end|daylight saving end", _nth(11, 6, 1)),
    ("administrative professionals' day|administrative professionals day|administrative professional's day|administrative professional day|admin day|admins day|secretaries' day|secretaries day", _nth(4, 5, -1, -3)),
    ("early may bank holiday", _nth(5, 0, 1)),
    ("spring bank holiday", _nth(5, 0, -1)),
    ("august bank holiday|late summer bank holiday|summer bank holiday", _nth(8, 0, -1)),
    ("shrove tuesday|pancake day|mardi gras|fat tuesday", _easter(-47)),
    ("ash wednesday", _easter(-46)),
    ("palm sunday", _easter(-7)),
    ("maundy thursday", _easter(-3)),
    ("good friday", _easter(-2)),
    ("holy saturday|easter saturday", _easter(-1)),
    ("easter sunday|easter day|easter", _easter()),
    ("easter monday", _easter(1)),
    ("ascension day", _easter(39)),
    ("whitsunday|whit sunday|pentecost|whitsun", _easter(49)),
    ("whit monday|pentecost monday", _easter(50)),
    ("corpus christi", _easter(60)),
    ("mothering sunday", _MOTHERS_UK),
    ("mother's day|mothers day|mothers' day|mother day", _nth(5, 6, 2)),
    ("chinese new year's eve|lunar new year's eve|chinese new year eve|lunar new year eve", lunar(1, 1, -1)),
    ("chinese new year's day|chinese new year|lunar new year|spring festival", lunar(1, 1)),
    ("lantern festival", lunar(1, 15)),
    ("dragon boat festival|dragon boat day", lunar(5, 5)),
    ("qixi festival|qixi|chinese valentine's day", lunar(7, 7)),
    ("mid-autumn festival|mid autumn festival|mid-autumn day|mid-autumn|moon festival|mooncake festival", lunar(8, 15)),
    ("double ninth festival", lunar(9, 9)),
    ("qingming festival|qingming|tomb sweeping day|tomb-sweeping day", _qingming),
):  # fmt: skip
    _ENGLISH |= dict.fromkeys(_names.split("|"), _rule)

_CHINESE: dict[str, OfYear] = {}
for _names, _rule in (
    ("圣诞节|圣诞", _fixed(12, 25)), ("平安夜|圣诞夜|圣诞前夜", _fixed(12, 24)), ("元旦节|元旦|新年|阳历年|公历新年", _fixed(1, 1)),
    ("跨年夜|跨年", _fixed(12, 31)), ("情人节", _fixed(2, 14)), ("白色情人节", _fixed(3, 14)), ("女生节", _fixed(3, 7)),
    ("妇女节|三八节|三八妇女节|女神节", _fixed(3, 8)), ("植树节", _fixed(3, 12)), ("愚人节", _fixed(4, 1)), ("清明节|清明", _qingming),
    ("五一节|五一|劳动节|国际劳动节", _fixed(5, 1)), ("青年节|五四青年节", _fixed(5, 4)), ("护士节", _fixed(5, 12)),
    ("母亲节", _nth(5, 6, 2)), ("六一|六一节|六一儿童节|儿童节|国际儿童节", _fixed(6, 1)), ("父亲节", _nth(6, 6, 3)), ("建党节", _fixed(7, 1)),
    ("建军节|八一建军节", _fixed(8, 1)), ("教师节", _fixed(9, 10)), ("国庆节|国庆|十一长假|十一黄金周", _fixed(10, 1)),
    ("万圣节|万圣夜", _fixed(10, 31)), ("光棍节|双十一|双11", _fixed(11, 11)), ("双十二|双12", _fixed(12, 12)), ("感恩节", _nth(11, 3, 4)),
    ("黑色星期五|黑五", _nth(11, 3, 4, 1)), ("复活节", _easter()), ("春节|大年初一|农历新年|过年", lunar(1, 1)), ("除夕夜|除夕|大年三十|年三十|年三十晚", lunar(1, 1, -1)),
    ("大年初二|年初二", lunar(1, 2)), ("大年初三|年初三", lunar(1, 3)), ("大年初四|年初四", lunar(1, 4)), ("大年初五|年初五", lunar(1, 5)),
    ("元宵节|正月十五", lunar(1, 15)), ("端午节|端午", lunar(5, 5)), ("七夕节|七夕", lunar(7, 7)), ("中元节", lunar(7, 15)),
    ("中秋节|中秋|八月半", lunar(8, 15)), ("重阳节|重阳", lunar(9, 9)), ("腊八节|腊八", lunar(12, 8)), ("小年", lunar(12, 23)),
):  # fmt: skip
    _CHINESE |= dict.fromkeys(_names.split("|"), _rule)


_MOVABLE = frozenset(name for name, of in (_ENGLISH | _CHINESE).items() if of not in _FIXED)


def is_movable(text: str) -> bool:
    """Is this a day that is another one of the common calendar each year?"""
    return any(name in text for name in _MOVABLE)


def day_of_holiday(now: Reference, of: OfYear, past: bool, shift: int = 0, year: int | None = None) -> date | None:
    """That year's; else the coming one (today counts) or, if past, the last; `shift` of 1 is the next."""
    if year is not None:
        return of(year) if FIRST_YEAR <= year <= LAST_YEAR else None
    found = [
        day
        for step in range(-2, 4)
        if FIRST_YEAR <= now.today.year + step <= LAST_YEAR and (day := of(now.today.year + step))
    ]
    before, after = [day for day in found if day < now.today], [day for day in found if day >= now.today]
    if shift < 0 or past:
        return before[-1] if before else None
    return after[0] if after else None


rule_en = Rules(lead=r"(?<![\w.'])")
_NEED_EN = (
    "day", "mas", "eve", "year", "valentine", "easter", "hallow", "patrick", "friday", "monday", "tuesday", "giving",
    "festival", "birthday", "holiday", "qi", "autumn", "night", "pentecost", "whit", "sunday", "daylight", "fools",
    "lent", "cinco", "juneteenth", "july", "yuandan", "fawkes", "nye", "mardi", "corpus", "hogmanay",
)  # fmt: skip
_REL = r"(?P<rel>this|next|last|the coming)"


@rule_en(
    rf"(?:(?P<which>this|next|last|this coming|coming) )?(?P<name>{alternatives(_ENGLISH)})\b(?P<weekend> (?:long )?week-?end\b)?(?:,? (?:of |in )?(?:{YEAR}|{_REL} year\b)|,? (?P<ago>\d|{alternatives(CARDINALS)}) years? ago| in (?P<ahead>\d|{alternatives(CARDINALS)}) years?)?",
    *_NEED_EN,
)  # fmt: skip
def _holiday_en(match: re.Match[str], now: Reference) -> Piece | None:
    of = _ENGLISH[match["name"]]
    if match["name"].startswith(("mother", "mothers")) and now.place.startswith(("Europe/London", "Europe/Dublin")):
        of = _MOTHERS_UK
    year = year_of(match["year"])
    if match["rel"]:
        year = now.today.year + {"last": -1, "next": 1}.get(match["rel"], 0)
    if match["ago"] or match["ahead"]:
        year = now.today.year + int(count_of(match["ahead"]) if match["ahead"] else -count_of(match["ago"]))
    which = match["which"] or ""
    if match["name"] in {"easter day", "may day", "new year"} and match.string.startswith(" and", match.end()):
        return None
    if match["name"] in {"new year", "new years"} and which and not year:
        which = ""
    day = day_of_holiday(now, of, now.past(match.start()) and not which, -1 if which == "last" else 0, year)
    if day is None:
        return None
    if match["weekend"]:
        return Piece(*place(match), "span", day=day - timedelta(days=(day.weekday() - 5) % 7), until=day + timedelta(days=1 + max(0, 6 - day.weekday()) * (day.weekday() > 3)))  # fmt: skip
    return day_piece(match, day, "" if year else "year")


rule_zh = Rules()
_YEARS_ZH = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}


@rule_zh(
    rf"(?:(?P<rel>前年|去年|今年|明年|后年)的?|(?P<y>(?:19|20|21)\d\d)年?的?)?(?P<name>{'|'.join(sorted(_CHINESE, key=lambda each: -len(each)))})(?P<shift>前一天|后一天|的前一天|的后一天|前夕)?",
    *_CHINESE,
)
def _holiday_zh(match: re.Match[str], now: Reference) -> Piece | None:
    name, of = match["name"], _CHINESE[match["name"]]
    around = match.string[max(0, match.start() - 1) : match.start()] + "|" + match.string[match.end() : match.end() + 1]
    if re.search(r"\|[蒜粥饼粽]", around):
        return None
    if name in {"过年", "跨年", "新年", "小年", "五一", "六一"} and re.search(
        r"[第二三四五六七八九十]\||\|[快好纪轻]", around
    ):
        return None
    if name.startswith("国庆") and now.place == "Asia/Taipei":
        of = _fixed(10, 10)
    year = int(match["y"]) if match["y"] else now.today.year + _YEARS_ZH[match["rel"]] if match["rel"] else None
    day = day_of_holiday(now, of, now.past(match.start()), 0, year)
    step = {"前": -1, "后": 1}.get((match["shift"] or "").removeprefix("的")[:1], 0)
    return day_piece(match, day + timedelta(days=step) if day else None, "" if year else "year")

"""Chinese: pieces of dates and times."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

from .calendar import in_year, last_weekday, make_date, next_weekday, week_of
from .dates import MAX_DATES, Piece, Reference, step

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_N = r"(?:\d{1,3}|[一二两三四五六七八九十〇零]{1,3})"
_WEEKDAYS = {
    "一": 0,
    "二": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    "日": 6,
    "天": 6,
    "末": 5,
    **{str(n): n - 1 for n in range(1, 8)},
}
_HINT = re.compile(
    r"国庆|圣诞|新年|五一|六一|[0-9年月日号天周点分早晚晨夜]|星期|礼拜|小时|钟|上午|中午|下午|傍晚|节|元旦|平安夜|除夕|刚才"
)
_PARTS = {
    "凌晨": (0, 6), "清晨": (5, 9), "早上": (6, 12), "早晨": (6, 12), "清早": (6, 12), "一早": (6, 12), "早": (6, 12), "上午": (6, 12), "中午": (11, 14),
    "正午": (11, 14), "午后": (12, 18), "下午": (12, 18), "傍晚": (17, 20), "晚上": (18, 25), "晚间": (18, 25), "晚": (18, 25), "夜里": (20, 30), "夜晚": (18, 25),
    "半夜": (22, 30), "深夜": (22, 30), "午夜": (24, 25), "朝早": (6, 12), "下昼": (12, 18),
}  # fmt: skip
_PART_NAMES = "|".join(sorted(_PARTS, key=lambda each: -len(each)))
_HOLIDAYS = {
    "圣诞节": (12, 25), "圣诞": (12, 25), "平安夜": (12, 24), "元旦": (1, 1), "新年": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "劳动节": (5, 1),
    "五一": (5, 1), "儿童节": (6, 1), "六一": (6, 1), "国庆节": (10, 1), "国庆": (10, 1), "十一长假": (10, 1), "教师节": (9, 10), "万圣节": (10, 31), "跨年夜": (12, 31), "愚人节": (4, 1),
}  # fmt: skip

Make = Callable[[re.Match[str], Reference], Piece | None]
_rules: list[tuple[re.Pattern[str], Make]] = []


def _rule(pattern: str) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        _rules.append((re.compile(pattern), make))
        return make

    return keep


def number(text: str) -> int:
    """两, 十五, 二十三, 42 → 2, 15, 23, 42."""
    if text.isascii():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
    value = 0
    for sign in text:
        value = value * 10 + _DIGITS.get(sign, 0)
    return value


def _day(match: re.Match[str], day: date | None) -> Piece | None:
    return Piece(match.start(), match.end(), "day", day=day) if day else None


def _span(match: re.Match[str], first: date, last: date, grain: str) -> Piece:
    return Piece(match.start(), match.end(), "span", day=first, until=last, grain=grain)  # type: ignore[arg-type]


_RELATIVE = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "后日": 2,
    "大后天": 3,
    "寻日": -1,
    "听日": 1,
    "昨儿": -1,
    "今儿": 0,
    "明儿": 1,
}


@_rule("|".join(sorted(_RELATIVE, key=lambda each: -len(each))))
def _relative(match: re.Match[str], now: Reference) -> Piece | None:
    if match.group() == "后天" and match.string.startswith("天", match.end()):
        return None
    return _day(match, now.today + timedelta(days=_RELATIVE[match.group()]))


@_rule(r"(?P<day>[昨今明当])(?P<part>晚上?|早上?|晨|夜里?)")
def _tonight(match: re.Match[str], now: Reference) -> Piece | None:
    days = {"昨": -1, "今": 0, "明": 1, "当": 0}[match["day"]]
    part = {"晨": "早上", "夜": "晚上"}.get(match["part"][0], match["part"])
    return Piece(match.start(), match.end(), "part", day=now.today + timedelta(days=days), hours=_PARTS[part])


@_rule(
    r"(?:(?P<which>上上|下下|上|下|这|本|每隔一|隔|每个?|逢)(?:一?个)?)?(?:周|星期|礼拜)(?P<n>[一二三四五六日天末]|[1-7](?![\d天个.]))"
)
def _weekday(match: re.Match[str], now: Reference) -> Piece | None:
    which = match["which"] or ""
    days = _WEEKDAYS[match["n"]]
    shift = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}.get(which)
    if match["n"] == "末":
        if shift is None and now.past:
            shift = -1
        saturday = week_of(now.today, shift or 0) + timedelta(days=5)
        return _span(match, saturday, saturday + timedelta(days=2), "day")
    if shift is not None:
        return _day(match, week_of(now.today, shift) + timedelta(days=days))
    if now.past and not which:
        return _day(match, last_weekday(now.today, days))
    return _day(match, next_weekday(now.today, days))


@_rule(
    r"(?P<which>上上|下下|上|下|这|本)(?:一?个)?(?:(?P<unit>周|星期|礼拜)(?![一二三四五六日天末1-7])|月)(?:的?(?P<d>\d{1,2}|[一二三]?十?[一二三四五六七八九十])[号日])?"
)
def _period(match: re.Match[str], now: Reference) -> Piece | None:
    shift = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}[match["which"]]
    if match["unit"]:
        first = week_of(now.today, shift)
        return _span(match, first, first + timedelta(weeks=1), "week")
    first = step(now.today.replace(day=1), shift, "month")
    if match["d"]:
        return _day(match, make_date(first.year, first.month, number(match["d"])))
    return _span(match, first, step(first, 1, "month"), "month")


@_rule(r"(?P<which>去年|今年|明年|后年|前年)(?!.{0,3}\d{1,2}月)(?![一二三四五六七八九十]{1,2}月)")
def _year(match: re.Match[str], now: Reference) -> Piece | None:
    year = now.today.year + {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}[match["which"]]
    return _span(match, date(year, 1, 1), date(year + 1, 1, 1), "year")


@_rule(
    rf"(?:再?过|再)?(?P<n>{_N}|半|几)(?P<half>个半|半)?(?:个)?(?P<unit>分钟|分|小时|钟头|刻钟|天|日|周|星期|礼拜|月|年)(?P<and>半)?(?P<way>之后|以后|过后|后|之前|以前|前)(?!天)"
)
@_rule(
    rf"再?过(?P<n>{_N}|半)(?P<half>个半|半)?(?:个)?(?P<unit>分钟|小时|钟头|天|周|星期|礼拜|月|年)(?P<and>半)?(?P<way>)"
)
def _distance(match: re.Match[str], now: Reference) -> Piece | None:
    if match["n"] == "几":
        return None
    count = 0.5 if match["n"] == "半" else float(number(match["n"]))
    if match["half"] or match["and"]:
        count += 0.5
    if "前" in match["way"]:
        count = -count
    unit = match["unit"]
    if unit in {"分钟", "分"}:
        return Piece(match.start(), match.end(), "instant", delta=timedelta(minutes=count))
    if unit == "刻钟":
        return Piece(match.start(), match.end(), "instant", delta=timedelta(minutes=15 * count))
    if unit in {"小时", "钟头"}:
        return Piece(match.start(), match.end(), "instant", delta=timedelta(hours=count))
    if unit == "月" and "个" not in match.group():
        return None  # 三月前: before March
    if unit == "月" and abs(count) == 0.5:
        return _day(match, step(now.today, 15 if count > 0 else -15, "day"))
    names = {"天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "年": "year"}
    return _day(match, step(now.today, count, names[unit]))


@_rule(
    r"(?:(?P<y>\d{4}|[一二三四五六七八九〇零]{4})年|(?P<rel>去年|今年|明年|后年)的?)?(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?(?:(?P<d>[0-3]?\d|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?:[号日]|(?![\d点时个月.:：])))"
)
def _month_day(match: re.Match[str], now: Reference) -> Piece | None:
    year = None
    if match["y"]:
        year = number(match["y"])
    elif match["rel"]:
        year = now.today.year + {"去年": -1, "今年": 0, "明年": 1, "后年": 2}[match["rel"]]
    return _day(match, in_year(now.today, number(match["m"]), number(match["d"]), now.past, year))


@_rule(
    r"(?:(?P<y>\d{4})年|(?P<rel>去年|今年|明年|后年)的?)?(?<![\d个半])(?P<m>1[0-2]|0?[1-9]|十[一二]?|(?<!十)[一二三四五六七八九])月(?:份|底|初|中旬)?(?![\d一二三四五六七八九十])(?!后|前|以|之|内)"
)
def _month(match: re.Match[str], now: Reference) -> Piece | None:
    month = number(match["m"])
    year = int(match["y"]) if match["y"] else now.today.year
    if match["rel"]:
        year += {"去年": -1, "今年": 0, "明年": 1, "后年": 2}[match["rel"]]
    elif not match["y"] and month < now.today.month and not now.past:
        year += 1
    if not 1900 <= year <= 2199:
        return None
    first = date(year, month, 1)
    return _span(match, first, step(first, 1, "month"), "month")


@_rule(
    r"(?<![\d月线第])(?P<d>[0-3]?\d|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?)(?:号|日)(?![线楼馆院店门桌房码])(?!\d)"
)
def _day_of_month(match: re.Match[str], now: Reference) -> Piece | None:
    day = number(match["d"])
    for months in range(13):
        first = step(now.today.replace(day=1), -months if now.past else months, "month")
        found = make_date(first.year, first.month, day)
        if found and (found <= now.today if now.past else found >= now.today):
            return _day(match, found)
    return None


@_rule(r"(?<!\d)(?P<y>(?:19|20|21)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
def _iso(match: re.Match[str], now: Reference) -> Piece | None:
    return _day(match, make_date(int(match["y"]), int(match["m"]), int(match["d"])))


@_rule(r"(?<![\d/.])(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/.分])")
def _slash(match: re.Match[str], now: Reference) -> Piece | None:
    return _day(match, in_year(now.today, int(match["m"]), int(match["d"]), now.past))


@_rule("|".join(sorted(_HOLIDAYS, key=lambda each: -len(each))))
def _holiday(match: re.Match[str], now: Reference) -> Piece | None:
    month, day = _HOLIDAYS[match.group()]
    return _day(match, in_year(now.today, month, day, now.past))


@_rule(
    rf"(?:(?<![昨今明当])(?P<part>{_PART_NAMES})的?)?(?P<h>(?:[01]?\d|2[0-4])|二?十[一二三四]?|[一二两三四五六七八九零])(?P<sign>点钟|点整|点|时(?!候|间|尚|光)|:|：)(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<min>[0-5]?\d|[一二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九])(?:分(?!钟))?)?(?P<clock>钟)?"
)
def _clock(match: re.Match[str], now: Reference) -> Piece | None:
    sign, text = match["sign"], match.group()
    before = match.string[match.start() - 1] if match.start() else ""
    after = match.string[match.end() : match.end() + 2]
    if before.isdigit() or (before in {".", ":", "第", "有", "快", "慢"} and not match["part"]):
        return None
    if sign in {":", "："} and not match["min"]:
        return None
    bare = not (
        match["part"]
        or match["half"]
        or match["quarter"]
        or match["min"]
        or match["clock"]
        or sign in {"点钟", "点整", ":", "："}
    )
    # 一点 is mostly "a little"; 两点建议 two points.
    if bare and (
        match["h"] == "一" or after[:1] in {"点", "评", "儿", "吧", "分"} or after in {"建议", "要求", "意见", "问题"}
    ):
        return None
    if sign == "时" and bare and not match["h"].isdigit():
        return None
    hour = number(match["h"])
    minute = (
        30
        if match["half"]
        else {"一": 15, "三": 45}[match["quarter"]]
        if match["quarter"]
        else number(match["min"])
        if match["min"]
        else 0
    )
    if hour > 24 or minute > 59:
        return None
    half = None
    if match["part"]:
        first, last = _PARTS[match["part"]]
        if hour <= 12:
            pm = hour % 12 + 12
            if match["part"] in {"晚上", "晚", "晚间", "夜晚", "半夜", "深夜", "夜里"} and (hour == 12 or hour < 5):
                # 晚上12点 is the end of that day; 夜里两点 after it.
                return Piece(
                    match.start(),
                    match.end(),
                    "time",
                    hour=24 if hour == 12 else hour,
                    minute=minute,
                    half=None if hour == 12 else "am",
                    grain="minute" if minute or ":" in text else "hour",
                )
            half = "pm" if first <= pm < max(last, first + 1) or first >= 12 else "am"
            if match["part"] == "中午" and hour in {11}:
                half = "am"
    elif sign in {":", "："} and (match["h"].startswith("0") or hour == 0):
        half = "am"
    grain = "minute" if minute or sign in {":", "："} else "hour"
    return Piece(match.start(), match.end(), "time", hour=hour, minute=minute, half=half, grain=grain)  # type: ignore[arg-type]


@_rule(
    rf"(?<![昨今明当])(?P<part>(?:{'|'.join(p for p in sorted(_PARTS, key=lambda e: -len(e)) if len(p) > 1)})|(?<=[天日号周一二三四五六])早|(?<=[天日号一二三四五六])晚)(?!好|安)"
)
def _part(match: re.Match[str], now: Reference) -> Piece | None:
    if match["part"] == "午夜":
        return Piece(match.start(), match.end(), "time", hour=24)
    first, last = _PARTS[match["part"]]
    return Piece(match.start(), match.end(), "part", hours=(first, min(last, 24)) if first < 24 else (0, 1))


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

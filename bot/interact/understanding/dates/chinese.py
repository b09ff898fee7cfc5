"""Chinese: days, weeks, months and years, and distances from now. Days with a name: `holidays`."""

import re
from dataclasses import replace
from datetime import timedelta

from . import chinese_times, holidays
from .calendar import (
    coming_day,
    in_year,
    iso_weeks,
    last_weekday,
    make_date,
    month_span,
    months_from,
    next_weekday,
    nth_weekday,
    part_of,
    quarter_of,
    season_span,
    week_from,
    week_of,
    weekend_of,
    years_from,
)  # fmt: skip
from .chinese_words import COUNT, DAY, MONTH, SHIFT, SHIFTS, WEEKDAYS, YEAR, YEARS, number, year_of
from .pieces import Found, Piece, Reference, Rules, day_piece, find_regions, place, shift_day, span_piece

_HINT = re.compile(
    r"[0-9年月日号天周点早晚晨夜]|星期|礼拜|小时|[刻分]钟|上午|中午|正午|下午|午[后夜]|傍晚|节|元旦|除夕|刚才|国庆|圣诞|五一|六一|双十|中秋|端午|清明|元宵|七夕|重阳|腊八|世纪|最近|现在|季度"
)
rule = Rules()
_BLANK = re.compile(r"(?<=[^\x00-\x7f])[ \t]+|[ \t]+(?=[^\x00-\x7f])")


def find_pieces(text: str, now: Reference) -> list[Piece]:
    """Blanks beside Chinese characters mean nothing; places are those of `text` all the same."""
    closed, places = text, None
    if " " in text or "\t" in text:
        gaps = [(gap.start(), gap.end()) for gap in _BLANK.finditer(text)]
        if gaps:
            places = _places(text, gaps)
            closed = "".join([text[index] for index in places])
            places.append(len(text))
    regions = find_regions(closed, _HINT)
    if not regions:
        return []
    lists = (rule, chinese_times.rule, holidays.rule_zh)
    found = [piece for rules in lists for piece in rules.find(closed, regions, now)]
    if places is None:
        return found
    return [replace(piece, start=places[piece.start], end=places[piece.end - 1] + 1) for piece in found]


def _places(text: str, gaps: list[tuple[int, int]]) -> list[int]:
    places: list[int] = []
    at = 0
    for start, end in gaps:
        places.extend(range(at, start))
        at = end
    places.extend(range(at, len(text)))
    return places


_RELATIVE = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "后日": 2,
    "大后天": 3, "寻日": -1, "琴日": -1, "听日": 1, "昨儿": -1, "今儿": 0, "明儿": 1, "后儿": 2, "次日": 1, "翌日": 1, "隔天": 1,
}  # fmt: skip


@rule("|".join(sorted(_RELATIVE, key=lambda each: -len(each))))
def _relative(match: re.Match[str], now: Reference) -> Piece | None:
    before = match.string[max(0, match.start() - 1) : match.start()]
    if match.group() in {"后天", "前天", "后日", "前日"} and before and before in "以之大几日天月年":
        return None
    if match.group() == "隔天" and before == "每":
        return None
    return day_piece(match, now.today + timedelta(days=_RELATIVE[match.group()]))


@rule(
    r"(?P<which>上上|下下|上|下|这|本|每隔一|隔|每|逢)?(?P<ge>一?个)?(?:周|星期|礼拜)的?(?P<n>[一二三四五六日天末]|[1-7](?![\d天个.:点]))",
    "周", "星期", "礼拜",
)  # fmt: skip
def _weekday(match: re.Match[str], now: Reference) -> Piece | None:
    which, today = match["which"] or "", now.today
    after = match.string[match.end() : match.end() + 1]
    if (match["ge"] and not which) or (after and after in "年岁次" and match["n"] != "末"):
        return None  # 两个星期一次, 一周一次
    before = match.string[max(0, match.start() - 1) : match.start()]
    if not which and before and before in "一二两三四五六七八九十几半双非平0123456789":
        return None
    shift = SHIFTS.get(which)
    past = now.past(match.start())
    if match["n"] == "末":
        if shift is None and past:
            shift = -1 if today.weekday() < 5 else 0
        return span_piece(match, weekend_of(today, shift or 0), "day")
    days = WEEKDAYS[match["n"]]
    if shift is not None:
        return day_piece(match, week_of(today, shift) + timedelta(days=days))
    if past and not which:
        return day_piece(match, last_weekday(today, days), "week")
    return day_piece(match, next_weekday(today, days), "week")


_PARTS = {
    "初": "begin",
    "上旬": "begin",
    "中": "mid",
    "中旬": "mid",
    "底": "end",
    "末": "end",
    "下旬": "end",
    "上半": "early",
    "下半": "late",
}
_PART = r"(?P<part>[上中下]旬|初(?![一二三四五六七八九十])|底|末|中(?=[的，。,!？?！]|$))"


@rule(
    rf"{SHIFT}(?:一?个)?(?:(?P<unit>周|星期|礼拜)(?![一二三四五六日天末]|[1-7](?!\d))|月)(?:份|的?月?{_PART}|的?(?P<d>{DAY})[号日]?(?![点时个:]))?",
    "周", "月", "星期", "礼拜",
)  # fmt: skip
def _period(match: re.Match[str], now: Reference) -> Piece | None:
    shift = SHIFTS[match["which"]]
    if match["unit"]:
        if match["which"] in "今当" or match["d"]:
            return None
        span = week_from(now.today, shift)
        return span_piece(match, part_of(span, _PARTS[match["part"]], now.today) if match["part"] else span, "week")
    span = months_from(now.today, shift)
    if match["d"]:
        return day_piece(match, make_date(span[0].year, span[0].month, number(match["d"])))
    return span_piece(match, part_of(span, _PARTS[match["part"]], now.today) if match["part"] else span, "month")


@rule(
    r"(?<![一二三四五六七八九十\d个上下这本当今每两半几])(?P<unit>月|年)(?P<part>底|初(?![一二三四五六七八九十])|末|中(?=[的，。,!？?！]|$))(?!薪|奖)"
)
def _month_end(match: re.Match[str], now: Reference) -> Piece | None:
    """月底, 年初 of the present one; of the next where that is over."""
    past = now.past(match.start())
    for shift in (0, -1) if past else (0, 1):
        span = months_from(now.today, shift) if match["unit"] == "月" else years_from(now.today.year + shift)
        found = part_of(span, _PARTS[match["part"]], now.today)
        if found[0] <= now.today if past else found[1] > now.today:
            return span_piece(match, found, "month")
    return None


@rule(
    rf"{YEAR}(?:(?P<half>[上下]半)年|年?(?P<part>初(?![一二三四五六七八九十])|底|末|中(?![\u4e00-\u9fff])))?(?!{MONTH.replace('P<m>', 'P<m2>')})(?![代级月]|之?内)"
)
def _year(match: re.Match[str], now: Reference) -> Piece | None:
    if (
        match["y"]
        and re.match(r"\d{1,2}$|[零〇一二]", match["y"])
        and len(match["y"]) <= 2
        and not re.match(r"0|[零〇]", match["y"])
    ):
        return None  # 15年: fifteen years
    year = _said_year(match, now)
    part = _PARTS[match["half"] or match["part"]] if match["half"] or match["part"] else None
    span = years_from(year)
    return span_piece(match, part_of(span, part, now.today) if part else span, "month" if part else "year")


@rule(r"(?P<lead>[从在到至自])?(?<![\d.])(?P<y>(?:19|20)\d\d)(?=到|至|-|—|$|[，。,])", "19", "20")
def _bare_year(match: re.Match[str], now: Reference) -> Piece | None:
    return span_piece(match, years_from(int(match["y"])), "year", weak=not match["lead"])


def _said_year(match: re.Match[str], now: Reference) -> int:
    return year_of(match["y"]) if match["y"] else now.today.year + YEARS[match["rel"]]


def _year_or_none(match: re.Match[str], now: Reference) -> int | None:
    return _said_year(match, now) if match["y"] or match["rel"] else None


@rule(
    rf"(?:{YEAR}的?)?{MONTH}份?(?:的)?(?P<d>{DAY})(?:[号日]|(?![\d点时个月.:：人块元位天年分杯次种回遍家张款]))", "月"
)
@rule(rf"(?P<rel>前年|去年|今年|明年)(?P<y>)(?:的)?本月(?P<m>)(?P<d>{DAY})[号日]", "本月")
def _month_day(match: re.Match[str], now: Reference) -> Piece | None:
    if match.string.startswith(("农历", "阴历", "旧历"), max(0, match.start() - 2)):
        return None
    month = number(match["m"]) if match["m"] else now.today.month
    year = _year_or_none(match, now)
    found = in_year(now.today, month, number(match["d"]), now.past(match.start()), year)
    return day_piece(match, found, "" if year else "year")


@rule(
    rf"(?:{YEAR}的?)?(?<![\d个半]){MONTH}(?:份|{_PART})?(?![\d一二三四五六七八九十])(?!后|前|以|之|内|饼|球|亮|子|薪|卡)",
    "月",
)
def _month(match: re.Match[str], now: Reference) -> Piece | None:
    year = _year_or_none(match, now)
    span = month_span(now.today, number(match["m"]), now.past(match.start()), year)
    if match["part"]:
        span = part_of(span, _PARTS[match["part"]], now.today)
    return Piece(*place(match), "span", day=span[0], until=span[1], grain="month", loose="" if year else "year")


@rule(rf"(?:{YEAR}的?)?{MONTH}(?P<a>{DAY})[号日]?(?:到|至|-|—|~)(?P<b>{DAY})[号日]", "月")
def _days(match: re.Match[str], now: Reference) -> Piece | None:
    year, past, month = _year_or_none(match, now), now.past(match.start()), number(match["m"])
    end = in_year(now.today, month, number(match["b"]), past, year)
    begin = coming_day(end, number(match["a"]), True) if end else None
    if begin is None or end is None or begin >= end:
        return None
    return Piece(*place(match), "span", day=begin, until=end + timedelta(days=1))


@rule(rf"(?:(?:{YEAR}的?)?{MONTH}|{SHIFT}个?月)的?(?:第(?P<n>[一二三四五1-5])|(?P<last>最后一))个?(?:(?:周|星期|礼拜)(?P<w>[一二三四五六日天])?|周末(?P<end>))", "第", "最后")  # fmt: skip
def _nth_week(match: re.Match[str], now: Reference) -> Piece | None:
    index = -1 if match["last"] else number(match["n"])
    if match["which"]:
        span = months_from(now.today, SHIFTS[match["which"]])
    else:
        span = month_span(now.today, number(match["m"]), now.past(match.start()), _year_or_none(match, now))
    if match["w"]:
        return day_piece(match, nth_weekday(span[0], WEEKDAYS[match["w"]], index))
    week = iso_weeks(span, index)
    return span_piece(match, week, "week") if week else None


@rule(rf"(?:(?:{YEAR}的?)?{MONTH}|{SHIFT}一?个?月|(?P<now>月))的?最后一天", "最后一天")
def _last_day(match: re.Match[str], now: Reference) -> Piece | None:
    if match["m"]:
        span = month_span(now.today, number(match["m"]), now.past(match.start()), _year_or_none(match, now))
    else:
        span = months_from(now.today, SHIFTS[match["which"] or "本"])
    return day_piece(match, span[1] - timedelta(days=1))


@rule(rf"(?:{YEAR}的?)?第?(?P<q>[一二三四1-4])个?季度|(?P<which>上|下|这|本)个?季度", "季度")
def _quarter(match: re.Match[str], now: Reference) -> Piece | None:
    if match["which"]:
        first = quarter_of(now.today.year, (now.today.month + 2) // 3)[0]
        return span_piece(match, months_from(first, 3 * SHIFTS[match["which"]], 3), "month")
    year = _year_or_none(match, now)
    span = quarter_of(year or now.today.year, number(match["q"]))
    if year is None and span[1] <= now.today and not now.past(match.start()):
        span = quarter_of(now.today.year + 1, number(match["q"]))
    return span_piece(match, span, "month")


_SEASONS = {"春": "spring", "夏": "summer", "秋": "autumn", "冬": "winter"}


@rule(rf"(?:{YEAR}|(?P<this>这个|今))的?(?P<s>[春夏秋冬])[天季]", "天", "季")
def _season(match: re.Match[str], now: Reference) -> Piece | None:
    return span_piece(match, season_span(now.today, _SEASONS[match["s"]], 0, _year_or_none(match, now)), "month")


@rule(
    r"(?<![\d月线第满减])(?P<d>3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|(?<![十百千])[一二三四五六七八九](?=号))(?:号|日)(?![线楼馆院店门桌房码位机台柜出])(?!\d)",
    "号", "日",
)  # fmt: skip
def _day_of_month(match: re.Match[str], now: Reference) -> Piece | None:
    return day_piece(match, coming_day(now.today, number(match["d"]), now.past(match.start())), "month")


@rule(r"(?<![\d.])(?P<y>(?:19|20|21)\d\d)(?P<s>[-/. ])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)", "19", "20", "21")
@rule(r"(?<![\d./-])(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>(?:19|20|21)\d\d)(?!\d)", "19", "20", "21")
def _written(match: re.Match[str], now: Reference) -> Piece | None:
    return day_piece(match, make_date(int(match["y"]), int(match["m"]), int(match["d"])))


@rule(r"(?<![\d./-])(?P<a>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<c>\d{1,2})(?![\d./-])", "-", "/", ".")
def _written_short(match: re.Match[str], now: Reference) -> Piece | None:
    """27-7-3 begins with the year; 3-7-27 and 05/05/89 end with it."""
    a, c = int(match["a"]), int(match["c"])
    year, day = (a, c) if a > 9 and c <= 31 and match["s"] != "/" else (c, a)
    return day_piece(match, in_year(now.today, int(match["m"]), day, False, year))


@rule(r"(?<![\d/.])(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12]\d|0?[1-9])(?![\d/.分])", "/")
def _slash(match: re.Match[str], now: Reference) -> Piece | None:
    if (
        int(match["d"]) in {5, 10}
        and (match.start() or match.end() < len(match.string))
        and int(match["m"]) <= int(match["d"])
    ):
        return None  # 9/10: a rating
    return day_piece(match, in_year(now.today, int(match["m"]), int(match["d"]), now.past(match.start())), "year")


# Distances.

_UNIT = r"(?P<unit>分钟|分|小时|钟头|刻钟|秒钟?|天|日|周|星期|礼拜|月|季度|年)"
_AMOUNT = rf"(?P<n>{COUNT}|半)(?P<half>个半|半)?(?P<ge>个)?{_UNIT}(?P<and>半)?"
_NAMES = {
    "天": "day",
    "日": "day",
    "周": "week",
    "星期": "week",
    "礼拜": "week",
    "月": "month",
    "季度": "quarter",
    "年": "year",
}


@rule(rf"(?:再?过|再)?{_AMOUNT}(?P<way>之后|以后|过后|后|之前|以前|前)(?!天|半|者)", "后", "前")
@rule(rf"(?:再?过|再等?){_AMOUNT}(?P<way>)(?!前|之前|以前|后)", "过", "再")
def _distance(match: re.Match[str], now: Reference) -> Piece | None:
    amount = _amount(match)
    if re.match("0", match["n"]):
        return None  # 07年以前
    if amount is None or match.string[max(0, match.start() - 1) : match.start()] in tuple("第近过来"):
        return None
    months, rest, fine = amount
    sign = -1 if "前" in match["way"] else 1
    if fine:
        return Piece(*place(match), "instant", delta=sign * rest)
    return day_piece(match, shift_day(now.today, sign * months, sign * rest / timedelta(days=1)))


def _amount(match: re.Match[str]) -> tuple[int, timedelta, bool] | None:
    """(months, the rest, whether hours or less)."""
    count = 0.5 if match["n"] == "半" else float(match["n"]) if match["n"].isascii() else float(number(match["n"]))
    count += 0.5 if match["half"] or match["and"] else 0
    unit = match["unit"]
    if unit in {"分钟", "分", "刻钟", "小时", "钟头"} or unit.startswith("秒"):
        seconds = {"分": 60, "刻": 900, "小": 3600, "钟": 3600, "秒": 1}[unit[0]]
        return 0, timedelta(seconds=count * seconds), True
    name = _NAMES[unit]
    if name == "month":
        if not match["ge"] and match["half"] != "个半":
            return None  # 三月前: before March
        return (0, timedelta(days=15), False) if count == 0.5 else (round(count), timedelta(), False)
    if name in {"year", "quarter"}:
        return round(count * (12 if name == "year" else 3)), timedelta(), False
    return 0, timedelta(days=count * (7 if name == "week" else 1)), False


_BACK, _ON = (
    r"(?P<back>最近|过去|近|(?<!提)前|(?<![以早晚加])上|之前|往前)",
    r"(?<!最)(?P<on>未来|接下来|今后|之后|往后|后|下|随后)",
)


@rule(
    rf"(?:在)?(?:{_BACK}|{_ON})的?(?:这)?{_AMOUNT}(?!前|后|之|以)",
    *"近去前上来后下",
    also=tuple("分小钟刻秒天日周星礼月季年"),
)
@rule(rf"{SHIFT}(?P<ge>个)(?P<unit>小时|钟头|季度)(?P<n>)(?P<half>)(?P<and>)(?P<back>)(?P<on>)", "小时", "钟头")
@rule(rf"从(?:现在|今天)(?:开始|起)(?:算起?)?的?(?P<on>){_AMOUNT}(?P<back>)", "从现在", "从今天")
@rule(rf"{_AMOUNT}(?:之内|以内|内)(?P<back>)(?P<on>)", "内")
def _window(match: re.Match[str], now: Reference) -> Found:
    which = match.groupdict().get("which")
    if which:
        if match["unit"] == "季度" or SHIFTS[which] == 0:
            return None
        months, rest, fine = 0, timedelta(hours=1), True
        sign = SHIFTS[which] // abs(SHIFTS[which])
    else:
        amount = _amount(match)
        if amount is None or (match["back"] in {"上", "前"} and match["n"] in {"半", "一"}):
            return None
        (months, rest, fine), sign = amount, -1 if match["back"] else 1
    if fine:
        if (match["back"] or match["on"]) in {"近", "前", "后", "上", "下"}:
            return None  # 提前两小时, 将近一小时, 下单后半小时
        return Piece(*place(match), "window", since=min(sign * rest, timedelta()), delta=max(sign * rest, timedelta()))
    today = now.today
    moved = shift_day(today, sign * months, sign * rest / timedelta(days=1))
    if sign < 0:
        return Piece(*place(match), "span", day=moved, until=today)
    if not match["on"]:
        return Piece(*place(match), "span", day=today, until=moved + timedelta(days=1))
    tomorrow = today + timedelta(days=1)
    return Piece(*place(match), "span", day=tomorrow, until=shift_day(tomorrow, months, rest / timedelta(days=1)))


@rule(r"(?:从)?(?:现在|此刻|即刻)(?=到|至|开始到)", "现在", "此刻", "即刻")
def _now(match: re.Match[str], now: Reference) -> Piece:
    return Piece(*place(match), "instant", weak=True)


@rule(rf"(?:{YEAR}的?)?(?P<named>农历|阴历|旧历)?的?(?P<m>正|冬|腊|十[一二]?|[一二三四五六七八九])月(?P<d>初[一二三四五六七八九十]|廿[一二三四五六七八九]?|三十|二?十[一二三四五六七八九]?)(?![号日个月])", "月初", "农历", "阴历", "旧历", "正月", "冬月", "腊月", "廿")  # fmt: skip
def _lunar(match: re.Match[str], now: Reference) -> Piece | None:
    """八月初五, 农历八月十五: the coming one by the common calendar."""
    if not match["named"] and match["m"] not in "正冬腊" and match["d"][0] not in "初廿":
        return None
    month = {"正": 1, "冬": 11, "腊": 12}.get(match["m"]) or number(match["m"])
    day = number(match["d"].removeprefix("初").replace("廿", "二十"))
    of = holidays.lunar(month, day)
    return day_piece(match, holidays.day_of_holiday(now, of, now.past(match.start()), 0, _year_or_none(match, now)))


__all__ = ["find_pieces", "number"]

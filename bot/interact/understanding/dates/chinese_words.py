"""Chinese words of dates: numbers, and the shifts of 上, 下, 去, 明."""

import re

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
COUNT = r"(?:\d{1,3}(?:\.\d)?|[一二两三四五六七八九十]{1,3})"
MONTH = r"(?P<m>1[0-2]|0?[1-9]|十[一二]?|(?<!十)[一二三四五六七八九])月"
DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])"
YEAR = r"(?:(?P<y>(?:19|20|21)\d\d|[一二][零〇九一][零〇一二三四五六七八九]{2}|[12]\d(?!\d)|0\d|[零〇][一二三四五六七八九]|两千(?:零?[一二三四五六七八九十]{1,3})?)年|(?P<rel>前年|去年|今年|明年|后年|本年))"
YEARS = {"前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
SHIFT = r"(?P<which>上上|下下|上|下|这|本|今|当)"
SHIFTS = {"上上": -2, "上": -1, "这": 0, "本": 0, "今": 0, "当": 0, "下": 1, "下下": 2}
WEEKDAYS = (
    {sign: index for index, sign in enumerate("一二三四五六日")} | {"天": 6} | {str(n): n - 1 for n in range(1, 8)}
)
_SCALES = (("千", 1000), ("百", 100), ("十", 10))


def number(text: str) -> int:
    """两, 十五, 二十三, 42, 零八, 二零一八, 两千零四 → 2, 15, 23, 42, 8, 2018, 2004."""
    if text.isascii():
        return int(float(text))
    if not re.search("[十百千]", text):
        value = 0
        for sign in text:
            value = value * 10 + DIGITS.get(sign, 0)
        return value
    value = 0
    for sign, scale in _SCALES:
        before, found, after = text.partition(sign)
        if found:
            value += (DIGITS.get(before.lstrip("零〇"), 1) if before else 1) * scale
            text = after
    return value + DIGITS.get(text.lstrip("零〇"), 0)


def year_of(text: str) -> int:
    year = number(text)
    return year if year > 99 else year + (2000 if year < 70 else 1900)

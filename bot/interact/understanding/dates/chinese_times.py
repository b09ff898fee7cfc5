"""Chinese: times of day and parts of it."""

import re
from datetime import timedelta

from .chinese_words import number
from .pieces import Found, Half, Piece, Reference, Rules

rule = Rules()
_PARTS = {
    "凌晨": (0, 6), "清晨": (5, 9), "早上": (6, 12), "早晨": (6, 12), "清早": (6, 12), "一早": (6, 12), "一大早": (6, 12), "大清早": (6, 12), "早间": (6, 12),
    "早": (6, 12), "上午": (6, 12), "中午": (11, 14), "正午": (11, 14), "午间": (11, 14), "午后": (12, 18), "下午": (12, 18), "傍晚": (17, 20),
    "晚上": (18, 25), "晚间": (18, 25), "晚": (18, 25), "夜里": (20, 30), "夜晚": (18, 25), "夜间": (20, 30), "半夜": (22, 30), "深夜": (22, 30),
    "大半夜": (22, 30), "朝早": (6, 12), "下昼": (12, 18), "今晚": (18, 25),
}  # fmt: skip
_NAMES = "|".join(sorted(_PARTS, key=lambda each: -len(each)))
_LONG = "|".join(name for name in sorted(_PARTS, key=lambda each: -len(each)) if len(name) > 1)
_DAYS = {"昨": -1, "今": 0, "明": 1}
_HOUR = r"(?:2[0-4]|[01]?\d|二?十[一二三四]?|二十|[一二两三四五六七八九零])"
_MINUTE = r"(?:[0-5]?\d|[一二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九])"
_NIGHTS = {"晚上", "晚", "晚间", "夜晚", "半夜", "大半夜", "深夜", "夜里", "夜间"}


@rule(r"(?P<day>[昨今明])(?P<part>晚上?|早上?|晨|夜里?|朝)(?!点名|饭|餐|报)", *"昨今明")
def _tonight(match: re.Match[str], now: Reference) -> Piece | None:
    part = {"晨": "早上", "夜": "晚上", "朝": "早上"}.get(match["part"][0], match["part"])
    return Piece(*match.span(), "part", day=now.today + timedelta(days=_DAYS[match["day"]]), hours=_PARTS[part])


@rule(
    rf"(?:(?<![昨今明当])(?P<part>{_NAMES})的?)?(?P<h>{_HOUR})(?P<sign>点钟|点整|点|时(?!候|间|尚|光|段|不|常|令)|:|：)(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<min>{_MINUTE})(?:分(?!钟)|:(?=\d\d))?(?:(?P<sec>[0-5]\d)秒?)?)?(?P<clock>钟|整)?",
    "点", "时", ":", "：",
)  # fmt: skip
def _clock(match: re.Match[str], now: Reference) -> Piece | None:
    sign, part = match["sign"], match["part"]
    if not _is_clock(match):
        return None
    hour = number(match["h"])
    minute = (
        30
        if match["half"]
        else {"一": 15, "三": 45}[match["quarter"]]
        if match["quarter"]
        else number(match["min"] or "0")
    )
    if hour > 24 or minute > 59:
        return None
    half: Half | None = None
    if part:
        first, last = _PARTS[part]
        if hour == 12 and part in _NIGHTS:
            hour = 24  # 晚上12点 is the end of that day; 夜里两点 comes after it
        elif hour <= 12:
            half = (
                "am"
                if part in _NIGHTS and hour < 5
                else "pm"
                if first <= hour % 12 + 12 < max(last, first + 1) or first >= 12
                else "am"
            )
    elif sign in {":", "："} and (match["h"].startswith("0") or hour == 0):
        half = "am"
    exact = minute or match["sec"] or sign in {":", "："}
    return Piece(
        *match.span(), "time", hour=hour, minute=minute, second=int(match["sec"] or 0), half=half,
        grain="minute" if exact else "hour",
    )  # fmt: skip


def _is_clock(match: re.Match[str]) -> bool:
    """一点 is mostly "a little", 两点建议 two points, 4.5点 no hour."""
    sign, part, hour = match["sign"], match["part"], match["h"]
    before = match.string[match.start() - 1] if match.start() else ""
    after = match.string[match.end() : match.end() + 2]
    if (before.isdigit() and not part and hour.isascii()) or (
        before in {".", ":", "第", "有", "快", "慢", "差", "早", "晚", "大", "小", "多", "少", "好", "贵"} and not part
    ):
        return before in {"早", "晚"} and hour not in {"一"}
    if sign in {":", "："}:
        return bool(match["min"]) and not (match["min"].isascii() and len(match["min"]) < 2)
    said = part or match["half"] or match["quarter"] or match["min"] or match["clock"] or sign in {"点钟", "点整"}
    if (
        part in {"早", "晚"}
        and hour == "一"
        and sign == "点"
        and not (match["half"] or match["quarter"] or match["min"])
    ):
        return False
    if said:
        return True
    if (
        hour == "一"
        or (after[:1] and after[:1] in "点评儿分")
        or after in {"建议", "要求", "意见", "问题", "原因", "不足", "希望"}
    ):
        return False
    return sign != "时" or hour.isdigit() or hour == "零"


@rule(
    rf"(?P<part>{_NAMES})(?P<a>{_HOUR})(?:到|至|-|~)(?P<b>{_HOUR})点(?P<half>半)?", "到", "至", "-", "~", also=("点",)
)
@rule(
    rf"(?P<part>)(?P<a>{_HOUR})(?:到|至|-|~)(?P<b>{_HOUR})点(?P<half>半)?(?!钟?之?前)",
    "到",
    "至",
    "-",
    "~",
    also=("点",),
)
def _hours(match: re.Match[str], now: Reference) -> Found:
    """早上五到六点, 3到5点."""
    if match.start() and (match.string[match.start() - 1].isdigit() or match.string[match.start() - 1] in ".第十"):
        return None
    a, b = number(match["a"]), number(match["b"])
    if a > 24 or b > 24:
        return None
    found: list[Piece] = []
    at = match.start("a")
    if match["part"]:
        hours = _PARTS[match["part"]]
        at = match.start()
        half: Half = "pm" if hours[0] >= 12 else "am"
        found.append(Piece(at, match.end("a"), "time", hour=a, half=half if a <= 12 else None, grain="hour"))
    else:
        found.append(Piece(at, match.end("a"), "time", hour=a, grain="hour"))
    minute = 30 if match["half"] else 0
    found.append(
        Piece(match.start("b"), match.end(), "time", hour=b, minute=minute, grain="minute" if minute else "hour")
    )
    return found


@rule(
    rf"(?<![昨今明当])(?P<part>{_LONG}|(?:(?<=[昨今明后前]天)|(?<=[周期拜][一二三四五六日天])|(?<=[日号节]))[早晚](?![点餐饭到来了些起]))(?!好|安|茶|餐|饭|场)",
    *"晨早午晚夜昼",
)
def _part(match: re.Match[str], now: Reference) -> Piece | None:
    before = match.string[max(0, match.start() - 2) : match.start()]
    if before.endswith(("每天", "天天", "每个", "一个", "整个", "一", "整", "每", "几")):
        return None
    return Piece(*match.span(), "part", hours=_PARTS[match["part"]])


@rule(
    r"午夜(?:12点|十二点|零点|0点)?|(?:半夜|夜里)?(?:零点|0点)(?:整|钟)?(?!\d|几)|正午(?:12点|十二点)?",
    "午夜",
    "零点",
    "0点",
    "正午",
)
def _named(match: re.Match[str], now: Reference) -> Piece | None:
    if match.start() and match.string[match.start() - 1].isdigit():
        return None
    noon = "正午" in match.group()
    return Piece(*match.span(), "time", hour=12 if noon else 24, half="pm" if noon else None)


@rule(
    rf"差(?P<min>{_MINUTE}|一刻|[一二两三四五六七八九])分?钟?(?:到|就)?(?P<h>{_HOUR})点|(?P<h2>{_HOUR})点差(?P<min2>{_MINUTE}|一刻|[一二两三四五六七八九])分?",
    "差",
)
def _to(match: re.Match[str], now: Reference) -> Piece | None:
    """差一刻三点, 八点差五分."""
    said, hour = match["min"] or match["min2"], number(match["h"] or match["h2"])
    minutes = 15 if said == "一刻" else number(said)
    if not 0 < minutes < 60 or not 1 <= hour <= 24:
        return None
    return Piece(*match.span(), "time", hour=hour - 1 or 12, minute=60 - minutes, grain="minute")

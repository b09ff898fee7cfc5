"""When an order is wanted: "two lattes for 5pm", 下午五点来拿; and the clauses that say nothing but that."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from .clauses import Clause
from .result import FoundDate

_PICK_UP = {
    "en": re.compile(r"\b(?:for|by|before|pick\w*|collect\w*|ready|come|coming|there|over|drop) "),
    "zh": re.compile(r"[来去]?[拿取要到]|过来|送"),
}
_IDLE = {  # what a clause may say beside the time and still be about nothing else
    "en": re.compile(
        r"(?:(?:for|by|before|at|on|in|around|about|from|between|pick\w*|up|collect\w*|ready|come|coming|be|there|here|"
        r"over|round|drop|get|have|it|them|that|this|my|the|order|i|we|you|will|ll|am|are|m|re|would|like|d|want|need|do|does|possible|earlier|later|sharp|bring|move|push|"
        r"to|can|could|make|change|please|pls|thanks|thank|and|so|but|ok|okay|oh|no|sorry|wait|actually|instead|rather|"
        r"then|if|possible|say|s|is|us|let|time|oclock|latest|just) )*"
    ),
    "zh": re.compile(r"[我们您你来拿取自提到店里过去会要想那就改成换在大概约左右之前后吧可以能请麻烦帮忙准备好做给送的了啊呢哦谢时候它这个单订差不多分提推迟早晚一点行么吗，, ]*"),
}  # fmt: skip
_NOT_THEN = {  # "a latte please, I am here until 5"; "not after 6"
    "en": re.compile(r"\b(?:until|till|since|after|not|open|close|closes|closed) "),
    "zh": re.compile(r"直到|为止|以后|之后|关门|开门|营业"),
}
_A_DAY = re.compile(r"^in |分钟|小时|刻钟|day|tomorrow|tonight|night|week|[今明后]|周|星期|礼拜|[号日月]|\d/\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec")  # fmt: skip
_HALF = re.compile(
    r"am|pm|a\.m|p\.m|noon|morning|night|evening|[上下中正]午|[早晚夜]|凌晨|\d\d:|\b(?:1[3-9]|2[0-4]|0\d)\b|in |分钟|小时|刻钟|\b分"
)
_LONGEST = 80  # characters of a clause
WHOLE_DAY = timedelta(hours=23)


def find_wanted_time(
    clauses: Sequence[Clause], dates: Sequence[FoundDate], ordering: Collection[int], now: datetime
) -> tuple[FoundDate | None, frozenset[int]]:
    """The time, and the clauses (by id) that tell it and nothing else. `ordering`: those that name or ask for something."""
    found: FoundDate | None = None
    alone: set[int] = set()
    ahead = [one for one in dates if one.start > now and one.grain in ("minute", "hour", "day")]
    for clause in clauses if ahead else ():
        said = next((one for one in ahead if one.text in clause.folded), None)
        if said is None or len(clause.folded) > _LONGEST:
            continue
        rest = _rest(clause, said)
        if _NOT_THEN[clause.script].search(rest):
            continue
        exact = said.grain != "day" or _PICK_UP[clause.script].search(rest)
        if exact and _IDLE[clause.script].fullmatch(rest):
            alone.add(id(clause))
        elif id(clause) not in ordering:
            continue
        found = said
    return found, frozenset(alone)


def names_a_day(date: FoundDate) -> bool:
    """Whether the day was said, and not only the hour; "in ten minutes" is today."""
    return _A_DAY.search(date.text) is not None


def names_half_of_day(date: FoundDate) -> bool:
    """Whether it is clear which of two hours is meant: at 9 one may come in the morning and in the evening."""
    return date.grain == "day" or _HALF.search(date.text) is not None


def _rest(clause: Clause, said: FoundDate) -> str:
    words = re.findall(r"[^\W_]+", clause.folded.replace(said.text, " ", 1))
    return "".join(f"{word} " for word in words) if clause.script == "en" else "".join(words)

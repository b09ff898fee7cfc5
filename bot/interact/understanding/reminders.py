"""What the customer wants to be reminded of, and when."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .dates.calendar import at, wall
from .result import FoundDate, FoundReminder

MORNING = 9  # the hour of a reminder for a day without a time

_ASKED_EN = re.compile(
    r"\b(?:remind me|(?:set|make|create|add|schedule)(?: up)?(?: me)? (?:a|an|another|the)(?: \w+)? reminder|don'?t let me forget|"
    r"do not let me forget|reminder(?= (?:to|for|about|that))|(?:ping|nudge|alert) me|help me remember|give me a (?:reminder|nudge|shout))\b",
    re.IGNORECASE,
)
_ASKED_ZH = re.compile(
    r"(?:请|麻烦|帮我|记得|到时候|可以|能不能|能|你)*(?:提醒(?:一下|下)?我(?:一下|一声|下)?|(?:设置?|定|加|创建|新建)(?:一个|个)?(?:提醒|闹钟提醒)|(?:别|不要)(?:让|叫)我忘(?:记|了)?|让我别忘了?|提醒(?:一下|下))(?:我)?(?:要|去|该|得|记得)?"
)
_LEAD_EN = re.compile(
    r"^(?:[\s,:;-]|to\b|about\b|that\b|for\b|of\b|i have to\b|i need to\b|i should\b|please\b|and\b|again\b|on\b|at\b|in\b|by\b|the\b(?=\s*$))+",
    re.IGNORECASE,
)
_TAIL_EN = re.compile(
    r"(?:[\s,:;.!?-]|\bplease\b|\bthanks\b|\bthank you\b|\bok(?:ay)?\b|\bon\b|\bat\b|\bin\b|\bby\b|\bthe\b|\bto\b|\bbefore\b|\bfor me\b)+$",
    re.IGNORECASE,
)
_LEAD_ZH = re.compile(
    r"^(?:[\s,，。:：、;；]|我|要|去(?=[^世])|该|得|记得|的时候|时|的|一下|在|关于|别忘了?|不要忘记?|请|谢谢|和|到时候)+"
)
_TAIL_ZH = re.compile(
    r"(?:[\s,，。:：、;；!！?？]|好吗|可以吗|行吗|谢谢你?|吧|哦|啊|呀|哈|的时候|在|吗|提醒|好不好|的事情?)+$"
)
_REPEATS = re.compile(
    r"\b(?:every|each) (?:\w+ )?(?:day|week|month|year|morning|afternoon|evening|night|hour|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d+)"
    r"|\b(?:daily|weekly|fortnightly|monthly|yearly)\b|每(?:天|日|周|月|年|晚|早|个?星期|个?礼拜|个月|逢|隔)"
)
_SENTENCE = re.compile(r"[.!?](?=\s|$)|[。！？\n]")


def find_reminders(
    text: str, folded: str, dates: list[FoundDate], spans: list[tuple[int, int]], zone: ZoneInfo
) -> list[FoundReminder]:
    """`text` is cleaned, `folded` its folded twin; `spans` are the places of `dates` in it."""
    if not any(
        word in folded for word in ("remind", "forget", "提醒", "ping me", "nudge", "alert me", "remember", "忘")
    ):
        return []
    found: list[FoundReminder] = []
    start = 0
    for end in [*(match.start() for match in _SENTENCE.finditer(text)), len(text)]:
        reminder = _in_sentence(text, folded, start, end, dates, spans, zone)
        if reminder is not None and len(found) < 8:
            found.append(reminder)
        start = end + 1
    return found


def find_cue(folded: str) -> int:
    """Where the first asking to be reminded begins; the end of the text where there is none."""
    cues = [match.start() for match in (_ASKED_EN.search(folded), _ASKED_ZH.search(folded)) if match]
    return min(cues, default=len(folded))


def _in_sentence(
    text: str, folded: str, start: int, end: int, dates: list[FoundDate], spans: list[tuple[int, int]], zone: ZoneInfo
) -> FoundReminder | None:
    asked = _ASKED_EN.search(folded, start, end)
    english = asked is not None
    if asked is None:
        asked = _ASKED_ZH.search(folded, start, end)
    if asked is None or re.search(
        r"(?:don't|do not|stop|never|no need to|不要|别|不用|不必|取消)\s*$", folded[start : asked.start()]
    ):
        return None
    inside = [(place, said) for place, said in zip(spans, dates, strict=True) if start <= place[0] < end]
    # The nearest date after the asking, else the last one before it, is the time; others belong to the matter.
    chosen = next(((p, d) for p, d in inside if p[0] >= asked.end()), None) or (inside[-1] if inside else None)
    before, after = (text[start : asked.start()], text[asked.end() : end])
    if chosen is not None:
        (first, last), _ = chosen
        if first >= asked.end():
            after = _without(text[asked.end() : first], text[last:end], english)
        elif last <= asked.start():
            before = _without(text[start:first], text[last : asked.start()], english)
    matter = _trim(after, english)
    if not matter and not english:
        matter = _trim(before, english)
    repeats = _REPEATS.search(folded, start, end) is not None
    return FoundReminder(matter, _moment(chosen[1], zone) if chosen else None, repeats)


def _without(left: str, right: str, english: bool) -> str:
    """The text around a date that was cut out."""
    if english:
        left = re.sub(r"\b(?:on|at|in|by|for|this|from|every|next)\s*$", "", left.rstrip() + " ").strip()
        return f"{left} {right.strip()}".strip()
    return re.sub(r"在$", "", left) + re.sub(r"^(?:的时候|时|的|以后|之后)", "", right)


def _trim(text: str, english: bool) -> str:
    if english:
        return _TAIL_EN.sub("", _LEAD_EN.sub("", text.strip())).strip()
    return _TAIL_ZH.sub("", _LEAD_ZH.sub("", text.strip())).strip()


_AT_THE_END = re.compile(r"\bend of\b|\beo[my]\b|[底末]$")


def day_meant(said: FoundDate, zone: ZoneInfo) -> date:
    """The day of a reminder that names no hour: the first, but of "the end of the month" the last."""
    if said.grain in {"month", "year"} and _AT_THE_END.search(said.text):
        return (said.end.astimezone(zone) - timedelta(hours=12)).date()
    return said.start.astimezone(zone).date()


def _moment(said: FoundDate, zone: ZoneInfo) -> datetime:
    return said.start if said.grain in {"minute", "hour"} else wall(at(day_meant(said, zone), MORNING), zone)

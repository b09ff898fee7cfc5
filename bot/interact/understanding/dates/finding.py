"""From text to dates: the pieces of every grammar, in groups, resolved."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from ..clauses import Clause
from ..normalise import has_cjk
from ..result import FoundDate
from . import chinese, english
from .groups import gather
from .moments import Now, resolve
from .pieces import MAX_DATES, Reference

_MONTH_FIRST = ("America/New", "America/Los", "America/Chi", "America/Den", "America/Pho", "US/", "Asia/Manila")
_LATIN, _DIGIT = re.compile("[a-z]"), re.compile(r"\d")
# What is asked for or planned lies ahead, whatever happened before.
_AHEAD = re.compile(
    r"\b(?:tomorrow|will|won't|next|remind|can i|can you|could you|i'd like|i want|i need|book|reserve|let's|going to|gonna|schedule|set)\b|\w'll\b"
    r"|明天|后天|下周|下个|提醒|我想|我要|预订|预定|打算|准备|将"
)
_SENTENCE = re.compile(r"[.!?](?=\s|$)|[。！？\n]")


def load() -> None:
    """Compile the grammars now, and not while the first customer waits."""
    anywhere = Reference(date(2000, 1, 1), lambda _: False)
    english.find_pieces("1", anywhere)
    chinese.find_pieces("1", anywhere)


def read_dates(
    text: str, clauses: list[Clause], zone: ZoneInfo, now: datetime
) -> tuple[list[FoundDate], list[tuple[int, int]]]:
    """Dates of folded text and their places, in order. A bare day is past where the verbs of its sentence say so."""
    local = now.astimezone(zone)
    past = _past(text, clauses)
    reference = Reference(local.date(), past, str(zone).startswith(_MONTH_FIRST), str(zone))
    pieces = chinese.find_pieces(text, reference) if has_cjk(text) else []
    if text.isascii() or _LATIN.search(text) or (not pieces and _DIGIT.search(text)):
        pieces += english.find_pieces(text, reference)
    found: list[FoundDate] = []
    spans: list[tuple[int, int]] = []
    for said in gather(pieces, text) if pieces else ():
        resolved = resolve(said, Now(zone, local, past(said.start)))
        if resolved is not None and len(found) < MAX_DATES:
            quoted = text[said.start : said.end]
            first = said.start + len(quoted) - len(quoted.lstrip())
            found.append(FoundDate(quoted.strip(), *resolved))
            spans.append((first, first + len(quoted.strip())))
    return found, spans


_LAST_OF = re.compile(r"\blast (?:day|week|\w+day|weekend|minute) (?:of|in)\b|\bat last\b")
_TOLD = re.compile(
    r"\b(?:spent|paid|were|been|lost|stolen|received|happened|stayed|visited|loved|enjoyed|bought|met)\b|\bi \w+ed\b"
)


def _past(text: str, clauses: list[Clause]) -> Callable[[int], bool]:
    """Whether a place of the text is in a sentence that tells of the past; read when it is first asked."""

    @cache
    def told() -> list[tuple[int, int]]:
        return _told(text, clauses)

    return lambda at: any(first <= at < last for first, last in told())


def _told(text: str, clauses: list[Clause]) -> list[tuple[int, int]]:
    told = [
        clause.folded
        for clause in clauses
        if _TOLD.search(clause.folded) or (clause.past and not _LAST_OF.search(clause.folded))
    ]
    ranges: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.end() for match in _SENTENCE.finditer(text)), len(text)] if told else ():
        sentence = text[start:end]
        if any(clause in sentence for clause in told) and _AHEAD.search(sentence) is None:
            ranges.append((start, end))
        start = end
    return ranges

"""Birthdays and anniversaries with the person they belong to. A date near the word is not enough: the clause must say so."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from .clauses import Clause
from .result import FoundDate, FoundFact

_WHAT_EN = r"(?P<what>(?i:birthday|bday|b-day|wedding anniversary|anniversary))"
_NAME_EN = r"(?P<name>[A-Z][\w'-]*?)"
_WHO_EN = (
    r"(?:(?:[Mm]y|[Oo]ur) (?:(?:little|older|younger|eldest|youngest|oldest|dear|lovely|beloved|sweet|big|baby) )?"
    rf"(?:(?P<relation>(?i:RELATION))(?:,? {_NAME_EN},?)?(?:'s?)?|own)?|(?P<only>[A-Z][\w-]+)'s)"
)
_IS = r"(?:is|was|'s|falls|will be|comes up|is coming up)(?: on| always on| every year on| also)?(?: the)?"
_ENGLISH = (
    rf"{_WHO_EN} ?{_WHAT_EN},? {_IS} ?(?P<date>.+)",
    rf"{_WHO_EN} ?{_WHAT_EN}:? (?:on )?(?P<date>\S.*)",
    rf"(?P<date>\S.*?) (?:is|'s|will be) (?:also )?{_WHO_EN} ?{_WHAT_EN}",
    rf"{_WHO_EN} (?:was|were) (?P<what>born)(?: on)?(?: the)? (?P<date>.+)",
    r"[Ii] was (?P<what>born)(?: on)?(?: the)? (?P<date>.+)",
    rf"{_WHO_EN} (?P<what>turns|is turning|will be turning|is going to be) (?:\w+[- ]?\w*) (?:on )?(?:the )?(?P<date>.+)",
    rf"(?:[Tt]he )?{_WHAT_EN} of {_WHO_EN} is (?:on )?(?:the )?(?P<date>.+)",
    r"(?:[Ww]e|[Ii]) (?:got|were) (?P<what>married)(?: on)?(?: the)? (?P<date>.+)",
    r"[Ii](?:'m| am) (?P<what>turning) \w+ (?:on )?(?:the )?(?P<date>.+)",
)
_WHO_ZH = r"(?:(?:我们?家?[和跟与]?|咱们?)的?(?:(?P<relation>RELATION)(?:叫)?(?P<name>[^\W\d_的是在过就也]{1,3}?|[A-Za-z]+)??)?)"
_WHAT_ZH = r"(?P<what>生日|结婚纪念日|周年纪念日?|纪念日|生辰|诞辰)"
_DAY_ZH = (
    r"(?P<date>(?:(?:农历|阴历|阳历|公历|新历|旧历)?(?:[\d一二三四五六七八九十〇零年去今明后大本下这个周星期礼拜的]{1,12}"
    r"[月号日天初一二三四五六七八九十]{1,4}[\d一二三四五六七八九十]{0,3}[号日]?|今天|明天|后天|昨天|\d{1,2}[./]\d{1,2})))"
)
_CHINESE = (
    rf"{_WHO_ZH}的?{_WHAT_ZH}(?:就|也)?(?:是|在|为|：|:)?(?:每年)?(?:的)?{_DAY_ZH}",
    rf"{_WHO_ZH}(?:是|在)?(?:每年)?{_DAY_ZH}(?:过|的)?{_WHAT_ZH}",
    rf"{_DAY_ZH}(?:就|也)?(?:是|为)?{_WHO_ZH}的?{_WHAT_ZH}",
    rf"{_WHO_ZH}(?:是|在)?{_DAY_ZH}(?P<what>出生|生)的?$",
    rf"^{_WHAT_ZH}(?:是|在){_DAY_ZH}",
)
_LUNAR = re.compile(r"农历|阴历|旧历|[初廿]|lunar")
_EDGES = re.compile(r"^(?:\s|on\b|always\b|every year\b|the\b|:|it's\b|and\b|also\b)+|^(?:是|在|每年|的)+|[\s,.!]+$")
_TWO_DAYS = timedelta(days=2)
_YEAR_SAID = re.compile(r"(?:19|20)\d\d")
_NEGATED = re.compile(r"\b(?:not|isn't|isnt|wasn't|never|if|whether)\b|不是|没有|如果")
_TRIGGERS = ("birthday", "bday", "b-day", "annivers", "born", "turn", "married", "going to be", "生", "纪念", "诞辰")
_NOT_NAMES = frozenset(
    {"Today", "Tomorrow", "It", "That", "This", "What", "Yesterday", "There", "Here", "He", "She", "Let"}
)
_LONGEST = 160


class OccasionFinder:
    def __init__(self, english: frozenset[str], chinese: frozenset[str]) -> None:
        """The words for relations: what stands between "my" and "birthday"."""
        self._patterns = {
            "en": [_compiled(pattern, english) for pattern in _ENGLISH],
            "zh": [_compiled(pattern, chinese) for pattern in _CHINESE],
        }

    def find(self, clauses: list[Clause], dates: list[FoundDate], zone: ZoneInfo) -> list[FoundFact]:
        found: list[FoundFact] = []
        for clause in clauses:
            if clause.question or clause.condition or clause.hedge or len(clause.quote) > _LONGEST:
                continue
            if not any(word in clause.folded for word in _TRIGGERS) or _NEGATED.search(clause.folded):
                continue
            fact = self._occasion(clause, dates, zone)
            if fact is not None and all((fact.value, fact.person) != (one.value, one.person) for one in found):
                found.append(fact)
        return found

    def _occasion(self, clause: Clause, dates: list[FoundDate], zone: ZoneInfo) -> FoundFact | None:
        text = clause.text if clause.script == "zh" else clause.quote
        for pattern in self._patterns[clause.script]:
            match = pattern.search(text)
            day = _date(match, dates, zone) if match else None
            if match is None or day is None:
                continue
            groups = match.groupdict()
            if groups.get("only") in _NOT_NAMES:
                continue
            return FoundFact(
                "occasion",
                "anniversary" if re.search("annivers|married|纪念", match["what"].lower()) else "birthday",
                person=_person(groups, clause),
                date=day or None,
                confidence=0.9 if day else 0.7,
                quote=clause.quote,
            )
        return None


def _compiled(pattern: str, relations: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(relations, key=lambda each: (-len(each), each))
    return re.compile(pattern.replace("RELATION", "|".join(map(re.escape, longest_first))))


def _date(match: re.Match[str], dates: list[FoundDate], zone: ZoneInfo) -> str | None:
    """ "MM-DD", with the year if it was said; "" for a day of the lunar calendar, which moves; None for no day."""
    folded = _EDGES.sub("", match["date"].lower()).strip()
    leads = match.start("date") < match.start("what")
    if _LUNAR.search(folded):
        return ""
    for date in dates:
        # The day stands at the slot's edge: "add my birthday to my calendar on the 5th" states nothing.
        text = _EDGES.sub("", date.text)
        edge = folded.endswith(text) if leads else folded.startswith(text)
        if date.grain == "day" and edge and date.end - date.start < _TWO_DAYS:
            start = date.start.astimezone(zone)
            return f"{start:%Y-%m-%d}" if _YEAR_SAID.search(date.text) else f"{start:%m-%d}"
    return None


def _person(groups: dict[str, str | None], clause: Clause) -> str | None:
    relation, name = groups.get("relation"), groups.get("name") or groups.get("only")
    if relation is None and name is None:
        return None
    if clause.script == "zh":
        return clause.original((relation or "") + (name or ""))
    return " ".join(part for part in ((relation or "").lower(), name or "") if part)

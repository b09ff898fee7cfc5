"""Birthdays and anniversaries with the person they belong to. A date near the word is not enough: the clause must say so."""

import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from .clauses import Clause
from .dates.chinese_words import number as read_numeral
from .dates.holidays import is_movable
from .dates.lunar import read_lunar_day
from .lexicon import load
from .normalise import close_up, fold, has_cjk
from .result import FoundDate, FoundFact

_WHAT_EN = r"(?P<what>(?i:birthday|bday|b-day|wedding anniversary|anniversary|due date))"
_NAME_EN = r"(?P<name>(?!(?:Hi|Hello|Hey|Oh|And|So|Also|Well|Yes|No|Ok|Okay|Btw|Thanks|Please|Sorry)\b)[A-Z][\w'-]*?)"
_WHO_EN = (
    r"(?:(?:(?:[Mm]y|[Oo]ur) |(?=(?i:mum|mom|dad|grandma|grandpa|granny|nan)\b))(?:(?:little|older|younger|eldest|youngest|oldest|dear|lovely|beloved|sweet|big|baby) )?"
    rf"(?:(?P<relation>(?i:RELATION))(?:,? {_NAME_EN},?)?(?:'s?)?|own)?|(?P<only>[A-Z][\w-]+)'s)"
)
_IS = r"(?:is|was|'s|falls|will be|comes up|is coming up)(?: on| always on| every year on| also)?(?: the)?"
_ENGLISH = (
    rf"{_WHO_EN} ?{_WHAT_EN},? ?{_IS} ?(?P<date>.+)",
    rf"{_WHO_EN} ?{_WHAT_EN}:? (?:on )?(?P<date>\S.*)",
    rf"(?P<date>\S.*?) (?:is|'s|will be) (?:also )?{_WHO_EN} ?{_WHAT_EN}",
    rf"{_WHO_EN} (?:was|were) (?P<what>born)(?: on)?(?: the)? (?P<date>.+)",
    r"[Ii] was (?P<what>born)(?: on)?(?: the)? (?P<date>.+)",
    rf"{_WHO_EN} (?P<what>turns|turning|is turning|will be turning|is going to be) (?:\w+[- ]?\w*) (?:on )?(?:the )?(?P<date>.+)",
    rf"(?:[Tt]he )?{_WHAT_EN} of {_WHO_EN} is (?:on )?(?:the )?(?P<date>.+)",
    r"(?:[Ww]e|[Ii]) (?:got|were) (?P<what>married)(?: on)?(?: the)? (?P<date>.+)",
    r"[Ii](?:'m| am) (?P<what>turning) \w+ (?:on )?(?:the )?(?P<date>.+)",
    rf"{_WHO_EN} (?:has |have )?(?:just |finally )?(?P<what>turned) (?P<age>\d+|[a-z]+) (?:on )?(?:the )?(?P<date>.+)",
)
_WHO_ZH = r"(?:(?:我们?家?[和跟与]?|咱们?)的?(?:(?P<relation>RELATION)(?:叫)?(?P<name>[^\W\d_的是在过就也]{1,3}?|[A-Za-z]+)??)?)"
_WHAT_ZH = r"(?P<what>生日|结婚纪念日|周年纪念日?|纪念日|生辰|诞辰|预产期)"
_DAY_ZH = (
    r"(?P<date>(?:(?:农历|阴历|阳历|公历|新历|旧历)?(?:[\d一二三四五六七八九十〇零正冬腊闰年去今明后大本下这个周星期礼拜的]{1,12}"
    r"[月号日天初廿一二三四五六七八九十]{1,4}[\d一二三四五六七八九十]{0,3}[号日]?|今天|明天|后天|昨天|\d{1,2}[./]\d{1,2})))"
)
_CHINESE = (
    rf"{_WHO_ZH}的?(?:[\d一二三四五六七八九十]{{1,4}}周?岁的?)?{_WHAT_ZH}(?:就|也)?(?:是|在|为|：|:)?(?:每年)?(?:的)?{_DAY_ZH}",
    rf"{_WHO_ZH}(?:是|在)?(?:每年)?{_DAY_ZH}(?:过|的)?{_WHAT_ZH}",
    rf"{_DAY_ZH}(?:就|也)?(?:是|为)?{_WHO_ZH}的?{_WHAT_ZH}",
    rf"{_WHO_ZH}(?:是|在)?{_DAY_ZH}(?P<what>出生|生)的?$",
    rf"^{_WHAT_ZH}(?:是|在){_DAY_ZH}",
    rf"^我们?(?:俩)?(?:是|在)?{_DAY_ZH}(?P<what>结的?婚|领的?证)",
    rf"{_WHO_ZH}(?:是|在)?{_DAY_ZH}(?:要|就|过)?(?P<what>[一二三四五六七八九十]{{1,3}}大寿|大寿|过寿|做寿)",
    rf"{_DAY_ZH}(?:正好|刚好|恰好|恰逢|又)?(?:赶上|碰上|遇上|是|就是)(?:我们?)?(?:家|的)?(?P<relation>RELATION)的?{_WHAT_ZH}",
    rf"^(?:我们?家?的?)?(?P<relation>RELATION)(?:是|在|就|快)?{_DAY_ZH}(?:就|要|正好)?(?P<what>满|过)(?:(?P<age>[\d一二两三四五六七八九十]+)周?|周)岁",
)
# Over the clauses of one sentence: who it is first, the day later.
_SENTENCE_EN = (
    rf"(?:{_NAME_EN}(?:,| is|, who is|,? that's) (?:my|our) (?:\w+ )?(?P<relation>(?i:RELATION))"
    rf"|(?:[Mm]y|[Oo]ur) (?:\w+ )?(?P<relation2>(?i:RELATION))(?:,| is(?: called| named)?| called| named|'s name is|'s called)?(?: (?P<name2>[A-Z][\w-]*)(?:'s)?)?)"
    r"\b.{0,30}?(?:(?:her|his|their|whose) (?P<what>(?i:birthday|bday|b-day))|(?:has|celebrates|is having|will have|have) (?:her|his|their|a) (?P<what2>(?i:birthday|bday|b-day))|(?P<what3>born)|(?P<what4>birthday))"
    rf"(?: is| was| falls| comes| will be)?(?: always)?(?: on)?:?(?: the)? ?(?P<date>\S.*)",
)
_SENTENCE_ZH = (
    rf"(?:(?P<name>[A-Za-z]+|[\u4e00-\u9fff]{{1,3}}?)是我(?:们)?(?:的|家)?(?P<relation>RELATION)|我(?:们)?(?:家|的)?(?:有个|有一个|那个)?(?P<relation2>RELATION)(?:的名字)?(?:名叫|名字叫|叫做|叫|是)?(?P<name2>[A-Za-z]+|[\u4e00-\u9fff]{{1,3}}?)?)"
    rf"(?:[，,]|的)?(?:[她他]的?)?(?:(?P<what>生日)(?:就|也)?(?:是|在)?(?:每年)?(?:的)?{_DAY_ZH}|(?:是|在)?(?:每年)?{_DAY_ZH.replace('P<date>', 'P<date2>')}(?:过|的|出)?(?P<what2>生日|生))",
)
_LUNAR = re.compile(r"农历|阴历|旧历|[正冬腊]月|[初廿]|lunar")
_EDGES = re.compile(r"^(?:\s|on\b|always\b|every year\b|the\b|:|it's\b|and\b|also\b)+|^(?:是|在|每年|的)+|[\s,.!]+$")
_TWO_DAYS = timedelta(days=2)
_LATELY = re.compile(r"^(?:yesterday|today|this morning|昨天|前天|今天)")  # days whose year is no guess
_ROUGHLY = re.compile(r"(?:years?|months?) ago$|[年月]前$")  # "20 years ago" names no day
_YEAR_SAID = re.compile(r"(?:19|20)\d\d")
_NEGATED = re.compile(r"\b(?:not|isn't|isnt|wasn't|never|if|whether)\b|不是|没有|如果")
_TRIGGERS = (
    "岁",
    "due date",
    "预产",
    "婚",
    "领",
    "寿",
    "birthday",
    "bday",
    "b-day",
    "annivers",
    "born",
    "turn",
    "married",
    "going to be",
    "生",
    "纪念",
    "诞辰",
)
_NOT_NAMES = frozenset(
    {"Today", "Tomorrow", "It", "That", "This", "What", "Yesterday", "There", "Here", "He", "She", "Let"}
)
_BORN_NOW = re.compile(r"(?:yesterday|today|ready|tomorrow)\b")  # "I wasn't born yesterday" and its kin
_LONGEST = 160
_OLDEST = 120
_WIDEST = 4  # clauses of a sentence that tells of one birthday
_HARD = frozenset("。！!?？.;；…\n")
_OTHERS = re.compile(r"\b(?:said|says|song|movie)\b|说")


class OccasionFinder:
    def __init__(self, english: frozenset[str], chinese: frozenset[str]) -> None:
        """The words for relations: what stands between "my" and "birthday"."""
        self._wide = {
            "en": [_compiled(pattern, english) for pattern in _SENTENCE_EN],
            "zh": [_compiled(pattern, chinese) for pattern in _SENTENCE_ZH],
        }
        self._patterns = {
            "en": [_compiled(pattern, english) for pattern in _ENGLISH],
            "zh": [_compiled(pattern, chinese) for pattern in _CHINESE],
        }

    def find(self, clauses: list[Clause], dates: list[FoundDate], zone: ZoneInfo) -> list[FoundFact]:
        if not any(word in clause.folded for clause in clauses for word in _TRIGGERS):
            return []
        found: list[FoundFact] = []
        for sentence in _sentences(clauses):
            alone = [fact for clause in sentence if (fact := self._of_clause(clause, dates, zone))]
            wide = None if any(fact.person for fact in alone) else self._of_sentence(sentence, dates, zone)
            for fact in [wide] if wide else alone:
                if all((fact.value, fact.person) != (one.value, one.person) for one in found):
                    found.append(fact)
        return found

    def _of_clause(self, clause: Clause, dates: list[FoundDate], zone: ZoneInfo) -> FoundFact | None:
        if clause.question or clause.condition or clause.hedge or len(clause.quote) > _LONGEST:
            return None
        if not any(word in clause.folded for word in _TRIGGERS) or _NEGATED.search(clause.folded):
            return None
        return self._occasion(clause, dates, zone)

    def _of_sentence(self, sentence: list[Clause], dates: list[FoundDate], zone: ZoneInfo) -> FoundFact | None:
        """ "Mia, my daughter, has her birthday on May 3rd": a person and a day in clauses of their own."""
        if (
            len(sentence) > _WIDEST
            or sentence[0].question
            or any(one.condition or one.hedge or "?" in one.delimiter or "？" in one.delimiter for one in sentence)
        ):
            return None
        script = sentence[-1].script
        joint = ", " if script == "en" else "，"
        text = joint.join(one.quote if script == "en" else close_up(one.folded) for one in sentence)
        if len(text) > _LONGEST or _NEGATED.search(text):
            return None
        for pattern in self._wide[script]:
            match = pattern.search(text)
            if match is None:
                continue
            groups = {key.rstrip("234"): value for key, value in match.groupdict().items() if value}
            leads = match.groupdict().get("date2") is not None
            day = _day(groups["date"], leads, dates, zone)
            if day is None or _OTHERS.search(text, 0, match.start()):
                continue
            quote = joint.join(one.quote for one in sentence)
            whole = replace(sentence[0], quote=quote, folded=fold(quote), script=script)
            if groups.get("name"):
                groups["name"] = whole.original(groups["name"])
            return FoundFact(
                "occasion", "birthday", person=_person(dict(groups), whole), date=day or None,
                confidence=0.9 if day else 0.7, quote=quote,
            )  # fmt: skip
        return None

    def _occasion(self, clause: Clause, dates: list[FoundDate], zone: ZoneInfo) -> FoundFact | None:
        text = clause.text if clause.script == "zh" else clause.quote
        for pattern in self._patterns[clause.script]:
            match = pattern.search(text)
            day = _date(match, dates, zone) if match else None
            if match is None or day is None:
                continue
            groups = match.groupdict()
            if groups.get("only") in _NOT_NAMES or (match["what"] == "born" and _BORN_NOW.match(match["date"].lower())):
                continue
            age = _read_age(groups.get("age") or "")
            if match["what"] == "turned" and age is None:
                continue  # "turned vegan"
            if age is not None and _LATELY.match(match["date"].lower()):
                day = _born(day, age, dates, zone)
            return FoundFact(
                "occasion",
                _what(match["what"]),
                person=_person(groups, clause),
                date=day or None,
                confidence=0.9 if day else 0.7,
                quote=clause.quote,
            )
        return None


def _what(said: str) -> str:
    if said.lower() in ("due date", "预产期"):
        return "due date"
    return "anniversary" if re.search("annivers|married|纪念|婚|证", said.lower()) else "birthday"


def _compiled(pattern: str, relations: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(relations, key=lambda each: (-len(each), each))
    return re.compile(pattern.replace("RELATION", "|".join(map(re.escape, longest_first))))


def _sentences(clauses: list[Clause]) -> list[list[Clause]]:
    found: list[list[Clause]] = []
    for clause in clauses:
        if not found or (clause.opener[:1] in _HARD and clause.opener):
            found.append([])
        found[-1].append(clause)
    return found


def _date(match: re.Match[str], dates: list[FoundDate], zone: ZoneInfo) -> str | None:
    return _day(match["date"], match.start("date") < match.start("what"), dates, zone)


def _day(said: str, leads: bool, dates: list[FoundDate], zone: ZoneInfo) -> str | None:
    """ "MM-DD", with the year if it was said; "L08-15" for a day of the lunar calendar ("" for one
    that cannot be read); None for no day."""
    folded = _EDGES.sub("", said.lower()).strip()
    if _LUNAR.search(folded):
        return read_lunar_day(folded) or ""
    for date in dates:
        # The day stands at the slot's edge: "add my birthday to my calendar on the 5th" states nothing.
        if _ROUGHLY.search(date.text.lower()):
            continue
        text = _EDGES.sub("", date.text)
        age, _, rest = text.partition(" on ")  # "turns 5 on 12 March" was read as five o'clock
        if rest and date.grain == "hour" and not leads and age not in folded and folded.startswith(rest):
            return f"{date.start.astimezone(zone):%m-%d}"
        edge = folded.endswith(text) if leads else folded.startswith(text)
        if date.grain == "day" and edge and not is_movable(text) and date.end - date.start < _TWO_DAYS:
            start = date.start.astimezone(zone)
            return f"{start:%Y-%m-%d}" if _YEAR_SAID.search(date.text) else f"{start:%m-%d}"
    return None


def _read_age(said: str) -> int | None:
    """None where it is no age of anybody's: "turned a corner"."""
    age = read_numeral(said) if said.isdecimal() or has_cjk(said) else load("en").numbers.get(said, 0)
    return age if 0 < age <= _OLDEST and said != "a" else None


def _born(day: str, age: int, dates: list[FoundDate], zone: ZoneInfo) -> str:
    """The day of birth of whoever was so old on that day."""
    starts = (date.start.astimezone(zone) for date in dates)
    return next((f"{start.year - age}-{day}" for start in starts if f"{start:%m-%d}" == day), day)


def _person(groups: dict[str, str | None], clause: Clause) -> str | None:
    relation, name = groups.get("relation"), groups.get("name") or groups.get("only")
    if relation is None and name is None:
        return None
    if clause.script == "zh":
        said = (relation or "") + (name or "")
        return clause.original(said)
    return " ".join(part for part in ((relation or "").lower(), name or "") if part)

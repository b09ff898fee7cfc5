"""Complaints, praise, suggestions and scores, clause by clause."""

# ruff: noqa: SIM905 - word lists read better as text

import re
from collections.abc import Collection, Mapping

from .clauses import Clause
from .lexicon import FeedbackRule
from .reports import find_reports
from .result import Aspect, FoundFeedback
from .verdicts import find_verdict

# Looked for just before a complaint's words: "wasn't cold", "不是很贵", "not slow at all".
_DENIED_EN = re.compile(
    r"\b(?:not|never|no|nothing|hardly|without|isn't|wasn't) (?:\w+ ){0,2}$"
    r"|\b(?:do|did) not (?:think|believe|find|feel) (?:\S+ ){0,5}$"
)
_DENIED_IN_EN = re.compile(
    r"\b(?:was|were|is|are|am) (?:not|never) (?:at all |that |too |very |really |so |even |all that )?"
)
# Inside the words of praise: "the waiter was not attentive". "Not bad" and "cannot go wrong" are praise as they stand.
_UNPRAISED_EN = re.compile(
    r"\b(?:not|never|hardly|barely|un|less|far|lacks?)\b(?! (?:bad|too bad|go wrong|wait|disappoint\w*|be disappointed|only|disappoints))"
)
_AGREED_EN = re.compile(r"(?:\w+ )?that (?:works|will work|would work|will be) ")  # to a proposal
_DENIED_ZH = re.compile(
    r"(?:不|没|(?<!特)别|不能|不要|不会|不可|也不能|肯定会|并不|不是|没有|不会|不算|不怎么|没那么|不太|也不|去除了?|去掉了?|不如|比)(?:很|太|是|那么|怎么|觉得|算|特别|够)?$"
)
_WISH_EN = re.compile(
    r"\b(?:sounds?|seems?|in the mood|looking for|look for|find|search|searching|want|need|would like|prefer|recommend|suggest|book|reserve|interested|any)\b"
)
_WISH_ZH = re.compile(
    r"想要?|要(?!命|死)|找|推荐(?!给)|需要|希望|最好(?!吃|喝|的)|有没有|帮我|求|以上|以下|左右|预算|评分|人均|想去|打算|请问|哪|(?<!你们)(?:酒店|饭店|餐馆|餐厅|景点|宾馆|公园|旅馆)"
)
# No judgement of ours: what somebody cannot have, and the weather.
_ASIDE_ZH = re.compile(
    r"(?:不能|不可以|不太能|不怎么能|不爱|不喜欢|受不了|怕)(?:吃|喝|放|加)?(?:得)?(?:太|过于|很)|[吃喝]不[了惯来]太|"
    r"太.{1,2}的(?:我|都|我都)?(?:不行|不要|不吃|不喝|不能|受不了|吃不了|喝不了)|"
    r"^(?:今天|外面|最近|这几天|这天|天气|早上|晚上)(?:天气|外面|早上|可|真是?|好|太|挺|有点|特别|很|实在|越来越|这么|那么){0,3}(?:冷|热|凉|闷热|晒|暖和)了?[啊呀哦呢]?$"
)
_SCORE_WORD = {
    word: number for number, word in enumerate("zero one two three four five six seven eight nine ten".split())
}
_ZH_SCORE = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "满": 10,
}
_N = r"(?P<n>\d{1,2}(?:\.\d)?|zero|one|two|three|four|five|six|seven|eight|nine|ten)(?P<half> and a half)?"
_SCORES_EN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w./-]){_N} ?(?:out of|outta) ?(?:5|10|100|five|ten|a hundred)\b",
        rf"^(?:it's |its |it is |it was |i'd say |i would say |i say |maybe |about |a |a solid |solid |overall |so |my rating is |rating |rating: |score |score: )?{_N} ?/ ?(?:5|10)\W*$",
        rf"\b(?:give|gave|giving|rate)\b (?:(?:you|it|this|that|them|your \w+|the (?:coffee|service|food|latte|place|staff|visit|order|cake|experience)) )?(?:a |an |only )?(?:solid )?{_N}(?: ?/ ?(?:5|10)| stars?| points?)?(?=\W*$| for this| for the| for your| because | out )",
        rf"^(?:a |only |i(?:'d| would)? (?:go with|go for|say|call it|make it) |it (?:deserves|gets) |that's |that is |so )?{_N} stars?(?: from me| for you| for this| for the \w+| !)?\W*$",
    )
)
_NOT_MINE_EN = re.compile(
    r"\b(?:hotel|hotels|want|need|looking|find|least|above|higher|or more|with a|song|book|album|movie|novel|essay|podcast|series|current|chapter|than|rated|saga|essay|textbook|give me|if|points? to|show|prefer|restaurant with)\b"
)
_SCORES_ZH = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:打|给予|给|评为|评|评价|我给|只能给|只给)(?:[你您]们?|个|了|它|这次|店家|他们|满|到){0,2}(?P<n>\d{1,3}(?:\.\d)?|[一二两三四五六七八九十满])(?:分|[颗个]?(?P<half>半)?星(?P<more>半)?)(?!以上|以下|左右|钟|之|开外|店)",
        r"^(?:我?(?:觉得|认为)?)(?P<n>\d{1,2}(?:\.\d)?|[一二两三四五六七八九十满])(?:分|[颗个]?(?P<half>半)?星(?P<more>半)?)(?:好评|差评|吧|啦|哦|满意)?\W*$",
        r"^满分(?P<n>)(?:10|十|5|五)分.{0,6}?(?P<m>\d{1,2}|[一二三四五六七八九十])分",
    )
)


# "Very good, and where is it?" is politeness about an answer, not praise of the business.
_POLITE = frozenset({"other", "place", "price"})


def find_feedback(
    clauses: list[Clause],
    matches: list[list[tuple[FeedbackRule, re.Match[str]]]],
    subjects: Mapping[str, Mapping[str, Aspect]],
    plain: Collection[int] = (),
) -> list[FoundFeedback]:
    """`plain`: clauses (by id) that name what is ordered and judge nothing."""
    found: list[FoundFeedback] = []
    asked = any(clause.question or _wished(clause) for clause in clauses)
    for clause, rows in zip(clauses, matches, strict=True):
        score = _score(clause)
        if score is not None:
            found.append(FoundFeedback("score", "other", 0, 0, score, clause.quote))
            continue
        if clause.question and not _sure_despite_question(rows):
            continue
        if clause.script == "zh" and _ASIDE_ZH.search(clause.text):
            continue
        here: list[FoundFeedback] = []
        for rule, match in rows:
            one = _feedback(rule, match, clause, subjects[clause.script])
            if one is not None:
                here.append(one)
        found.extend(_strongest(here) if here else ())
        if not asked and id(clause) not in plain and not any(rule.kind != "suggestion" for rule, _ in rows):
            verdict = find_verdict(clause, subjects[clause.script])
            found.extend([] if verdict is None else [verdict])
    if not any("?" in clause.delimiter for clause in clauses):
        found += find_reports(clauses, found, subjects["en"])
    return _joined([one for one in found if not (asked and one.kind == "praise" and one.aspect in _POLITE)])


def _sure_despite_question(rows: list[tuple[FeedbackRule, re.Match[str]]]) -> bool:
    return any(rule.severity == 3 or rule.kind == "suggestion" for rule, _ in rows)


def _feedback(
    rule: FeedbackRule, match: re.Match[str], clause: Clause, subjects: Mapping[str, Aspect]
) -> FoundFeedback | None:
    if rule.kind == "suggestion":
        return FoundFeedback("suggestion", rule.aspect or "other", 0, 0, None, clause.quote)
    if clause.condition or (clause.hedge and rule.severity < 3):
        return None
    if clause.reported and rule.severity < 2:
        return None
    if _wished(clause) and rule.severity < 3:
        return None
    before = clause.text[: match.start()]
    english = clause.script == "en"
    aspect = rule.aspect
    subject = match.groupdict().get("subject")
    named = subjects.get((subject or "").strip())
    if aspect is None or (named is not None and aspect == "product"):
        aspect = named or "other"  # the words are the product's, what they are said of may be another
    if rule.kind == "praise":
        if english and (_UNPRAISED_EN.search(match.group()) or _AGREED_EN.match(clause.text)):
            return None
        if (_DENIED_EN if english else _DENIED_ZH).search(before) or (
            not english
            and re.search(
                r"不(?!错|贵|腻|腥|油|高|低|愧|得了|得不|失望|辣|咸|甜)|没(?!得说|话说|让人失望|有失望)|难|(?<!特)别(?!具|致)|(?<!性价)比",
                match.group(),
            )
        ):
            return None
        return FoundFeedback("praise", aspect, 1, 0, None, clause.quote)
    if english and (_DENIED_EN.search(before) or (_DENIED_IN_EN.search(match.group()) and rule.severity != 1)):
        return None
    if not english and (_denied_zh(before, match.group()) or (rule.aspect == "service" and before.endswith("我"))):
        return None
    return FoundFeedback("complaint", aspect, -1, rule.severity, None, clause.quote)


def _denied_zh(before: str, said: str) -> bool:
    return (
        _DENIED_ZH.search(before) is not None
        or re.search(
            r"(?:并?不是?|没有?|不算|不怎么|没那么|不能|(?<!特)别|不要|不会|不可)(?:很|太|那么|特别|有点)?(?:慢|贵|差|冷|凉|苦|甜|咸|吵|脏|失望)"
            r"|没有?(?:一点|一丝|丝毫|任何|什么)?.{0,3}(?:不好吃|难吃|不好喝|腥|膻味|异味|怪味)",
            said,
        )
        is not None
    )


def _wished(clause: Clause) -> bool:
    return (_WISH_EN.search(clause.text) if clause.script == "en" else _WISH_ZH.search(clause.text)) is not None


def _score(clause: Clause) -> float | None:
    text = clause.folded
    if clause.script == "en":
        if not any(sign.isdigit() for sign in text) and not any(
            word in text for word in ("out of", "star", "give", "gave", "rate", "score", "rating")
        ):
            return None
        if _NOT_MINE_EN.search(text) or clause.question:
            return None
        for pattern in _SCORES_EN:
            match = pattern.search(text)
            if match:
                number = match["n"]
                half = 0.5 if match["half"] else 0.0
                return half + (float(_SCORE_WORD[number]) if number in _SCORE_WORD else float(number))
        return None
    if ("分" not in text and "星" not in text) or (clause.question and not clause.text.endswith("吧")):
        return None
    for pattern in _SCORES_ZH:
        match = pattern.search(clause.text)
        if match:
            groups = match.groupdict()
            number, half = groups.get("m") or match["n"], 0.5 if groups.get("half") or groups.get("more") else 0.0
            return half + (float(_ZH_SCORE[number]) if number in _ZH_SCORE else float(number))
    return None


def _strongest(found: list[FoundFeedback]) -> list[FoundFeedback]:
    """One entry for each aspect of a clause; a grave complaint leaves no room for lesser ones."""
    gravest = max((one.severity for one in found), default=0)
    kept: dict[tuple[str, str], FoundFeedback] = {}
    for one in found:
        if one.kind == "complaint" and one.severity < gravest and (gravest == 3 or one.aspect in {"service", "other"}):
            continue
        if one.kind == "praise" and gravest:
            continue  # "好吃" inside "不好吃"
        key = (one.kind, one.aspect)
        if key not in kept or one.severity > kept[key].severity:
            kept[key] = one
    rows = list(kept.values())
    for vague in ("other", "service"):  # "the service was slow" is about speed
        sharper = {one.kind for one in rows if one.aspect != vague}
        rows = [one for one in rows if one.aspect != vague or one.kind not in sharper]
    return rows


def _joined(found: list[FoundFeedback]) -> list[FoundFeedback]:
    """One entry for each kind and aspect of a message: the gravest, the first of equals."""
    kept: dict[tuple[str, str], FoundFeedback] = {}
    for one in found:
        key = (one.kind, one.aspect)
        if key not in kept or one.severity > kept[key].severity:
            kept[key] = one
    return list(kept.values())

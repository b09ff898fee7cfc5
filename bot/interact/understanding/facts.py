"""What a customer says of themselves, clause by clause. Occasions are in `occasions.py`."""

# ruff: noqa: SIM905 - word lists read better as text

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from .clauses import Clause, about_others, others_before
from .lexicon import FactRule
from .normalise import fold
from .options import known_options
from .restrictions import forbidden_by
from .result import FoundFact
from .things import Thing, ThingReader

_NOT_A_NAME = frozenset(
    "a an the back later when if tomorrow today now at on in after before only crazy me maybe old soon again tonight "
    "please asap anytime whatever whenever for up cab taxi to this next once 我 他 她".split()
)
_POLITE = re.compile(r"(?: (?:please|thanks|thank you|instead|then|btw))+ ?$")
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:'[^\W_]+)?")
_LONGEST_VALUE = 14  # words or Chinese characters: a longer one is a story
_SLOT = re.compile(r"\{(\w+)\}")
_OWN = frozenset({"preference", "restriction", "habit", "demographic", "interest", "need"})
_NAME = re.compile(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*)?$|[\u4e00-\u9fff]{1,4}$")
_NO_LONGER = re.compile(
    r"\b(?:no longer|not|never) (?:\w+ ){0,2}(?:allergic|intolerant|vegan|vegetarian|pregnant|diabetic)"
)
_ZH_NO_LONGER = re.compile(
    r"不(?:再|会)?(?:\w{0,2})?过敏|(?:不会?|没有?)(?:再|是)?对.{1,8}过敏|没有?(?:什么|任何)?过敏|不是(?:素|吃素|孕)|没怀孕|不忌口"
)
# An order's note told again: "备注不要辣" is about that order.
_ZH_NOTED = re.compile(
    r"备注|注明|标注|说了|说好|说不|说明|叮嘱|强调|留言|提前说|写了|写着|写上|要求|忘记说|交代|结果|居然|竟然|怎么(?:吃着|还|会|都|又)|为什么|全是|还是"
)
_HARD = frozenset("。！!?？.;；…\n")
_NOT_NAMED_ZH = re.compile(
    r"^们|[上下来去等起吃喝买取拿到回做干多点些了过的是]|一声|一下|外卖|单|餐|车|客服|怎么|什么|自己|很|好|不"
)
_NOTHING = re.compile(
    r"^(?:any|every|some|no)?things? $|^nothing|^none|^没有?|^无$|^有?(?:吃|喝|玩|逛|好吃|好喝|好玩|好看|免费|特色|不同|便宜|热闹)的?(?:东西)?$|^欢|^(?:an?|some|food|severe|bad|serious|mild|many|few|several|multiple) ?$"
)
_JUST_NOW = re.compile(
    r"\b(?:this (?:week|month|time)|today|tomorrow|tonight) |\bwaiting |这周|这次|这几天|今天|明天|这个月|等"
)
_TOO_ZH = re.compile(r"(?:太|这么|那么).+了")  # 太辣了我受不了 is said of this dish
_DONE_ZH = re.compile(r"[过了到完](?!敏)")  # 我没吃过 is no taste
_PARTY = re.compile(r"^(?:\S+ ){0,2}we (?:are|will be) (?:now )?\d+ ")  # people at a table, and nobody's age
_CONTRAST = {"but", "except", "except that", "apart from", "however", "但", "但是", "不过", "可是", "只是"}
LISTED_BUT_WEAK = 0.45  # below what is stored: said beside an order, it is about that order


def find_facts(
    clauses: list[Clause],
    matches: list[list[tuple[FactRule, re.Match[str]]]],
    readers: Mapping[str, ThingReader],
    orders: list[bool],
) -> list[FoundFact]:
    """Facts in text order. `orders`: which clauses order something; "no sugar" beside one is meant for this cup only."""
    found: list[FoundFact] = []
    noted = any(clause.script == "zh" and _ZH_NOTED.search(clause.text) for clause in clauses)
    before: list[FoundFact] = []  # of the clause before
    topic: Clause | None = None  # the clause before, where it may name what this one judges
    last: FactRule | None = None  # a list may go on over commas: "allergic to nuts, eggs and milk"
    whose: str | None = None  # the person of that list
    theirs = False  # "my son is vegan and allergic to nuts": without a subject of its own, a clause keeps the last one
    for clause, rows, ordering in zip(clauses, matches, orders, strict=True):
        reader = readers[clause.script]
        if _is_hard(clause.opener):
            last, theirs = None, False
        theirs = about_others(clause, theirs)
        if not clause.states or _PARTY.match(clause.text):
            last, before, topic = None, [], None
            continue
        told: list[tuple[FactRule, FoundFact]] = []
        for rule, match in _meant(rows, clause, theirs):
            facts = _facts_of(rule, match, clause, reader)
            if rule.before:
                facts = _of_before(rule, match, clause, before or _name_topic(topic, readers))
            told += [(rule, fact) for fact in facts]
        goes_on = _list_of(told)
        if not told and last is not None and last.several and clause.opener not in _CONTRAST:
            named = reader.is_bare_list(clause.text) if not clause.text.startswith(("只", "就")) else []
            told = [(last, replace(_fact(last, clause, thing), person=whose)) for thing in named]
            goes_on = last if told else None
        whose = told[-1][1].person if goes_on else None
        last, before, topic = goes_on, [fact for _, fact in told], None if ordering else clause
        beside = any(orders) and any(one for other, one in zip(clauses, orders, strict=True) if other is not clause)
        found += [_of_this_order(rule, fact, noted, beside) for rule, fact in told]
    return _best(found)


def _is_hard(opener: str) -> bool:
    return opener[:1] in _HARD if opener else False


def _meant(
    rows: list[tuple[FactRule, re.Match[str]]], clause: Clause, theirs: bool
) -> list[tuple[FactRule, re.Match[str]]]:
    return [(rule, match) for rule, match in rows if (rule.anyone or not theirs) and (rule.wish or not clause.wish)]


def _list_of(told: list[tuple[FactRule, FoundFact]]) -> FactRule | None:
    """The rule by which a list may go on in the next clause: from what is sure."""
    sure = [rule for rule, fact in told if fact.confidence > LISTED_BUT_WEAK]
    return next((rule for rule in reversed(sure) if rule.several), sure[0] if sure else None)


def _of_this_order(rule: FactRule, fact: FoundFact, noted: bool, beside: bool) -> FoundFact:
    """Weaker where it may be said of one order: of one told again (`noted`), or `beside` one in the same message."""
    if fact.kind != "preference" or fact.person or not (noted or beside):
        return fact
    least = 0.9 if fact.polarity == "dislike" else 0.6 if beside else 0.0
    return replace(fact, confidence=LISTED_BUT_WEAK) if rule.confidence < least else fact


def _name_topic(topic: Clause | None, readers: Mapping[str, ThingReader]) -> list[FoundFact]:
    """The things of a clause that only names them: 三文鱼，我超爱. No facts yet: nothing is said of them there."""
    named = readers[topic.script].is_bare_list(topic.text) if topic else []
    return [
        FoundFact("preference", topic.original(one.text), item=one.item.sku if one.item else None, confidence=0.8)
        for one in named
        if topic and not one.interest
    ]


def _facts_of(rule: FactRule, match: re.Match[str], clause: Clause, reader: ThingReader) -> Iterable[FoundFact]:
    mine = rule.anyone or (rule.kind == "habit" and clause.text.startswith("我"))  # 我一般送完孩子过来
    if clause.script == "zh" and not mine and rule.kind in _OWN and others_before(match):
        return
    if rule.kind == "habit" and _JUST_NOW.search(clause.text):
        return
    if rule.kind == "restriction" and (_NO_LONGER.search(clause.text) or _ZH_NO_LONGER.search(clause.text)):
        return
    slots = match.groupdict()
    if "name" in slots:
        yield from _name(rule, _POLITE.sub("", slots["name"]).strip(), clause)
    elif rule.person is not None:
        yield from _of_person(rule, match, clause, reader)
    elif rule.known and not any(thing.known for thing in reader.read(slots["thing"])):
        return
    elif rule.several and "thing" in slots:
        if any(pattern.match(slots["thing"]) for pattern in (_NOTHING, _TOO_ZH, _DONE_ZH)):
            return
        if clause.delimiter[:1] in {"(", "（"} and rule.kind == "preference":
            return  # "王品牛排(亦庄店)" names a place
        for thing in reader.read(slots["thing"]):
            if rule.polarity == "dislike" and rule.unknown == 0 and f"no {thing.text}" in _options():
                continue  # "no sugar please" is said of one cup
            if rule.allergen and forbidden_by(thing.text) is None:
                continue  # "can't do acidic coffee" is a taste
            fact = _fact(rule, clause, thing)
            if fact.confidence > 0:
                yield fact
    elif "thing" in slots and not slots["thing"].strip():
        return
    else:
        value = _fixed_value(rule, match, clause)
        yield FoundFact(rule.kind, value, rule.polarity, confidence=rule.confidence, quote=clause.quote)


def _of_before(rule: FactRule, match: re.Match[str], clause: Clause, before: list[FoundFact]) -> Iterable[FoundFact]:
    """ "I hate olives but my husband loves them": what another makes of the things of the clause before, or the
    customer of what another likes."""
    who = clause.original(match.group(rule.person).strip()) if rule.person else None
    for fact in before:
        if fact.kind == "preference" and (fact.person != who or fact.polarity is None):
            yield replace(fact, polarity=rule.polarity, person=who, confidence=rule.confidence, quote=clause.quote)


def _of_person(rule: FactRule, match: re.Match[str], clause: Clause, reader: ThingReader) -> Iterable[FoundFact]:
    slots = match.groupdict()
    who = clause.original((slots[rule.person or ""] or "").strip())
    if "thing" not in slots:
        yield FoundFact(
            rule.kind, _fixed_value(rule, match, clause), person=who, confidence=rule.confidence, quote=clause.quote
        )
        return
    slot = slots["thing"] or ""
    for thing in [] if _NOTHING.match(slot) else reader.read(slot):
        if rule.allergen and forbidden_by(thing.text) is None:
            continue
        fact = _fact(rule, clause, thing)
        if fact.confidence > 0:
            yield replace(fact, person=who)


@lru_cache(maxsize=1)
def _options() -> frozenset[str]:
    return frozenset(known_options())


def _fixed_value(rule: FactRule, match: re.Match[str], clause: Clause) -> str:
    slots = match.groupdict()
    if rule.value is not None:
        return _SLOT.sub(lambda slot: clause.original((slots.get(slot[1]) or "").strip()), rule.value)
    whole = clause.quote.strip(" -–—*\"'")
    if len(_TOKEN.findall(whole)) <= _LONGEST_VALUE:
        return whole
    told = match.group().strip()  # of a long clause only what was matched
    if clause.script == "zh":
        told = match.string[match.start() :]
    tokens = list(_TOKEN.finditer(told))
    return told if len(tokens) <= _LONGEST_VALUE else told[: tokens[_LONGEST_VALUE - 1].end()]


def _fact(rule: FactRule, clause: Clause, thing: Thing) -> FoundFact:
    confidence = rule.confidence if thing.known else rule.unknown
    if not thing.known and rule.kind == "preference" and "的" in thing.text:
        confidence = 0.0  # 不爱吃辣的口味清淡的 speaks of people
    if thing.definite and thing.item is None and rule.kind == "preference":
        confidence = min(confidence, LISTED_BUT_WEAK)  # "I love the food" is praise
    if rule.kind == "interest" and thing.known and not thing.interest:
        rule = replace(rule, kind="preference")  # "I'm into dark chocolate"
    if rule.kind == "preference" and thing.interest and thing.item is None:
        kind = "interest" if rule.polarity == "like" else "preference"
        return FoundFact(kind, clause.original(thing.text), rule.polarity, confidence=0.8, quote=clause.quote)  # type: ignore[arg-type]
    return FoundFact(
        rule.kind,
        clause.original(thing.text),
        rule.polarity,
        item=thing.item.sku if thing.item and rule.kind == "preference" else None,
        confidence=confidence,
        quote=clause.quote,
    )


def _name(rule: FactRule, name: str, clause: Clause) -> Iterable[FoundFact]:
    spelt = clause.original(name)
    if not _NAME.match(spelt) or name.split(" ")[0] in _NOT_A_NAME or any(w in _NOT_A_NAME for w in name.split(" ")):
        return
    if not spelt[0].isupper() if clause.script == "en" else _NOT_NAMED_ZH.search(spelt):
        return
    value = (rule.value or "{name}").replace("{name}", spelt)
    yield FoundFact(rule.kind, value, rule.polarity, confidence=rule.confidence, quote=clause.quote)


def with_more(facts: list[FoundFact], more: list[FoundFact]) -> list[FoundFact]:
    """All of them, one a thing; restrictions outrank a like or a dislike of the same."""
    return _best([*facts, *more]) if more else facts


def _best(found: list[FoundFact]) -> list[FoundFact]:
    """One fact a thing. A restriction outranks a dislike of the same thing; then the surer one wins."""
    kept: dict[tuple[str, str, str | None], FoundFact] = {}
    restricted = {(fact.value.lower(), fact.person) for fact in found if fact.kind == "restriction"}
    named = {fact.quote for fact in found if _is_own(fact) and fact.value not in fact.quote}
    for fact in found:
        if _is_own(fact) and fact.value in fact.quote and fact.quote in named:
            continue  # 我退休了 word for word, beside "retired"
        if fact.kind == "preference" and any(
            person == fact.person and _same(fact.value.lower(), value, fact.polarity) for value, person in restricted
        ):
            continue
        key = (fact.kind, fact.item or fact.value.lower(), fact.person)
        if key not in kept or fact.confidence > kept[key].confidence:
            kept[key] = fact
    return list(kept.values())


def _is_own(fact: FoundFact) -> bool:
    return fact.kind == "demographic" and fact.person is None


def _same(value: str, restricted: str, polarity: str | None) -> bool:
    value, restricted = fold(value), fold(restricted)
    return (
        value == restricted
        or (polarity == "like" and restricted in value)  # "I only eat halal meat"
        or restricted in {f"no {value}", f"不吃{value}", f"不喝{value}"}
        or (value in {"meat", "肉", "荤"} and restricted in {"no meat", "素食"})
    )

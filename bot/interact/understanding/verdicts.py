"""A judgement of the business that no phrase of the lexicon knows: only a clause that names what is judged, firmly."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .aspects import name_aspects
from .clauses import Clause, about_others
from .judgements import count
from .polarity import judge_aspect, judge_chinese, judge_english
from .result import Aspect, FoundFeedback

# Chosen on the first labelled turns and on dialogues, which hold no complaint: a false one costs a colleague's time.
_SURE_EN = {1: 2.0, -1: 3.0}
_SURE_ZH = {1: 2.0, -1: 3.0}
_AGREED_ZH = {1: 1.0, -1: 2.0}  # where words of judgement say the same
_CLEAR = 0.5  # by how much the aspect's own sign must lead to speak against the whole
_SHORTEST = 3  # words: "great coffee" is for the phrases


# A taste, what one cannot have, thanks or a plan is no judgement of us: "love the oat latte", "thanks for your support", "that will be perfect".
_NONE = re.compile(
    r"^(?:\w+ ){0,3}?(?:love|enjoy|like|hate|prefer) |\b(?:thanks|thank|please|will be|would be|going to|supposed to|do not care|table (?:for|at|is|we)) "
    r"|^(?:\w+ ){0,3}?(?:can not|do not|could not|never) (?:handle|tolerate|eat|drink|digest|touch|do(?! it| that| this| any| better| more| enough| not)) "
    r"|^(?:我|我们|本人).{0,4}(?:[吃喝]不[了惯来]|不太?能[吃喝碰]|不怎么能?[吃喝]|不敢[吃喝])"
    r"|喜欢|受不了|接受不了|爱[吃喝]|最爱|为了|感谢|谢谢"
)


def find_verdict(clause: Clause, subjects: Mapping[str, Aspect]) -> FoundFeedback | None:
    if not clause.firm or about_others(clause, before=False) or _NONE.search(clause.text):
        return None
    aspect, score, sure = _read_english(clause, subjects) if clause.script == "en" else _read_chinese(clause)
    sign = 1 if score > 0 else -1
    if aspect is None or abs(score) < sure[sign]:
        return None
    if sign > 0:
        return FoundFeedback("praise", aspect, 1, 0, None, clause.quote)
    return FoundFeedback("complaint", aspect, -1, 1, None, clause.quote)


def _read_english(clause: Clause, subjects: Mapping[str, Aspect]) -> tuple[Aspect | None, float, dict[int, float]]:
    found = clause.text.split()
    aspect = next((subjects[word] for word in found if word in subjects), None)
    if aspect is None or len(found) < _SHORTEST:
        return None, 0.0, _SURE_EN
    score = judge_english(found)
    if aspect != "speed" and abs(score) >= _SURE_EN[1 if score > 0 else -1]:
        sign, lead = judge_aspect(found, aspect)
        if sign * score < 0 and lead > _CLEAR:
            return None, 0.0, _SURE_EN
    return aspect, score, _SURE_EN


def _read_chinese(clause: Clause) -> tuple[Aspect | None, float, dict[int, float]]:
    named = name_aspects(clause.text)
    if not named:
        return None, 0.0, _SURE_ZH
    score = judge_chinese(clause.text)
    if abs(score) < _AGREED_ZH[1 if score > 0 else -1]:
        return None, 0.0, _SURE_ZH
    words = count(clause.text)
    lead = words.good - words.bad - words.plain if score > 0 else words.bad - words.good
    if lead < 0:
        return None, 0.0, _SURE_ZH
    return named[0], score, _AGREED_ZH if lead else _SURE_ZH

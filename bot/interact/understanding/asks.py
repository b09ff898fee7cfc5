"""Questions about what is in a thing: allergens and diets. They are answered from the catalogue or by a person."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .allergies import AllergyFinder, CutItems
from .clauses import Clause, split
from .lexicon import Lexicon
from .normalise import clean
from .patterns import vocabulary_regex
from .restrictions import forbidden_by, restriction_of
from .result import FoundFact

_GENERAL = {
    "en": re.compile(
        r"\b(?:allergens?|allergenic|ingredients?|cross contamination|allergy (?:menu|list|info|information|card|advice|sheet|chart)) "
    ),
    "zh": re.compile(r"过敏[原源]|致敏|配料|成分|食材"),
}
_CONTENT = {
    "en": re.compile(
        r"\b(?:contain\w*|made (?:with|from|of|without)|traces?|safe|suitable|(?:in|inside) (?:it|this|that|them|these|those)|"
        r"free (?:from|of)|without|touch|handled|include|includes) "
    ),
    "zh": re.compile(
        r"含|里面?.{0,2}有|里头|放了?|加了?|添加|这[个款杯种块些]|那[个款杯种块些]|它|微量|残留|接触|没有.{0,4}的|有没有"
    ),
}
_POINTED = {
    "en": re.compile(r"\b(?:it|this|that|these|those|they|them) "),
    "zh": re.compile(r"它|[这那][个款杯种块些样家儿]|^[^那]*这"),
}
_OFFER = {  # of an order or of its price: "can I get it with soy milk?"
    "en": re.compile(
        r"\b(?:extra|cost|charge|how much|instead|swap|switch|grind|pay|(?:lactose|dairy|nut) free milks?) "
    ),
    "zh": re.compile(r"换|加钱|加价|多少钱|改成|的奶"),
}
_EATING = {
    "en": re.compile(r"\b(?:(?:can|may|could|should) i (?:\w+ )?(?:eat|have|drink|try|order|get)|what (?:can|could|do|would) |safe|recommend|okay?|fine|anything|something) "),
    "zh": re.compile(r"能[吃喝点]|可以[吃喝点]|推荐|安全|适合|[吃喝点]什么|什么.{0,3}[吃喝]"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """`codes`: allergens and diets, none for "which allergens?". `general`: what there is for a diet, no item meant."""

    codes: tuple[str, ...]
    general: bool = False


_SAFE = {  # for somebody: the list beside what they must avoid
    "en": re.compile(
        r"\b(?:safe|suitable|ok|okay|fine|all right|alright) for |\b(?:can|could|may|should) (?:(?:she|he|they|my \S+) "
        r"(?:\S+ )?(?:eat|drink|try|have)|i (?:eat|drink)) "
    ),
    "zh": re.compile(r"适合.{1,8}[吗么嘛]|安全|[她他我](?:.{1,4}?)?(?:能不能|可不可以|能|可以)[吃喝]"),
}


class ContentReader:
    def __init__(self, lexicons: Mapping[str, Lexicon], allergies: AllergyFinder, cut_items: CutItems) -> None:
        self._allergies = allergies
        self._cut_items = cut_items
        self._diets = {
            language: re.compile(
                ("(?<!\\S)" if language == "en" else "") + f"(?:{vocabulary_regex(list(lexicon.diets), language)}"
                + ("" if language == "en" else "|素的?(?=[吗么嘛呢]|$)") + ")"
            )
            for language, lexicon in lexicons.items()
        }  # fmt: skip

    def read(self, clauses: Sequence[Clause], named: bool, facts: Sequence[FoundFact]) -> Asked | None:
        """`named`: something we sell is in the message. `facts` are those of the message."""
        own = [fact.value for fact in facts if fact.kind == "restriction"]
        for clause in clauses:
            if not clause.question:
                continue
            asked = self._read(clause, named)
            if (asked is None or not asked.codes) and own and _EATING[clause.script].search(clause.text):
                return Asked(_codes(own))
            if asked is not None:
                return asked
        return None

    def diets(self, question: str) -> frozenset[str]:
        """The diets a question of the FAQ is about."""
        codes: set[str] = set()
        for clause in split(question):
            said = [match.group().strip() for match in self._diets[clause.script].finditer(clause.text)]
            codes.update(_codes(said))
            if "吃素" in clause.text or "素食" in clause.text:
                codes.add("vegetarian")
        return frozenset(codes)

    def _read(self, clause: Clause, named: bool) -> Asked | None:
        script = clause.script
        text = self._cut_items(clause.text)
        grammar = self._allergies.grammar(script)
        foods = [food for food in grammar.foods(text) if named or forbidden_by(food) is not None]
        diets = [match.group().strip() for match in self._diets[script].finditer(text)]
        codes = _codes([*diets, *foods])
        if _GENERAL[script].search(clause.text):
            return Asked(codes)
        mark = grammar.mark(text)
        if mark is not None and (foods or named or _EATING[script].search(text)):
            return None if grammar.asks_of_self(text) else Asked(codes)
        if _OFFER[script].search(text):
            return None
        if named and _SAFE[script].search(clause.text):
            return Asked(codes)
        if foods and (named or _CONTENT[script].search(text)):
            return Asked(codes)
        if diets and (named or _POINTED[script].search(text)):
            return Asked(codes)
        if not diets:
            return None
        return Asked(codes, general=not any(code.endswith("-free") for code in codes))


def _codes(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(restriction_of(value) or _plain(value) for value in values))


def _plain(value: str) -> str:
    return "vegetarian" if value in {"素", "素的"} else value


_BARE = {
    "en": re.compile(r"^(?:\S+ ){1,2}(?:free )?$"),
    "zh": re.compile(
        r"^(?:请问|那|会不会|是不是|是否|有没有|里面|里头|含不含|含|有|是|会|能|无|不含|加了|放了)(?!.*的[^吗呢嘛么的]{1,6}[吗呢嘛么]?$)"
    ),
}
_PRICE = {
    "en": re.compile(r"^(?:(?:and|so|ok|then|well) )*(?:how much(?: (?:is|are|for|does|do|would|will) (?:it|that|this|they|them|those|these|one)(?: be| cost)?)?|(?:what is )?the price|what does (?:it|that|this) cost) (?:please |then |now )*$"),
    "zh": re.compile(r"^(?:那|请问|这个?|那个?|它|一杯|一份|一袋|一个|要|是|得|大概)*(?:多少钱|怎么卖|什么价格?|价格(?:是)?多少|几块钱?|贵不贵|贵吗)[呢啊呀吗]?$"),
}  # fmt: skip


def asks_price_of_it(clauses: Sequence[Clause]) -> bool:
    """ "How much is it?": of what was spoken of before."""
    return any(_PRICE[clause.script].match(clause.text) for clause in clauses)


def points_back(text: str) -> bool:
    """Whether such a question is of what was spoken of before: "is it nut-free?", 含坚果吗."""
    return any(
        _POINTED[clause.script].search(clause.text) or _BARE[clause.script].match(clause.text)
        for clause in split(clean(text))
        if clause.text
    )

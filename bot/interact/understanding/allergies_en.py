"""How allergies are put in English. Texts are a clause's words, each followed by a blank."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from .things import singular

_MARK = re.compile(
    r"\b(?:allergic|allergy|allergies|intolerant|intolerance|intolerances|hypersensitive|sensitivity|sensitivities|"
    r"sensitive(?= to )|anaphylactic|anaphylaxis|epipen|coeliac|celiac|coeliacs|celiacs|(?:bad |severe |allergic )reactions?(?= to )) "
)
_HINT = re.compile(
    r"\b(?:allerg|intoleran|sensitiv|hypersens|anaphyl|epipen|c[o]?eliac|reaction|me |my (?:stomach|tummy|gut|body)|when |if |whenever )"
)
# What is sold, asked for or suffered under the name of allergies, and is no statement.
_IDLE = re.compile(
    r"\b(?:food )?allergy (?:menu|list|info|information|card|advice|policy|season|chart|sheet|table|warning|warnings|notice|"
    r"label|labels|clinic|doctor|specialist|test|tests|testing|shot|shots|medicine|medication|pill|pills|forecast|friendly|"
    r"training|aware|awareness|relief|free|book|guide|data) |\bnon allergic |\ballergies (?:menu|list|info|information) "
)
_FILL = (
    r"(?:known|real|really|actually|currently|even|longer|any|a|an|the|been|being|be|have|had|got|suffer|suffering|from|of|"
    r"that|food|foods|at|all|am|is|are|was|diagnosed|with|kind|type|sort|more|serious|severe|particularly|especially|very|"
    r"or|and|other|special|such|further|i|is|technically|strictly|quite|so|dietary|requirements|either)"
)
_PAST = re.compile(
    r"\b(?:used to (?:be|have)|outgr[eo]w\w*|grew out|grown out|cured|not (?:\w+ ){0,4}any ?more|as a (?:child|kid|baby|teenager)|"
    r"when i was (?:a|little|young|small|\w+ing)) "
)
_UNREAL = re.compile(r"\b(?:if|suppose|imagine|wish|pretend|as if|like) (?:that )?i (?:were|was|had) ")
_SUPPOSES = re.compile(r"\b(?:if|whether|unless|suppose|imagine|in case) ")
_SELF_ASKED = re.compile(
    r"^(?:so |and )?(?:am|do|did|have|was|were|could|can|might|may|must|will|would) i (?:\w+ ){0,3}?(?:allergic|intolerant|(?:have|get|develop|had|got) (?:\w+ ){0,3}?(?:allerg|intoleran))"
)
_STOP = re.compile(
    r"\b(?:but|not|except|unlike|though|so|because|when|if|can|could|do|does|is|are|would|please|which|while|just|only|i|my|"
    r"you|it|in|for|what|where|since|then|however|thanks|thank) "
)
_EXCEPT = re.compile(r"\b(?:except|but|besides|apart from|other than|aside from|only|just) (?:for |to )?")
_REFUSES = re.compile(r"\b(?:no|not|without|avoid|hold|leave|skip|free|keep|never|any) ")
_LEAD = re.compile(r"^(?:(?:to|for|only|just|and|or|also|plus|with|from|mainly|mostly|especially|even|the) )+")
_BARE_STATEMENT = re.compile(
    r"\b(?:i am (?:\w+ ){0,3}?allergic|(?:i|we) (?:have|have got|suffer from) (?:\w+ ){0,4}?(?:allergy|allergies|intolerances?)|"
    r"my (?:\w+ ){0,2}allerg(?:y|ies)) (?:btw |by the way |please |sorry |though |you know |unfortunately |here |too )*$"
)
# A name is known by its capital: "Tom is allergic".
_NAMED = re.compile(
    r"(?!It|This|That|There|Here|What|Which|Everything|Today|Problem|Mine|Only|One|Also)[A-Z][a-z]+ (?:is|was|has|gets|can't|cannot)\b"
)
_HARM = (
    r"(?:hives|rash|rashes|itch|itchy|itching|itches|swell|swells|swelling|swollen|breathe|breathing|wheez\w*|bloat\w*|cramps?|ache|"
    r"aches|stomach|tummy|sick|ill|nauseous|nausea|vomit|throw up|break out|spots|diarrhoea|diarrhea|indigestion|runs|react|"
    r"reaction|migraines?|headaches?|gas|gassy|heartburn|eczema|palpitations|jittery|shakes|asthma|anaphyl\w+|hospital|pain|pains|unwell|worse|tingles?|burns?|closes?|faint|dizzy)"
)
_NOW = r"(?:really |always |also |just |usually |often |can |will |could |would |do |does |all |both |sometimes |tends? to )*"


class Grammar:
    UNSPECIFIED = "allergy"

    def __init__(self, allergens: Mapping[str, str], relations: Iterable[str]) -> None:
        foods = "|".join(sorted(map(re.escape, _with_plurals(allergens)), key=lambda each: (-len(each), each)))
        self._food = re.compile(rf"(?<!\S)(?:{foods}) ")
        kin = "|".join(sorted(map(re.escape, relations), key=lambda each: (-len(each), each)))
        self._subject = re.compile(
            rf"(?<!\S)(?:(?P<mine>i|we|me|us|myself|mine)|(?P<theirs>(?:{kin})(?:s|'s)?|he|she|they|him|her|his|their|someone|somebody|"
            r"anyone|anybody|people|persons?|customers?|guests?|others|who|those|kids|children|friends|colleagues|wife's|somebody's|someone's)) "
        )
        food = rf"(?:{foods})"
        listed = rf"(?P<food>{food}(?: (?:and|or|nor|,) {food})*)"
        self._denied = re.compile(
            rf"(?<!can )(?<!must )(?<!should )\b(?P<not>not|never|no|nor|without|neither|hardly|zero) (?P<between>(?:(?:{_FILL}|{food}) )*)$"
        )
        eat = r"(?:i |we )?(?:eat|eating|have|having|drink|drinking|touch|touching|consume|smell|ingest|had|get) (?:any |some |a bit of |too much |the |even |anything with |something with |food with |a )*"
        harmed = rf"(?:me|my \w+) (?:\S+ ){{0,4}}?{_HARM}"
        self._harms = (
            re.compile(rf"(?<!\S){listed} {_NOW}(?:gives?|causes?|makes?|sends?|puts?|lands?|gets?) {harmed} "),
            re.compile(
                rf"(?<!\S){listed} {_NOW}(?:upsets?|hurts?|bothers?|irritates?|destroys?|wrecks?|messes with|mess with|inflames?|triggers?) (?:me|my (?:stomach|tummy|gut|guts|digestion|skin|eczema|asthma|migraines?|ibs|throat|belly)) "
            ),
            re.compile(
                rf"(?<!\S){listed} (?:(?:really |just |always )*(?:do|does) not (?:agree|sit well|sit right|go well|get along) with (?:me|my stomach)|"
                r"(?:could|would|will|can|may|might) (?:literally |actually |seriously )?(?:kill me|put me|send me|land me)|(?:is|are) (?:poison|deadly|dangerous|toxic|lethal) (?:to|for) me|and i do not (?:get along|mix|agree)) "
            ),
            re.compile(
                rf"(?<!\S)(?:i|my (?:\S+ )?(?:throat|lips|tongue|mouth|face|skin|stomach|eyes|hands|body|tummy|belly)) (?:\S+ ){{0,3}}?{_HARM} (?:\S+ ){{0,5}}?(?:from|to|with|after|when|if|whenever|every time|each time|by) (?:{eat})?(?:any |some |the |all |raw |too much )?{listed} "
            ),
            re.compile(
                rf"(?<!\S)(?:if|when|whenever|every time|each time|after) {eat}{listed} (?:\S+ ){{0,4}}?(?:i|my|me|it) (?:\S+ ){{0,5}}?{_HARM} "
            ),
            re.compile(
                rf"(?<!\S)(?:i|my (?:stomach|body|gut|tummy|system)) (?:\S+ )?(?:reacts?|(?:do|does|can|will) not (?:tolerate|digest|process|handle|cope with|take|like|agree with)|struggles? with|rejects?) (?:well |badly |strongly |really )*(?:to |with )?(?:any |all )?{listed} "
            ),
        )

    def hints(self, text: str) -> bool:
        return _HINT.search(text) is not None

    def without_idle(self, text: str) -> str:
        return _IDLE.sub("", text)

    def mark(self, text: str) -> re.Match[str] | None:
        return _MARK.search(text)

    def subject(self, text: str) -> Literal["mine", "theirs"] | None:
        """Of the clause as a whole: whom it names first. "You" is us."""
        return _side(self._subject.search(text))

    def whose(self, text: str, mark: re.Match[str], quote: str) -> Literal["mine", "theirs"] | None:
        """Whom the clause names last before the marker."""
        last = next(reversed(list(self._subject.finditer(text, 0, mark.start()))), None)
        if re.search(r"\byou (?:are |have |guys |get )*(?:\S+ )?$", text[: mark.start()]) and _side(last) != "mine":
            return "theirs"
        named = _NAMED.match(quote)
        if last is None and named and not self.foods(text[: named.end()]):
            return "theirs"
        if last is None and re.search(r"\bmy (?:\S+ ){0,4}$", text[: mark.start()]):
            return "mine"
        if last is None and re.match(r"(?:\S+ ){0,4}?(?:for me|i (?:am|have)|myself) ", text[mark.end() :]):
            return "mine"
        if last is None and re.match(r"[a-z]+'s ", text) and not re.match(r"(?:it|that|what|here|there|let)'s ", text):
            return "theirs"
        return _side(last)

    def is_denied(self, text: str, mark: re.Match[str]) -> bool:
        after = text[mark.end() :]
        if re.match(r"(?:to )?(?:nothing|none|no|zero|not any) ", after):
            return True
        match = self._denied.search(text[: mark.start()])
        if match is None:
            return False
        foods = self.foods(match["between"])
        if match["not"] == "no" and foods:  # "no nuts, allergic" run together
            noun = mark.group().strip() not in {"allergic", "intolerant"}
            return noun and not foods[-1].endswith("s")
        return True

    def is_past(self, text: str) -> bool:
        return _PAST.search(text) is not None

    def supposes(self, text: str) -> bool:
        return _SUPPOSES.search(text) is not None

    def is_unreal(self, text: str) -> bool:
        return _UNREAL.search(text) is not None

    def asks_of_self(self, text: str) -> bool:
        return _SELF_ASKED.match(text) is not None

    def excepted(self, text: str, mark: re.Match[str]) -> list[str]:
        match = _EXCEPT.search(text, mark.end())
        return self.foods(text[match.end() :]) if match else []

    def foods(self, text: str) -> list[str]:
        return list(dict.fromkeys(match.group().strip() for match in self._food.finditer(text)))

    def foods_at(self, text: str, mark: re.Match[str], cut_items: Callable[[str], str]) -> list[str]:
        if mark.group().startswith(("coeliac", "celiac")):
            return ["gluten"]
        before, after = text[: mark.start()], text[mark.end() :]
        if re.match(r"(?:\S+ ){0,2}?to ", after):
            listed = after[re.match(r"(?:\S+ ){0,2}?to ", after).end() :]  # type: ignore[union-attr]
            stop = _STOP.search(listed)
            found = self.foods(listed[: stop.start()] if stop else listed)
            if found or listed:
                return found or self._touching(before)
        return self._touching(before) or self.foods(cut_items(after)) or self.foods(cut_items(before))

    def _touching(self, before: str) -> list[str]:
        """The foods right before the marker: "a nut and dairy allergy"."""
        found: list[str] = []
        end = len(before)
        for match in reversed(list(self._food.finditer(before))):
            gap = before[match.end() : end]
            if not re.fullmatch(r"(?:(?:and|or|a|an|severe|serious|food|bad|also|plus|protein|products?) )*", gap):
                break
            found.insert(0, match.group().strip())
            end = match.start()
        return found

    def names_something(self, text: str, mark: re.Match[str]) -> bool:
        """Is there something after "to", even if we do not know it?"""
        match = re.match(r"(?:\S+ ){0,2}?to (\S+) ", text[mark.end() :])
        return match is not None and match[1] not in {"that", "those", "these", "it", "this", "them", "all"}

    def bare(self, text: str) -> str:
        return _LEAD.sub("", text)

    def refuses(self, text: str) -> bool:
        return _REFUSES.search(text) is not None

    def is_bare_statement(self, text: str) -> bool:
        return _BARE_STATEMENT.search(text) is not None

    def suffered(self, text: str) -> list[str]:
        for pattern in self._harms:
            match = pattern.search(text)
            if match:
                return self.foods(match["food"] + " ")
        return []


def _side(match: re.Match[str] | None) -> Literal["mine", "theirs"] | None:
    if match is None:
        return None
    return "mine" if match["mine"] else "theirs"


def _with_plurals(allergens: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for food in allergens:
        if food.isascii():
            one = singular(food)
            found |= {food, one, one + "s"}
    return found

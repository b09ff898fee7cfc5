"""A clause without the words that change nothing: what the phrases of `facts.yaml` are looked for in.

"tbh I've always really loved your chai lol" is "i love your chai", 其实我个人一直都超爱拿铁的 is 我爱拿铁.
"""

import re
from collections.abc import Iterable, Mapping

from .clauses import Clause, pairs

_ALWAYS = re.compile(r"\bhave (?P<ever>always|never) (?:been )?(?P<verb>\w+) ")
# "my son's nuts about dinosaurs": is; elsewhere it owns something.
_OF_KIN = re.compile(
    r"\b(my (?:\S+ )?\w+)'s (?=(?:not |a |an )?(?:big |huge |massive )?(?:nuts|mad|crazy|obsessed|into|fond|partial|addicted|fan|vegan|vegetarian|allergic|diabetic|coeliac|celiac|keen) )"
)
_BASE = {
    "loved": "love", "liked": "like", "hated": "hate", "enjoyed": "enjoy", "preferred": "prefer", "adored": "adore",
    "disliked": "dislike",
}  # fmt: skip


class EnglishCores:
    """`idle` words and phrases go wherever they are, `openers` at the beginning; `same` are words read as others."""

    def __init__(self, idle: Iterable[str], openers: Iterable[str], same: Mapping[str, str]) -> None:
        self._idle = frozenset(word for word in idle if " " not in word)
        self._openers = frozenset(openers)
        self._same = dict(same)
        phrases = sorted((each for each in idle if " " in each), key=lambda each: (-len(each), each))
        self._heads = frozenset(each.split(" ", 1)[0] for each in phrases)
        self._phrases = re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, phrases))}) ")

    def read(self, clause: Clause) -> tuple[str, list[str]]:
        """The core and its possible anchors."""
        found = clause.anchors
        if not self._heads.isdisjoint(found):
            found = self._phrases.sub("", clause.text).split()
        same = {} if clause.text.startswith("we are ") and clause.text[7:8].isdigit() else self._same  # a party's size
        kept = [same.get(word, word) for word in found if word not in self._idle]
        start = 0
        while start < len(kept) and kept[start] in self._openers:
            start += 1
        core = "".join([word + " " for word in kept[start:]])
        core = core.replace("i are ", "i am ", 1).replace("have got ", "have ", 1)
        if "'s " in core:
            core = _OF_KIN.sub(r"\1 is ", core)
        if "always " in core or "never " in core:
            core = _ALWAYS.sub(_settled, core)
        return core, core.split()


# Before a taste these say nothing; before anything else they make it a habit.
_OFTEN = "(?:平时|平常|通常|一般)(?=[也都]?(?:不|很少|从不|最?爱|最?喜欢|讨厌))"
_EVER = (
    "一直(?![都也就]?(?:在[你您他她它这贵本此店]|在?(?:吃|喝|点|买|订|定|用|来|去|光顾|住|选|找|做|剪|染|烫|坐|穿)))"
)
# How much something is liked: nothing where a taste follows, but 很辣 is not 辣.
_MUCH = (
    "(?:很是?|颇为?|相当|尤其|尤为|格外|极为?|甚是|最是|倒是|还是|更加?|比较|真的?|可|特|巨|贼|老|总是?|就|也|都|经常|常){1,3}"
    "(?=(?:不[太大怎么]{0,2})?(?:最?喜欢|最?喜爱|最?钟爱|偏爱|偏好|热爱|酷爱|最?爱[吃喝]|最爱|讨厌|反感|迷恋))"
)


def _settled(match: re.Match[str]) -> str:
    """ "have always loved" → "love", "have never liked" → "do not like", "have never been" → "am not"."""
    denied = match["ever"] == "never"
    verb = _BASE.get(match["verb"])
    if verb is not None:
        return f"do not {verb} " if denied else f"{verb} "
    if "been" in match.group():
        return f"am {'not ' if denied else ''}{match['verb']} "
    return match.group()


class ChineseCores:
    """`idle` words go where they follow the subject or begin the clause, `particles` at the end."""

    def __init__(
        self, idle: Iterable[str], openers: Iterable[str], selves: Iterable[str], particles: Iterable[str]
    ) -> None:
        self._frame = re.compile(
            rf"(?:{_either(openers)})*+(?P<self>{_either(selves)})?+(?:{_MUCH}|{_OFTEN}|{_EVER}|{_either(idle)})*+(?P<rest>.+?)(?:(?<![不算得])(?:{_either(particles)}))*$"
        )

    def read(self, clause: Clause) -> tuple[str, list[str]]:
        match = self._frame.match(clause.text)
        if match is None:
            return clause.text, clause.anchors
        core = ("我" if match["self"] else "") + match["rest"]
        return core, clause.anchors if core == clause.text else pairs(core)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda each: (-len(each), each)))

"""The things in a slot: "the oat latte and, honestly, any cinnamon" → oat latte, cinnamon."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .lexicon import Lexicon
from .result import FoundItem

FindItem = Callable[[str], FoundItem | None]  # an item that the whole text names, if it does
_WHEN = re.compile(
    r" (?:when|whenever|because|since|while|so (?!much|many)|every time|each time|if|although|though|cause|except|"
    r"for (?:a |an |the |\d+ |two |three |years|months|ages)) ?"
)
_HERE = re.compile(r" (?:on|at|in|from) (?:the|their|your|this|that) (?!morning|evening|afternoon)")
_WHERE = re.compile(r" (?:in|on|with|over) (?!the morning|it|them|the|there|here|you)(?:\S+ ?){1,3}$")
_GOES_ON = re.compile(
    r"^(?:and|or|nor|also|especially|particularly|mostly|mainly|和|跟|还有|以及|或者?|特别是|尤其是?|主要是)\s*"
)
# What it begins with says a taste of its own, and is no part of the list before: "allergic to nuts, love oat milk".
_TASTE_EN = re.compile(
    r"(?:(?:i|do|also|always|usually|normally|often|mostly|mainly|really|just|still|absolutely|totally|much) )*"
    r"(?:like|love|prefer|enjoy|adore|hate|dislike|drink|eat|take|order|buy|use) "
)
_TASTE_ZH = re.compile(
    r"(?:平时|平常|一般|通常|经常|常常?|都|也|就|最|很|超|更|偏|特别|非常|比较)*(?:喜欢|喜爱|中意|钟爱|讨厌|爱(?!尔兰|玉)|[吃喝](?!的))"
)
_LONGEST_DISH = 6  # characters
_LONGEST_IN_A_ROW, _MOST_IN_A_ROW = 10, 8  # characters of a thing, and things
_LONGEST_DESCRIBED = 20  # characters
# Said of one thing rather than of a kind of it: 昨天点的芥兰.
_OF_ONE_ZH = re.compile(r"[我你您他她它谁这那哪昨今了过没]|什么|怎么|上次|刚才|推荐|如果|[点买订定送给上要来]$")
_DONE_ZH = re.compile(r"[到了过完得着]|[一几两][块个口点些杯份碗片盘]")  # 我只吃到一块牛肉
_LONGEST = {"en": 4, "zh": 10}  # words, characters: a longer thing is a sentence


@dataclass(frozen=True, slots=True)
class Thing:
    """`known`: the catalogue, the vocabulary, or an allergen holds it. `interest`: it is a pastime, not a taste."""

    text: str
    item: FoundItem | None = None
    known: bool = False
    interest: bool = False
    definite: bool = False  # "the …", "your …": something here, not a taste in general


class ThingReader:
    def __init__(self, lexicon: Lexicon, find_item: FindItem, more_tastes: frozenset[str]) -> None:
        self._lexicon = lexicon
        self._find_item = find_item
        self._tastes = lexicon.tastes | more_tastes
        self._english = lexicon.language == "en"
        joints = "|".join(map(re.escape, lexicon.joining))
        self._joint = re.compile(rf" (?:{joints}) | ?[,/&+] ?" if self._english else rf"(?:{joints})|[,/&+]")
        self._leads = re.compile(rf"(?:{joints}) " if self._english else rf"(?:{joints})")
        self._leading, self._trailing = self._by_edge(lexicon.leading, 0), self._by_edge(lexicon.trailing, -1)
        # "fish and chips" is one thing where the catalogue says so; see `read`.

    def read(self, slot: str) -> list[Thing]:
        """Nothing at all if any part of the list is not a thing: half-understood lists are not guessed at."""
        slot = self._until(slot.strip())
        if self._leads.match(slot):
            return []
        whole = self._find_item(self._strip(slot)[0])
        pieces = [slot] if whole else [piece for piece in self._joint.split(slot) if piece.strip()]
        found: list[Thing] = []
        for piece in pieces:
            thing = self._thing(piece)
            if not (self._english or (thing and thing.known)) and (row := self._row(piece)):
                found += row
                continue
            if thing is None:
                return found if found and found[-1].known else []
            found.append(thing)
        return found

    def _row(self, piece: str) -> list[Thing]:
        """Known things with nothing between them: 香菜葱姜."""
        text, found = self._strip(piece.strip())[0], list[str]()
        while text and len(found) < _MOST_IN_A_ROW:
            size = next(
                (size for size in range(min(len(text), _LONGEST_IN_A_ROW), 0, -1) if text[:size] in self._tastes), 0
            )
            if not size:
                return []
            found.append(text[:size])
            text = text[size:]
        if text or len(found) < 2:
            return []
        if len(found) < 3 and not all(len(each) > 1 for each in found):
            return []  # 汤面 is one thing
        return [Thing(each, None, known=True) for each in found]

    def _until(self, slot: str) -> str:
        """Without what only says when or why: "the window seat when I am alone"."""
        cut = _WHEN.search(slot) if self._english else None
        return slot[: cut.start()] if cut else slot

    def is_bare_list(self, text: str) -> list[Thing]:
        """The things of a clause that is a list of known things and nothing else."""
        text = _GOES_ON.sub("", text.strip())
        if (_TASTE_EN if self._english else _TASTE_ZH).match(text):
            return []
        found = self.read(text) if self._english or _OF_ONE_ZH.search(text) is None else []
        return found if found and all(one.known for one in found) else []

    def _thing(self, piece: str) -> Thing | None:
        text, definite = self._strip(piece.strip())
        if not text or text in self._lexicon.refused:
            return None
        item = self._find_item(text)
        if item is not None:
            return Thing(text, item, known=True)
        here = _HERE.search(text) if self._english else None
        if here is not None:  # "chicken pizza on their new menu"
            head = self._thing(text[: here.start()])
            return head if head and head.known else None
        place = _WHERE.search(text) if self._english else None
        if place is not None:  # "walnuts in cakes"
            head = self._thing(text[: place.start()])
            return replace(head, text=text) if head and head.known and head.item is None else None
        if not self._english and self._is_described(text):
            return Thing(text, known=True)
        size = len(text.split(" ")) if self._english else len(text)
        if size > _LONGEST[self._lexicon.language]:
            return None
        if self._refuses(text) or _DONE_ZH.match(text):
            return None
        interest = text in self._lexicon.interests
        known = self._knows(text) or interest
        definite = definite and (not known or text in self._lexicon.general)
        return Thing(text, None, known=known, interest=interest, definite=definite)

    def _is_described(self, text: str) -> bool:
        """热的汤汁浇上去的芥兰: something known, after what tells it from others."""
        before, _, head = text.rpartition("的")
        head, _ = self._strip(head)
        return (
            bool(before)
            and len(text) <= _LONGEST_DESCRIBED
            and self._knows(head)
            and not self._refuses(head)
            and not any(len(word) > 1 and word in before for word in self._lexicon.refused)
            and _OF_ONE_ZH.search(before) is None
        )

    def _refuses(self, text: str) -> bool:
        if self._english:
            found = text.split(" ")
            if text in self._tastes:
                return False
            return any(word in self._lexicon.refused for word in found) or found[-1].endswith("ly")
        if text in self._tastes or text in self._lexicon.interests or text in self._lexicon.allergens:
            return False
        return any(word in text for word in self._lexicon.refused)

    def _knows(self, text: str) -> bool:
        if text in self._tastes or text in self._lexicon.allergens:
            return True
        if self._english:
            head = text.rsplit(" ", 1)[-1]
            return not self._tastes.isdisjoint((head, singular(head), head + "s")) or head in self._lexicon.allergens
        # The head of a Chinese name is its end: 手磨咖啡 is a 咖啡.
        if any(text[-size:] in self._tastes for size in range(2, min(len(text), 5))):
            return True
        return 1 < len(text) <= _LONGEST_DISH and text[-1] in self._lexicon.heads

    def _strip(self, text: str) -> tuple[str, bool]:
        definite = False
        changed = True
        while changed and text:
            changed = False
            if text in self._tastes or text in self._lexicon.interests:
                break
            for word in self._leading.get(self._edge(text, 0), ()):
                if self._starts(text, word):
                    definite = definite or word in {"the", "your", "this", "all the", "that", "those", "these"}
                    text, changed = text[len(word) :].strip(), True
                    break
            if text in self._tastes or text in self._lexicon.interests:
                break
            for word in self._trailing.get(self._edge(text, -1), ()):
                if self._ends(text, word):
                    text, changed = text[: -len(word)].strip(), True
                    break
        return text, definite

    def _by_edge(self, listed: Iterable[str], place: int) -> dict[str, list[str]]:
        """Words by what they begin or end with, in their order."""
        found: dict[str, list[str]] = {}
        for each in listed:
            found.setdefault(self._edge(each, place), []).append(each)
        return found

    def _edge(self, text: str, place: int) -> str:
        """The first word or the last (-1), in Chinese the sign."""
        return text.split(" ")[place] if self._english else text[place : place + 1 or None]

    def _starts(self, text: str, word: str) -> bool:
        return text.startswith(word + " ") if self._english else text.startswith(word) and text != word

    def _ends(self, text: str, word: str) -> bool:
        return text.endswith(" " + word) if self._english else text.endswith(word) and text != word


def singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word

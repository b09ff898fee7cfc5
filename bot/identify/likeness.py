"""How likely two customers are one person, and why: three explanations of what they share are weighed.

They may be one person, two of one household, or strangers who happen to be alike (Fellegi & Sunter 1969, with the
household as a third class: people who share a phone, a surname and a city are mostly family). Each field's agreement
has a probability under each; names count by how rare they are among these customers. The figures are estimates, not
fitted; `bench/duplicates` measures what they come to.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from bot.identify import names
from bot.identify.names import Agreement, Word

DUPLICATES = 0.05  # of other entries of the same person that somebody has, on average, until it is estimated
RELATIVES = 0.7  # of other customers of one household
FAMILY = 4  # customers who may share a key before it says less
LIKELY = 0.85  # from here on a pair is proposed
STRONG = 0.995  # from here on it may be called so
OWN = frozenset({"number_same", "email_same", "birthday_same"})
SAME_NAME = frozenset({"name_same", "name_swapped", "name_sound"})  # a short form may be a twin's: Jean, Jeannine
BORN_ALIKE = 1 / 18_000  # of two strangers, whose ages lie within fifty years; until these customers' own are known …
SUPPOSED = 1_000_000  # … this being known of so many pairs
SLIPS = 32  # days that one may write by a slip for another
RARE = 5e-4  # how often relatives are called alike at least
AVOIDED = 0.5  # how often they are, beside strangers: parents keep names apart that sound alike
SAME_CITY = 88.0  # of 100: spelt alike


class Person(NamedTuple):
    """As much of a customer as is compared. Phones are E.164, `birthday` is "05-03" or "1990-05-03"."""

    id: int
    name: str
    birthday: str | None = None
    city: str | None = None
    phones: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()  # of loyalty cards and order systems
    chats: frozenset[str] = frozenset()  # Telegram users


class Evidence(NamedTuple):
    """One thing that speaks for two entries being one person, or against it (`…_different`). `what` names the words."""

    what: str
    one: str
    other: str


class Odds(NamedTuple):
    """Probability of what was seen, under each explanation."""

    person: float
    household: float
    stranger: float


class Likeness(NamedTuple):
    """What two entries share and do not share, and how probable that is under each explanation."""

    odds: Odds
    evidence: tuple[Evidence, ...]

    def score(self, people: int, duplicates: float = DUPLICATES) -> float:
        """The probability that they are one person, where somebody has so many second entries on average."""
        same, household = self.odds.person * duplicates / people, self.odds.household * RELATIVES / people
        return same / (same + household + self.odds.stranger)

    @property
    def may_be_strong(self) -> bool:
        """No household explains it: the name is the same, and so is something that a household does not share."""
        whats = {one.what for one in self.evidence}
        return not whats.isdisjoint(OWN) and not whats.isdisjoint(SAME_NAME)


class Rarity:
    """How common words of names, whole names, cities, keys and birthdays are among these customers.

    `birthday`: how likely two strangers are born on one day; of few customers as if 1,000 others stood beside them.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = 0
        self._names: Counter[str] = Counter()
        born: Counter[str] = Counter()
        self._sounds: Counter[str] = Counter()
        self._written: Counter[str] = Counter()
        self._heard: Counter[str] = Counter()  # the sounds of these
        self._cities: Counter[str] = Counter()
        self._keys: Counter[str] = Counter()
        for person in people:
            self.people += 1
            reading = next(iter(names.read_name(person.name)), ())
            self._names.update(names.name_keys(person.name))
            self._sounds.update({names.full_form(word.sound) for word in reading})
            self._written.update({word.written for word in reading if word.written})
            self._heard.update({word.sound for word in reading if word.written})
            self._keys.update((*person.phones, *person.numbers, *map(fold_mail, person.mails)))
            if person.city:
                self._cities[fold_city(person.city)] += 1
            if person.birthday:
                self._keys.update({person.birthday, person.birthday[-5:]})
                if len(person.birthday) > 5:
                    born[person.birthday] += 1
        pairs, together = born.total() ** 2, sum(count * (count - 1) for count in born.values())
        self.birthday = (together + BORN_ALIKE * SUPPOSED) / (pairs + SUPPOSED)

    def of_sound(self, *sounds: str) -> float:
        """The share of customers with the commonest of these: a misspelt name is as common as the one that was meant."""
        return (max(self._sounds[names.full_form(sound)] for sound in sounds) + 1) / (self.people + 2)

    def of_whole(self, name: str) -> float:
        """The share of others with this whole name: common given names go with common surnames of their language."""
        return max((self._names[key] - 2 for key in names.name_keys(name)), default=0) / (self.people + 2)

    def of_written(self, written: str) -> float:
        return (self._written[written] + 1) / (self.people + 2)

    def of_homophone(self, one: Word, other: Word) -> float:
        """The share with this sound who do not write it as most who write it in one of these ways: of all called Qian
        most are 倩, so that 迁 is sooner a slip than somebody else."""
        common = max(self._written[one.written], self._written[other.written])
        return (self._heard[one.sound] - common + 1) / (self.people + 2)

    def of_rarer(self, one: Word, other: Word) -> tuple[int, float]:
        """How many others are called as the rarer of the two, and their share: of none, a half."""
        if one.written and other.written:
            count = min(self._written[one.written], self._written[other.written])
        else:
            count = min(self._sounds[names.full_form(word.sound)] for word in (one, other))
        others = max(count - 1, 0)
        return others, (others + 0.5) / (self.people + 2)

    def of_key(self, key: str, least: float) -> float:
        """How likely strangers share it: a number or day that stands for "not known" is many people's."""
        return max(least, (self._keys[key] - FAMILY) / (self.people + 2))

    def of_city(self, city: str) -> float:
        return (self._cities[city] + 1) / (self.people + 2)


def weigh(one: Person, other: Person, rarity: Rarity) -> Likeness | None:
    """All that two entries share and do not share, put together. None without a witness: then nothing is looked at."""
    if not _is_witnessed(one, other):
        return None
    person = household = stranger = 1.0
    evidence = []
    for what, values, odds in _observe(one, other, rarity):
        person, household, stranger = person * odds.person, household * odds.household, stranger * odds.stranger
        evidence.append(Evidence(what, *values))
    return Likeness(Odds(person, household, stranger), tuple(evidence))


def _is_witnessed(one: Person, other: Person) -> bool:
    """Whether they share a key or, give or take a slip, the birthday: a name and a city are not enough, however rare."""
    if one.phones & other.phones or one.numbers & other.numbers:
        return True
    if one.birthday and other.birthday and _compare_birthdays(one.birthday, other.birthday)[0] != "birthday_different":
        return True
    return bool(one.mails and other.mails) and not _fold_mails(one).isdisjoint(_fold_mails(other))


Observation = tuple[str, tuple[str, str], Odds]


def _observe(one: Person, other: Person, rarity: Rarity) -> Iterable[Observation]:
    yield from _observe_names(one, other, rarity)
    if one.birthday and other.birthday:
        what, odds = _compare_birthdays(one.birthday, other.birthday, rarity.birthday)
        if what == "birthday_same":
            shared = one.birthday if one.birthday == other.birthday else one.birthday[-5:]
            odds = odds._replace(stranger=rarity.of_key(shared, odds.stranger))
        yield what, (one.birthday, other.birthday), odds
    if one.city and other.city:
        yield _observe_cities(one.city, other.city, rarity)
    yield from _observe_keys("phone", one.phones, other.phones, rarity, Odds(0.6, 0.3, 1e-6), Odds(0.4, 0.7, 1.0))
    yield from _observe_keys("number", one.numbers, other.numbers, rarity, Odds(0.5, 0.1, 1e-6), None)
    yield from _observe_mails(one.mails, other.mails, rarity)
    if one.chats and other.chats:
        yield "chat_different", ("", ""), Odds(0.1, 1.0, 1.0)


# -- names -------------------------------------------------------------------------------------------------------


def _observe_names(one: Person, other: Person, rarity: Rarity) -> Iterable[Observation]:
    found, left = names.compare_names(one.name, other.name)
    if not found:
        return
    odds = _odds_of_names(found, left, rarity)
    if not left and all(agreement.how in ("same", "sound") for agreement in found):
        odds = odds._replace(stranger=max(odds.stranger, rarity.of_whole(one.name)))
    yield _call_names(one.name, other.name, found, left), (one.name, other.name), odds


def _odds_of_names(found: list[Agreement], left: int, rarity: Rarity) -> Odds:
    """A household shares its surname, so that there only the given name tells: whichever word that may be."""
    person, stranger = 1.0, 1.0
    in_family: list[tuple[float, float]] = []  # of each word that agrees: as a surname, as a given name
    for agreement in found:
        how = agreement.how
        if how == "different":
            person *= 0.02
            continue
        likely = _LIKELY[how]
        chance = _FIXED.get(how) or max(_commonness(agreement, rarity) * _CHANCE[how], 1e-5)
        person *= likely
        stranger *= chance
        in_family.append((0.8 * likely, _given_in_a_family(agreement, chance, rarity)))
    surnames = math.prod(surname for surname, _ in in_family)
    if len(in_family) == len(found):  # all agree: then the given name does too
        household = (
            max(surnames / surname * given for surname, given in in_family) if len(found) > 1 else in_family[0][1]
        )
    else:
        household = surnames * 0.95
    if left:
        person *= 0.3  # of those who have more names, so many are entered by fewer; relatives often share one of them
    return Odds(person, household, stranger)


def _given_in_a_family(agreement: Agreement, chance: float, rarity: Rarity) -> float:
    """How often two of one household have given names so alike; `chance`: how often strangers do.

    A slip mostly makes a word that is nobody's name. Where it makes a name that others have too, as Louis of Louise,
    it is one of many that the slip could have made, and the relative is as likely as that name is common.
    """
    how, one, other = agreement
    if how == "sound" or (how == "same" and one.written):  # a Chinese son is not called as his father
        return min(max(chance * AVOIDED, RARE), _IN_A_FAMILY["same"])
    if how not in _SLIPS_OF:
        return _IN_A_FAMILY[how]
    others, share = rarity.of_rarer(one, other)
    alike = _SLIPS_OF[how] * share
    return alike if others else min(alike, _IN_A_FAMILY[how])


_SLIPS_OF = {"typo": 200, "homophone": 10}
"""How many words one may write for another by such a slip."""
_LIKELY = {
    "same": 0.8,
    "sound": 0.8,
    "nickname": 0.06,
    "homophone": 0.04,
    "typo": 0.06,
    "sibling": 0.003,
    "initial": 0.95,
}
"""How often the words of one person's name are so written in two entries; of an initial, how often it is the right one,
since whether somebody is entered by it says nothing of who they are."""
_CHANCE = {"same": 1.0, "sound": 1.0, "nickname": 0.3, "homophone": 1.0, "typo": 0.2}
"""How often a stranger's word looks so, in parts of how common the word is."""
_FIXED = {"sibling": 0.03, "initial": 0.08}
"""The same, however common the word."""
_IN_A_FAMILY = {
    "same": 0.004, "nickname": 0.001, "homophone": 0.001, "typo": 0.0007, "sibling": 0.1, "initial": 0.08
}  # fmt: skip
"""How often two of one household have given names so alike: a son called as his father, 春梅 and her sister 玉梅. A
short form is rarer than the name itself: it must be the one's name and the other's, and be written short for one."""


def _commonness(agreement: Agreement, rarity: Rarity) -> float:
    how, one, other = agreement
    if how == "homophone":
        return rarity.of_homophone(one, other)
    if how == "same" and one.written and other.written:
        return rarity.of_written(one.written)
    return rarity.of_sound(one.sound, other.sound)


def _call_names(one: str, other: str, found: list[Agreement], left: int) -> str:
    """Which words tell best how the names agree."""
    hows = {agreement.how for agreement in found}
    if "different" in hows:
        return "name_different"
    for how in ("sibling", "typo", "homophone", "nickname", "initial", "sound"):
        if how in hows:
            return f"name_{how}"
    return "name_part" if left else "name_swapped" if names.is_swapped(one, other) else "name_same"


# -- birthdays and cities ----------------------------------------------------------------------------------------


def _compare_birthdays(one: str, other: str, alike: float = BORN_ALIKE) -> tuple[str, Odds]:
    """`alike`: how likely strangers are born on one day."""
    whole = len(one) > 5 and len(other) > 5
    if (one == other) if whole else one[-5:] == other[-5:]:
        return "birthday_same", Odds(0.9, 0.006, alike) if whole else Odds(0.9, 0.008, 1 / 365)
    if _is_slip(one, other) if whole else _is_slip(one[-5:], other[-5:]):
        return "birthday_near", Odds(0.06, 0.01, SLIPS * alike) if whole else Odds(0.06, 0.03, 1 / 30)
    return "birthday_different", Odds(0.004 if whole else 0.01, 0.98, 1.0)


def _is_slip(one: str, other: str) -> bool:
    """One figure wrong, or two changed places, or day and month the wrong way round."""
    wrong = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 1 or (len(wrong) == 2 and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]):
        return True
    return one[:-5] == other[:-5] and one[-5:-3] == other[-2:] and one[-2:] == other[-5:-3]


def is_birthday(text: str | None) -> bool:
    """Whether it is "05-03" or "1990-05-03": what can be compared; other calendars cannot."""
    try:
        return bool(text) and date.fromisoformat(f"2000-{text}" if len(text or "") == 5 else text or "") is not None
    except ValueError:
        return False


@lru_cache(maxsize=10_000)  # people share cities
def fold_city(city: str) -> str:
    """Without case, accents and 市; Chinese by its sound."""
    return "".join(names.read_words(city.removesuffix("市")))


def _observe_cities(one: str, other: str, rarity: Rarity) -> Observation:
    first, second = fold_city(one), fold_city(other)
    if first == second or fuzz.ratio(first, second) >= SAME_CITY:
        return "city_same", (one, other), Odds(0.88, 0.95, max(rarity.of_city(first), rarity.of_city(second)))
    return "city_different", (one, other), Odds(0.12, 0.05, 1.0)


# -- keys --------------------------------------------------------------------------------------------------------


def _observe_keys(
    what: str, one: frozenset[str], other: frozenset[str], rarity: Rarity, same: Odds, different: Odds | None
) -> Iterable[Observation]:
    if shared := one & other:
        key = min(shared)
        yield f"{what}_same", (key, key), same._replace(stranger=rarity.of_key(key, same.stranger))
    elif one and other and different is not None:
        yield f"{what}_different", (min(one), min(other)), different


def _observe_mails(one: frozenset[str], other: frozenset[str], rarity: Rarity) -> Iterable[Observation]:
    if not one or not other:
        return
    folded, others = ({fold_mail(mail): mail for mail in mails} for mails in (one, other))
    if shared := folded.keys() & others.keys():
        key = min(shared)
        yield "email_same", (folded[key], others[key]), Odds(0.6, 0.03, rarity.of_key(key, 1e-7))
        return
    local, locals_ = ({mail.partition("@")[0]: mail for mail in mails} for mails in (folded, others))
    if shared := {key for key in local.keys() & locals_.keys() if len(key) > 4}:
        key = min(shared)
        yield "email_like", (local[key], locals_[key]), Odds(0.1, 0.005, 1e-4)
    else:
        yield "email_different", (min(one), min(other)), Odds(0.3, 0.97, 1.0)


def _fold_mails(person: Person) -> set[str]:
    return {fold_mail(mail) for mail in person.mails}


def fold_mail(mail: str) -> str:
    """The mailbox behind an address: without what follows a plus, and Gmail's without dots."""
    local, _, domain = mail.lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"

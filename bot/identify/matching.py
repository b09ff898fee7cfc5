"""Which customer is meant: by a key that names one, or by words that may be spelt otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz, process, utils

from bot.config import Settings
from bot.errors import RegularsError
from bot.identify.importing.cells import read_phone
from storage import customers, duplicates, portraits
from storage.database import Memory
from storage.models import Customer
from storage.portraits import Named

KINDS = ("telegram", "phone", "email", "card", "order_system")
MOST = 8  # shown: what fits a phone
SEARCHED = 200_000  # names looked through; a quarter of a second
LIKELY = 70.0  # of 100; below it names that only share letters come in
LIKELY_CJK = 45.0  # one wrong character of a Chinese name is half of it
QUERY_LENGTH = 80
_OURS = re.compile(r"#?(\d{1,18})", re.ASCII)
_CJK = re.compile("[\u3400-\u9fff]")


class NoSuchCustomer(RegularsError):
    """The key names nobody we know."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return (
            f"{self.key!r} is no customer; accepted: our id (12), telegram:123, a phone number, an id of the order "
            "system; `regulars customers list` has them all"
        )


def find_customer(memory: Memory, key: str, settings: Settings) -> Customer:
    """By our id ("12", "#12"), `telegram:123` (or another kind of identity), phone, or id of the order system.

    Raises NoSuchCustomer.
    """
    found = find_exactly(memory, key, settings)
    if found is None:
        raise NoSuchCustomer(key[:QUERY_LENGTH])
    return found


def find_exactly(memory: Memory, key: str, settings: Settings) -> Customer | None:
    key = key.strip()[:QUERY_LENGTH]
    kind, colon, value = key.partition(":")
    if colon and kind in KINDS:
        return customers.find(memory, kind, (read_phone(value, settings) or value) if kind == "phone" else value)
    if match := _OURS.fullmatch(key):
        found = customers.get(memory, int(match[1])) or _find_merged(memory, int(match[1]))
        if found is not None or key.startswith("#"):
            return found
    found = customers.find(memory, "order_system", key)
    phone = read_phone(key, settings) if found is None and sum(map(str.isdigit, key)) > 4 else None
    if phone is not None:
        found = customers.find(memory, "phone", phone)
    if found is None and "@" in key:
        found = customers.find(memory, "email", key.lower())
    return found


def _find_merged(memory: Memory, number: int) -> Customer | None:
    """Whom a customer's number means since they were merged."""
    survivor = duplicates.find_survivor(memory, number)
    return None if survivor is None else customers.get(memory, survivor)


def search_customers(memory: Memory, words: str, settings: Settings, most: int = MOST) -> list[Customer]:
    """Likeliest first: whoever the words name exactly, then phones with these digits, then names and tags alike."""
    words = words.strip()[:QUERY_LENGTH]
    if not words:
        return []
    exact = find_exactly(memory, words, settings)
    ids = [exact.id] if exact else []
    digits = re.sub(r"\D", "", words)
    if len(digits) >= 3 and not re.search(r"[^\W\d_]", words):
        ids += portraits.find_by_digits(memory, digits.removeprefix("00").lstrip("0"), most)
    else:
        ids += _alike(words, portraits.list_names(memory, SEARCHED), most)
    return portraits.get_all(memory, list(dict.fromkeys(ids))[:most])


def choose_customers(memory: Memory, key: str, settings: Settings) -> list[Customer]:
    """Who a member of staff means: one when it is clear, several to choose from, nobody."""
    exact = find_exactly(memory, key, settings)
    if exact is not None:
        return [exact]
    found = search_customers(memory, key, settings)
    wanted = key.strip().casefold()
    # "anna" is Anna Keller where only she has that name, though Hannah is found too.
    for is_called in (lambda name: name == wanted, lambda name: wanted in name.split()):
        called = [one for one in found if is_called(one.name.casefold())]
        if called:
            return called
    return found


def is_name(memory: Memory, name: str) -> bool:
    """Whether somebody is called exactly so."""
    return portraits.count_named(memory, name) > 0


def _alike(words: str, named: Sequence[Named], most: int) -> list[int]:
    least = LIKELY_CJK if _CJK.search(words) else LIKELY
    scores: dict[int, float] = {}
    names = [one.name for one in named]
    query = _spell_plainly(words)
    if not query:
        return []
    for _, score, place in process.extract(
        query, names, scorer=fuzz.WRatio, processor=_spell_plainly, limit=most, score_cutoff=least
    ):
        # Equal beats alike, and a whole name beats a part of one.
        whole = fuzz.ratio(query, _spell_plainly(names[place]))
        scores[named[place].id] = score + whole / 100
    tagged = [(tag, one.id) for one in named for tag in one.tags]
    for _, score, place in process.extract(
        query, [tag for tag, _ in tagged], scorer=fuzz.ratio, processor=utils.default_process, limit=most,
        score_cutoff=max(least, 80.0),
    ):  # fmt: skip
        customer_id = tagged[place][1]
        scores[customer_id] = max(scores.get(customer_id, 0.0), score - 5)
    return sorted(scores, key=lambda customer_id: -scores[customer_id])[:most]


def _spell_plainly(text: str) -> str:
    """Without capitals, signs and accents: Zoë is found as zoe."""
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return utils.default_process(text)

"""Relations by their meaning: "mum", "mother" and 妈妈 are one, and "parents" are two."""

from functools import lru_cache

from .lexicon import load
from .normalise import fold, has_cjk

PARTNER = "partner"
_MEMBERS = {"parents": frozenset({"mother", "father"}), "grandparents": frozenset({"grandmother", "grandfather"})}


@lru_cache(maxsize=4_096)
def kin_of(person: str) -> str | None:
    """ "daughter Mia" → "daughter", 我妈妈 → "mother"; None for a name alone."""
    said = fold(person)
    word = _relation_in(said)
    return load("zh" if has_cjk(said) else "en").kin[word] if word else None


def name_of(person: str) -> str:
    """ "daughter Mia" → "Mia", 老婆李娜 → 李娜; empty where only the relation was said."""
    return person[len(_relation_in(fold(person)) or person) :].strip()


def _relation_in(said: str) -> str | None:
    """The longest relation it begins with."""
    if has_cjk(said):
        known = load("zh").kin
        return next((said[:size] for size in range(min(len(said), 4), 0, -1) if said[:size] in known), None)
    known, words = load("en").kin, said.split()
    return next((each for each in (" ".join(words[:2]), *words[:1]) if each in known), None)


def is_same_kin(one: str, other: str) -> bool:
    """Whether the two may be one person: a child may be a daughter, parents are mother and father too."""
    return one == other or other in _MEMBERS.get(one, ()) or one in _MEMBERS.get(other, ()) or _is_child(one, other)


def _is_child(one: str, other: str) -> bool:
    children = {"child", "daughter", "son"}
    return "child" in (one, other) and {one, other} <= children

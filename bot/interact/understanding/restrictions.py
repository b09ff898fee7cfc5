"""From what a customer said they cannot have to the words a catalogue's `contains` uses, and what is forbidden by it."""

from functools import lru_cache

from rapidfuzz import fuzz, process

from .lexicon import LANGUAGES, canonical, load
from .normalise import has_cjk
from .options import option_name
from .things import singular

_LEAST_LIKENESS = 84  # one wrong letter in six
_FUZZY_LENGTH = 5

# What a restriction forbids among the words of `contains`. Nuts and peanuts forbid each other: kitchens that handle one
# handle the other.
_NUTS = frozenset(
    {"nuts", "nut", "tree nuts", "hazelnuts", "almonds", "walnuts", "cashews", "pistachios", "pecans", "peanuts"}
)
_MILK = frozenset({"milk", "lactose", "dairy", "butter", "cream", "cheese"})
_EGG = frozenset({"egg", "eggs"})
_GLUTEN = frozenset({"gluten", "wheat", "rye", "barley", "spelt", "oats", "oat"})
_SOY = frozenset({"soy", "soya"})
_SEAFOOD = frozenset({"fish", "shellfish", "crustaceans", "molluscs"})
_FORBIDDEN: dict[str, frozenset[str]] = {
    "nuts": _NUTS,
    "peanuts": _NUTS,
    "nut-free": _NUTS,
    "milk": _MILK,
    "dairy-free": _MILK,
    "lactose-free": _MILK,
    "egg": _EGG,
    "egg-free": _EGG,
    "gluten": _GLUTEN,
    "wheat": _GLUTEN,
    "gluten-free": _GLUTEN,
    "wheat-free": _GLUTEN,
    "oats": frozenset({"oats", "oat", "gluten"}),
    "soy": _SOY,
    "soy-free": _SOY,
    "sesame": frozenset({"sesame"}),
    "fish": _SEAFOOD,
    "shellfish": _SEAFOOD,
    "molluscs": _SEAFOOD,
    "celery": frozenset({"celery"}),
    "mustard": frozenset({"mustard"}),
    "lupin": frozenset({"lupin"}),
    "sulphites": frozenset({"sulphites", "sulfites"}),
    "strawberries": frozenset({"strawberries", "strawberry"}),
    "kiwi": frozenset({"kiwi"}),
    "vegan": _MILK | _EGG | _SEAFOOD | {"honey", "gelatine", "meat", "pork", "beef"},
    "vegetarian": _SEAFOOD | {"gelatine", "meat", "pork", "beef"},
    "pescatarian": frozenset({"gelatine", "meat", "pork", "beef"}),
}


def allergen_of(value: str) -> str | None:
    """The allergen's name in `contains` ("花生" → "peanuts"); None for a diet or a word we do not know."""
    for language in LANGUAGES:
        known = load(language).allergens
        said = canonical(language, value)
        found = known.get(said) or known.get(singular(said)) or known.get(said + "s")
        if found is not None:
            return said if found == "other" else found
    return _misspelt(canonical("en", value)) if not has_cjk(value) else None


@lru_cache(maxsize=4_096)
def _misspelt(said: str) -> str | None:
    """ "penuts" → "peanuts"."""
    if len(said) < _FUZZY_LENGTH:
        return None
    known = load("en").allergens
    near = process.extractOne(said, known.keys(), scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS)
    if near is None or near[0][0] != said[0]:
        return None
    return near[0] if known[near[0]] == "other" else known[near[0]]


def restriction_of(value: str) -> str | None:
    """The same for diets too: an allergen's name or a diet's code ("素食" → "vegetarian")."""
    found = allergen_of(value)
    if found is not None:
        return found
    for language in LANGUAGES:
        diet = load(language).diets.get(canonical(language, value))
        if diet is not None:
            return diet
    return None


def forbidden_by(value: str) -> frozenset[str] | None:
    """The words of `contains` that a restriction, in the customer's words or as a code, forbids; None where only a
    person can say."""
    code = restriction_of(value)
    if code in _FORBIDDEN:
        return _FORBIDDEN[code]
    return _FORBIDDEN.get(value.casefold().strip())


def allergen_name(word: str, language: str) -> str:
    """A word of `contains` in this language: the first of its row in the phrase file."""
    if language == "en":
        return word
    code = allergen_of(word) or word
    return next((said for said, meaning in load(language).allergens.items() if meaning == code), word)


def allergens_in(option: str) -> list[str]:
    """What an option brings along: "almond milk" → nuts. The milk of a plant is no milk."""
    if option.startswith(("no ", "不", "无", "去")):
        return []
    english = option_name(option, "en")
    codes = [allergen_of(word) for word in english.split(" ") if word != "milk"]
    found = [code for code in codes if code in _FORBIDDEN]
    return found or (["milk"] if english.endswith(("milk", "cream")) and "free" not in english else [])

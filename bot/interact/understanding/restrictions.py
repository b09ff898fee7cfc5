"""From what a customer said they cannot have to the words a catalogue's `contains` uses."""

from .lexicon import LANGUAGES, canonical, load
from .things import singular


def allergen_of(value: str) -> str | None:
    """The allergen's name in `contains` ("花生" → "peanuts"); None for a diet or a word we do not know."""
    for language in LANGUAGES:
        known = load(language).allergens
        said = canonical(language, value)
        found = known.get(said) or known.get(singular(said))
        if found is not None:
            return said if found == "other" else found
    return None


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

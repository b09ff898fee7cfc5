"""Understanding: a pure, fast function of text, language, time zone and now. `Listener` is built from the catalogue
and the FAQ; what a message *means* here is decided by `interact/dialogue`."""

from .kin import is_same_kin, kin_of
from .knowledge import CatalogueEntry, FaqPhrasing
from .language import detect_language
from .listener import Listener
from .restrictions import allergen_of, forbidden_by, restriction_of
from .result import (
    FaqMatch,
    FoundDate,
    FoundFact,
    FoundFeedback,
    FoundItem,
    FoundReminder,
    Intent,
    LifeEvent,
    Understanding,
)

__all__ = [
    "CatalogueEntry",
    "FaqMatch",
    "FaqPhrasing",
    "FoundDate",
    "FoundFact",
    "FoundFeedback",
    "FoundItem",
    "FoundReminder",
    "Intent",
    "LifeEvent",
    "Listener",
    "Understanding",
    "allergen_of",
    "detect_language",
    "forbidden_by",
    "is_same_kin",
    "kin_of",
    "restriction_of",
]

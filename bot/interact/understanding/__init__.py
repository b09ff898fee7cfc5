"""Understanding: a pure, fast function of text, language, time zone and now. `Listener` is built from the catalogue
and the FAQ; what a message *means* here is decided by `interact/dialogue`."""

from .asks import points_back
from .kin import is_same_kin, kin_of, name_of
from .knowledge import CatalogueEntry, FaqPhrasing
from .language import detect_language
from .listener import Listener
from .options import fits, option_name
from .order_lines import merge as merge_lines
from .order_lines import targets
from .order_times import WHOLE_DAY, names_a_day, names_half_of_day
from .portions import lines_of as cut
from .pronouns import may_mean
from .restrictions import allergen_name, allergen_of, allergens_in, forbidden_by, restriction_of
from .result import (
    FaqMatch,
    FoundDate,
    FoundFact,
    FoundFeedback,
    FoundItem,
    FoundReminder,
    Intent,
    LifeEvent,
    OrderChange,
    Portion,
    Understanding,
)
from .things import singular

__all__ = [
    "WHOLE_DAY",
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
    "OrderChange",
    "Portion",
    "Understanding",
    "allergen_name",
    "allergen_of",
    "allergens_in",
    "cut",
    "detect_language",
    "fits",
    "forbidden_by",
    "is_same_kin",
    "kin_of",
    "may_mean",
    "merge_lines",
    "name_of",
    "names_a_day",
    "names_half_of_day",
    "option_name",
    "points_back",
    "restriction_of",
    "singular",
    "targets",
]

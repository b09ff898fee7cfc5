"""What the listener knows of the business: its catalogue and the questions it can answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """`names` is by language code; `contains` names allergens."""

    sku: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    category: str = ""
    options: tuple[str, ...] = ()
    contains: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class FaqPhrasing:
    """One way of asking; several phrasings may share a name."""

    name: str
    language: str
    question: str
    answer: str

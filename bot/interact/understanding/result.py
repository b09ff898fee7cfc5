"""What was understood of one message: frozen values, and their JSON shape (DESIGN.md, Shapes)."""

import copyreg
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

FactKind = Literal[
    "preference", "restriction", "need", "habit", "interest", "occasion", "demographic", "contact_preference"
]
FeedbackKind = Literal["complaint", "praise", "suggestion", "score"]
Aspect = Literal["product", "service", "staff", "price", "speed", "place", "other"]
Grain = Literal["minute", "hour", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Intent:
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class FoundFact:
    """`item` is a sku; `date` is "MM-DD", "YYYY-MM-DD" or, of the lunar calendar, "L08-15"; `quote` is the clause the fact came from."""

    kind: FactKind
    value: str
    polarity: Literal["like", "dislike"] | None = None
    item: str | None = None
    person: str | None = None
    date: str | None = None
    confidence: float = 0.0
    quote: str = ""


@dataclass(frozen=True, slots=True)
class FoundFeedback:
    """Severity 3: unsafe food, injury, allergy reaction, theft; 2: rude, wrong charge; 1: ordinary; 0: none."""

    kind: FeedbackKind
    aspect: Aspect
    polarity: Literal[-1, 0, 1]
    severity: int
    score: float | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """Both ends are aware and local to the customer; `end` is exclusive."""

    text: str
    start: datetime
    end: datetime
    grain: Grain


@dataclass(frozen=True, slots=True)
class FoundItem:
    sku: str
    name: str
    quantity: int = 1
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Portion:
    """Options of so many of an item; of none in particular (None) is of those that were named last."""

    of: int | Literal["rest", "all", "half"] | None
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What was said of an order being put together. Without an `item` it is of the one named last.

    `name` is an item said without more: another one, or the one whose options follow; `when` a time and nothing else
    (`Understanding.ordered_for`). `number` 0: none was said.
    """

    what: Literal["cancel", "set", "more", "fewer", "options", "remove", "swap", "name", "when"]
    number: int = 0
    item: FoundItem | None = None
    portions: tuple[Portion, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundReminder:
    text: str
    at: datetime | None
    repeats: bool = False  # asked for again and again; `at` is the first time


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """`person` as the customer said it ("mum", 外婆); None where it is the customer's own."""

    what: Literal["death", "separation", "pregnancy_loss"]
    person: str | None


@dataclass(frozen=True, slots=True)
class FaqMatch:
    """`other`: an answer as likely, so that the customer is asked which of the two is meant."""

    name: str
    score: float
    other: str | None = None
    by: Literal["likeness", "classifier"] = "likeness"


@dataclass(frozen=True, slots=True)
class Understanding:
    """`languages` are the codes asked for by a `set_language` intent, `allergens` the allergens and diets (codes of
    `restriction_of`) of an `ask_allergen` intent, `order` the lines of an `order` intent, `ordered_for` when they are
    wanted, `read_changes` finds
    `changes`, `faq_close` two answers of which either may be meant; everything else
    is best first or in text order."""

    text: str
    language: str
    intents: tuple[Intent, ...] = ()
    facts: tuple[FoundFact, ...] = ()
    feedback: tuple[FoundFeedback, ...] = ()
    dates: tuple[FoundDate, ...] = ()
    items: tuple[FoundItem, ...] = ()
    reminders: tuple[FoundReminder, ...] = ()
    faq: FaqMatch | None = None
    faq_close: tuple[str, ...] = ()
    out_of_scope: bool = False
    languages: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    life_events: tuple[LifeEvent, ...] = ()
    order: tuple[FoundItem, ...] = ()
    ordered_for: FoundDate | None = None
    pointing: tuple[FoundFact, ...] = ()
    people: tuple[str, ...] = ()
    wanted: str | None = None  # what is asked for by a word that names no item
    read_changes: Callable[[], tuple[OrderChange, ...]] = field(default=tuple, repr=False, compare=False)

    @property
    def changes(self) -> tuple[OrderChange, ...]:
        """What would be changed if an order were being put together; looked for when asked, as mostly none is."""
        return self.read_changes()

    def __reduce__(self) -> tuple[Callable[..., "Understanding"], tuple[Any, ...]]:
        """With the changes found: what finds them cannot leave the process."""
        return _restore, (self.changes, *(getattr(self, name) for name in self.__slots__[:-1]))

    def has(self, intent: str) -> bool:
        for found in self.intents:  # noqa: SIM110  asked some fifty times of each message: a generator takes four times as long
            if found.name == intent:
                return True
        return False

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "language": self.language,
            "intents": [{"name": one.name, "score": round(one.score, 3)} for one in self.intents],
            "facts": [
                {
                    "kind": one.kind,
                    "value": one.value,
                    "polarity": one.polarity,
                    "item": one.item,
                    "person": one.person,
                    "date": one.date,
                    "confidence": round(one.confidence, 3),
                    "quote": one.quote,
                }
                for one in self.facts
            ],
            "feedback": [
                {
                    "kind": one.kind,
                    "aspect": one.aspect,
                    "polarity": one.polarity,
                    "severity": one.severity,
                    "score": one.score,
                    "quote": one.quote,
                }
                for one in self.feedback
            ],
            "dates": [
                {
                    "text": one.text,
                    "start": one.start.isoformat(),
                    "end": one.end.isoformat(),
                    "grain": one.grain,
                }
                for one in self.dates
            ],
            "items": [
                {"sku": one.sku, "name": one.name, "quantity": one.quantity, "options": list(one.options)}
                for one in self.items
            ],
            "order": [
                {"sku": one.sku, "name": one.name, "quantity": one.quantity, "options": list(one.options)}
                for one in self.order
            ],
            "reminders": [{"text": one.text, "at": one.at.isoformat() if one.at else None} for one in self.reminders],
            "faq": {"name": self.faq.name, "score": round(self.faq.score, 3)} if self.faq else None,
            "faq_close": list(self.faq_close),
            "out_of_scope": self.out_of_scope,
            "languages": list(self.languages),
            "allergens": list(self.allergens),
            "life_events": [{"what": one.what, "person": one.person} for one in self.life_events],
        }


def _by_position(one: Any) -> tuple[type, tuple[Any, ...]]:
    return type(one), tuple(getattr(one, name) for name in one.__slots__)


for _kind in (Intent, FoundFact, FoundFeedback, FoundDate, FoundItem, Portion, OrderChange, FoundReminder, LifeEvent,
              FaqMatch):  # fmt: skip
    copyreg.pickle(_kind, _by_position)  # half the time of what a dataclass does by itself


def _restore(changes: tuple[OrderChange, ...], *values: Any) -> Understanding:
    return Understanding(*(*values, lambda: changes))

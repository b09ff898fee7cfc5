"""A business to start from: catalogue, FAQ, customers and orders as files to import, and the sandbox's people.

Only the data and its reading; what is loaded when is decided by `bot.app`.
"""

import csv
import io
from datetime import date, datetime, timedelta, tzinfo
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import yaml
from babel.dates import format_date
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

NEWEST_ORDER_AGE = timedelta(days=2)

_DAY_AND_MONTH = {"en": "d MMMM", "zh": "M月d日"}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StatedFact(_Record):
    """Something a person has said of themselves; the names are those of the facts table."""

    said: str
    """May hold `{date}`: see `Person.words`."""
    days_ago: int
    kind: str
    value: str
    polarity: Literal["like", "dislike"] | None = None
    item: str | None = None
    """A sku of catalogue.csv."""
    person: str | None = None


class Rating(_Record):
    days_ago: int
    score: int = Field(ge=1, le=5)


class Reminder(_Record):
    said: str
    days_ago: int
    in_days: int
    about: str


class Expectation(_Record):
    """The follow-up that should come of all this, and what becomes of it."""

    rule: str
    in_days: int
    status: Literal["sent", "cancelled"]


class Person(_Record):
    """Someone you can be on the sandbox's page. Days are counted from the day of loading."""

    id: int
    first_name: str
    last_name: str | None = None
    language_code: Literal["en", "zh"]
    about: str
    role: Literal["customer", "owner"] = "customer"
    customer_id: str | None = None
    tier: Literal["new", "A", "B", "C"] | None = None
    started: int = 0
    consents: dict[Literal["service", "marketing", "profiling"], bool] = {}
    birthday_in: int | None = None
    how_was_it: Rating | None = None
    reminder: Reminder | None = None
    facts: tuple[StatedFact, ...] = ()
    expects: Expectation | None = None

    def birthday(self, today: date) -> date | None:
        """The next one, when the examples are loaded `today`."""
        return None if self.birthday_in is None else today + timedelta(days=self.birthday_in)

    def words(self, fact: StatedFact, today: date) -> str:
        """What they said, with the birthday in place of `{date}`."""
        day = self.birthday(today)
        if day is None:
            return fact.said
        return fact.said.replace("{date}", format_date(day, _DAY_AND_MONTH[self.language_code], self.language_code))


def example_path(name: str) -> Traversable:
    """`catalogue.csv`, `faq.csv`, `customers.csv`, `orders.csv` or `people.yaml`."""
    return files(__name__).joinpath(name)


def load_people() -> tuple[Person, ...]:
    """The customers, and last the owner."""
    data = yaml.safe_load(example_path("people.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Person, ...]).validate_python(data)


def shifted_orders(today: date, zone: tzinfo) -> str:
    """orders.csv, moved by whole days so that the newest order is two days old; wall times in `zone` stay."""
    rows = list(csv.DictReader(io.StringIO(example_path("orders.csv").read_text(encoding="utf-8"))))
    moments = [datetime.fromisoformat(row["ordered_at"]).replace(tzinfo=None) for row in rows]
    shift = today - NEWEST_ORDER_AGE - max(moments).date()
    for row, moment in zip(rows, moments, strict=True):
        row["ordered_at"] = (moment + shift).replace(tzinfo=zone).isoformat(timespec="minutes")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

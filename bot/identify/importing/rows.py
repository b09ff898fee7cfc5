"""Rows of cells → rows of values, by kind of file. What each says is judged here, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from bot.config import Settings
from bot.config.values import shown
from bot.identify.importing.bad_rows import BadRows
from bot.identify.importing.cells import (
    Refused,
    filled,
    read_birthday,
    read_count,
    read_currency,
    read_id,
    read_language,
    read_list,
    read_mail,
    read_margin,
    read_moments,
    read_money,
    require_phone,
)
from bot.identify.importing.columns import Columns
from bot.identify.importing.locale import Convention, Typed
from storage.models import TERMS, CustomerKind

CUSTOMERS = {
    "customer_id": True, "name": True, "phone": False, "email": False, "language": False, "city": False,
    "birthday": False, "source": False, "kind": False, "tags": False, "address": False, "postcode": False,
    "partner": False, "referred_by": False,
}  # fmt: skip
ORDERS: Columns = {
    "order_id": True, "customer_id": True, "ordered_at": True, "total": "line_total", "currency": False,
    "sku": False, "quantity": False, "price": False, "line_total": False, "options": False,
    **dict.fromkeys(TERMS, False),
}  # fmt: skip
CATALOGUE = {
    "sku": True, "name_en": True, "name_zh": True, "category": True, "price": True, "currency": True,
    "aliases": False, "options": False, "contains": False, "margin": False, "days_of_supply": False,
}  # fmt: skip
FAQ = {"name": True, "language": True, "question": True, "answer": True}
CONTACTS = {
    "customer_id": True, "at": True, "kind": False, "direction": False, "text": False, "channel": False,
    "touchpoint": False,
}  # fmt: skip
COLUMNS: dict[str, Columns] = {
    "customers": CUSTOMERS,
    "orders": ORDERS,
    "contacts": CONTACTS,
    "catalogue": CATALOGUE,
    "faq": FAQ,
}
"""By kind: our columns, and whether a file must have them."""
CUSTOMER_KINDS = tuple(kind.value for kind in CustomerKind)
CONTACT_KINDS = ("visit", "call", "email", "letter", "web", "chat", "note")
DIRECTIONS = ("in", "out")
LONGEST_TERM = 200
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class CustomerRow(NamedTuple):
    line: int
    customer_id: str
    name: str
    phone: str | None
    email: str | None
    language: str | None
    city: str | None
    birthday: str | None  # "MM-DD" or "YYYY-MM-DD"
    source: str | None
    kind: str | None
    tags: list[str] | None
    address: str | None  # street and number
    postcode: str | None
    partner: str | None  # the customer id of whose customer it is
    referred_by: str | None  # the customer id of who brought them


Sold = tuple[str, int, int | None, list[str]]
"""A line of an order: sku, quantity, price each in minor units, options. Plain, as a file has millions."""


@dataclass(slots=True)
class OrderRow:
    """One order with its lines; `line` is where it begins."""

    line: int
    order_id: str
    customer_id: str
    ordered_at: datetime
    total: int
    currency: str
    lines: list[Sold]
    terms: dict[str, str] | None = None
    """Those of `TERMS` that are known; None where the file has none of them."""


class CatalogueRow(NamedTuple):
    line: int
    sku: str
    name_en: str
    name_zh: str
    category: str
    price: int
    currency: str
    aliases: list[str]
    options: list[str]
    contains: list[str]
    margin: float | None
    days_of_supply: int | None


class FaqRow(NamedTuple):
    line: int
    name: str
    language: str
    question: str
    answer: str


class ContactRow(NamedTuple):
    line: int
    key: str  # of nothing else: each contact stands alone
    customer_id: str
    at: datetime
    direction: str
    kind: str
    text: str
    channel: str
    touchpoint: str | None


class Reader(Protocol):
    """What one kind of file means. `read` is given a row; `gather` all records of some keys, in the file's order."""

    key: str  # the column whose value brings records together

    def read(self, line: int, cells: Sequence[str]) -> Any:
        """A record, its line first and the key's value second. Raises Refused."""

    def gather(self, records: Sequence[Any], bad: BadRows) -> list[Any]:
        """Rows; those that contradict each other are added to `bad`."""


class Cells:
    """Cells by our names of their columns, without blanks around them."""

    def __init__(self, places: Mapping[str, int], convention: Convention | None) -> None:
        self._places = places
        self.convention = convention

    def text(self, cells: Sequence[str], name: str) -> str:
        place = self._places.get(name)
        return "" if place is None else cells[place].strip()

    def number(self, cells: Sequence[str], name: str) -> str:
        """With a decimal point, however the file writes it."""
        if self.convention is None:
            return self.text(cells, name)
        return self._converted(cells, name, self.convention.number)

    def moment(self, cells: Sequence[str], name: str) -> str:
        """ISO 8601, however the file writes it."""
        if self.convention is None:
            return self.text(cells, name)
        return self._converted(cells, name, self.convention.moment)

    def has(self, name: str) -> bool:
        return name in self._places

    def _converted(self, cells: Sequence[str], name: str, convert: Callable[[str, str], str]) -> str:
        place = self._places.get(name)
        if place is None:
            return ""
        text = cells[place]
        return text.strip() if isinstance(text, Typed) else convert(text.strip(), name)


class CustomerReader:
    key = "customer_id"

    def __init__(self, cells: Cells, settings: Settings, now: datetime) -> None:
        self._cells, self._settings, self._now = cells, settings, now

    def read(self, line: int, cells: Sequence[str]) -> CustomerRow:
        text = self._cells.text
        kind = text(cells, "kind").lower() or None
        customer_id = read_id(text(cells, "customer_id"), "customer_id")
        if kind is not None:
            one_of(kind, CUSTOMER_KINDS, "kind")
        birthday = text(cells, "birthday")
        if len(birthday) != len("05-03"):
            birthday = self._cells.moment(cells, "birthday").partition("T")[0]
        return CustomerRow(
            line, customer_id, filled(text(cells, "name"), "name")[:200],
            require_phone(text(cells, "phone"), self._settings), read_mail(text(cells, "email")),
            read_language(text(cells, "language")), text(cells, "city") or None, read_birthday(birthday, self._now),
            text(cells, "source") or None, kind,
            read_list(text(cells, "tags")) if self._cells.has("tags") else None,
            text(cells, "address")[:LONGEST_TERM] or None, text(cells, "postcode")[:LONGEST_TERM] or None,
            text(cells, "partner") or None,
            read_id(referrer, "referred_by") if (referrer := text(cells, "referred_by")) else None,
        )  # fmt: skip

    def gather(self, records: Sequence[CustomerRow], bad: BadRows) -> list[CustomerRow]:
        return _once(records, bad, "customer_id: the customer")


class OrderReader:
    key = "order_id"

    def __init__(self, cells: Cells, settings: Settings, now: datetime) -> None:
        self._cells = cells
        self._home = settings.business.currency
        self._latest = now + timedelta(days=1)
        self._moment = read_moments(settings)
        self._summed = not cells.has("total")
        self._terms = [name for name in TERMS if cells.has(name)]

    def read(self, line: int, cells: Sequence[str]) -> tuple[Any, ...]:
        """(line, order, customer, time, total, currency, what was sold or None, terms); of a file without totals, the line's."""
        text = self._cells.text
        order_id = read_id(text(cells, "order_id"), "order_id")
        customer_id = read_id(text(cells, "customer_id"), "customer_id")
        currency = read_currency(text(cells, "currency"), self._home)
        ordered_at = self._moment(self._cells.moment(cells, "ordered_at"), "ordered_at")
        if not EARLIEST <= ordered_at <= self._latest:
            when = "in the future" if ordered_at > self._latest else "before 1970"
            raise Refused(f"ordered_at: {ordered_at:%Y-%m-%d} lies {when}")
        column = "line_total" if self._summed else "total"
        total = read_money(self._cells.number(cells, column), currency, column)
        terms = None
        if self._terms:
            terms = {name: said[:LONGEST_TERM] for name in self._terms if (said := text(cells, name))} or None
        return line, order_id, customer_id, ordered_at, total, currency, self._sold(cells, currency), terms

    def _sold(self, cells: Sequence[str], currency: str) -> Sold | None:
        """None where the row names no item."""
        sku = self._cells.text(cells, "sku")
        quantity, price = self._cells.number(cells, "quantity"), self._cells.number(cells, "price")
        if not sku:
            if quantity or price:
                raise Refused("sku: is empty, though the row has a quantity or price")
            return None
        known = read_count(quantity, "quantity", lowest=-100_000)
        count = 1 if known is None else known
        each = read_money(price, currency, "price") if price else self._price(cells, currency, count)
        return read_id(sku, "sku"), count, each, read_list(self._cells.text(cells, "options"))

    def _price(self, cells: Sequence[str], currency: str, count: int) -> int | None:
        """Of one, where the line's total can be divided."""
        whole = self._cells.number(cells, "line_total")
        if not whole or not count:
            return None
        each, rest = divmod(read_money(whole, currency, "line_total"), count)
        return None if rest else each

    def gather(self, records: Sequence[tuple[Any, ...]], bad: BadRows) -> list[OrderRow]:
        """Orders with their lines. One that has a bad row is bad as a whole: half an order would be a wrong one."""
        orders: dict[str, OrderRow] = {}
        for record in records:
            line, order_id, customer_id, ordered_at, total, currency, sold, terms = record
            order = orders.get(order_id)
            if order is None:
                lines = [] if sold is None else [sold]
                orders[order_id] = OrderRow(line, order_id, customer_id, ordered_at, total, currency, lines, terms)
                continue
            if self._summed:
                order.total += total
            if (order.total != total and not self._summed) or order.ordered_at != ordered_at or order.customer_id != customer_id or (
                order.currency != currency
            ):  # fmt: skip
                reason = (
                    f"order_id: order {shown(order_id)} begins on line {order.line} with another customer, time, total "
                    "or currency; the lines of one order repeat them"
                )
                bad.add(line, reason, order_id)
            if sold is not None:
                order.lines.append(sold)
        if bad.spoilt and (spoilt := orders.keys() & bad.spoilt):
            bad.spread([(record[0], record[1]) for record in records if record[1] in spoilt], "order_id: order")
            for order_id in spoilt:
                del orders[order_id]
        return list(orders.values())


class ContactReader:
    key = "customer_id"

    def __init__(self, cells: Cells, settings: Settings, now: datetime) -> None:
        self._cells = cells
        self._latest = now + timedelta(days=1)
        self._moment = read_moments(settings)

    def read(self, line: int, cells: Sequence[str]) -> ContactRow:
        text = self._cells.text
        customer_id = read_id(text(cells, "customer_id"), "customer_id")
        at = self._moment(self._cells.moment(cells, "at"), "at")
        if not EARLIEST <= at <= self._latest:
            raise Refused(f"at: {at:%Y-%m-%d} lies {'in the future' if at > self._latest else 'before 1970'}")
        kind = one_of(text(cells, "kind").lower() or "note", CONTACT_KINDS, "kind")
        direction = one_of(text(cells, "direction").lower() or "in", DIRECTIONS, "direction")
        return ContactRow(
            line, customer_id, customer_id, at, "note" if kind == "note" else direction, kind, text(cells, "text"),
            text(cells, "channel")[:64], text(cells, "touchpoint") or None,
        )  # fmt: skip

    def gather(self, records: Sequence[ContactRow], bad: BadRows) -> list[ContactRow]:
        return list(records)


class CatalogueReader:
    key = "sku"

    def __init__(self, cells: Cells, settings: Settings, now: datetime) -> None:
        self._cells, self._home = cells, settings.business.currency

    def read(self, line: int, cells: Sequence[str]) -> CatalogueRow:
        text = self._cells.text
        sku = read_id(text(cells, "sku"), "sku")
        names = text(cells, "name_en"), text(cells, "name_zh")
        if not any(names):
            raise Refused("name_en: the item has a name in neither language")
        currency = read_currency(text(cells, "currency"), self._home)
        price = read_money(self._cells.number(cells, "price"), currency, "price")
        if price < 0:
            raise Refused("price: is less than nothing")
        return CatalogueRow(
            line, sku, names[0] or names[1], names[1] or names[0], text(cells, "category"), price, currency,
            read_list(text(cells, "aliases")), read_list(text(cells, "options")),
            [name.lower() for name in read_list(text(cells, "contains"))],
            read_margin(self._cells.number(cells, "margin")),
            read_count(self._cells.number(cells, "days_of_supply"), "days_of_supply"),
        )  # fmt: skip

    def gather(self, records: Sequence[CatalogueRow], bad: BadRows) -> list[CatalogueRow]:
        return _once(records, bad, "sku: the item")


class FaqReader:
    key = "name"

    def __init__(self, cells: Cells, settings: Settings, now: datetime) -> None:
        self._cells = cells

    def read(self, line: int, cells: Sequence[str]) -> FaqRow:
        text = self._cells.text
        name, question = read_id(text(cells, "name"), "name"), filled(text(cells, "question"), "question")
        language = read_language(filled(text(cells, "language"), "language")) or ""
        return FaqRow(line, name, language, question, text(cells, "answer"))

    def gather(self, records: Sequence[FaqRow], bad: BadRows) -> list[FaqRow]:
        """An answer stands on any row of its name and language; it is the same wherever it stands."""
        answered: dict[tuple[str, str], FaqRow] = {}
        for row in records:
            if row.answer and (known := answered.setdefault((row.name, row.language), row)).answer != row.answer:
                reason = f"answer: {shown(row.name)} has another answer in {row.language} on line {known.line}"
                bad.add(row.line, reason, row.name)
        silent = {row.name: row.line for row in reversed(records)}
        for name, _ in answered:
            silent.pop(name, None)
        for name, line in silent.items():
            bad.add(line, f"answer: {shown(name)}: no row of this name has an answer", name)
        bad.spread([(row.line, row.name) for row in records if row.name in bad.spoilt], "name:")
        return [row for row in records if row.name not in bad.spoilt]


READERS: dict[str, Callable[[Cells, Settings, datetime], Reader]] = {
    "customers": CustomerReader, "orders": OrderReader, "contacts": ContactReader, "catalogue": CatalogueReader, "faq": FaqReader,
}  # fmt: skip


def one_of(text: str, accepted: Sequence[str], column: str) -> str:
    if text not in accepted:
        raise Refused(f"{column}: {shown(text)}; accepted: {', '.join(accepted)}")
    return text


def _once(records: Sequence[Any], bad: BadRows, what: str) -> list[Any]:
    """The first record of each key."""
    first: dict[str, Any] = {}
    for record in records:
        if (before := first.setdefault(record[1], record)) is not record:
            bad.add(record.line, f"{what} {shown(record[1])} is on line {before.line} already")
    return list(first.values())

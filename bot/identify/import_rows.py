"""Rows of cells → rows of values, by kind of file; every bad row is a problem with its line and reason. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from bot.config import Settings
from bot.config.values import shown
from bot.errors import InputError, InputProblem
from bot.identify.import_cells import (
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
from bot.identify.import_table import MOST_PROBLEMS, Table, read_table

CUSTOMERS = {
    "customer_id": True, "name": True, "phone": False, "email": False, "language": False, "city": False,
    "birthday": False, "source": False, "kind": False, "tags": False,
}  # fmt: skip
ORDERS = {
    "order_id": True, "customer_id": True, "ordered_at": True, "total": True, "currency": False,
    "sku": False, "quantity": False, "price": False, "options": False,
}  # fmt: skip
CATALOGUE = {
    "sku": True, "name_en": True, "name_zh": True, "category": True, "price": True, "currency": True,
    "aliases": False, "options": False, "contains": False, "margin": False, "days_of_supply": False,
}  # fmt: skip
FAQ = {"name": True, "language": True, "question": True, "answer": True}
CUSTOMER_KINDS = ("person", "firm", "partner")
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")


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


class LineRow(NamedTuple):
    sku: str
    quantity: int
    price: int | None
    options: list[str]


@dataclass(slots=True)
class OrderRow:
    """One order with its lines; `line` is where it begins."""

    line: int
    order_id: str
    customer_id: str
    ordered_at: datetime
    total: int
    currency: str
    lines: list[LineRow]


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


def read_customers(path: Path, settings: Settings, now: datetime) -> list[CustomerRow]:
    """Raises InputError with every bad row."""
    return customer_rows(read_table(path, CUSTOMERS), settings, now)


def read_orders(path: Path, settings: Settings, now: datetime) -> list[OrderRow]:
    """Orders in the order of their first line. Raises InputError with every bad row."""
    return order_rows(read_table(path, ORDERS), settings, now)


def read_catalogue(path: Path, settings: Settings) -> list[CatalogueRow]:
    """Raises InputError with every bad row."""
    return catalogue_rows(read_table(path, CATALOGUE), settings)


def read_faq(path: Path) -> list[FaqRow]:
    """Raises InputError with every bad row, and for a name that has no answer on any of its rows."""
    return faq_rows(read_table(path, FAQ))


def customer_rows(table: Table, settings: Settings, now: datetime) -> list[CustomerRow]:
    """What `read_customers` does, for a table at hand."""
    cell = _cells(table)
    first: dict[str, int] = {}

    def read(line: int, cells: list[str]) -> CustomerRow:
        customer_id = read_id(cell(cells, "customer_id"), "customer_id")
        _once(first, customer_id, line, "the customer")
        kind = cell(cells, "kind").lower() or None
        if kind is not None and kind not in CUSTOMER_KINDS:
            raise Refused(f"kind: {shown(kind)}; accepted: {', '.join(CUSTOMER_KINDS)}")
        return CustomerRow(
            line, customer_id, filled(cell(cells, "name"), "name")[:200],
            require_phone(cell(cells, "phone"), settings), read_mail(cell(cells, "email")), read_language(cell(cells, "language")),
            cell(cells, "city") or None, read_birthday(cell(cells, "birthday"), now), cell(cells, "source") or None,
            kind, read_list(cell(cells, "tags")) if "tags" in table.places else None,
        )  # fmt: skip

    return _read_all(table, read)


def order_rows(table: Table, settings: Settings, now: datetime) -> list[OrderRow]:
    """What `read_orders` does, for a table at hand."""
    cell = _cells(table)
    home = settings.business.currency
    latest = now + timedelta(days=1)
    orders: dict[str, OrderRow] = {}
    moment = read_moments(settings)

    def read(line: int, cells: list[str]) -> None:
        order_id = read_id(cell(cells, "order_id"), "order_id")
        customer_id = read_id(cell(cells, "customer_id"), "customer_id")
        currency = read_currency(cell(cells, "currency"), home)
        ordered_at = moment(cell(cells, "ordered_at"), "ordered_at")
        if not EARLIEST <= ordered_at <= latest:
            raise Refused(
                f"ordered_at: {ordered_at:%Y-%m-%d} lies {'in the future' if ordered_at > latest else 'before 1970'}"
            )
        total = read_money(cell(cells, "total"), currency, "total")
        sold = _line(cell, cells, currency)
        order = orders.get(order_id)
        if order is None:
            order = orders[order_id] = OrderRow(line, order_id, customer_id, ordered_at, total, currency, [])
        elif (order.customer_id, order.ordered_at, order.total, order.currency) != (
            customer_id,
            ordered_at,
            total,
            currency,
        ):
            raise Refused(
                f"order_id: order {shown(order_id)} begins on line {order.line} with another customer, time, total or currency; "
                "the lines of one order repeat them"
            )
        if sold is not None:
            order.lines.append(sold)

    _read_all(table, read)
    return list(orders.values())


def catalogue_rows(table: Table, settings: Settings) -> list[CatalogueRow]:
    """What `read_catalogue` does, for a table at hand."""
    cell = _cells(table)
    first: dict[str, int] = {}

    def read(line: int, cells: list[str]) -> CatalogueRow:
        sku = read_id(cell(cells, "sku"), "sku")
        _once(first, sku, line, "the item")
        names = cell(cells, "name_en"), cell(cells, "name_zh")
        if not any(names):
            raise Refused("name_en: the item has a name in neither language")
        currency = read_currency(cell(cells, "currency"), settings.business.currency)
        price = read_money(cell(cells, "price"), currency, "price")
        if price < 0:
            raise Refused("price: is less than nothing")
        return CatalogueRow(
            line, sku, names[0] or names[1], names[1] or names[0], cell(cells, "category"), price, currency,
            read_list(cell(cells, "aliases")), read_list(cell(cells, "options")),
            [name.lower() for name in read_list(cell(cells, "contains"))],
            read_margin(cell(cells, "margin")), read_count(cell(cells, "days_of_supply"), "days_of_supply"),
        )  # fmt: skip

    return _read_all(table, read)


def faq_rows(table: Table) -> list[FaqRow]:
    """What `read_faq` does, for a table at hand."""
    cell = _cells(table)
    answered: dict[tuple[str, str], tuple[str, int]] = {}
    begins: dict[str, int] = {}

    def read(line: int, cells: list[str]) -> FaqRow:
        name, question = read_id(cell(cells, "name"), "name"), filled(cell(cells, "question"), "question")
        language = read_language(filled(cell(cells, "language"), "language")) or ""
        begins.setdefault(name, line)
        if answer := cell(cells, "answer"):
            known, at = answered.setdefault((name, language), (answer, line))
            if known != answer:
                raise Refused(f"answer: {shown(name)} has another answer in {language} on line {at}")
        return FaqRow(line, name, language, question, answer)

    rows = _read_all(table, read)
    silent = set(begins) - {name for name, _ in answered}
    if silent:
        reason = "no row of this name has an answer"
        lines = sorted((begins[name], name) for name in silent)
        raise InputError(table.source, [InputProblem(line, f"answer: {shown(name)}: {reason}") for line, name in lines])
    return rows


# -- rows ------------------------------------------------------------------------------------------------------


def _read_all(table: Table, read: Callable[[int, list[str]], T]) -> list[T]:
    problems = list(table.problems)
    rows: list[T] = []
    for line, cells in table.rows:
        try:
            rows.append(read(line, cells))
        except Refused as refused:
            problems.append(InputProblem(line, str(refused)))
    if problems:
        problems.sort(key=lambda problem: problem.line or 0)
        if (left := len(problems) - MOST_PROBLEMS) > 0:
            problems[MOST_PROBLEMS:] = [InputProblem(None, f"and {left:,} more rows are bad")]
        raise InputError(table.source, problems)
    return rows


def _cells(table: Table) -> Callable[[list[str], str], str]:
    places = table.places

    def cell(cells: list[str], name: str) -> str:
        place = places.get(name)
        return "" if place is None else cells[place].strip()

    return cell


def _once(first: dict[str, int], key: str, line: int, what: str) -> None:
    if (before := first.setdefault(key, line)) != line:
        raise Refused(f"{what} {shown(key)} is on line {before} already")


def _line(cell: Callable[[list[str], str], str], cells: list[str], currency: str) -> LineRow | None:
    """What was sold on this row; None where it names no item."""
    sku = cell(cells, "sku")
    quantity, price = cell(cells, "quantity"), cell(cells, "price")
    if not sku:
        if quantity or price:
            raise Refused("sku: is empty, though the row has a quantity or price")
        return None
    count = read_count(quantity, "quantity", lowest=-100_000)
    return LineRow(
        read_id(sku, "sku"),
        1 if count is None else count,
        read_money(price, currency, "price") if price else None,
        read_list(cell(cells, "options")),
    )

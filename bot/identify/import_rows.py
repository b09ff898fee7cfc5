"""Cells → rows of values, by kind of file; every bad cell is a problem with its line and reason. Nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import phonenumbers
from babel.core import get_global
from babel.numbers import get_currency_precision, list_currencies

from bot.clock import at_local
from bot.config import Settings
from bot.config.values import LANGUAGES, nearest, shown
from bot.errors import InputError, InputProblem
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
LONGEST_ID = 64
SHORTEST_PHONE = 6  # digits
LARGEST = 10**15  # minor units; what a double still holds exactly
_AMOUNT = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")

T = TypeVar("T")


class Refused(Exception):
    """One cell that cannot be read; its text is the reason."""


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
        customer_id = _id(cell(cells, "customer_id"), "customer_id")
        _once(first, customer_id, line, "the customer")
        kind = cell(cells, "kind").lower() or None
        if kind is not None and kind not in CUSTOMER_KINDS:
            raise Refused(f"kind: {shown(kind)}; accepted: {', '.join(CUSTOMER_KINDS)}")
        return CustomerRow(
            line, customer_id, _filled(cell(cells, "name"), "name")[:200],
            _phone(cell(cells, "phone"), settings), _mail(cell(cells, "email")), _language(cell(cells, "language")),
            cell(cells, "city") or None, _birthday(cell(cells, "birthday"), now), cell(cells, "source") or None,
            kind, _list(cell(cells, "tags")) if "tags" in table.places else None,
        )  # fmt: skip

    return _read_all(table, read)


def order_rows(table: Table, settings: Settings, now: datetime) -> list[OrderRow]:
    """What `read_orders` does, for a table at hand."""
    cell = _cells(table)
    home = settings.business.currency
    latest = now + timedelta(days=1)
    orders: dict[str, OrderRow] = {}
    moment = _moments(settings)

    def read(line: int, cells: list[str]) -> None:
        order_id = _id(cell(cells, "order_id"), "order_id")
        customer_id = _id(cell(cells, "customer_id"), "customer_id")
        currency = _currency(cell(cells, "currency"), home)
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
        sku = _id(cell(cells, "sku"), "sku")
        _once(first, sku, line, "the item")
        names = cell(cells, "name_en"), cell(cells, "name_zh")
        if not any(names):
            raise Refused("name_en: the item has a name in neither language")
        currency = _currency(cell(cells, "currency"), settings.business.currency)
        price = read_money(cell(cells, "price"), currency, "price")
        if price < 0:
            raise Refused("price: is less than nothing")
        return CatalogueRow(
            line, sku, names[0] or names[1], names[1] or names[0], cell(cells, "category"), price, currency,
            _list(cell(cells, "aliases")), _list(cell(cells, "options")),
            [name.lower() for name in _list(cell(cells, "contains"))],
            _margin(cell(cells, "margin")), _count(cell(cells, "days_of_supply"), "days_of_supply"),
        )  # fmt: skip

    return _read_all(table, read)


def faq_rows(table: Table) -> list[FaqRow]:
    """What `read_faq` does, for a table at hand."""
    cell = _cells(table)
    answered: dict[tuple[str, str], tuple[str, int]] = {}
    begins: dict[str, int] = {}

    def read(line: int, cells: list[str]) -> FaqRow:
        name, question = _id(cell(cells, "name"), "name"), _filled(cell(cells, "question"), "question")
        language = _language(_filled(cell(cells, "language"), "language")) or ""
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
    count = _count(quantity, "quantity", lowest=-100_000)
    return LineRow(
        _id(sku, "sku"),
        1 if count is None else count,
        read_money(price, currency, "price") if price else None,
        _list(cell(cells, "options")),
    )


# -- cells -----------------------------------------------------------------------------------------------------


def _filled(text: str, column: str) -> str:
    if not text:
        raise Refused(f"{column}: is empty")
    return text


def _id(text: str, column: str) -> str:
    # Printable and without a space is without any blank: the others are not printable. Faster than a pattern.
    if not 0 < len(_filled(text, column)) <= LONGEST_ID or " " in text or not text.isprintable():
        raise Refused(f"{column}: {shown(text)} cannot be an id; accepted: up to 64 characters without a space")
    return text


@lru_cache(maxsize=4096)
def _list(text: str) -> list[str]:
    """Shared by all rows with this text: not to be changed."""
    return [part for part in (part.strip() for part in text.split("|")) if part] if text else []


def _count(text: str, column: str, lowest: int = 0) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,6}", text, re.ASCII) or int(text) < lowest:
        raise Refused(f"{column}: {shown(text)} is not a count; accepted: a whole number")
    return int(text)


def _margin(text: str) -> float | None:
    """A share of the price."""
    if not text:
        return None
    try:
        share = Decimal(text)
    except InvalidOperation:
        raise Refused(f"margin: {shown(text)} is not a share; accepted: a number such as 0.65") from None
    if not Decimal(-1) <= share <= Decimal(1):
        raise Refused(f"margin: {shown(text)} is not a share; accepted: -1 to 1, such as 0.65")
    return float(share)


@lru_cache(maxsize=16_384)  # prices repeat
def read_money(text: str, currency: str, column: str) -> int:
    """Minor units; a refund is negative. Raises Refused."""
    if not _AMOUNT.fullmatch(_filled(text, column)):
        hint = "; write the decimals after a point" if "," in text else ""
        raise Refused(f"{column}: {shown(text)} is not an amount; accepted: a number such as 12.50{hint}")
    scale = _scale(currency)
    whole, _, part = text.partition(".")
    rest = part[scale:]
    if rest.strip("0"):
        raise Refused(f"{column}: {shown(text)} has more decimals than {currency} ({scale})")
    minor = int(whole + part[:scale].ljust(scale, "0"))
    if abs(minor) > LARGEST:
        raise Refused(f"{column}: {shown(text)} is too large")
    return minor


@lru_cache
def _scale(currency: str) -> int:
    return get_currency_precision(currency)


@lru_cache
def _currency(text: str, home: str) -> str:
    if not text:
        return home
    if (code := text.upper()) not in list_currencies():
        near = nearest(code, list_currencies())
        hint = f"; did you mean {near}?" if near else ""
        raise Refused(f"currency: {shown(text)} is not an ISO 4217 code, such as EUR{hint}")
    return code


def _moments(settings: Settings) -> Callable[[str, str], datetime]:
    """A reader of ISO 8601 times; one without an offset is local to the business."""
    zone = settings.business.time_zone

    @lru_cache(maxsize=1024)  # the lines of an order repeat its time
    def moment(text: str, column: str) -> datetime:
        try:
            value = datetime.fromisoformat(_filled(text, column))
        except ValueError:
            raise Refused(
                f"{column}: {shown(text)} is not a time; accepted: 2026-05-03, 2026-05-03T14:30, …+02:00"
            ) from None
        try:
            if value.tzinfo is None:
                return at_local(value.date(), value.time(), zone)
            return value.astimezone(UTC)
        except OverflowError:
            raise Refused(f"{column}: {shown(text)} is out of range") from None

    return moment


def _birthday(text: str, now: datetime) -> str | None:
    if not text:
        return None
    try:
        if re.fullmatch(r"\d\d-\d\d", text, re.ASCII):
            date.fromisoformat(f"2000-{text}")  # a leap year: 29 February is a birthday
            return text
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"birthday: {shown(text)} is not a day; accepted: 1990-05-03 or 05-03") from None
    if not day.year >= 1880 or day > now.date():
        raise Refused(f"birthday: {shown(text)} is nobody's; accepted: a day in the past")
    return day.isoformat()


def _language(text: str) -> str | None:
    if not text:
        return None
    code = text.replace("_", "-").partition("-")[0].lower()
    if not re.fullmatch("[a-z]{2}", code):
        raise Refused(f"language: {shown(text)} is not a language code; accepted: such as {', '.join(LANGUAGES)}")
    return code


def _mail(text: str) -> str | None:
    if text and (len(text) > 254 or not _MAIL.fullmatch(text)):
        raise Refused(f"email: {shown(text)} is not an address; accepted: such as mia@example.org")
    return text.lower() or None


def _phone(text: str, settings: Settings) -> str | None:
    if not text:
        return None
    number = read_phone(text, settings)
    if number is None:
        raise Refused(f"phone: {shown(text)} is not a phone number; accepted: such as +49 30 901820")
    return number


def read_phone(text: str, settings: Settings) -> str | None:
    """E.164; a number without a country's code is read as one of the business's country. None: not a number."""
    try:
        number = phonenumbers.parse(text[:64], guess_country(str(settings.business.time_zone)))
    except phonenumbers.NumberParseException:
        return None
    # Possible and not valid: ranges are opened faster than their list is renewed. Short ones are an extension.
    if not phonenumbers.is_possible_number(number) or len(str(number.national_number)) < SHORTEST_PHONE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache
def guess_country(zone: str) -> str | None:
    """The country a time zone lies in (Europe/Berlin: DE), for numbers written without one."""
    territory = get_global("zone_territories").get(zone)
    return territory if territory and territory != "001" else None

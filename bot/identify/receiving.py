"""What tills and web shops send over HTTP: the same records as files have, checked and applied by the same code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.clock import local_day
from bot.config import Settings
from bot.identify.importing.bad_rows import BadRows
from bot.identify.importing.cells import BY_WEIGHT, Refused, read_moments
from bot.identify.importing.checking import check_table
from bot.identify.importing.customers import apply_customers
from bot.identify.importing.options import ImportOptions
from bot.identify.importing.orders import apply_orders
from bot.identify.importing.report import ImportReport
from bot.identify.importing.rows import COLUMNS, EARLIEST
from bot.identify.importing.table import Record, make_table
from bot.identify.matching import find_exactly
from storage import contacts, imports, provenance
from storage.database import Memory

MOST = 1_000  # records in one request: a transaction
MOST_DIGITS = 40
EVENT_KINDS = ("visit", "call", "email", "web", "note")

Text = Annotated[str, Field(max_length=4_096)]
Id = Annotated[str, Field(min_length=1, max_length=64)]
PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"  # of files and orders the table is checked for it
Plain = Annotated[str, Field(max_length=4_096, pattern=PRINTABLE)]
Amount = Annotated[Decimal, Field(allow_inf_nan=False)]


def _whole(quantity: object) -> object:
    if isinstance(quantity, float) and not quantity.is_integer():
        raise ValueError(BY_WEIGHT)
    return quantity


class Received(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class ReceivedLine(Received):
    sku: Id
    quantity: Annotated[int, BeforeValidator(_whole)] = 1
    price: Amount | None = Field(None, description="Of one, in the order's currency.")
    options: list[Annotated[str, Field(max_length=64, pattern=r"^[^|]*$")]] = Field(default_factory=list, max_length=50)


class ReceivedOrder(Received):
    order_id: Id = Field(description="Yours. Sent again it corrects the order, and changes nothing if it is the same.")
    customer_id: Id = Field(description="Yours. Somebody nobody has heard of becomes known by it.")
    ordered_at: Text = Field(description="ISO 8601; without an offset in the business's time zone.")
    total: Amount = Field(description="What was paid; a refund is negative.")
    currency: Text = ""
    store: Text = ""
    seller: Text = ""
    channel: Text = Field("", description="Such as counter, web shop, phone.")
    postcode: Text = ""
    payment: Text = ""
    delivery: Text = Field("", description="How it is brought; empty where it is taken along.")
    lines: list[ReceivedLine] = Field(default_factory=list, max_length=500)


class ReceivedCustomer(Received):
    customer_id: Id
    name: Text
    phone: Text = ""
    email: Text = ""
    language: Text = ""
    city: Text = ""
    birthday: Text = Field("", description="1990-05-03 or 05-03")
    source: Text = ""
    kind: Text = Field("", description="person, firm or partner")
    partner: Plain = Field("", description="The customer_id of the partner whose customer this is.")
    referred_by: Text = Field("", description="The customer_id of who brought them.")
    tags: list[Annotated[str, Field(max_length=64, pattern=r"^[^|]*$")]] = Field(default_factory=list, max_length=50)
    address: Text = Field("", description="Street and number.")
    postcode: Text = ""


class ReceivedEvent(Received):
    """A contact on another touchpoint than Telegram."""

    event_id: Id = Field(pattern=PRINTABLE, description="Yours; one that was received is not logged again.")
    customer: Plain = Field(description="Our id, telegram:123, a phone number, e-mail, or id of the order system.")
    kind: Text = Field(description=", ".join(EVENT_KINDS))
    at: Text = Field(description="ISO 8601; without an offset in the business's time zone.")
    text: Plain = ""
    touchpoint: Plain = Field("", description="Such as counter, web shop, hotline.")


def receive_orders(
    memory: Memory, orders: Sequence[ReceivedOrder], settings: Settings, now: datetime, *, skip_bad: bool
) -> tuple[ImportReport, BadRows, list[int]]:
    """What became of them, which were bad, and whose they are. Raises InputError where a bad one is not to be skipped.

    Lines of problems are places in the request, from 0.
    """
    report, bad = _receive(memory, "orders", [_order_rows(order) for order in orders], settings, now, skip_bad=skip_bad)
    buyers = imports.find_customers(memory, "order_system", list({order.customer_id for order in orders}))
    return report, bad, sorted(set(buyers.values()))


def receive_customers(
    memory: Memory, people: Sequence[ReceivedCustomer], settings: Settings, now: datetime, *, skip_bad: bool
) -> tuple[ImportReport, BadRows]:
    rows = [[[_cell(getattr(one, name)) for name in COLUMNS["customers"]]] for one in people]
    return _receive(memory, "customers", rows, settings, now, skip_bad=skip_bad)


def _receive(
    memory: Memory, kind: str, rows: Sequence[Sequence[list[str]]], settings: Settings, now: datetime, *,
    skip_bad: bool,
) -> tuple[ImportReport, BadRows]:  # fmt: skip
    """`rows`: of each record one or more."""

    def records() -> Iterator[Record]:
        yield -1, list(COLUMNS[kind])
        for place, some in enumerate(rows):
            for cells in some:
                yield place, cells

    options = ImportOptions(skip_bad=skip_bad)
    table = make_table(kind, "JSON", 0, records, COLUMNS[kind], None, options)
    apply = apply_orders if kind == "orders" else apply_customers
    with closing(check_table(kind, table, settings, now, options)) as checked:
        report = ImportReport(kind, _find_day(memory, kind, settings, now), rows=len(rows))
        for part in checked.parts():
            apply(memory, part, report, settings, now)
        report.rows -= len(checked.bad.reasons)
        return report, checked.bad


def _find_day(memory: Memory, kind: str, settings: Settings, now: datetime) -> int:
    """All that comes on one day is one import: it is listed, and can be undone, as a file is."""
    source = f"api {local_day(now, settings.business.time_zone)}"
    found = provenance.find_open(memory, kind, source)
    begin = partial(provenance.begin, memory, kind=kind, source=source, basis="own", staff_id=None, now=now)
    return begin() if found is None else found


def _order_rows(order: ReceivedOrder) -> list[list[str]]:
    head = order.model_dump(exclude={"lines"})
    rows = [head | line.model_dump() for line in order.lines] or [head]
    return [[_cell(row.get(name)) for name in COLUMNS["orders"]] for row in rows]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, Decimal):  # 1E+999999999 would be a gigabyte of digits; as it stands it is no amount
        return f"{value:f}" if abs(value.adjusted()) < MOST_DIGITS else str(value)
    return "" if value is None else str(value)


def receive_event(memory: Memory, event: ReceivedEvent, settings: Settings, now: datetime) -> None:
    """Log the contact. Raises Refused."""
    if event.kind not in EVENT_KINDS:
        raise Refused(f"kind: {event.kind!r}; accepted: {', '.join(EVENT_KINDS)}")
    at = read_moments(settings)(event.at, "at")
    if not EARLIEST <= at <= now + timedelta(days=1):
        raise Refused(f"at: lies {'before 1970' if at < EARLIEST else 'in the future'}")
    customer = find_exactly(memory, event.customer, settings)
    if customer is None:
        raise Refused("customer: nobody is known by that; POST /api/customers first")
    direction = "note" if event.kind == "note" else "in"
    contacts.add(
        memory, customer_id=customer.id, direction=direction, kind=event.kind, at=at, text=event.text, channel="api",
        touchpoint=event.touchpoint or None,
    )  # fmt: skip
    if direction == "in":
        imports.touch_customers(memory, {customer.id: at})

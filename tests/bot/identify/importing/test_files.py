"""Importing on SQLite and PostgreSQL: what is written, what a second run does, what a bad file leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.config import load_settings
from bot.errors import InputError
from bot.identify.importing import aside, files
from bot.identify.importing.files import import_file
from bot.identify.importing.locale import read_convention
from bot.identify.importing.options import ImportOptions
from bot.identify.importing.report import ImportReport
from bot.identify.importing.undo import undo_import
from bot.identify.matching import find_customer
from storage import catalogue, customers, meta, provenance
from storage.database import Database
from storage.models import Contact, Customer, Event, Fact, FaqEntry, Identity, Order, OrderLine

SETTINGS = load_settings(Path(__file__).parents[4] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PEOPLE = """customer_id,name,phone,email,language,city,birthday,source,kind,tags
c1,Anna Keller,0171 3920001,Anna@Example.org,en,Berlin,1990-05-03,poster,person,regular|oat milk
c2,李伟,+49 171 3920002,,zh,,05-04,,,
"""
SOLD = """order_id,customer_id,ordered_at,total,currency,sku,quantity,price,options
o1,c1,2026-02-28T10:00,8.50,EUR,latte,2,3.40,oat milk|large
o1,c1,2026-02-28T10:00,8.50,EUR,bun,1,1.70,
o2,c2,2026-02-27T09:00:00+01:00,-3.00,,,,,
o3,c9,2020-01-01,12,EUR,beans,1,,
"""


def _import(
    database: Database, folder: Path, kind: str, text: str, encoding: str = "utf-8", **options: Any
) -> ImportReport:
    file = folder / f"{kind}.csv"
    file.write_text(text, encoding=encoding)
    return import_file(database, kind, file, SETTINGS, NOW, options=ImportOptions(**options))


def test_customers_become_profiles(database: Database, tmp_path: Path) -> None:
    report = _import(database, tmp_path, "customers", PEOPLE)
    assert (report.rows, report.added, report.changed, report.unchanged) == (2, 2, 0, 0)
    anna = database.read_now(lambda memory: find_customer(memory, "c1", SETTINGS))
    assert (anna.name, anna.city, anna.lead_source, anna.tags) == (
        "Anna Keller", "Berlin", "poster", ["regular", "oat milk"],
    )  # fmt: skip
    found = database.read_now(lambda memory: find_customer(memory, "+491713920001", SETTINGS))
    assert found.id == anna.id
    identities = database.read_now(lambda memory: [
        (one.kind, one.value) for one in customers.list_identities(memory, anna.id)])  # fmt: skip
    assert identities == [("order_system", "c1"), ("phone", "+491713920001"), ("email", "anna@example.org")]
    dates = database.read_now(lambda memory: [
        (fact.value, fact.date, fact.stated_by) for fact in memory.scalars(select(Fact).order_by(Fact.id))])  # fmt: skip
    assert dates == [("birthday", "1990-05-03", "import"), ("birthday", "05-04", "import")]


def test_customers_again_change_nothing(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "customers", PEOPLE)
    again = _import(database, tmp_path, "customers", PEOPLE)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    changed = _import(database, tmp_path, "customers", PEOPLE.replace("Berlin", "Potsdam").replace("05-04", "05-06"))
    assert (changed.added, changed.changed, changed.unchanged) == (0, 2, 0)
    old, new = database.read_now(lambda memory: list(memory.scalars(
        select(Fact).where(Fact.customer_id == 2).order_by(Fact.id))))  # fmt: skip
    assert (old.superseded_by, new.date) == (new.id, "05-06")


def test_a_known_phone_is_the_same_person(database: Database, tmp_path: Path) -> None:
    def chat(memory):  # type: ignore[no-untyped-def]
        anna = customers.add(memory, name="Ann", language="zh", now=NOW)
        customers.link(memory, anna.id, "telegram", "501", NOW)
        customers.link(memory, anna.id, "phone", "+491713920001", NOW)
        return anna.id

    known = database.write_now(chat)
    report = _import(database, tmp_path, "customers", PEOPLE)
    assert (report.added, report.changed) == (1, 1)
    anna = database.read_now(lambda memory: find_customer(memory, "c1", SETTINGS))
    assert (anna.id, anna.name, anna.language) == (known, "Ann", "zh")  # what the chat knows of a name stays


def test_a_phone_of_two_people_stays_with_the_first(database: Database, tmp_path: Path) -> None:
    text = "customer_id,name,phone\nc1,Anna,+491713920001\nc2,Ben,+491713920001\n"
    report = _import(database, tmp_path, "customers", text)
    assert report.added == 2
    assert [(note.line, note.reason.partition(";")[0]) for note in report.notes] == [
        (3, "phone: +491713920001 is that of customer #1 already")
    ]


def test_orders_keep_their_lines(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "customers", PEOPLE)
    report = _import(database, tmp_path, "orders", SOLD)
    assert (report.rows, report.added, report.customers) == (4, 3, 1)
    orders = database.read_now(lambda memory: {
        order.external_id: (order.ordered_at, order.total, order.currency,
                            [(line.sku, line.quantity, line.price, line.options) for line in order.lines])
        for order in memory.scalars(select(Order))})  # fmt: skip
    assert orders == {
        "o1": (datetime(2026, 2, 28, 9, tzinfo=UTC), 850, "EUR",
               [("latte", 2, 340, ["oat milk", "large"]), ("bun", 1, 170, [])]),
        "o2": (datetime(2026, 2, 27, 8, tzinfo=UTC), -300, "EUR", []),
        "o3": (datetime(2019, 12, 31, 23, tzinfo=UTC), 1200, "EUR", [("beans", 1, None, [])]),
    }  # fmt: skip
    stranger = database.read_now(lambda memory: find_customer(memory, "c9", SETTINGS))
    assert (stranger.name, stranger.last_contact_at) == ("c9", datetime(2019, 12, 31, 23, tzinfo=UTC))


def test_orders_again_are_skipped_and_corrected(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "orders", SOLD)
    again = _import(database, tmp_path, "orders", SOLD)
    assert (again.added, again.changed, again.unchanged, again.customers) == (0, 0, 3, 0)
    corrected = _import(
        database, tmp_path, "orders", SOLD.replace("bun,1,1.70", "bun,2,1.70").replace("-3.00", "-4.00")
    )
    assert (corrected.added, corrected.changed, corrected.unchanged) == (0, 2, 1)
    lines = database.read_now(lambda memory: list(memory.scalars(select(OrderLine).order_by(OrderLine.sku))))
    assert [(line.sku, line.quantity) for line in lines] == [("beans", 1), ("bun", 2), ("latte", 2)]


def test_only_recent_orders_of_people_in_telegram_are_events(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "customers", PEOPLE)
    database.write_now(lambda memory: customers.link(memory, 1, "telegram", "501", NOW))
    old = SOLD.replace("o3,c9", "o3,c1")
    _import(database, tmp_path, "orders", old)
    events = database.read_now(lambda memory: [
        (event.customer_id, event.kind, event.reference)
        for event in memory.scalars(select(Event).where(Event.kind == "order"))])  # fmt: skip
    bought = database.read_now(lambda memory: memory.scalar(select(Order.id).where(Order.external_id == "o1")))
    assert events == [(1, "order", str(bought))]


def test_a_cut_import_is_finished_by_running_it_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BATCH", 10)
    rows = "".join(f"o{n},c{n % 7},2026-02-01T10:{n % 60:02},1.00\n" for n in range(35))
    file = tmp_path / "orders.csv"
    file.write_text("order_id,customer_id,ordered_at,total\n" + rows)

    def cut(done: int, total: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(database, "orders", file, SETTINGS, NOW, cut)
    assert _count(database, Order) == 20
    steps: list[tuple[int, int]] = []
    report = import_file(database, "orders", file, SETTINGS, NOW, lambda done, total: steps.append((done, total)))
    assert (report.added, report.unchanged, _count(database, Order)) == (15, 20, 35)
    assert steps == [(10, 35), (20, 35), (30, 35), (35, 35)]


def test_a_bad_row_writes_nothing(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        _import(database, tmp_path, "orders", SOLD + "o4,c1,soon,1.00,EUR,,,,\n")
    assert (_count(database, Order), _count(database, Identity)) == (0, 0)


def test_catalogue_and_faq_reach_a_running_bot(database: Database, tmp_path: Path) -> None:
    text = (
        "sku,name_en,name_zh,category,price,currency,aliases,options,contains,margin,days_of_supply\n"
        "latte,Latte,拿铁,coffee,3.40,EUR,caffe latte|milk coffee,oat milk,Milk|gluten,0.7,\n"
    )
    asked = "name,language,question,answer\nhours,en,When are you open?,Eight to six\nhours,en,Opening hours?,\n"
    assert _import(database, tmp_path, "catalogue", text).added == 1
    assert _import(database, tmp_path, "faq", asked).added == 1
    latte = database.read_now(lambda memory: catalogue.find_item(memory, "latte"))
    assert latte is not None
    assert (latte.price, latte.aliases, latte.contains, latte.margin, latte.days_of_supply) == (
        340, ["caffe latte", "milk coffee"], ["milk", "gluten"], 0.7, None,
    )  # fmt: skip
    revision = database.read_now(lambda memory: meta.read(memory, meta.KNOWLEDGE))
    assert revision == 2
    assert _import(database, tmp_path, "catalogue", text).unchanged == 1
    assert database.read_now(lambda memory: meta.read(memory, meta.KNOWLEDGE)) == 2
    fewer = "name,language,question,answer\nhours,en,When are you open?,Nine to five\n"
    assert _import(database, tmp_path, "faq", fewer).changed == 1
    assert database.read_now(lambda memory: [
        (row.question, row.answer) for row in memory.scalars(select(FaqEntry))
    ]) == [("When are you open?", "Nine to five")]  # fmt: skip


def test_a_dry_run_tells_what_an_import_would_do(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "customers", PEOPLE)
    _import(database, tmp_path, "orders", SOLD.replace("o3,c9,2020-01-01,12,EUR,beans,1,,\n", ""))
    file = tmp_path / "more.csv"
    file.write_text(SOLD.replace("bun,1,1.70", "bun,2,1.70"))
    told = import_file(database, "orders", file, SETTINGS, NOW, dry_run=True)
    assert (told.added, told.changed, told.unchanged, told.customers) == (1, 1, 1, 1)
    assert (_count(database, Order), _count(database, OrderLine)) == (2, 2)
    assert (told.format, told.columns["ordered_at"]) == ("utf-8, separated by ,", "ordered_at")
    assert told.preview[0] == {
        "order_id": "o1", "customer_id": "c1", "ordered_at": "2026-02-28 09:00:00+00:00", "total": "8.50",
        "currency": "EUR", "items": "2 × latte | 2 × bun",
    }  # fmt: skip
    done = import_file(database, "orders", file, SETTINGS, NOW)
    assert (done.added, done.changed, done.unchanged, done.customers) == (1, 1, 1, 1)


def test_a_dry_run_counts_a_newcomer_once(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BATCH", 2)
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,customer_id,ordered_at,total\n" + "".join(f"o{n},c{n % 3},2026-02-01,1\n" for n in range(9))
    )
    told = import_file(database, "orders", file, SETTINGS, NOW, dry_run=True)
    assert (told.added, told.customers) == (9, 3)
    assert _count(database, Order) == 0


def test_another_places_numbers_and_days(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "verkauf.csv"
    rows = "B1;K1;31.12.2025 18:30;1.234,56;kaffee;2;617,28\n"
    file.write_bytes(("Bestellnummer;Kundennummer;Datum;Betrag;Artikel;Menge;Stückpreis\n" + rows).encode("cp1252"))
    options = ImportOptions(convention=read_convention("de_DE"))
    assert import_file(database, "orders", file, SETTINGS, NOW, options=options).added == 1
    order = database.read_now(lambda memory: [
        (one.ordered_at, one.total, one.lines[0].quantity, one.lines[0].price) for one in memory.scalars(select(Order))
    ])  # fmt: skip
    assert order == [(datetime(2025, 12, 31, 17, 30, tzinfo=UTC), 123456, 2, 61728)]


def test_bad_rows_are_skipped_with_their_whole_order(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    head = "order_id,customer_id,ordered_at,total,sku\n"
    file.write_text(
        head
        + "o1,c1,2026-01-01,5,latte\no2,c1,2026-02-31,5,latte\no1,c1,2026-01-01,5,big bun\no3,c1,2026-01-02,4,bun\n"
    )
    report = import_file(database, "orders", file, SETTINGS, NOW, options=ImportOptions(skip_bad=True))
    assert (report.rows, report.added, report.skipped, report.bad_file) == (1, 1, 3, str(tmp_path / "orders.bad.csv"))
    bad = tmp_path / "orders.bad.csv"
    assert bad.read_text(encoding="utf-8-sig").splitlines() == [
        "order_id,customer_id,ordered_at,total,sku,reason",
        'o1,c1,2026-01-01,5,latte,"order_id: order ""o1"" has a bad row, line 4"',
        'o2,c1,2026-02-31,5,latte,"ordered_at: ""2026-02-31"" is no day; 2026-02 has 28 days"',
        'o1,c1,2026-01-01,5,big bun,"sku: ""big bun"" cannot be an id; accepted: up to 64 characters without a space"',
    ]
    bad.write_text(bad.read_text(encoding="utf-8-sig").replace("02-31", "02-28").replace("big bun", "big-bun"))
    assert import_file(database, "orders", bad, SETTINGS, NOW).added == 2
    again = import_file(database, "orders", file, SETTINGS, NOW, options=ImportOptions(skip_bad=True))
    assert (again.added, again.unchanged) == (0, 1)


def test_a_quote_left_open_is_not_skipped(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        'order_id,customer_id,ordered_at,total\no1,c1,2026-01-01,5\no2,"c1,2026-01-01,5\no3,c1,2026-01-01,5\n'
    )
    with pytest.raises(InputError, match=r"orders.csv:3: a quoted cell is broken"):
        import_file(database, "orders", file, SETTINGS, NOW, options=ImportOptions(skip_bad=True))
    assert _count(database, Order) == 0


def test_a_long_file_is_set_aside_in_parts(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of an order may stand far apart, and so may two rows of one customer."""
    monkeypatch.setattr(aside, "PART_BYTES", 2_000)
    monkeypatch.setattr(aside, "CHUNK", 7)
    file = tmp_path / "orders.csv"
    head = "order_id,customer_id,ordered_at,total,sku\n"
    rows = [f"o{n % 200},c{n % 5},2026-02-01,{n % 200}.50,item{n // 200}\n" for n in range(600)]
    file.write_text(head + "".join(rows))
    report = import_file(database, "orders", file, SETTINGS, NOW)
    assert (report.rows, report.added, report.customers) == (600, 200, 5)
    lines = database.read_now(lambda memory: {
        (order.total, tuple(line.sku for line in order.lines)) for order in memory.scalars(select(Order))})  # fmt: skip
    assert lines == {(n * 100 + 50, ("item0", "item1", "item2")) for n in range(200)}
    assert import_file(database, "orders", file, SETTINGS, NOW).unchanged == 200
    file.write_text(head + "".join(rows) + "o7,c4,2026-02-01,7.50,bun\n")
    with pytest.raises(
        InputError, match=r'orders.csv:602: order_id: order "o7" begins on line 9 with another customer'
    ):
        import_file(database, "orders", file, SETTINGS, NOW)


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8"), ("\t", "utf-8-sig"), (",", "utf-8-sig")])
def test_other_separators_and_a_byte_order_mark(
    sqlite_database: Database, tmp_path: Path, separator: str, encoding: str
) -> None:
    text = separator.join(("customer_id", "name", "tags")) + "\n" + separator.join(("c1", '"Keller, Anna; B\t"', "a|b"))
    assert _import(sqlite_database, tmp_path, "customers", text, encoding).added == 1
    found = sqlite_database.read_now(lambda memory: find_customer(memory, "c1", SETTINGS))
    assert (found.name, found.tags) == ("Keller, Anna; B", ["a", "b"])


def test_what_looks_like_a_formula_is_text(sqlite_database: Database, tmp_path: Path) -> None:
    text = 'customer_id,name\nc1,"=HYPERLINK(""x"")"\n'
    _import(sqlite_database, tmp_path, "customers", text)
    assert sqlite_database.read_now(lambda memory: find_customer(memory, "c1", SETTINGS)).name == '=HYPERLINK("x")'


def test_twenty_thousand_rows_are_a_matter_of_seconds(sqlite_database: Database, tmp_path: Path) -> None:
    start = NOW - timedelta(days=400)
    rows = "".join(
        f"o{n // 2},c{n % 997},{start + timedelta(minutes=n // 2):%Y-%m-%dT%H:%M},8.50,EUR,latte,1,3.40,oat milk\n"
        for n in range(0, 20_000, 2)
        for _ in range(2)
    )
    report = _import(
        sqlite_database, tmp_path, "orders",
        "order_id,customer_id,ordered_at,total,currency,sku,quantity,price,options\n" + rows,
    )  # fmt: skip
    assert (report.rows, report.added) == (20_000, 10_000)


def _count(database: Database, model: type) -> int:
    return database.read_now(lambda memory: memory.scalar(select(func.count()).select_from(model))) or 0


PAST = """customer_id,at,kind,direction,text,touchpoint
c1,2026-02-01T10:00,call,out,asked about the beans,hotline
c1,2026-02-03T10:00,visit,,sat by the window,counter
c9,2026-01-01,,,prefers mornings,
c1,2026-02-01T10:00,call,out,asked about the beans,hotline
"""


def test_past_contacts_become_part_of_the_log(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "customers", PEOPLE)
    before = database.read_now(lambda memory: memory.get_one(Customer, 1).last_contact_at)
    report = _import(database, tmp_path, "contacts", PAST)
    assert (report.rows, report.added, report.unchanged, report.customers) == (4, 3, 1, 1)
    logged = database.read_now(lambda memory: [
        (one.customer_id, one.direction, one.kind, one.text, one.channel, one.touchpoint, one.import_id)
        for one in memory.scalars(select(Contact).order_by(Contact.id))])  # fmt: skip
    assert logged == [
        (1, "out", "call", "asked about the beans", "import", "hotline", report.import_id),
        (1, "in", "visit", "sat by the window", "import", "counter", report.import_id),
        (3, "note", "note", "prefers mornings", "import", None, report.import_id),
    ]
    assert database.read_now(lambda memory: memory.get_one(Customer, 1).last_contact_at) == datetime(
        2026, 2, 3, 9, tzinfo=UTC
    )
    assert _import(database, tmp_path, "contacts", PAST).added == 0
    assert undo_import(database, report.import_id or 0, NOW).removed == {"contacts": 3, "customers": 1}
    assert _count(database, Contact) == 0
    assert database.read_now(lambda memory: memory.get_one(Customer, 1).last_contact_at) == before


def test_a_contact_that_cannot_be_read(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        _import(
            sqlite_database,
            tmp_path,
            "contacts",
            PAST + "c1,2027-01-01,call,,,\nc1,2026-01-01,dance,,,\nc1,2026-01-01,,up,,\n",
        )
    assert [problem.reason for problem in caught.value.problems] == [
        "at: 2026-12-31 lies in the future", 'kind: "dance"; accepted: visit, call, email, letter, web, chat, note',
        'direction: "up"; accepted: in, out',
    ]  # fmt: skip


def test_a_file_of_lines_without_totals(database: Database, tmp_path: Path) -> None:
    """As a supermarket's till has it: a row an item, and what the row cost in all."""
    text = (
        "household_id,basket_id,product_id,quantity,sales_value,transaction_timestamp\n"
        "h1,b1,milk,2,3.98,2026-01-01 12:26:30\nh1,b1,bread,3,4.00,2026-01-01 12:26:30\nh2,b2,milk,1,1.99,2026-01-02 09:00:00\n"
    )
    assert _import(database, tmp_path, "orders", text).added == 2
    sold = database.read_now(lambda memory: {
        order.external_id: (order.total, [(line.sku, line.quantity, line.price) for line in order.lines])
        for order in memory.scalars(select(Order))})  # fmt: skip
    assert sold == {"b1": (798, [("milk", 2, 199), ("bread", 3, None)]), "b2": (199, [("milk", 1, 199)])}
    assert _import(database, tmp_path, "orders", text).unchanged == 2
    with pytest.raises(InputError, match="the first line must name the columns, total missing"):
        _import(
            database,
            tmp_path,
            "orders",
            text.replace("sales_value", "weather").replace("weather", "tags"),
            columns={"*": ""},
        )


@pytest.mark.parametrize("above", ["sep=;\n", "Blue Door Coffee;;;\nSales of May 2026;;;\n;;;\n", "Order report\n"])
def test_titles_may_stand_above_the_columns(sqlite_database: Database, tmp_path: Path, above: str) -> None:
    text = f"{above}Order No.;Customer;Date;Amount\no1;c1;2026-02-01;1.50\no2;c1;soon;1.50\n"
    lines = above.count("\n")
    with pytest.raises(InputError, match=rf"orders.csv:{lines + 3}: ordered_at"):
        _import(sqlite_database, tmp_path, "orders", text)
    report = _import(sqlite_database, tmp_path, "orders", text.replace("soon", "2026-02-02"))
    assert (report.added, report.format) == (2, f"utf-8, separated by ;, columns named on line {lines + 1}")


def test_bad_rows_that_cannot_be_written_stop_the_import(database: Database, tmp_path: Path) -> None:
    (tmp_path / "orders.bad.csv").mkdir()
    with pytest.raises(
        InputError, match=r"orders.bad.csv: cannot be written \(Is a directory\), and the bad rows would be lost"
    ):
        _import(database, tmp_path, "orders", SOLD + "o4,c1,soon,1.00,EUR,,,,\n", skip_bad=True)
    assert _count(database, Order) == 0
    assert database.read_now(provenance.list_all) == []

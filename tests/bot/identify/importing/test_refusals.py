"""Files that cannot be imported: each is refused whole, with the line and what would be right."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.errors import InputError
from bot.identify.importing import cells, checking, text
from bot.identify.importing.checking import read_rows

SETTINGS = load_settings(Path(__file__).parents[4] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ORDERS = "order_id,customer_id,ordered_at,total,currency,sku,quantity,price,options\n"
PEOPLE = "customer_id,name,phone,email,language,birthday,kind\n"
ITEMS = "sku,name_en,name_zh,category,price,currency,margin,days_of_supply\n"
ASKED = "name,language,question,answer\n"


def _refuse(folder: Path, kind: str, content: str | bytes) -> list[str]:
    file = folder / "file.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read_rows(kind, file, SETTINGS, NOW)
    return [line.removeprefix(f"{file}") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("o1,c1,3.5.2026,1.00,EUR,,,,",
         'ordered_at: "3.5.2026" is not a time; accepted: 2026-05-03, 2026-05-03T14:30, …+02:00; '
         "or name how the file writes dates, such as --locale de_DE"),
        ("o1,c1,2026-02-31,1.00,EUR,,,,", 'ordered_at: "2026-02-31" is no day; 2026-02 has 28 days'),
        ("o1,c1,2026-13-01,1.00,EUR,,,,", 'ordered_at: "2026-13-01" has no month 13'),
        ("o1,c1,2027-01-01,1.00,EUR,,,,", "ordered_at: 2026-12-31 lies in the future"),
        ("o1,c1,1969-01-01,1.00,EUR,,,,", "ordered_at: 1968-12-31 lies before 1970"),
        ("o1,c1,2026-01-01,\"1,50\",EUR,,,,",
         'total: "1,50" is not an amount; accepted: a number such as 12.50; '
         "or name how the file writes numbers, such as --locale de_DE"),
        ("o1,c1,2026-01-01,1e9,EUR,,,,", 'total: "1e9" is not an amount; accepted: a number such as 12.50'),
        ("o1,c1,2026-01-01,1.005,EUR,,,,", 'total: "1.005" has more decimals than EUR (2)'),
        ("o1,c1,2026-01-01,1.50,JPY,,,,", 'total: "1.50" has more decimals than JPY (0)'),
        ("o1,c1,2026-01-01,,EUR,,,,", "total: is empty"),
        ("o1,c1,2026-01-01,1,EURO,,,,",
         'currency: "EURO" is not an ISO 4217 code, such as EUR; did you mean EUR?'),
        (",c1,2026-01-01,1,EUR,,,,", "order_id: is empty"),
        ("o 1,c1,2026-01-01,1,EUR,,,,",
         'order_id: "o 1" cannot be an id; accepted: up to 64 characters without a space'),
        ("o1,c1,2026-01-01,1,EUR,,2,,", "sku: is empty, though the row has a quantity or price"),
        ("o1,c1,2026-01-01,1,EUR,ham,1.5,2.00,", 'quantity: "1.5" is not a whole number; of goods sold by weight put 1, and the price '
         "of all that was weighed"),
        ("o1,c1,2026-01-01,1,EUR,latte,two,,", 'quantity: "two" is not a count; accepted: a whole number'),
        ("o1,c1,2026-01-01,1,EUR", "has 5 cells, the header 9"),
        ("o1,c1,2026-01-01,1,EUR,latte,1,1,a,b",
         "has 10 cells, the header 9; a cell with the separator in it needs quotes"),
        ("o1,c1,2026-01-01,1,EUR,la\x07tte,1,1,", "a cell holds a control character; it cannot be shown to anybody"),
        (f"o1,c1,2026-01-01,1,EUR,latte,1,1,{'x' * 5000}", "a cell is longer than 4,096 characters"),
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_read(tmp_path: Path, row: str, reason: str) -> None:
    assert _refuse(tmp_path, "orders", f"{ORDERS}o0,c0,2026-01-01,1,EUR,,,,\n{row}\n") == [f":3: {reason}"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("c1,,,,,,", "name: is empty"),
        ("c1,A,12,,,,", 'phone: "12" is not a phone number; accepted: such as +49 30 901820'),
        ("c1,A,,mia,,,", 'email: "mia" is not an address; accepted: such as mia@example.org'),
        ("c1,A,,,english,,", 'language: "english" is not a language code; accepted: such as en, zh'),
        ("c1,A,,,,3 May,", 'birthday: "3 May" is not a day; accepted: 1990-05-03 or 05-03'),
        ("c1,A,,,,02-30,", 'birthday: "02-30" is not a day; accepted: 1990-05-03 or 05-03'),
        ("c1,A,,,,2030-01-01,", 'birthday: "2030-01-01" is nobody\'s; accepted: a day in the past'),
        ("c1,A,,,,,dealer", 'kind: "dealer"; accepted: person, firm, partner'),
        ("c0,A,,,,,", 'customer_id: the customer "c0" is on line 2 already'),
    ],
)  # fmt: skip
def test_a_customer_that_cannot_be_read(tmp_path: Path, row: str, reason: str) -> None:
    assert _refuse(tmp_path, "customers", f"{PEOPLE}c0,Zoe,,,,02-29,\n{row}\n") == [f":3: {reason}"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("latte,,,coffee,3.40,EUR,,", "name_en: the item has a name in neither language"),
        ("latte,Latte,,coffee,-1,EUR,,", "price: is less than nothing"),
        ("latte,Latte,,coffee,3,EUR,65%,", 'margin: "65%" is not a share; accepted: a number such as 0.65'),
        ("latte,Latte,,coffee,3,EUR,65,", 'margin: "65" is not a share; accepted: -1 to 1, such as 0.65'),
        ("latte,Latte,,coffee,3,EUR,,a week", 'days_of_supply: "a week" is not a count; accepted: a whole number'),
    ],
)  # fmt: skip
def test_an_item_that_cannot_be_read(tmp_path: Path, row: str, reason: str) -> None:
    assert _refuse(tmp_path, "catalogue", f"{ITEMS}{row}\n") == [f":2: {reason}"]


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ("hours,en,When?,\nhours,en,What time?,\n", [':2: answer: "hours": no row of this name has an answer']),
        ("hours,en,When?,Eight\nhours,en,What?,Nine\n", [':3: answer: "hours" has another answer in en on line 2']),
        ("hours,,When?,Eight\n", [":2: language: is empty"]),
        ("hours,en,,Eight\n", [":2: question: is empty"]),
    ],
)
def test_a_question_that_cannot_be_read(tmp_path: Path, rows: str, refused: list[str]) -> None:
    assert _refuse(tmp_path, "faq", ASKED + rows) == refused


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        ("", [": is empty; the first line names the columns"]),
        (ORDERS.encode() + "o0,thé,2026-01-01,1,,,,,\n".encode() + b"o1,caf\xe9,2026-01-01,1,,,,,\n",
         [":3: is not UTF-8 (byte 0xe9), though other lines are; save the whole file in one encoding, or name it with --encoding"]),
        ("order_id,customer_id,ordered_at,totle\n",
         [':1: "totle" is not a column of this kind; did you mean total? --map "totle=total" says so; --map "totle=" leaves it out',
          ":1: the first line must name the columns, total missing"]),
        ("order_id,customer_id,ordered_at,total,weather\n",
         [':1: "weather" is not a column of this kind; accepted: order_id, customer_id, ordered_at, total, currency, sku, '
          'quantity, price, line_total, options, store, seller, channel, postcode, payment, delivery; --map "weather=" leaves it out']),
        ("order_id,customer_id,ordered_at,total,total\n", [":1: the column total stands twice"]),
        (ORDERS + 'o1,"c1,2026-01-01,1,EUR,,,,\n',
         [":2: a quoted cell is broken (unexpected end of data); a quote inside one is written twice, or the file was cut off"]),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_as_a_whole(tmp_path: Path, content: str | bytes, refused: list[str]) -> None:
    assert _refuse(tmp_path, "orders", content) == refused


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file or directory"):
        read_rows("faq", tmp_path / "no.csv", SETTINGS, NOW)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MAX_ROWS", 2)
    assert _refuse(tmp_path, "orders", ORDERS + "o1,c1,2026-01-01,1,EUR,,,,\n" * 3) == [
        ":4: more than 2 rows; split the file"
    ]
    monkeypatch.setattr(checking, "MOST_KNOWLEDGE", 2)
    assert _refuse(tmp_path, "faq", ASKED + "a,en,Q?,A\n" * 3) == [":4: more than 2 rows; split the file"]
    monkeypatch.setattr(text, "MAX_BYTES", 20)
    assert _refuse(tmp_path, "faq", ASKED) == [": larger than 0 MB; split the file, each part with the header"]


def test_lines_of_one_order_that_disagree(tmp_path: Path) -> None:
    rows = "o1,c1,2026-01-01,5,EUR,latte,1,,\no1,c1,2026-01-01,6,EUR,bun,1,,\n"
    assert _refuse(tmp_path, "orders", ORDERS + rows) == [
        ':3: order_id: order "o1" begins on line 2 with another customer, time, total or currency; '
        "the lines of one order repeat them"
    ]


def test_every_bad_row_is_listed_by_its_line(tmp_path: Path) -> None:
    rows = 'o1,c1,2026-01-01,1,EUR,latte,1,,"oat\nmilk"\n\no2,c1,never,1,EUR,,,,\no3,c1,2026-01-01,x,EUR,,,,\n'
    assert [line.split(": ")[0] for line in _refuse(tmp_path, "orders", ORDERS + rows)] == [":5", ":6"]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.50", "EUR", 1250), ("12.5", "EUR", 1250), ("-0.05", "EUR", -5), ("7", "JPY", 7), ("1.500", "EUR", 150),
     ("0.125", "BHD", 125)],
)  # fmt: skip
def test_money_in_minor_units(text: str, currency: str, minor: int) -> None:
    assert cells.read_money(text, currency, "total") == minor

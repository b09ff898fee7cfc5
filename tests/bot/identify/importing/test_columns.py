"""Which of a file's columns is which of ours."""

from __future__ import annotations

import pytest

from bot.errors import InputError
from bot.identify.importing.columns import Placement, place_columns, synonyms
from bot.identify.importing.rows import COLUMNS


def _place(header: str, kind: str = "orders", **told: str) -> Placement:
    return place_columns("file.csv", 1, header.split(","), COLUMNS[kind], kind, told)


def _refuse(header: str, **told: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        _place(header, **told)
    return [problem.reason for problem in caught.value.problems]


@pytest.mark.parametrize(
    "header",
    [
        "order_id,customer_id,ordered_at,total", "Order-ID,Customer ID,Ordered At,TOTAL",
        "Order No.,Customer Number,Date,Amount", "Bestellnummer,Kunden-Nr.,Bestelldatum,Gesamtbetrag",
        "订单号,会员号,下单时间,实付金额", "basket_id,household_id,transaction_timestamp,revenue",
    ],
)  # fmt: skip
def test_columns_are_known_by_many_names(header: str) -> None:
    placed = _place(header)
    assert placed.places == {"order_id": 0, "customer_id": 1, "ordered_at": 2, "total": 3}
    assert (placed.guessed, placed.left_out) == ([], [])


def test_a_slip_in_a_name_is_read_and_said() -> None:
    placed = _place("order_id,custmer_id,ordred_at,total")
    assert placed.places == {"order_id": 0, "customer_id": 1, "ordered_at": 2, "total": 3}
    assert (placed.guessed, placed.theirs["customer_id"]) == (["customer_id", "ordered_at"], "custmer_id")


def test_what_is_too_unlike_is_asked_about() -> None:
    assert _refuse("order_id,customer_id,ordered_at,totle") == [
        '"totle" is not a column of this kind; did you mean total? --map "totle=total" says so; --map "totle=" leaves it out',
        "the first line must name the columns, total missing",
    ]
    assert _place("order_id,customer_id,ordered_at,totle", totle="total").places["total"] == 3


def test_columns_are_left_out_when_told() -> None:
    header = "order_id,customer_id,ordered_at,total,weather,Mood,,reason"
    assert [reason.partition(" is")[0] for reason in _refuse(header)] == ['"weather"', '"Mood"']
    assert _refuse(header, weather="")[0].startswith('"Mood" is not a column of this kind')
    assert _place(header, **{"*": ""}).left_out == ["reason", "weather", "Mood"]


def test_what_is_told_comes_before_names() -> None:
    placed = _place("order_id,customer_id,ordered_at,total,net", total="", net="total")
    assert (placed.places["total"], placed.left_out) == (4, ["total"])


def test_what_is_told_must_be_there() -> None:
    assert _refuse("order_id,customer_id,ordered_at,total", totl="total", total="gross") == [
        '--map: the file has no column "totl"; did you mean total?',
        '--map: "gross" is not a column of this kind; accepted: order_id, customer_id, ordered_at, total, currency, sku, '
        "quantity, price, line_total, options, store, seller, channel, postcode, payment, delivery",
        "the first line must name the columns, total missing",
    ]


def test_two_columns_for_one_of_ours() -> None:
    assert _refuse("order_id,customer_id,ordered_at,total,Total") == ["the column total stands twice"]
    # Of two names for the same, ours is meant; the other is not thrown away in silence.
    assert _refuse("order_id,customer_id,ordered_at,total,amount")[0].startswith(
        '"amount" is not a column of this kind'
    )


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_name_stands_for_a_column_that_there_is(kind: str) -> None:
    assert synonyms(kind)
    assert set(synonyms(kind).values()) <= set(COLUMNS[kind])
    assert not set(synonyms(kind)) & {"".join(filter(str.isalnum, name)) for name in COLUMNS[kind]} - set(
        synonyms(kind)
    )


def test_a_till_names_its_terms_in_its_own_words() -> None:
    placed = _place("order_id,customer_id,ordered_at,total,Filiale,cashier,Sales Channel,PLZ,Payment method,配送方式")
    assert list(placed.places)[4:] == ["store", "seller", "channel", "postcode", "payment", "delivery"]

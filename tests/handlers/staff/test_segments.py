"""/segment: saved, counted, shown; what is wrong is said with its place and the nearest right word."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import event

from bot.differentiate.value import differentiate_all
from storage import orders
from storage.database import Memory
from storage.models import AuditEntry
from tests.support.visits import Chat, House


def sell(memory: Memory, customer: int) -> None:
    orders.add_order(
        memory, customer_id=customer, external_id="o-1", ordered_at=datetime(2026, 3, 1, 10, tzinfo=UTC), currency="EUR",
        total=400, lines=[{"sku": "oat-latte", "quantity": 1, "price": 400}],
    )  # fmt: skip


def test_a_segment_is_saved_shown_and_listed(house: House, olivia: Chat) -> None:
    olivia.send("/segment")
    assert olivia.last.name == "staff/segments"
    assert "No segments yet" in olivia.text
    olivia.send('/segment oat-lovers = likes("oat latte") and not open_complaint')
    assert olivia.last.name == "staff/segment"
    assert "<b>oat-lovers</b>: 1 customer now" in olivia.text
    assert list(olivia.last.buttons) == ["Ana Keller · #1 · new"]
    olivia.press("Ana Keller")
    assert olivia.last.name == "staff/profile"
    olivia.send("/segment oat-lovers")
    assert olivia.last.name == "staff/segment"
    olivia.send("/segment")
    assert "<b>oat-lovers</b>: 1 — <code>likes(" in olivia.text


def test_it_is_always_current(house: House, ana: Chat, olivia: Chat) -> None:
    olivia.send('/segment tea: likes("mint")')
    assert "0 customers" in olivia.text
    ana.send("I love mint tea")
    olivia.send("/segment tea")
    assert "1 customer now" in olivia.text


def test_a_wrong_word_names_the_nearest(house: House, olivia: Chat, chen: Chat) -> None:
    olivia.send("/segment x = tier = A and lst_order > 30 days")
    assert olivia.last.name == "staff/segment_wrong"
    assert "<b>lst_order</b>" in olivia.text
    assert "Did you mean <b>last_order</b>?" in olivia.text
    olivia.send('/segment x = would_like("nothing like it", 20 %)')
    assert "<code>would_like(&#34;</code><b>nothing like it</b><code>&#34;, 20 %)</code>" in olivia.text
    chen.send("/segment x = tier in [D]")
    assert "可以用：A、B、C和new" in chen.text
    olivia.send("/segment oat")
    assert olivia.last.name == "staff/segment_unknown"
    olivia.send("/segment 1x = reachable")
    assert olivia.last.name == "staff/segment_name"
    rows = house.read(lambda memory: [one.outcome for one in memory.query(AuditEntry)])
    assert rows == ["failed"] * 5


def test_who_would_like_something_is_ranked_beside_the_writer(house: House, ana: Chat, olivia: Chat) -> None:
    house.write(lambda memory: sell(memory, ana.customer.id))
    differentiate_all(house.database, house.business.settings, house.clock.now())
    written: list[str] = []
    event.listen(house.database.engine, "before_cursor_execute", lambda *said: written.append(said[2].lower()))
    for line in ('/segment tea = would_like("Jasmine tea", 50 %)', "/segment tea"):
        olivia.send(line)
        assert "<b>tea</b>: 1 customer now" in olivia.text
    olivia.send("/segment")
    assert "<b>tea</b>: 1 — " in olivia.text
    assert not [statement for statement in written if "order_lines" in statement]
    assert written


def test_hostile_conditions_stay_text(olivia: Chat) -> None:
    for condition in ("<b>{{7*7}}", 'name = "<b>{{7*7}}"', "\u202ereachable", 'city = "\'; DROP TABLE customers"'):
        olivia.send(f"/segment x = {condition}")
        assert "49" not in olivia.text
        assert "<b>{{" not in olivia.text
        assert "\u202e" not in olivia.text


def test_customers_do_not_learn_of_it(ana: Chat) -> None:
    ana.send("/segment")
    assert ana.last.name == "chat/unknown_command"

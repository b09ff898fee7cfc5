"""/partner: made, taken back, undone; whose customer somebody is, in both languages."""

from __future__ import annotations

from storage.models import Customer
from tests.support.visits import Chat, House


def test_a_partner_is_made_and_unmade(olivia: Chat, ana: Chat) -> None:
    olivia.send("/partner #1")
    assert olivia.last.name == "staff/partner_kind"
    assert "<b>Ana Keller</b> (#1) is a partner now" in olivia.text
    assert "Compared with partners only." in olivia.text
    assert ana.customer.kind == "partner"
    olivia.send("/profile #1")
    assert "· <b>partner</b>" in olivia.text
    olivia.send("/partner #1 no")
    assert "a customer like any other now" in olivia.text
    assert ana.customer.kind == "person"


def test_undo_takes_it_back(olivia: Chat, ana: Chat, house: House) -> None:
    olivia.send("/partner Ana")
    olivia.press("Undo")
    assert olivia.last.name == "staff/partner_undone"
    assert ana.customer.kind == "person"
    olivia.send("/partner Ana")
    house.pass_time(days=2)
    olivia.press("Undo")
    assert ana.customer.kind == "partner"


def test_undo_takes_back_what_its_message_says_and_no_more(olivia: Chat, ana: Chat, mei: Chat) -> None:
    olivia.send("/partner Ana")
    made = olivia.last
    olivia.send("/partner 美美")
    olivia.send("/partner Ana of 美美")
    given = olivia.last
    olivia.press("Undo", again=made)
    assert (ana.customer.kind, ana.customer.partner_id) == ("person", mei.customer.id)
    olivia.send("/partner Ana")
    olivia.press("Undo", again=given)
    assert (ana.customer.kind, ana.customer.partner_id) == ("partner", None)
    olivia.send("/partner Ana no")
    unmade = olivia.last
    olivia.send("/partner Ana")
    olivia.send("/partner Ana no")
    olivia.send("/partner Ana")
    olivia.press("Undo", again=unmade)
    assert ana.customer.kind == "partner"
    assert olivia.toast


def test_a_partner_who_is_gone_is_given_back_to_nobody(olivia: Chat, ana: Chat, mei: Chat, house: House) -> None:
    olivia.send("/partner 美美")
    olivia.send("/partner Ana of 美美")
    given = olivia.last
    olivia.send("/partner Ana of nobody")
    taken = olivia.last
    mei.send("/forgetme")
    mei.press("确定")
    olivia.press("Undo", again=taken)
    assert olivia.last.name == "staff/partner_undone"
    assert ana.customer.partner_id is None
    olivia.press("Undo", again=given)
    assert olivia.toast


def test_a_firm_stays_a_firm(olivia: Chat, ana: Chat, house: House) -> None:
    house.write(lambda memory: setattr(memory.get_one(Customer, ana.customer.id), "kind", "firm"))
    olivia.send("/partner Ana no")
    assert "is a firm now" in olivia.text
    assert olivia.last.buttons == {}
    assert ana.customer.kind == "firm"


def test_whose_customer_somebody_is(olivia: Chat, ana: Chat, mei: Chat) -> None:
    olivia.send("/partner 美美 of Ana")
    assert "#1) is no partner" in olivia.text
    olivia.send("/partner Ana")
    olivia.send("/partner Ana of Ana")
    assert "Nobody is their own partner" in olivia.text
    olivia.send("/partner 美美 of Ana")
    assert "is now a customer of <b>Ana Keller</b> (#1)" in olivia.text
    assert mei.customer.partner_id == ana.customer.id
    olivia.send("/profile 美美")
    assert "A customer of Ana Keller (#1, tier new)" in olivia.text
    olivia.send("/order 美美 8.50")
    olivia.send("/profile Ana")
    assert "Own customers: 1, with 1 order worth €8.50: 美美" in olivia.text
    olivia.send("/why Ana")
    assert "their 1 own customer brought €8.50" in olivia.text
    olivia.send("/segment theirs = has_partner")
    assert "1 customer now" in olivia.text
    olivia.send("/partner 美美 of nobody")
    assert "ours alone" in olivia.text
    olivia.press("Undo")
    assert mei.customer.partner_id == ana.customer.id


def test_in_chinese(chen: Chat, ana: Chat, mei: Chat) -> None:
    chen.send("/partner Ana")
    assert "现在是合作伙伴" in chen.text
    chen.send("/partner 美美 属于 Ana")
    assert "是 <b>Ana Keller</b>（#1）的顾客" in chen.text
    chen.send("/partner Ana 取消")
    assert "普通顾客" in chen.text


def test_a_quoted_name_is_a_name(olivia: Chat, house: House) -> None:
    joe = Chat(house, person=777, name="Cup of Joe")
    joe.send("/start")
    olivia.send('/partner "Cup of Joe"')
    assert joe.customer.kind == "partner"


def test_customers_do_not_learn_of_it(ana: Chat) -> None:
    ana.send("/partner #1")
    assert ana.last.name == "chat/unknown_command"
    assert ana.customer.kind == "person"


def test_alone_it_lists_them(olivia: Chat, chen: Chat, ana: Chat, mei: Chat) -> None:
    olivia.send("/partner")
    assert olivia.last.name == "staff/usage"
    olivia.send("/partner Ana")
    ana.send("/stock 3 decaf beans")
    ana.send("/request leaflets")
    olivia.send("/partner")
    assert "<b>Ana Keller</b> #1, tier new: 0 orders; stock told; 1 open" in olivia.text
    chen.send("/partner")
    assert "1 位合作伙伴" in chen.text

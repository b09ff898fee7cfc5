"""A partner's own menu in the chat: stock, reorder, requests, own customers; to everybody else it is not there."""

from __future__ import annotations

import pytest

from bot.config import load_settings
from bot.customize.follow_ups import tick
from bot.differentiate.tiers import class_anew
from bot.identify.links import BOT_NAME, make_secret
from bot.identify.referrals import make_link
from storage import meta, orders
from storage.database import Database, Memory
from storage.models import Customer, Fact, Feedback, Order, StockLevel
from tests.support.visits import ROOT, Chat, House


@pytest.fixture
def house(sqlite_database: Database) -> House:
    house = House(sqlite_database)
    house.add_knowledge()
    house.add_staff(900, "Olivia", "owner", "en")
    return house


@pytest.fixture
def dealer(house: House) -> Chat:
    return partner(house, Chat(house, person=601, name="Tea House"))


@pytest.fixture
def kiosk(house: House) -> Chat:
    return partner(house, Chat(house, person=602, name="小店", language="zh"))


def partner(house: House, chat: Chat) -> Chat:
    chat.send("/start")
    house.write(lambda memory: setattr(memory.get_one(Customer, chat.customer.id), "kind", "partner"))
    house.pass_time(hours=1)
    return chat


def bought(house: House, chat: Chat, *rows: tuple[float, str, int]) -> None:
    def run(memory: Memory) -> None:
        for days, sku, quantity in rows:
            at = house.clock.at
            orders.add_order(
                memory, customer_id=chat.customer.id, external_id=f"{chat.person}-{days}-{sku}", total=1000,
                ordered_at=at.fromtimestamp(at.timestamp() - days * 86400, at.tzinfo), currency="EUR",
                lines=[{"sku": sku, "quantity": quantity, "price": 890}],
            )  # fmt: skip

    house.write(run)


def levels(chat: Chat) -> list[tuple[str, int]]:
    return [(row.sku, row.quantity) for row in chat.rows(StockLevel) if row.withdrawn_at is None]


def test_nobody_else_has_these_commands(house: House) -> None:
    ana = Chat(house)
    ana.send("/start")
    for command in ("/stock 12 house blend", "/reorder", "/request leaflets", "/customers"):
        ana.send(command)
        assert ana.last.name == "chat/unknown_command"
    ana.send("we have 3 bags of decaf left")
    assert ana.rows(StockLevel) == []


def test_stock_is_told_said_back_and_undone(house: House, dealer: Chat) -> None:
    dealer.send("/stock 12 house blend, 3 decaf beans and a few yunnan")
    assert dealer.answers[0].name == "partners/stock_told"
    assert "12 × House espresso beans 250 g" in dealer.answers[0].text
    assert "“a few yunnan”" in dealer.answers[0].text
    assert levels(dealer) == [("beans-house", 12), ("beans-decaf", 3)]
    dealer.press("Undo")
    assert dealer.last.name == "partners/stock_undone"
    assert levels(dealer) == []
    dealer.send("/stock 5 spaceships")
    assert dealer.last.name == "partners/stock_unclear"


def test_free_words_reach_the_same_in_both_languages(house: House, dealer: Chat, kiosk: Chat) -> None:
    dealer.send("we have 3 bags of decaf left")
    assert levels(dealer) == [("beans-decaf", 3)]
    kiosk.send("还剩12包拼配豆、3包低因")
    assert "招牌意式拼配豆 250克 × 12" in kiosk.answers[0].text
    assert levels(kiosk) == [("beans-house", 12), ("beans-decaf", 3)]
    kiosk.send("低因卖完了")
    assert levels(kiosk)[-1] == ("beans-decaf", 0)
    dealer.send("two oat lattes please")  # an order as anybody's
    assert dealer.last.name == "orders/draft"
    dealer.send("I am out of patience with you, the last box was stale!")
    assert dealer.last.name == "feedback/complaint"


def test_a_word_takes_back_what_was_told_last_and_nothing_else(house: House, dealer: Chat, kiosk: Chat) -> None:
    dealer.send("I love mint tea")
    dealer.send("/stock 12 house blend")
    dealer.send("undo that")
    assert dealer.last.name == "partners/stock_undone"
    assert levels(dealer) == []
    dealer.send("/stock 12 house blend")
    dealer.send("/request leaflets")
    dealer.send("undo that")
    assert [row.status for row in dealer.rows(Feedback)] == ["withdrawn"]
    assert levels(dealer) == [("beans-house", 12)]
    dealer.send("undo that")
    assert "nothing" in dealer.text.lower()
    assert [fact.forgotten_at for fact in dealer.rows(Fact)] == [None]
    kiosk.send("还剩3包低因")
    kiosk.send("撤销")
    assert levels(kiosk) == []


def test_an_edited_command_puts_right_what_it_told(house: House, dealer: Chat) -> None:
    message = dealer.send("/stock 12 house blend")
    dealer.edit(message, "/stock 21 house blend")
    assert levels(dealer) == [("beans-house", 21)]
    dealer.edit(message, "/reorder")
    assert levels(dealer) == [("beans-house", 21)]


def test_an_edit_puts_right_what_was_told(house: House, dealer: Chat) -> None:
    message = dealer.send("we have 3 bags of decaf left")
    dealer.edit(message, "we have 4 bags of decaf left and 2 yirga")
    assert levels(dealer) == [("beans-decaf", 4), ("beans-ethiopia", 2)]
    dealer.edit(message, "we have no idea what is left")
    assert dealer.last.name == "partners/stock_unclear"
    assert levels(dealer) == []
    message = dealer.send("two oat lattes please")
    dealer.edit(message, "three oat lattes please")
    assert dealer.last.name == "orders/draft"


def test_staff_hear_of_what_runs_low(house: House, dealer: Chat) -> None:
    bought(house, dealer, (40, "beans-decaf", 40), (20, "beans-decaf", 40))  # two a day
    dealer.send("/stock 10 decaf beans")
    notice = next(one for one in house.shown(900) if one.name == "staff/stock_low")
    assert "Decaf beans 250 g: 10, lasts about 5 days" in notice.text
    dealer.send("/stock 90 decaf beans")
    assert [one.name for one in house.shown(900)].count("staff/stock_low") == 1


def test_what_is_no_whole_number_is_asked_anew_and_never_ordered(house: House, dealer: Chat) -> None:
    dealer.send("three house espresso beans please")
    dealer.send("we have 3 kg house blend left")
    assert [one.name for one in dealer.answers] == ["partners/stock_unclear"]
    for text in ("/stock 0.5 decaf", "/stock 2,5 decaf", "we have half a box of decaf left", "we have 1.5 decaf left"):
        dealer.send(text)
        assert [one.name for one in dealer.answers] == ["partners/stock_unclear"]
    assert levels(dealer) == []
    dealer.send("/stock 1,200 decaf,3 house blend")
    assert levels(dealer) == [("beans-decaf", 1200), ("beans-house", 3)]


def test_staff_hear_that_what_ran_low_was_a_slip(house: House, dealer: Chat) -> None:
    def notices() -> list[str]:
        return [one.name for one in house.shown(900) if one.name.startswith("staff/stock_")]

    dealer.send("/stock 0 decaf beans, 50 house blend")
    dealer.press("Undo")
    assert notices() == ["staff/stock_low", "staff/stock_taken_back"]
    assert "Decaf beans 250 g" in house.shown(900)[-1].text
    assert "espresso" not in house.shown(900)[-1].text
    message = dealer.send("we have no decaf left")
    dealer.edit(message, "we have 90 decaf left")
    assert notices() == ["staff/stock_low", "staff/stock_taken_back"] * 2
    dealer.send("/stock 80 decaf beans")
    dealer.press("Undo")
    assert len(notices()) == 4


def test_reorder_proposes_what_lasts_and_places_it_by_a_tap(house: House, dealer: Chat) -> None:
    dealer.send("/reorder")
    assert "do not know yet what you sell" in dealer.text
    bought(house, dealer, (40, "beans-decaf", 40), (20, "beans-decaf", 40))
    dealer.send("/stock 10 decaf beans")
    dealer.send("/reorder")
    assert "about 10 there, lasts 5 days by your orders → 50" in dealer.text
    assert "50 × Decaf beans 250 g" in dealer.text
    assert len(dealer.rows(Order)) == 2
    dealer.send("/reorder")
    assert "not placed yet" in dealer.text
    dealer.press("Confirm")
    placed = dealer.rows(Order)[-1]
    assert (placed.source, [(line.sku, line.quantity) for line in load_lines(house, placed.id)]) == (
        "chat", [("beans-decaf", 50)],
    )  # fmt: skip
    dealer.send("restock please")
    assert "enough for 30 days" in dealer.text


def load_lines(house: House, order_id: int) -> list:  # type: ignore[type-arg]
    return house.read(lambda memory: list(memory.get_one(Order, order_id).lines))


def test_reorder_in_chinese(house: House, kiosk: Chat) -> None:
    bought(house, kiosk, (40, "beans-decaf", 40), (20, "beans-decaf", 40))
    kiosk.send("我们要补货")
    assert "低因咖啡豆 250克：未报库存 → 60" in kiosk.text
    assert "低因咖啡豆 250克 × 60" in kiosk.text


def test_without_orders_in_the_chat_it_is_only_said(house: House, dealer: Chat) -> None:
    settings = load_settings(ROOT / "config.yaml", {"REGULARS_CONVERSATION__TAKE_ORDERS": "false"})
    house.business.settings = settings
    bought(house, dealer, (40, "beans-decaf", 40), (20, "beans-decaf", 40))
    dealer.send("/reorder")
    assert "→ 60" in dealer.text
    assert "Confirm" not in dealer.last.buttons


def asked(house: House, chat: Chat) -> int:
    house.write(lambda memory: tick(memory, house.settings, house.wording, house.clock.at))
    return [one.name for one in house.shown(chat.person)].count("follow_ups/stock_ask/default")


def test_who_told_their_stock_is_asked_again_once(house: House, dealer: Chat) -> None:
    for _ in range(2):
        dealer.send("/stock 12 house blend")
        assert asked(house, dealer) == 0
        house.pass_time(days=13)
        assert asked(house, dealer) == 0
    house.pass_time(days=2)
    assert asked(house, dealer) == 1
    assert "on 15 Mar 2026 you told me your stock" in house.shown(dealer.person)[-1].text
    house.pass_time(days=60)
    assert asked(house, dealer) == 1
    dealer.send("/stock 5 house blend")
    asked(house, dealer)
    house.write(lambda memory: setattr(memory.get_one(Customer, dealer.customer.id), "kind", "person"))
    house.pass_time(days=15)
    assert asked(house, dealer) == 1


def test_nobody_is_asked_about_stock_that_was_taken_back(house: House, dealer: Chat, kiosk: Chat) -> None:
    for chat in (dealer, kiosk):
        chat.send("/stock 12 house blend")
        asked(house, chat)
        house.pass_time(days=1)
    for chat, undo in ((dealer, "Undo"), (kiosk, "撤销")):
        chat.send("/stock 9 house blend")
        chat.press(undo)
    kiosk_first = kiosk.rows(StockLevel)[0].id
    house.write(lambda memory: setattr(memory.get_one(StockLevel, kiosk_first), "withdrawn_at", house.clock.at))
    house.pass_time(days=14, hours=1)
    assert (asked(house, dealer), asked(house, kiosk)) == (1, 0)
    assert "on 2 Mar 2026 you told me your stock" in house.shown(dealer.person)[-1].text


def test_a_request_is_a_case_that_is_told_when_dealt_with(house: House, dealer: Chat) -> None:
    olivia = Chat(house, person=900, name="Olivia")
    dealer.send("/request 50 leaflets in German")
    assert dealer.answers[0].name == "partners/request"
    (case,) = dealer.rows(Feedback)
    assert (case.kind, case.status, case.quote) == ("request", "open", "50 leaflets in German")
    assert case.due_at - case.at == house.settings.partners.request_due.of("new")
    assert dealer.conversation.upset_until is None
    notice = next(one for one in house.shown(900) if one.name == "staff/complaint")
    assert "Request of a partner" in notice.text
    dealer.send("/request")
    assert "“50 leaflets in German” — answer by" in dealer.text
    olivia.send(f"/profile #{dealer.customer.id}")
    assert "📨 Open request" in olivia.text
    olivia.press("It is solved", again=notice)
    olivia.send("They are on their way.")
    house.pass_time(hours=1)
    house.write(lambda memory: tick(memory, house.settings, house.wording, house.clock.at))
    told = house.shown(dealer.person)[-1]
    assert told.name == "follow_ups/loop_closed/request"
    assert "Our answer: They are on their way." in told.text
    dealer.press("Yes, solved")
    assert dealer.rows(Feedback)[0].status == "closed"
    dealer.send("/request")
    assert "No request of yours is open" in dealer.text


@pytest.mark.parametrize(
    ("asked", "meant", "quote"),
    [
        ("request: 70 cups", "request: 700 cups", "700 cups"),
        ("request: 70 cups", "please send us 700 cups", "please send us 700 cups"),
        ("/request 70 cups", "/request 700 cups", "700 cups"),
    ],
)
def test_an_edited_request_stays_open_and_says_what_it_says_now(
    house: House, dealer: Chat, asked: str, meant: str, quote: str
) -> None:
    message = dealer.send(asked)
    dealer.edit(message, meant)
    (case,) = dealer.rows(Feedback)
    assert (case.status, case.quote) == ("open", quote)
    assert f"“{quote}”" in dealer.text
    assert f"“{quote}”" in house.shown(900)[-1].text
    dealer.press("Undo")
    assert dealer.rows(Feedback)[0].status == "withdrawn"
    dealer.edit(message, meant)
    assert [row.status for row in dealer.rows(Feedback)] == ["withdrawn"]


def test_a_request_is_undone_and_opened_again(house: House, dealer: Chat) -> None:
    dealer.send("Request: a new sign")
    dealer.press("Undo")
    assert dealer.rows(Feedback)[0].status == "withdrawn"
    assert "took the request back" in house.shown(900)[-1].text


def test_a_partner_s_complaint_has_a_partner_s_due_time(house: House, dealer: Chat) -> None:
    dealer.send("The last delivery was terrible, half of the bags were open!")
    case = next(row for row in dealer.rows(Feedback) if row.status == "open")
    assert case.due_at - case.at == house.settings.partners.complaint_due.of("new")


def test_the_menu_follows_the_kind(house: House, dealer: Chat) -> None:
    dealer.send("/help")
    assert "/stock – tell what you have" in dealer.answers[0].text
    calls = [one.parameters for one in dealer.answers if one.method == "setMyCommands"]
    assert [call["language_code"] for call in calls] == ["en", "zh", ""]
    assert {call["scope"]["chat_id"] for call in calls} == {dealer.person}
    assert calls[0]["commands"][0] == {"command": "stock", "description": "Tell what you have in stock"}
    assert calls[1]["commands"][0] == {"command": "stock", "description": "报库存"}
    dealer.send("/help")
    assert [one.method for one in dealer.answers] == ["sendMessage"]
    olivia = Chat(house, person=900, name="Olivia")
    olivia.send(f"/partner #{dealer.customer.id} no")
    gone = [one for one in house.shown(dealer.person) if one.method == "deleteMyCommands"]
    assert [one.parameters["language_code"] for one in gone] == ["en", "zh", ""]
    olivia.press("Undo")
    assert [one.method for one in house.shown(dealer.person)][-3:] == ["setMyCommands"] * 3
    dealer.send("/forgetme")
    dealer.press("Yes, erase")
    left = house.shown(dealer.person)
    assert [one.parameters["language_code"] for one in left if one.method == "deleteMyCommands"] == ["en", "zh", ""]
    assert "setMyCommands" not in [one.method for one in left]
    assert sorted(dealer.queued) == [one.id for one in left]  # the sender goes and looks for none


def test_who_is_made_or_unmade_before_the_last_tap_is_erased(house: House, dealer: Chat) -> None:
    guest = Chat(house, person=701, name="Mia")
    for chat, kind in ((guest, "partner"), (dealer, "person")):
        chat.send("/forgetme")
        house.write(lambda memory, n=chat.customer.id, k=kind: setattr(memory.get_one(Customer, n), "kind", k))
        chat.press("Yes, erase")
        assert "privacy/forgotten" in [one.name for one in chat.answers]
    assert house.read(lambda memory: memory.query(Customer).count()) == 0


def test_own_customers_come_by_the_link_and_stay_unnamed(house: House, dealer: Chat) -> None:
    house.write(make_secret)
    house.write(lambda memory: meta.write(memory, BOT_NAME, "blue_door_bot"))
    dealer.send("/customers")
    assert "No customer of ours came by you yet" in dealer.answers[0].text
    payload = dealer.answers[0].text.partition("?start=")[2].strip()
    old, mia = Chat(house, person=702, name="Old"), Chat(house, person=701, name="Mia")
    old.send("/start")
    for chat in (old, mia):
        chat.send(f"/start {payload}")
    assert mia.customer.partner_id == dealer.customer.id
    assert old.customer.partner_id is None  # was here before
    bought(house, mia, (0, "latte", 2))
    house.write(lambda memory: class_anew(memory, house.settings, house.clock.at, [mia.customer.id]))
    dealer.send("/customers")
    assert "You have 1 own customer with us" in dealer.text
    assert "Mia" not in dealer.text
    assert "€" not in dealer.text  # that would be what Mia bought


def test_what_own_customers_bought_is_told_where_it_gives_nobody_away(house: House, dealer: Chat, kiosk: Chat) -> None:
    for place in range(5):
        guest = Chat(house, person=800 + place, name=f"Guest {place}")
        guest.send("/start")
        number, owner = guest.customer.id, dealer.customer.id
        house.write(lambda memory, n=number, o=owner: setattr(memory.get_one(Customer, n), "partner_id", o))
        dealer.send("/customers")
        assert f"You have {place + 1} own customer" in dealer.text
        assert "€" not in dealer.text
        bought(house, guest, (0, "latte", 2))
        house.write(lambda memory, n=number: class_anew(memory, house.settings, house.clock.at, [n]))
    dealer.send("/customers")
    assert "You have 5 own customers with us; they placed 5 orders worth €50.00" in dealer.text
    house.write(lambda memory: setattr(memory.get_one(Customer, number), "partner_id", kiosk.customer.id))
    kiosk.send("/customers")
    assert "您名下有 1 位顾客" in kiosk.text
    assert "10.00" not in kiosk.text


def test_who_is_brought_by_anybody_else_is_nobody_s(house: House, dealer: Chat) -> None:
    house.write(make_secret)
    house.write(lambda memory: meta.write(memory, BOT_NAME, "blue_door_bot"))
    ana, mia = Chat(house, person=501), Chat(house, person=701, name="Mia")
    ana.send("/start")
    link = house.read(lambda memory: make_link(memory, ana.customer.id))
    mia.send("/start " + link.partition("?start=")[2])
    assert (mia.customer.referred_by, mia.customer.partner_id) == (ana.customer.id, None)


def test_no_guest_s_questions_are_asked(house: House, dealer: Chat) -> None:
    guest = Chat(house, person=701, name="Mia")
    for chat in (guest, dealer):
        chat.send("/start")
        chat.press("No")
    assert guest.answers[-1].name.startswith("questions/")
    assert not any(one.name.startswith("questions/") for one in house.shown(dealer.person))


def test_hostile_words_stay_words(house: House, dealer: Chat) -> None:
    for text in ("<b>{{7*7}}</b>", "\u202e" * 50, "x" * 4000):
        dealer.send(f"/request {text}")
        dealer.send(f"/stock {text}")
        assert "49" not in dealer.text
        assert "<b>{{" not in "".join(one.text for one in house.shown(900))

from __future__ import annotations

import pytest

from storage.models import Feedback, Identity
from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat


def to_staff(chat: Chat) -> list[tuple[str, str]]:
    return [(shown.name, shown.method) for shown in chat.house.shown(STAFF)]


@pytest.mark.parametrize(
    ("kind", "method", "word"),
    [("photo", "sendPhoto", "photo"), ("voice", "sendVoice", "voice note"), ("document", "sendDocument", "file")],
)
def test_a_file_is_kept_on_the_open_case_and_shown_to_staff(ana: Chat, kind: str, method: str, word: str) -> None:
    ana.send("my latte was cold")
    case = ana.rows(Feedback)[0]
    ana.send_file(kind)
    contact = ana.contacts[-1]
    assert (contact.feedback_id, contact.file["kind"]) == (case.id, kind)  # type: ignore[index]
    assert word in ana.text
    assert "your case" in ana.text
    assert to_staff(ana)[1:] == [("staff/file", "sendMessage"), ("file", method)]


def test_a_file_a_day_later_is_not_of_that_case(ana: Chat) -> None:
    ana.send("my latte was cold")
    ana.house.pass_time(days=1, minutes=1)
    ana.send_file("photo")
    assert ana.contacts[-1].feedback_id is None
    assert "your case" not in ana.text


def test_a_caption_is_read_and_its_complaint_has_the_photo(mei: Chat) -> None:
    mei.send_file("photo", caption="三明治里有玻璃")
    (case,) = mei.rows(Feedback)
    assert mei.contacts[-1].feedback_id == case.id
    assert [answer.name for answer in mei.answers] == ["feedback/complaint"]
    assert [name for name, _method in to_staff(mei)] == ["staff/complaint", "staff/file", "file"]


def test_a_caption_that_is_not_understood_needs_no_rephrasing(ana: Chat) -> None:
    ana.send_file("photo", caption="qwer asdf")
    assert [answer.name for answer in ana.answers] == ["chat/file_kept"]


def test_while_a_colleague_is_talking_a_file_is_passed_on_in_silence(ana: Chat) -> None:
    ana.send("I want to talk to a person")
    ana.send_file("photo")
    assert ana.answers == []
    assert to_staff(ana)[-1] == ("file", "sendPhoto")


def test_a_sticker_gets_a_smile_and_is_logged(ana: Chat) -> None:
    ana.send_file("sticker")
    assert [answer.name for answer in ana.answers] == ["chat/sticker"]
    assert ana.contacts[-1].file["kind"] == "sticker"  # type: ignore[index]
    assert to_staff(ana) == []


def test_a_forwarded_post_is_not_the_customers_own_word(ana: Chat) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "Bob", "date": 1}
    ana.send("I love cinnamon", forward_origin=origin)
    assert [answer.name for answer in ana.answers] == ["chat/forwarded"]
    assert ana.contacts[-1].text == "I love cinnamon"
    ana.send("what do you know about me?")
    assert "cinnamon" not in ana.text


def test_a_location_is_logged_and_answered(ana: Chat) -> None:
    ana._message({"location": {"latitude": 1.0, "longitude": 2.0}})
    assert [answer.name for answer in ana.answers] == ["chat/other"]


def test_ones_own_contact_is_an_identity(ana: Chat) -> None:
    ana.send_contact("4915112345678")
    assert [(row.kind, row.value) for row in ana.rows(Identity)] == [("telegram", "501"), ("phone", "+4915112345678")]
    assert "+4915112345678" in ana.text
    ana.send_contact("4915112345678")
    assert len(ana.rows(Identity)) == 2


@pytest.mark.parametrize(
    ("phone", "own", "name"),
    [("4915112345678", False, "profile/phone_of_other"), ("12", True, "profile/phone_unclear")],
)
def test_somebody_elses_card_or_no_number_is_not_kept(ana: Chat, phone: str, own: bool, name: str) -> None:
    ana.send_contact(phone, own=own)
    assert [answer.name for answer in ana.answers] == [name]
    assert len(ana.rows(Identity)) == 1


def test_a_phone_known_from_orders_brings_their_history(ana: Chat) -> None:
    from storage import customers
    from storage.models import Customer, Fact, Order

    def import_somebody(memory: object) -> int:
        other = (
            customers.add(memory, name="A. Miller", language="en", now=ana.house.clock.at, source="x")
            if False
            else (
                customers.add(memory, name="A. Miller", language="en", now=ana.house.clock.at, city="Berlin")  # type: ignore[arg-type]
            )
        )
        customers.link(memory, other.id, "phone", "+4915112345678", ana.house.clock.at)  # type: ignore[arg-type]
        memory.add_all([  # type: ignore[attr-defined]
            Order(external_id="o-1", customer_id=other.id, ordered_at=ana.house.clock.at, total=500, currency="EUR"),
            Fact(customer_id=other.id, kind="preference", value="decaf", polarity="like", confidence=1.0,
                 since=ana.house.clock.at, stated_by="import"),
        ])  # fmt: skip
        return other.id

    other_id = ana.house.write(import_somebody)
    ana.send_contact("4915112345678")
    assert [order.external_id for order in ana.rows(Order)] == ["o-1"]
    assert [fact.value for fact in ana.rows(Fact)] == ["decaf"]
    assert [row.kind for row in ana.rows(Identity)] == ["telegram", "phone"]
    assert ana.customer.city == "Berlin"
    assert ana.house.read(lambda memory: memory.get(Customer, other_id)) is None
    assert [name for name, _method in to_staff(ana)] == ["staff/phone"]
    ana.send("/me")
    assert "you like decaf" in ana.text


def test_a_phone_of_another_telegram_user_changes_nothing(ana: Chat, mei: Chat) -> None:
    mei.send_contact("4915112345678")
    ana.send_contact("4915112345678")
    assert [row.kind for row in ana.rows(Identity)] == ["telegram"]
    assert [row.kind for row in mei.rows(Identity)] == ["telegram", "phone"]
    assert [name for name, _method in to_staff(ana)] == ["staff/phone"]

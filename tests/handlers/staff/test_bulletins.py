"""Bulletins: looked at, sent by a tap, once to each partner as the arbiter allows, read and listed."""

from __future__ import annotations

from bot.config import load_settings
from bot.customize import follow_ups
from bot.customize.bulletins import send
from storage import bulletins, customers
from storage.database import Memory
from storage.models import Bulletin, BulletinRead, Customer
from tests.support.follow_ups import deliver, rows_of
from tests.support.visits import ROOT, Chat, House

TEXT = "We are closed from 24 to 27 December; order by the 20th."


def make_partners(house: House, *chats: Chat) -> None:
    for chat in chats:
        number = chat.customer.id
        house.write(lambda memory, number=number: setattr(memory.get_one(Customer, number), "kind", "partner"))


def tick(house: House, **span: float) -> None:
    house.pass_time(**span)
    house.write(lambda memory: follow_ups.tick(memory, house.settings, house.wording, house.clock.at))


def news_of(house: House, chat: Chat) -> list[str]:
    return [one.text for one in house.shown(chat.person) if one.name.startswith("follow_ups/bulletin/")]


def test_it_is_shown_before_it_is_sent(house: House, olivia: Chat, ana: Chat, mei: Chat) -> None:
    olivia.send(f"/bulletin {TEXT}")
    assert olivia.last.name == "staff/bulletin_wrong"  # nobody is a partner
    make_partners(house, ana, mei)
    olivia.send(f"/bulletin {TEXT}")
    assert "So 2 partners will read it" in olivia.text
    assert TEXT in olivia.text
    tick(house, hours=1)
    assert news_of(house, ana) == []
    olivia.press("No, drop it")
    assert house.read(lambda memory: memory.query(Bulletin).count()) == 0


def test_each_partner_gets_it_once_and_may_say_so(house: House, olivia: Chat, ana: Chat, mei: Chat) -> None:
    other = Chat(house, person=503, name="Bo")
    other.send("/start")
    make_partners(house, ana, mei)
    olivia.send(f"/bulletin {TEXT}")
    preview = olivia.last
    olivia.press("Send (")
    assert "On its way to 2 partners" in olivia.text
    olivia.press("Send (", again=preview)  # used
    tick(house, minutes=1)
    tick(house, minutes=1)
    deliver(house.database, house.clock.at)
    assert [len(news_of(house, chat)) for chat in (ana, mei, other)] == [1, 1, 0]
    assert "合作伙伴通知" in news_of(house, mei)[0]
    ana.press("I have read it")
    assert ana.toast == "Thank you."
    ana.send("any news?")
    assert TEXT in ana.answers[0].text
    assert "🆕" not in ana.answers[0].text
    mei.send("/bulletins")
    assert "🆕" in mei.answers[0].text
    mei.send("/bulletins")
    assert "🆕" not in mei.last.text
    assert len(ana.rows(BulletinRead)) == len(mei.rows(BulletinRead)) == 1
    olivia.send("/bulletin")
    assert "sent to 2; read by 2" in olivia.text


def test_sending_again_reaches_only_who_is_new(house: House, olivia: Chat, ana: Chat, mei: Chat) -> None:
    make_partners(house, ana)
    later = mei.customer.id

    def run(memory: Memory) -> tuple[int, int]:
        news = bulletins.draft(memory, TEXT, 1, house.clock.at)
        first = send(memory, news, house.settings, house.clock.at)
        memory.get_one(Customer, later).kind = "partner"
        memory.flush()
        return first, send(memory, news, house.settings, house.clock.at)

    assert house.write(run) == (1, 1)
    assert [row["rule"] for row in rows_of(house.database)].count("bulletin") == 2


def test_stop_quiet_hours_and_refusal_hold_a_complaint_does_not(
    house: House, olivia: Chat, ana: Chat, mei: Chat
) -> None:
    bo = Chat(house, person=503, name="Bo")
    bo.send("/start")
    make_partners(house, ana, mei, bo)
    ana.send("The last delivery was terrible!")
    mei.send("/stop")
    house.pass_time(hours=12)  # 22:00 UTC, 23:00 in Berlin
    olivia.send(f"/bulletin {TEXT}")
    olivia.press("Send (")
    tick(house, minutes=1)
    assert news_of(house, ana) == news_of(house, bo) == []
    olivia.send("/bulletin")
    assert "sent to 0, 2 still to go, 1 do not get it; read by 0" in olivia.text
    tick(house, hours=11)
    assert [len(news_of(house, chat)) for chat in (ana, mei, bo)] == [1, 0, 1]


def test_the_preview_counts_only_whom_it_will_reach(house: House, olivia: Chat, ana: Chat, mei: Chat) -> None:
    def enter(memory: Memory) -> None:
        customers.add(memory, name="From a file", language="en", now=house.clock.at).kind = "partner"

    house.write(enter)
    make_partners(house, ana, mei)
    mei.send("/stop")
    olivia.send(f"/bulletin {TEXT}")
    assert (
        "So 1 partner will read it, each once, outside their quiet hours; 2 others cannot be written to" in olivia.text
    )
    olivia.press("Send (1)")
    assert "On its way to 1 partner." in olivia.text


def test_who_is_no_partner_any_more_does_not_get_it(house: House, olivia: Chat, ana: Chat) -> None:
    make_partners(house, ana)
    house.pass_time(hours=12)
    olivia.send(f"/bulletin {TEXT}")
    olivia.press("Send (")
    tick(house, minutes=1)
    olivia.send("/partner Ana no")
    tick(house, hours=11)
    assert news_of(house, ana) == []
    (row,) = [row for row in rows_of(house.database) if row["rule"] == "bulletin"]
    assert (row["status"], row["reason"]) == ("skipped", "superseded")


def test_without_the_rule_it_says_what_to_do(house: House, olivia: Chat, ana: Chat) -> None:
    make_partners(house, ana)
    house.business.settings = load_settings(ROOT / "config.yaml", {"REGULARS_FOLLOW_UPS": '[{"rule": "reminder"}]'})
    olivia.send(f"/bulletin {TEXT}")
    assert "no “- rule: bulletin”" in olivia.text
    assert house.read(lambda memory: memory.query(Bulletin).count()) == 0


def test_only_owners_and_managers_and_no_hostile_words(house: House, olivia: Chat, chen: Chat, ana: Chat) -> None:
    make_partners(house, ana)
    chen.send(f"/bulletin {TEXT}")
    assert chen.last.name == "chat/unknown_command"
    olivia.send("/bulletin <b>{{7*7}}</b>\u202e")
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in olivia.text
    olivia.send("/bulletin " + "x" * 3500)
    assert "at most 3,000" in olivia.text

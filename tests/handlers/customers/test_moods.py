"""A mood that turns, and a case that is asked after."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.models import Feedback
from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat, House


@pytest.mark.parametrize(("fixture", "words"), [("ana", "ok sorry, bad day"), ("mei", "不好意思，今天心情不好")])
def test_an_apology_is_taken_kindly(request: pytest.FixtureRequest, fixture: str, words: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send({"ana": "stupid bot", "mei": "垃圾机器人"}[fixture])
    chat.send(words)
    assert chat.answers[0].name == "chat/apology"


@pytest.mark.parametrize(
    ("fixture", "complaint", "asks"),
    [("ana", "my coffee was cold", "any news about my complaint?"), ("mei", "咖啡是凉的", "上次投诉有结果了吗")],
)
def test_asking_after_a_case_is_answered_and_passed_on(
    request: pytest.FixtureRequest, fixture: str, complaint: str, asks: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(complaint)
    before = len(chat.house.shown(STAFF))
    chat.send(asks)
    assert chat.answers[0].name == "chat/case_status"
    assert len(chat.house.shown(STAFF)) == before + 1


def test_where_nothing_is_open_nothing_is_claimed(ana: Chat) -> None:
    ana.send("any news about my complaint?")
    assert "chat/case_status" not in [shown.name for shown in ana.answers]


def cases(chat: Chat) -> list[str]:
    return [row.quote for row in chat.rows(Feedback) if row.status == "open"]


@pytest.mark.parametrize(
    ("fixture", "first", "second"),
    [
        ("ana", "my coffee was stone cold", "and the croissant was stale"),
        ("ana", "the guy at the till was rude", "I am really disappointed"),
        ("mei", "昨天的咖啡是凉的", "什么破店，气死我了"),
    ],
)
def test_more_of_the_same_matter_joins_its_case(
    request: pytest.FixtureRequest, fixture: str, first: str, second: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(first)
    chat.house.pass_time(minutes=20)
    chat.send(second)
    assert len(cases(chat)) == 1
    assert cases(chat)[0].startswith(first)
    assert " … " in cases(chat)[0]
    assert chat.answers[0].name == "feedback/complaint_more"
    assert [shown.name for shown in chat.house.shown(STAFF)][-1] == "staff/relayed"
    chat.press({"ana": "Undo", "mei": "撤销"}[fixture])
    assert cases(chat) == [first]


@pytest.mark.parametrize(("later", "second"), [(20, "the guy at the till was rude"), (60 * 25, "my tea was cold")])
def test_another_matter_is_another_case(ana: Chat, later: float, second: str) -> None:
    ana.send("my coffee was stone cold")
    ana.house.pass_time(minutes=later)
    ana.send(second)
    assert len(cases(ana)) == 2


@pytest.mark.parametrize(
    ("fixture", "words"),
    [("ana", "never mind"), ("ana", "nvm it's fine"), ("ana", "don't worry about it"), ("mei", "没事了"),
     ("mei", "没关系")],
)  # fmt: skip
def test_never_mind_is_no_goodbye(request: pytest.FixtureRequest, fixture: str, words: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert [answer.name for answer in chat.answers] == ["chat/never_mind"]


@pytest.mark.parametrize(
    ("fixture", "words"),
    [("ana", "you people are useless"), ("ana", "this is bloody useless"), ("ana", "this is ridiculous"),
     ("mei", "你们真没用")],
)  # fmt: skip
def test_contempt_is_heard(request: pytest.FixtureRequest, fixture: str, words: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert chat.answers[0].name in ("chat/abuse", "feedback/complaint")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nobody_is_said_to_know_where_nobody_is(sqlite_database: Database, language: str) -> None:
    house = House(sqlite_database)
    house.add_knowledge()
    chat = Chat(house, language=language)
    lines = {
        "en": ["my coffee was cold", "my latte was cold again", "any news about my complaint?", "stupid bot", "stupid bot",
               "2 lattes please", "my mum passed away"],
        "zh": ["咖啡是凉的", "拿铁也是凉的", "上次投诉有结果了吗", "垃圾机器人", "垃圾机器人", "来两杯拿铁", "我妈走了"],
    }[language]  # fmt: skip
    chat.send("/start")
    claims = {"en": ("with my colleagues", "colleagues have", "colleagues can", "colleague is", "colleague knows", "told my", "colleague sees"),
              "zh": ("转给同事", "同事已经收到", "交给同事", "同事现在能看到", "告诉同事", "同事在", "同事正在", "同事能看到", "让同事知道")}[language]  # fmt: skip
    for line in lines:
        chat.send(line)
        assert chat.answers
        assert not [claim for claim in claims if claim in chat.text], chat.text
    chat.press({"en": "Confirm", "zh": "确认下单"}[language])
    placed = chat.answers[-1].text
    assert not [claim for claim in claims if claim in placed], placed


@pytest.mark.parametrize(
    ("fixture", "words"),
    [("ana", "refund me! you are scammers"), ("mei", "退钱！你们就是骗子"), ("ana", "I want my money back")],
)
def test_whoever_wants_their_money_back_gets_a_person_at_once(
    house: House, request: pytest.FixtureRequest, fixture: str, words: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert chat.answers[0].name == "feedback/complaint"
    assert [shown.name for shown in house.shown(STAFF)] == ["staff/complaint"]


@pytest.mark.parametrize(("fixture", "words"), [("ana", "how do I get a refund?"), ("mei", "怎么退款")])
def test_asking_how_refunds_go_is_no_complaint(request: pytest.FixtureRequest, fixture: str, words: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert chat.answers[0].name == "chat/faq"

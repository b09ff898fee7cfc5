"""Chinese is answered in the characters it is written in."""

from __future__ import annotations

import pytest

from bot.customize.script import find_script
from storage.models import Fact
from tests.support.visits import Chat


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("你們幾點開門", "Hant"),
        ("你们几点开门", "Hans"),
        ("你好", None),
        ("hello", None),
        ("唔該，我想要杯凍奶茶", "Hant"),
    ],
)
def test_the_characters_tell_the_script(text: str, script: str | None) -> None:
    assert find_script(text) == script


def test_traditional_is_answered_in_traditional_until_simplified_is_written(mei: Chat) -> None:
    mei.send("我喜歡燕麥拿鐵")
    assert "您喜歡燕麥拿鐵" in mei.text
    assert "撤銷" in mei.answers[0].buttons
    assert [fact.value for fact in mei.rows(Fact)] == ["燕麥拿鐵"]
    mei.send("你好")
    assert find_script(mei.answers[0].text) == "Hant"
    mei.send("谢谢你们")
    assert find_script(mei.answers[0].text) != "Hant"


def test_simplified_is_answered_in_simplified(mei: Chat) -> None:
    mei.send("我喜欢燕麦拿铁")
    assert "您喜欢燕麦拿铁" in mei.text


def test_what_they_said_is_said_back_as_they_said_it(mei: Chat) -> None:
    """裡 would be written 裏 by us."""
    mei.send("我的杯子裡有頭髮")
    assert "杯子裡有頭髮" in mei.text
    assert "緊急通知" in mei.text


def test_the_way_they_address_us_is_ours(mei: Chat) -> None:
    mei.send("我喜欢燕麦拿铁")
    assert "您" in mei.text
    mei.send("你能告诉我几点开门吗")
    mei.send("我喜欢肉桂卷")
    assert "你喜欢肉桂卷" in mei.text
    mei.send("请问您这里有停车位吗")
    mei.send("我喜欢胡萝卜蛋糕")
    assert "您喜欢胡萝卜蛋糕" in mei.text

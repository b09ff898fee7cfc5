"""A business where nobody of the team is connected yet: no colleague is offered."""

from __future__ import annotations

import pytest

from storage.database import Database
from tests.support.visits import Chat, House

ASKED = {
    "en": ["zxcv blorp", "asdf qwer", "hjkl uiop", "vbnm rtyu", "do you have sushi?", "what do you recommend?",
            "do you have wifi?", "do you have wifi?", "is there anything with nuts in it?"],
    "zh": ["呜哩哇啦", "叽里咕噜", "稀里哗啦", "噼里啪啦", "有没有寿司", "有什么推荐的吗", "有无线网吗", "有无线网吗",
            "含坚果吗"],
}  # fmt: skip


@pytest.mark.parametrize("staffed", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_colleague_is_offered_only_where_there_is_one(
    sqlite_database: Database, language: str, staffed: bool
) -> None:
    house = House(sqlite_database)
    house.add_knowledge()
    if staffed:
        house.add_staff()
    chat = Chat(house, language=language)
    chat.send("/start")
    offered: list[str] = []
    for text in ASKED[language]:
        chat.send(text)
        said = [label for one in chat.answers for label in (*one.buttons, one.text)]
        offered += [one for one in said if "colleague" in one or "同事" in one]
    assert bool(offered) is staffed

"""What a newcomer sees after `make run`: the page, both languages, a profile that grows, a week later a follow-up.

With REGULARS_SCREENSHOTS=docs/images the pictures of the README are taken anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support.bots import Bot, embedded_bot
from tests.support.browser import DESKTOP, PHONE, ChatPage, open_browser, open_page
from tests.test_journeys import SCRIPTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANNA, LI_WEI, XIAO_YU, OLIVIA = 1001, 1002, 1004, 1000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """No token, no sandbox beside it: everything in one process."""
    bot = embedded_bot(tmp_path_factory.mktemp("newcomer"))
    bot.start()
    yield bot
    assert bot.stop() == 0


def picture(chat: ChatPage, name: str, tmp_path: Path) -> None:
    folder = Path(os.environ.get("REGULARS_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    chat.screenshot(folder / f"{name}.png")
    assert (folder / f"{name}.png").stat().st_size > 10_000


@pytest.mark.parametrize(("language", "person"), [("en", 9101), ("zh", 9102)])
def test_the_script_from_start_to_a_follow_up_a_week_later(
    bot: Bot, browser: Browser, language: str, person: int
) -> None:
    script = SCRIPTS[language]
    newcomer = {"id": person, "first_name": script["name"], "language_code": language}
    httpx.post(f"{bot.url}/sandbox/people", json=newcomer, trust_env=False).raise_for_status()
    with open_page(browser, bot.url, DESKTOP, language=language) as chat:
        chat.choose(person)
        chat.say("/start table-4")
        chat.wait_for_bot(script["greeting"][0])
        chat.press(re.compile("^" + script["consent"]))
        for step in script["steps"]:
            asked = chat.say(step["says"][0])
            for word in step["hears"]:
                expect(asked.locator(f"xpath=following-sibling::li[contains(., '{word}')]").first).to_be_visible()
        liked, avoided, born, complained = (step["says"][0] for step in script["steps"][:4])
        assert {liked, avoided, born} <= set(chat.panel_text("facts").splitlines())
        assert complained in chat.panel_text("feedback")
        chat.choose(OLIVIA)
        chat.wait_for_bot(script["name"])
        chat.press("It is solved")
        chat.say(script["solution"])
        chat.wait_for_bot("✅")
        chat.choose(person)
        chat.advance("1w")
        chat.advance("1d")
        chat.wait_for_bot(script["solution"])
        chat.wait_for_bot(re.compile("⏰.*" + script["reminder"][0], re.DOTALL))
        assert chat.problems == []


def test_a_newcomer_is_heard_in_english(bot: Bot, browser: Browser, tmp_path: Path) -> None:
    with open_page(browser, bot.url, DESKTOP) as chat:
        chat.choose(ANNA)
        chat.say("Hi!")
        chat.wait_for_bot("Anna")
        chat.say("love the oat latte, but yesterday's was cold and I'm allergic to nuts btw")
        chat.wait_for_bot("sorry")
        chat.wait_for_panel("nuts")
        chat.wait_for_panel(re.compile("complaint", re.IGNORECASE))
        assert "I'm allergic to nuts" in chat.panel_text("facts")
        picture(chat, "page", tmp_path)
        chat.press("Undo")
        chat.wait_for_bot(re.compile("Taken back|Gone|crossed that out"))  # whichever wording is due
        assert chat.problems == []


def test_staff_solve_it_and_the_customer_hears_of_it(bot: Bot, browser: Browser, tmp_path: Path) -> None:
    with open_page(browser, bot.url, DESKTOP) as chat:
        chat.choose(LI_WEI)
        chat.say("昨天的燕麦拿铁是冷的")
        chat.wait_for_bot("抱歉")
        chat.choose(OLIVIA)
        chat.wait_for_bot("昨天的燕麦拿铁是冷的")
        chat.press("It is solved")
        chat.say("New machine; the next one is on us")
        chat.wait_for_bot("✅")
        chat.say("/why 李伟")
        chat.wait_for_bot("Worth")
        picture(chat, "staff", tmp_path)
        chat.choose(LI_WEI)
        chat.advance("1d")
        chat.wait_for_bot("New machine")
        assert chat.problems == []


def test_a_week_later_on_a_phone_in_chinese(bot: Bot, browser: Browser, tmp_path: Path) -> None:
    with open_page(browser, bot.url, PHONE, language="zh") as chat:
        chat.choose(XIAO_YU)
        chat.say("我最喜欢燕麦拿铁，另外两天后提醒我买豆子")
        chat.wait_for_bot("燕麦拿铁")
        chat.advance("1w")
        chat.wait_for_bot("买豆子")
        picture(chat, "phone-zh", tmp_path)
        chat.show_panel()
        chat.wait_for_panel("燕麦拿铁")
        picture(chat, "phone-panel-zh", tmp_path)
        assert chat.problems == []

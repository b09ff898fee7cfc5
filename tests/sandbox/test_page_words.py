"""The page's own words: the same in both languages, and one for every name the agent may tell it."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from bot.config.keys import RULES
from bot.customize.arbiter import Reason
from bot.differentiate.tiers import GROUPS
from bot.interact.understanding.result import Aspect, FactKind, FeedbackKind
from storage.models import FollowUpStatus, Purpose, Stage
from tests.support.browser import open_browser, open_page
from tests.support.sandboxes import Sandbox

pytestmark = pytest.mark.browser

NAMES = {
    "aspect": set(get_args(Aspect)) - {"other"},
    "feedbackKind": set(get_args(FeedbackKind)),
    "group": set(GROUPS),
    "kind": set(get_args(FactKind)),
    "purpose": set(Purpose),
    "reason": set(Reason),
    "rule": set(RULES),
    "stage": set(Stage),
    "status": set(FollowUpStatus),
}


@pytest.fixture(scope="module")
def words() -> Any:
    """Of each language: names, and words or what else stands for them."""
    sandbox = Sandbox("--memory")
    try:
        with open_browser() as browser, open_page(browser, sandbox.url) as chat:
            return chat.page.evaluate("""async () => {
                const { WORDS } = await import("/words.js");
                const plain = (word) => (typeof word === "function" ? "(…)" : word);
                const read = (words) => Object.fromEntries(Object.entries(words).map(([name, word]) => [name, plain(word)]));
                return Object.fromEntries(Object.entries(WORDS).map(([language, words]) => [language, read(words)]));
            }""")
    finally:
        sandbox.end()


def test_both_languages_have_every_word(words: Any) -> None:
    def names(part: Any) -> Any:
        return {name: names(word) for name, word in part.items()} if isinstance(part, dict) else part == "(…)"

    assert names(words["en"]) == names(words["zh"])


@pytest.mark.parametrize("group", NAMES)
def test_every_name_of_the_agent_has_its_word(words: Any, group: str) -> None:
    assert NAMES[group] - words["zh"][group].keys() == set()

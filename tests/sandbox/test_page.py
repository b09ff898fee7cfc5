"""The chat page in a browser, with the bot played by the test and the agent's panel by a small server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from sandbox.files import tiny_picture
from tests.support.browser import PHONE, ChatPage, open_browser, open_page
from tests.support.sandboxes import NO_LIMITS, NUMBERS, Line, Sandbox

pytestmark = pytest.mark.browser

BOT = 4242
HOSTILE = '<img src=x onerror="window.ran = 1"> <b>{{ 7*7 }}</b> \u202egnp.exe'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    """One sandbox with one bot for all these tests; each brings people of its own."""
    sandbox = Sandbox("--memory")
    sandbox.ask("POST", "limits", NO_LIMITS)
    assert Line(sandbox, BOT, 0).result("getMe")["id"] == BOT
    yield sandbox
    assert sandbox.end() == 0


def arrive(town: Sandbox, name: str = "Ada", language: str = "en") -> Line:
    line = Line(town, BOT, 30_000 + next(NUMBERS))
    town.ask("POST", "people", {"id": line.person, "first_name": name, "language_code": language})
    return line


def confirm(line: Line) -> Any:
    """The newest update, with which the bot has seen all; waits for one."""
    updates = line.updates(timeout=5)
    line.updates(offset=updates[-1]["update_id"] + 1)
    return updates[-1]


@pytest.fixture
def line(town: Sandbox) -> Line:
    """A person who has started the bot."""
    line = arrive(town)
    line.says(text="/start")
    confirm(line)
    return line


@pytest.fixture
def chat(browser: Browser, town: Sandbox, line: Line) -> Iterator[ChatPage]:
    """The page, showing that person."""
    with open_page(browser, town.url) as chat:
        chat.choose(line.person)
        expect(chat.page.locator("[data-message]")).to_have_count(1)
        yield chat
        assert chat.problems == []


class Agent:
    """What the bot's own HTTP would answer at /panel/<id>; 404 for the unknown."""

    def __init__(self) -> None:
        self.customers: dict[int, Any] = {}
        agent = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                customer = agent.customers.get(int(self.path.removeprefix("/panel/")))
                body = json.dumps(customer).encode()
                self.send_response(200 if customer else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def agent(town: Sandbox) -> Iterator[Agent]:
    agent = Agent()
    thread = threading.Thread(target=agent.server.serve_forever, args=(0.05,))
    thread.start()
    town.ask("PUT", "agent", {"url": agent.url, "name": "Blue Door Coffee", "time_zone": "Asia/Tokyo"})
    yield agent
    town.ask("PUT", "agent", {"url": None})
    agent.server.shutdown()
    thread.join()
    agent.server.server_close()


@contextmanager
def judging(town: Sandbox, stops: list[datetime]) -> Iterator[None]:
    """A bot that has follow-ups due at these times, and says at each move of the clock that it has judged."""
    done = threading.Event()

    def judge(client: httpx.Client) -> None:
        clock = client.get("/sandbox/clock").json()
        while not done.is_set():
            due = [at.isoformat() for at in stops if at > datetime.fromisoformat(clock["now"])]
            alarm = {"revision": clock["revision"], "at": due[0] if due else None}
            client.put("/sandbox/clock/alarm", json=alarm | {"follow_up_at": alarm["at"]})
            clock = client.get("/sandbox/clock", params={"after": clock["revision"], "wait": 0.2}).json()

    with httpx.Client(base_url=town.url, trust_env=False) as client:
        thread = threading.Thread(target=judge, args=(client,))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def fact(number: int, kind: str, value: str, quote: str, **more: Any) -> dict[str, Any]:
    source = {"contact_id": number, "text": quote, "at": "2026-05-03T09:00:00+00:00"}
    base = {"id": number, "kind": kind, "value": value, "polarity": None, "source": source, "confidence": 0.9}
    return base | {"since": source["at"], "superseded_by": None} | more


# Talking


def test_start_sends_the_command_and_the_answer_appears(browser: Browser, town: Sandbox) -> None:
    line = arrive(town, "Grace")
    with open_page(browser, f"{town.url}/?start=poster-12") as chat:
        chat.choose(line.person)
        chat.start()
        expect(chat.page.locator('[data-from="person"] [data-text]')).to_have_text("/start poster-12")
        assert confirm(line)["message"]["text"] == "/start poster-12"
        line.send("Hello Grace")
        chat.wait_for_bot("Hello Grace")
        expect(chat.page.locator("[data-empty]")).to_be_hidden()
        assert chat.problems == []


def test_enter_sends_and_shift_enter_does_not(chat: ChatPage, line: Line) -> None:
    box = chat.page.locator("[data-input]")
    box.fill("two")
    box.press("Shift+Enter")
    box.press_sequentially("lines")
    box.press("Enter")
    expect(chat.page.locator('[data-from="person"] [data-text]').last).to_have_text("two\nlines")
    assert confirm(line)["message"]["text"] == "two\nlines"
    expect(box).to_have_value("")


def test_what_people_and_the_bot_write_is_never_markup(chat: ChatPage, line: Line) -> None:
    chat.say(HOSTILE)
    line.send(HOSTILE, reply_markup={"inline_keyboard": [[{"text": HOSTILE, "callback_data": "x"}]]})
    assert chat.wait_for_bot("gnp.exe").locator("[data-text]").inner_text() == HOSTILE
    expect(chat.page.locator("[data-buttons] button")).to_have_text(HOSTILE)
    assert chat.page.locator(".log img").count() == 0
    assert chat.page.evaluate("window.ran") is None


def test_an_inline_script_does_not_run(browser: Browser, town: Sandbox) -> None:
    with open_page(browser, town.url) as chat:
        chat.page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
        )
        assert chat.page.evaluate("window.ran") is None
        assert "violates the following Content Security Policy" in chat.problems[0]


def test_entities_become_elements_at_utf16_offsets(chat: ChatPage, line: Line) -> None:
    line.send(
        '😀 <b>bold <i>both</i></b> <code>&lt;x&gt;</code> <a href="https://example.org/">a link</a> or /me '
        '<a href="tg://user?id=1">you</a>',
        parse_mode="HTML",
    )
    bubble = chat.wait_for_bot("bold both").locator("[data-text]")
    expect(bubble.locator("strong")).to_have_text("bold both")
    expect(bubble.locator("strong em")).to_have_text("both")
    expect(bubble.locator("code")).to_have_text("<x>")
    expect(bubble.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.org/")
    bubble.get_by_role("button", name="/me").click()
    expect(chat.page.locator('[data-from="person"] [data-text]').last).to_have_text("/me")


def test_a_link_that_would_run_code_is_plain_text(chat: ChatPage, line: Line) -> None:
    entity = {"type": "text_link", "offset": 0, "length": 5, "url": "javascript:alert(1)"}
    line.send("press me", entities=[entity])
    assert chat.wait_for_bot("press me").get_by_role("link").count() == 0


def test_an_edit_changes_the_text_in_place(chat: ChatPage, line: Line) -> None:
    first = line.send("Importing: 1 of 3")
    line.send("Meanwhile")
    chat.wait_for_bot("Meanwhile")
    line.result("editMessageText", chat_id=line.person, message_id=first["message_id"], text="Importing: 3 of 3")
    expect(chat.wait_for_bot("Importing: 3 of 3").locator("[data-edited]")).to_have_text("edited")
    assert chat.bot_texts() == ["Importing: 3 of 3", "Meanwhile"]
    line.result("deleteMessage", chat_id=line.person, message_id=first["message_id"])
    expect(chat.page.locator('[data-from="bot"]')).to_have_count(1)


def test_a_press_reaches_the_bot_and_its_answer_is_shown(chat: ChatPage, line: Line) -> None:
    line.send("News?", reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "yes:1"}]]})
    chat.press("Yes")
    toast = chat.page.locator('[data-toast="news"]')
    query = confirm(line)["callback_query"]
    assert query["data"] == "yes:1"
    line.result("answerCallbackQuery", callback_query_id=query["id"], text="Noted")
    expect(toast).to_have_text("Noted")
    chat.press("Yes")
    query = confirm(line)["callback_query"]
    line.result("answerCallbackQuery", callback_query_id=query["id"], text="Really noted", show_alert=True)
    expect(chat.page.locator("[data-alert] p")).to_have_text("Really noted")


def test_the_bots_keyboard_can_share_the_contact(chat: ChatPage, line: Line) -> None:
    keyboard = [[{"text": "Share my number", "request_contact": True}]]
    line.send("May we have your number?", reply_markup={"keyboard": keyboard, "one_time_keyboard": True})
    chat.page.locator("[data-keyboard]").get_by_text("Share my number").click()
    expect(chat.page.locator("[data-contact]")).to_be_visible()
    assert confirm(line)["message"]["contact"]["user_id"] == line.person
    expect(chat.page.locator("[data-keyboard]")).to_be_hidden()


def test_photos_and_files_go_both_ways(chat: ChatPage, line: Line, tmp_path: Path) -> None:
    picture = tmp_path / "cup.png"
    picture.write_bytes(tiny_picture(7))
    chat.page.locator("[data-input]").fill("My cup")
    chat.page.locator("[data-file]").set_input_files(picture)
    expect(chat.page.locator('[data-from="person"] [data-photo]')).to_have_js_property("complete", True)
    message = confirm(line)["message"]
    assert (message["caption"], message["photo"][-1]["file_size"]) == ("My cup", picture.stat().st_size)
    files = {"document": ("all.json", b'{"name": "Ada"}', "application/json")}
    line.sandbox.client.post(f"/bot{line.token}/sendDocument", data={"chat_id": line.person}, files=files)
    with chat.page.expect_download() as download:
        chat.page.locator('[data-document="all.json"]').click()
    assert Path(download.value.path()).read_bytes() == b'{"name": "Ada"}'


def test_other_contents_have_placeholders(chat: ChatPage, line: Line) -> None:
    for kind in ("contact", "location", "sticker", "voice"):
        chat.page.locator("[data-attach-toggle]").click()
        chat.page.locator(f'[data-attach="{kind}"]').click()
        expect(chat.page.locator(f'[data-from="person"] [data-{kind}]')).to_be_visible()
        assert kind in confirm(line)["message"]


def test_the_command_menu_narrows_as_one_types(chat: ChatPage, line: Line) -> None:
    names = ["me", "menu", "help"]
    commands = [{"command": name, "description": f"About {name}"} for name in names]
    line.result("setMyCommands", commands=commands)
    box, menu = chat.page.locator("[data-input]"), chat.page.locator("[data-command]")
    box.fill("/")
    expect(menu).to_have_count(3)
    box.press_sequentially("me")
    expect(menu).to_have_count(2)
    box.press("ArrowDown")
    expect(chat.page.locator('[data-command="menu"]')).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(chat.page.locator('[data-from="person"] [data-text]').last).to_have_text("/menu")
    expect(chat.page.locator("[data-commands]")).to_be_hidden()


def test_one_can_reply_and_edit_ones_last_message(chat: ChatPage, line: Line) -> None:
    complaint = line.send("A complaint of Tom Becker")
    chat.wait_for_bot("A complaint").locator("[data-reply]").click()
    chat.say("We are sorry, Tom")
    assert confirm(line)["message"]["reply_to_message"]["message_id"] == complaint["message_id"]
    chat.page.locator("[data-input]").press("ArrowUp")
    expect(chat.page.locator("[data-input]")).to_have_value("We are sorry, Tom")
    bubble = chat.say("We are very sorry, Tom")
    expect(bubble.locator("[data-edited]")).to_be_visible()
    assert confirm(line)["edited_message"]["text"] == "We are very sorry, Tom"
    assert chat.page.locator('[data-from="person"]').count() == 2


def test_blocking_stops_the_bot_until_unblocked(chat: ChatPage, line: Line) -> None:
    chat.page.locator("[data-block]").click()
    expect(chat.page.locator("[data-composer]")).to_be_hidden()
    assert line.refusal("sendMessage", chat_id=line.person, text="Hello?")[0] == 403
    chat.page.locator("[data-unblock]").click()
    expect(chat.page.locator("[data-composer]")).to_be_visible()
    line.send("Welcome back")
    chat.wait_for_bot("Welcome back")


def test_a_lost_connection_is_said_and_comes_back(browser: Browser, town: Sandbox, line: Line) -> None:
    with open_page(browser, town.url) as chat:
        chat.choose(line.person)
        chat.page.context.set_offline(True)
        line.send("While you were away")
        expect(chat.page.locator("[data-connection]")).to_have_text("Connection lost. Trying again…", timeout=30_000)
        chat.page.context.set_offline(False)
        chat.wait_for_bot("While you were away", seconds=30)
        expect(chat.page.locator("[data-connection]")).to_be_empty()


# People


def test_somebody_new_can_be_added(chat: ChatPage, town: Sandbox) -> None:
    chat.page.locator("[data-add-person]").click()
    dialog = chat.page.locator("[data-new-person]")
    dialog.get_by_label("Name").fill("Wang Fang")
    dialog.get_by_label("Telegram speaks").select_option("zh")
    dialog.get_by_role("button", name="Add").click()
    expect(chat.page.locator('[data-person][aria-current="true"]')).to_contain_text("Wang Fang")
    expect(chat.page.locator("[data-start]")).to_be_visible()
    made = next(one for one in town.ask("GET", "people") if one["first_name"] == "Wang")
    assert (made["last_name"], made["language_code"]) == ("Fang", "zh")


def test_news_for_another_person_has_a_dot_until_looked_at(chat: ChatPage, town: Sandbox) -> None:
    other = arrive(town, "Tom")
    other.says(text="/start")
    other.send("Hello Tom")
    dot = chat.page.locator(f'[data-person="{other.person}"] [data-unread]')
    expect(dot).to_be_visible(timeout=10_000)
    chat.choose(other.person)
    chat.wait_for_bot("Hello Tom")
    expect(dot).to_have_count(0)


# The clock


def test_the_clock_moves_by_a_week_and_to_the_next_follow_up(chat: ChatPage, town: Sandbox, line: Line) -> None:
    def now() -> datetime:
        return datetime.fromisoformat(town.ask("GET", "clock")["now"])

    begun = now()
    with judging(town, [begun + timedelta(days=2), begun + timedelta(days=30)]):
        assert "the bot had something to do at 1 moment" in chat.advance("1w")
        assert timedelta(days=7) <= now() - begun < timedelta(days=7, minutes=2)
        chat.advance("follow_up")
        assert timedelta(days=30) <= now() - begun < timedelta(days=30, minutes=2)
    line.send("A month later")
    shown = (begun + timedelta(days=30)).strftime("%B")
    expect(chat.page.locator(".day").last).to_contain_text(shown)


# The thinking panel


def test_the_panel_shows_what_the_agent_knows_and_why(chat: ChatPage, agent: Agent, line: Line, town: Sandbox) -> None:
    expect(chat.page.locator("[data-panel]")).to_have_attribute("data-state", "unknown", timeout=15_000)
    now = datetime.fromisoformat(town.ask("GET", "clock")["now"])
    follow_up = {"occurrence": "1", "reason": None, "text": None, "sent_at": None}
    agent.customers[line.person] = {
        "name": "Ada",
        "language": "en",
        "tier": "A",
        "tier_reason": "12 orders in 90 days",
        "value": {"rfm": {"recency_days": 2.5, "spent": 4250, "currency": "EUR"}, "alive": 0.5, "stage": "at_risk"}
        | {"priced": 3, "referrals": {"won": 1}, "prospect": {"chance": 0.1, "worth": 1200}},
        "consents": {"service": True, "marketing": False},
        "facts": [
            fact(1, "preference", "whole milk", "whole milk please", superseded_by=2),
            fact(2, "preference", "oat milk", "I prefer oat milk now", polarity="like"),
            fact(3, "restriction", HOSTILE, "no nuts for me"),
        ],
        "feedback": [
            {
                "id": 1,
                "kind": "complaint",
                "aspect": "speed",
                "severity": 2,
                "status": "open",
                "quote": "Too slow",
            }
            | {"due_at": (now + timedelta(days=1, minutes=1)).isoformat(), "owner": "Olivia"}
        ],
        "follow_ups": [
            follow_up
            | {"rule": "birthday", "status": "planned", "due_at": (now + timedelta(days=3, minutes=1)).isoformat()},
            follow_up | {"rule": "check_in", "status": "skipped", "due_at": now.isoformat(), "reason": "complaint"},
        ],
    }
    chat.wait_for_panel("12 orders in 90 days")
    page = chat.page
    assert page.locator("[data-tier]").inner_text() == "tier A"
    assert page.locator('[data-consent="marketing"]').get_attribute("data-answer") == "no"
    assert page.locator('[data-consent="profiling"]').get_attribute("data-answer") == "notAsked"
    assert "oat milk" in page.locator('[data-kind="preference"]').inner_text()
    assert "I prefer oat milk now" in page.locator('[data-fact="2"]').inner_text()
    assert page.locator('[data-fact="3"] b').inner_text() == HOSTILE
    expect(page.locator('[data-fact="1"]')).to_be_hidden()
    page.locator('[data-fold="gone"] summary').click()
    assert page.locator('[data-fact="1"] s').inner_text() == "whole milk"
    assert "with Olivia · answer due tomorrow" in page.locator('[data-feedback="complaint"]').inner_text()
    assert "in 3 days" in page.locator('[data-next="birthday"]').inner_text()
    assert "a complaint is open" in page.locator("[data-held]").inner_text()
    figures = chat.panel_text("value").splitlines()[1:]
    assert figures[1::2] == ["2.5", "€42.50", "50 %", "at risk", "10 %"]  # and nothing that only the agent reads

    agent.customers[line.person]["facts"].append(fact(4, "habit", "V60 at home", "I brew V60 at home"))
    chat.say("I brew V60 at home")
    chat.wait_for_panel("V60 at home")
    expect(page.locator('[data-fact="1"]')).to_be_visible()  # what was unfolded stays so


def test_the_panel_survives_an_agent_that_is_away_or_says_little(chat: ChatPage, agent: Agent, line: Line) -> None:
    agent.customers[line.person] = {"name": "Ada", "value": None, "facts": None}
    chat.wait_for_panel("Nothing is planned.")
    line.sandbox.ask("PUT", "agent", {"url": "http://127.0.0.1:9"})
    expect(chat.page.locator("[data-panel]")).to_have_attribute("data-state", "away", timeout=15_000)


def test_times_are_those_of_the_business(chat: ChatPage, agent: Agent) -> None:
    expect(chat.page.locator("[data-business]")).to_have_text("Blue Door Coffee")
    at = chat.page.locator('[data-from="person"] time')
    sent = datetime.fromisoformat(at.get_attribute("datetime") or "")
    tokyo = sent.astimezone(UTC) + timedelta(hours=9)
    expect(at).to_have_text(tokyo.strftime("%H:%M"))


# Sizes and languages


CLOCK_ROOM = """() => {
    const text = document.createRange();
    text.selectNodeContents(document.querySelector("[data-clock]"));
    return document.querySelector("[data-block]").getBoundingClientRect().left - text.getBoundingClientRect().right;
}"""


def test_on_a_phone_the_panel_lies_over_the_chat_and_nothing_is_wider(
    browser: Browser, town: Sandbox, line: Line
) -> None:
    line.send("Donaudampfschifffahrtsgesellschaftskapitän" * 8)
    for size in (PHONE, (360, 640), (320, 568)):
        with open_page(browser, town.url, size) as chat:
            chat.choose(line.person)
            chat.wait_for_bot("Donau")
            assert chat.page.evaluate("document.documentElement.scrollWidth") == size[0]
            assert chat.page.evaluate("document.querySelector('.log').scrollWidth") == size[0]
            assert chat.page.evaluate(CLOCK_ROOM) >= 0  # the time ends before the next button begins
            expect(chat.page.locator("[data-panel]")).to_be_hidden()
            chat.show_panel()
            expect(chat.page.locator("[data-panel]")).to_be_visible()
            chat.page.keyboard.press("Escape")
            expect(chat.page.locator("[data-panel]")).to_be_hidden()


def test_the_page_speaks_chinese(browser: Browser, town: Sandbox, line: Line) -> None:
    with open_page(browser, town.url, language="zh") as chat:
        expect(chat.page.locator('[data-advance="1w"]')).to_have_text("+ 1 周")
        chat.speak("en")
        expect(chat.page.locator('[data-advance="1w"]')).to_have_text("+ a week")
        chat.page.reload()
        expect(chat.page.locator('[data-advance="1w"]')).to_have_text("+ a week")

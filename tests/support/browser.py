"""The chat page in a headless Chromium, as somebody at the keyboard uses it.

Playwright's synchronous side keeps an event loop running in this thread: open it for one module, never for a session.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from tests.support.databases import missing

DESKTOP = (1280, 800)
PHONE = (390, 844)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def open_browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class ChatPage:
    """One open page. `problems` has what its console complained of: a test ends with `assert not page.problems`."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        """Keep what is wrong; that the agent does not know somebody yet, or is away, is not."""
        if message.type in ("error", "warning") and "/sandbox/agent/panel/" not in message.location["url"]:
            self.problems.append(f"{message.text} ({message.location['url']})")

    # Doing

    def choose(self, person: int) -> None:
        self.page.locator(f'[data-person="{person}"]').click()
        expect(self.page.locator(f'[data-person="{person}"]')).to_have_attribute("aria-current", "true")

    def start(self) -> None:
        self.page.locator("[data-start]").click()

    def say(self, text: str) -> Locator:
        """The bubble of what was said."""
        self.page.locator("[data-input]").fill(text)
        self.page.locator("[data-input]").press("Enter")
        own = self.page.locator('[data-from="person"] [data-text]').get_by_text(text, exact=True).last
        expect(own).to_be_visible()
        return own.locator("xpath=ancestor::li")

    def press(self, label: str | re.Pattern[str]) -> None:
        """The newest button that has this label."""
        self.page.locator("[data-buttons]").get_by_text(label, exact=True).last.click()

    def advance(self, by: str) -> str:
        """`1h`, `1d`, `1w` or `follow_up`; waits until the clock is there and returns what the page says of it ("" when it failed)."""
        clock = self.page.locator("section.clock")
        moves = int(clock.get_attribute("data-moves") or 0)
        self.page.locator(f'[data-advance="{by}"]').click()
        expect(clock).to_have_attribute("data-moves", str(moves + 1), timeout=60_000)
        return clock.get_attribute("data-told") or ""

    def speak(self, language: str) -> None:
        """Turn the page's own words to `en` or `zh`."""
        if self.page.locator("html").get_attribute("lang") != language:
            self.page.locator("[data-language]").click()

    def show_panel(self) -> None:
        """On a phone the panel lies over the chat."""
        toggle = self.page.locator("[data-panel-toggle]")
        if toggle.is_visible() and toggle.get_attribute("aria-expanded") == "false":
            toggle.click()

    def screenshot(self, path: Path) -> None:
        expect(self.page.locator("[data-toast]")).to_have_count(0, timeout=10_000)  # they fade by themselves
        self.page.screenshot(path=path)

    # Reading

    def wait_for_bot(self, text: str | re.Pattern[str], seconds: float = 10) -> Locator:
        """The newest bubble of the bot with this in its text."""
        found = self.page.locator('[data-from="bot"]', has=self.page.locator("[data-text]", has_text=text)).last
        expect(found).to_be_visible(timeout=seconds * 1000)
        return found

    def wait_for_panel(self, text: str | re.Pattern[str], seconds: float = 15) -> None:
        expect(self.page.locator("[data-panel]")).to_contain_text(text, timeout=seconds * 1000)

    def panel_text(self, card: str | None = None) -> str:
        """All of the panel, or one card of it: person, follow-ups, facts, feedback, value, why."""
        return self.page.locator(f'[data-card="{card}"]' if card else "[data-panel]").inner_text()

    def bot_texts(self) -> list[str]:
        return self.page.locator('[data-from="bot"] [data-text]').all_inner_texts()


@contextmanager
def open_page(
    browser: Browser, url: str, size: tuple[int, int] = DESKTOP, language: str = "en", dark: bool = False
) -> Iterator[ChatPage]:
    """The page at the sandbox's address, in a window of its own that remembers nothing."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale={"en": "en-GB", "zh": "zh-CN"}[language],
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        has_touch=size[0] < 700,
    )
    page = context.new_page()
    chat = ChatPage(page)
    page.on("console", chat.note)
    page.on("pageerror", lambda error: chat.problems.append(str(error)))
    try:
        page.goto(url)
        expect(page.locator("[data-clock]")).not_to_be_empty()
        yield chat
    finally:
        context.close()

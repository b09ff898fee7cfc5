"""docs/commands.md and the program name the same commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

import handlers
from bot.cli import app
from bot.customize.wording import Wording
from bot.runtime.menus import menu
from handlers.customers import partners

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def _chat_commands(title: str) -> set[str]:
    return set(re.findall(r"^\| `/(\w+)", _section(title), re.MULTILINE))


def test_every_chat_command_is_documented() -> None:
    assert _chat_commands("In the chat: customers") == set(handlers.CUSTOMER_COMMANDS)
    assert _chat_commands("In the chat: staff") == set(handlers.STAFF_COMMANDS)


def test_every_console_command_is_documented() -> None:
    group = typer.main.get_command(app)
    named = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        named |= {f"{name} {one}" for one in inner} if inner else {name}
    lines = re.findall(r"^\| `regulars ([a-z]+(?: [a-z]+)?)", _section("At the console"), re.MULTILINE)
    documented = {line if line in named else line.split()[0] for line in lines}
    assert documented == named


def test_menus_name_only_commands_that_exist() -> None:
    wording = Wording(("en", "zh"), business={"name": "Blue Door Coffee", "currency": "EUR"})
    for language in ("en", "zh"):
        assert {one["command"] for one in menu(wording, language, "customers")} <= set(handlers.CUSTOMER_COMMANDS)
        assert {one["command"] for one in menu(wording, language, "partners")} == set(partners.COMMANDS)
        assert {one["command"] for one in menu(wording, language, "staff")} <= set(handlers.STAFF_COMMANDS)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_tells_of_every_command(language: str) -> None:
    wording = Wording(("en", "zh"), business={"name": "Blue Door Coffee", "currency": "EUR"})
    for staff, known in (
        (False, handlers.CUSTOMER_COMMANDS),
        (True, handlers.CUSTOMER_COMMANDS | handlers.STAFF_COMMANDS),
    ):
        text = wording.render(language, "profile/help", {"name": "Anna", "staff": staff, "partner": True})
        assert set(re.findall(r"/(\w+)", text)) == known.keys() - {"start", "help", "claim"}

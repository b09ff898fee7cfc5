"""The words of the conversation: the same messages, variables and labels in every language."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, meta

TEMPLATES = Path(__file__).parents[3] / "templates"
SUBJECTS = ("start", "chat", "facts", "feedback", "questions", "profile", "privacy", "press")
NAMES = sorted(
    f"{subject}/{file.stem}" for subject in SUBJECTS for file in (TEMPLATES / "en" / subject).glob("*.j2")
)  # fmt: skip


def variables(language: str, name: str) -> set[str]:
    environment = Environment(autoescape=True)
    for filter_name in ("money", "day", "moment", "clock", "span", "listed", "clip", "number"):
        environment.filters[filter_name] = str
    source = (TEMPLATES / language / f"{name}.j2").read_text(encoding="utf-8")
    return meta.find_undeclared_variables(environment.parse(source))


@pytest.mark.parametrize("name", NAMES)
def test_a_message_uses_the_same_variables_in_both_languages(name: str) -> None:
    assert variables("en", name) == variables("zh", name)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_both_languages_have_the_same_messages(subject: str) -> None:
    names = [{file.name for file in (TEMPLATES / language / subject).iterdir()} for language in ("en", "zh")]
    assert names[0] == names[1]


def test_both_languages_have_the_same_labels() -> None:
    labels = [yaml.safe_load((TEMPLATES / language / "buttons.yaml").read_text("utf-8")) for language in ("en", "zh")]
    assert set(labels[0]) == set(labels[1])
    assert all(len(text) <= 64 for table in labels for text in table.values())

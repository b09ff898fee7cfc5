"""Templates read before a customer does; and every message of both languages rendered with made-up values."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from bot.config import load_settings
from bot.customize.proofreading import find_values, list_names, preview, proofread
from bot.customize.wording import Wording

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
WORDING = Wording(("en", "zh"), business={"name": "Blue Door Coffee", "currency": "EUR"})


def test_our_own_texts_are_in_order() -> None:
    assert [str(one) for one in proofread(SETTINGS)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_message_can_be_previewed(language: str) -> None:
    names = list_names(language)
    assert len(names) > 100
    for name in names:
        assert preview(WORDING, language, name, {}).strip(), name


def test_values_are_those_a_template_cannot_do_without() -> None:
    source = "{{ name }} {% set x = 1 %}{{ x }} {% if answer is defined %}{{ answer }}{% endif %}\n%%\n{{ tier }}"
    assert find_values(source) == {"name", "tier"}
    with pytest.raises(TemplateSyntaxError):
        find_values("{{ name")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(LookupError):
        preview(WORDING, "en", "nope", {})

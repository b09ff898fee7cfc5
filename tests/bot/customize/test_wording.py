"""Every text of every language with hostile values; what templates may not do; cutting, escaping, falling back."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import TemplateError, UndefinedError
from jinja2.exceptions import SecurityError

from bot.customize.wording import MESSAGE_LENGTH, Wording, clean
from tests.support.follow_ups import WORDING
from tests.support.templates import AT, values_for

FOLDER = Path(__file__).parents[3] / "templates"
LANGUAGES = ("en", "zh")
NAMES = {
    language: sorted(
        str(file.relative_to(FOLDER / language).with_suffix("")) for file in (FOLDER / language).rglob("*.j2")
    )
    for language in LANGUAGES
}
HOSTILE = {
    "markup": "<b>&amp;</i><a href='tg://user?id=1'>",
    "template": "{{ 7*7 }}{% raw %}",
    "direction": "\u202eabc\u2066\u200f\u0000",
    "emoji": "👨‍👩‍👧‍👦🇩🇪👍🏽",
    "long": "x<" * 2500,
    "chinese": "“小明”《您好》",
}
ALLOWED = {"b", "i", "u", "s", "a", "code", "pre", "tg-spoiler", "blockquote"}
BERLIN = ZoneInfo("Europe/Berlin")


class Telegram(HTMLParser):
    """As strict as Telegram: known tags, closed in order, and no stray `<`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: object) -> None:
        assert tag in ALLOWED, tag
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def parse(text: str) -> str:
    """As Telegram would read it; fails where Telegram would refuse."""
    assert not re.search(r"<(?!/?[a-z][a-z-]*[ >])", text), text
    reader = Telegram()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    assert len(reader.text.encode("utf-16-le")) // 2 <= MESSAGE_LENGTH
    return reader.text


def test_both_languages_have_the_same_texts() -> None:
    assert NAMES["en"] == NAMES["zh"]


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_survives_hostile_values(language: str, hostile: str) -> None:
    for name in NAMES[language]:
        source = (FOLDER / language / f"{name}.j2").read_text(encoding="utf-8")
        for values in values_for(source, hostile):
            business = {"business": {"name": hostile}}
            for turn in range(WORDING.count_variants(language, name)):
                try:
                    text = WORDING.render(language, name, values | business, zone=BERLIN, turn=turn)
                except Exception as error:
                    raise AssertionError(f"{language}/{name}.j2 cannot be rendered with {values}") from error
                shown = parse(text)
                assert "49" not in shown or hostile != HOSTILE["template"], name
                assert not set(shown) & set("\u202e\u2066\u200f\u0000"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_something(language: str) -> None:
    for name in NAMES[language]:
        source = (FOLDER / language / f"{name}.j2").read_text(encoding="utf-8")
        first = next(values_for(source, "Anna"))
        for turn in range(WORDING.count_variants(language, name)):
            assert WORDING.render(language, name, first, zone=BERLIN, turn=turn).strip(), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_is_short_and_plain(language: str) -> None:
    WORDING.label(language, "rate", {"score": 3})
    labels = {candidate: WORDING._labels[candidate] for candidate in (language,)}
    for name, label in labels[language].items():
        assert 0 < len(label) <= 64, name
        assert "<" not in label, name


def test_both_languages_have_the_same_labels() -> None:
    for language in LANGUAGES:
        WORDING.label(language, "rate", {"score": 3})
    assert set(WORDING._labels["en"]) == set(WORDING._labels["zh"])


def with_text(folder: Path, source: str, name: str = "x", language: str = "en") -> Wording:
    file = folder / language / f"{name}.j2"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return Wording(["en", "zh"], business={"name": "Blue Door"}, overlay=folder)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("{{ ''.__class__.__mro__ }}", SecurityError),
        ("{{ items.append(1) }}", SecurityError),
        ("{{ business.update({}) }}", SecurityError),
        ("{{ 'x' * 99999999 }}", TemplateError),
        ("{{ 9 ** 99999999 }}", TemplateError),
        ("{{ '%99999999d' % 1 }}", TemplateError),
        ("{% for n in range(99999999) %}x{% endfor %}", UndefinedError),
        ("{{ lipsum(n=9) }}", UndefinedError),
        ("{{ cycler('a') }}", UndefinedError),
        ("{% include 'en/x.j2' %}", (TemplateError, TypeError)),
        ("{{ value | safe }}", TemplateError),
        ("{{ value | format }}", TemplateError),
        ("{{ missing }}", UndefinedError),
        ("{{ value", TemplateError),
        ("x" * 20_001, TemplateError),
    ],
)
def test_templates_may_not_do_harm(tmp_path: Path, source: str, error: type[Exception]) -> None:
    wording = with_text(tmp_path, source)
    with pytest.raises(error):
        wording.render("en", "x", {"items": [1], "value": "v"})


def test_allowed_twin_of_each_refusal(tmp_path: Path) -> None:
    source = (
        "{{ items | length + 1 }} {{ business.name }} {{ value | upper }} {% for one in items %}{{ one }}{% endfor %}"
    )
    assert with_text(tmp_path, source).render("en", "x", {"items": [1, 2], "value": "v"}) == "3 Blue Door V 12"


def test_values_are_escaped_once_and_templates_keep_their_tags(tmp_path: Path) -> None:
    wording = with_text(tmp_path, "<b>{{ name }}</b> {{ names | listed }}")
    text = wording.render("en", "x", {"name": "<i>&", "names": ["A<", "B"]})
    assert text == "<b>&lt;i&gt;&amp;</b> A&lt; and B"


def test_value_is_not_read_as_a_template(tmp_path: Path) -> None:
    assert with_text(tmp_path, "{{ name }}").render("en", "x", {"name": "{{ 7*7 }}"}) == "{{ 7*7 }}"


@pytest.mark.parametrize("mark", ["a", "é", "字", "👍"])
def test_text_is_cut_to_what_telegram_takes(tmp_path: Path, mark: str) -> None:
    wording = with_text(tmp_path, "<b>" + "{{ value }}" * 20 + "</b>")
    text = wording.render("en", "x", {"value": mark * 1000})
    assert len(html.unescape(text).encode("utf-16-le")) // 2 <= MESSAGE_LENGTH
    assert text.endswith("…")
    assert "<b>" not in text


def test_variants_take_turns(tmp_path: Path) -> None:
    wording = with_text(tmp_path, "one\n%%\ntwo\n")
    assert [wording.render("en", "x", {}, turn=turn) for turn in range(3)] == ["one", "two", "one"]
    assert wording.count_variants("en", "x") == 2


def test_own_texts_come_first_and_missing_ones_fall_back(tmp_path: Path) -> None:
    wording = with_text(tmp_path, "our own", "follow_ups/check_in/b")
    assert wording.render("en", "follow_ups/check_in/b", {}) == "our own"
    assert with_text(tmp_path, "only here").render("zh", "x", {}) == "only here"
    with pytest.raises(LookupError, match=r"templates/en/nonsense\.j2 is missing"):
        wording.render("en", "nonsense", {})


def test_tier_s_own_text_is_chosen_before_the_one_for_all() -> None:
    def choose(tier: str) -> str:
        return WORDING.choose("zh", [f"follow_ups/check_in/{tier}", "follow_ups/check_in/default"])

    assert [choose("a"), choose("new")] == ["follow_ups/check_in/a", "follow_ups/check_in/default"]
    with pytest.raises(LookupError, match="nonsense"):
        WORDING.choose("en", ["nonsense"])


def test_labels_are_filled_in_and_cleaned() -> None:
    assert WORDING.label("en", "rate", {"score": 4}) == "4 ★"
    assert WORDING.label("de", "solved_yes") == WORDING.label("en", "solved_yes")
    assert WORDING.label("en", "rate", {"score": "\u202e{x}"}) == "{x} ★"
    with pytest.raises(LookupError, match="nonsense"):
        WORDING.label("en", "nonsense")


def test_numbers_and_times_are_written_as_the_language_does(tmp_path: Path) -> None:
    source = "{{ total | money('EUR') }}; {{ at | day }}; {{ at | moment }}; {{ days | span }}; {{ n | number }}"
    with_text(tmp_path, source)
    wording = with_text(tmp_path, source, language="zh")
    values = {"total": 1250, "at": AT, "days": 14, "n": 1234.5}
    assert wording.render("en", "x", values, zone=BERLIN) == "€12.50; 3 May 2026; Sun, 3 May 11:30; 2 weeks; 1,234.5"
    assert wording.render("zh", "x", values, zone=BERLIN) == "€12.50; 2026年5月3日; 5月3日 周日 11:30; 2周; 1,234.5"


def test_a_span_is_a_moment_or_hours_or_a_day(tmp_path: Path) -> None:
    wording = with_text(tmp_path, "{{ at | when(until) }}")
    for until, words in (
        (None, "Sun, 3 May 11:30"),
        (AT + timedelta(hours=2), "Sun, 3 May 11:30–13:30"),
        (AT + timedelta(hours=23), "3 May 2026"),
    ):
        assert wording.render("en", "x", {"at": AT, "until": until}, zone=BERLIN) == words


def test_clean_keeps_emoji_and_takes_marks_that_hide() -> None:
    assert clean("a\u202eb\u200b\u0000c\u00ad") == "abc"
    assert clean("👨‍👩‍👧\ufe0f\nx") == "👨‍👩‍👧\ufe0f\nx"
    assert clean("abcdef", 4) == "abc…"

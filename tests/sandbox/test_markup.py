import pytest

from sandbox.encoding import read_form
from sandbox.markup import find_commands, parse_html, trim
from sandbox.refusals import Refusal


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b>", "a", [entity("bold", 0, 1)]),
        ("é😀<i>中</i>", "é😀中", [entity("italic", 3, 1)]),  # the emoji is two UTF-16 units
        ("<B>a<strong>b</strong></B>", "ab", [entity("bold", 0, 2), entity("bold", 1, 1)]),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("&lt;b&gt; &amp;amp; &quot;&#65;&#x42; &copy; & x", '<b> &amp; "AB &copy; & x', []),
        ('<a href="https://x.org/?a=1&amp;b=2">x</a>', "x", [entity("text_link", 0, 1, url="https://x.org/?a=1&b=2")]),
        ("<a href=''>no link</a>", "no link", []),
        ('<pre><code class="language-python">x</code></pre>', "x", [entity("pre", 0, 1, language="python")]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<b>x</>", "x", [entity("bold", 0, 1)]),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[object]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a <3 b", 'Unsupported start tag "3" at byte offset 2'),
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
    ],
)
def test_html_that_telegram_refuses_is_refused_in_its_words(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_html(source)
    assert (refused.value.code, refused.value.description) == (400, f"Bad Request: can't parse entities: {reason}")


def test_white_space_at_both_ends_goes_and_entities_move_with_it() -> None:
    assert trim("  a b \n", [entity("bold", 0, 3), entity("italic", 5, 2)]) == ("a b", [entity("bold", 0, 1)])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start poster-12", [(0, 6)]),
        ("😀 /me@my_bot now", [(3, 10)]),
        ("no and/or a/b http://x/y", []),
        ("/a /b", [(0, 2), (3, 2)]),
    ],
)
def test_commands_are_found_as_telegram_finds_them(text: str, found: list[tuple[int, int]]) -> None:
    assert find_commands(text) == [entity("bot_command", offset, length) for offset, length in found]


def test_forms_are_read_like_any_other_server_reads_them() -> None:
    assert read_form(b"a=1+2&b=%E4%B8%AD%3D%25&c=100%&d==x=&e=&=z&f=%0Ay") == {
        "a": "1 2",
        "b": "中=%",
        "c": "100%",
        "d": "=x=",
        "e": "",
        "f": "\ny",
    }

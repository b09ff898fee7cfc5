"""Names taken apart and compared: Chinese by its sound, in any order, with accents, titles and short forms."""

from __future__ import annotations

import pytest

from bot.identify.names import compare_names, is_swapped, name_keys, read_name


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("陈伟明", ["chen", "weiming"]),
        ("陳偉明", ["chen", "weiming"]),
        ("欧阳娜娜", ["ouyang", "nana"]),
        ("曾小贤", ["zeng", "xiaoxian"]),
        ("吕布", ["lu", "bu"]),
        ("Lyu Bu", ["lu", "bu"]),
        ("王先生", ["wang"]),
        ("小王", ["wang"]),
        ("Mr. José O'Brien", ["jose", "obrien"]),
        ("Ana-Maria KELLER", ["ana", "maria", "keller"]),
        ("Amy 陈", ["amy", "chen"]),
        ("🙂 42", []),
        ("", []),
    ],
)
def test_a_name_is_read(name: str, sounds: list[str]) -> None:
    assert [word.sound for word in next(iter(read_name(name)), ())] == sounds


@pytest.mark.parametrize(
    "name", ["Chen Weiming", "WEIMING CHEN", "Chen Wei Ming", "WeiMing Chen", "Chen Wei-Ming", "伟明 陈", "陈 伟 明"]
)
def test_spellings_of_one_name_are_found_by_one_key(name: str) -> None:
    assert name_keys("陈伟明") & name_keys(name)
    agreements, left = compare_names("陈伟明", name)
    assert {one.how for one in agreements} <= {"same", "sound"}
    assert left == 0


@pytest.mark.parametrize(
    ("one", "other", "hows"),
    [
        ("Bob Keller", "Keller, Robert", ["nickname", "same"]),
        ("Frannie Keller", "Frances Keller", ["nickname", "same"]),
        ("Ana Keller", "Anna Keler", ["typo", "typo"]),
        ("Mia Keller", "Tim Keller", ["different", "same"]),
        ("A. Keller", "Ana Keller", ["initial", "same"]),
        ("陈伟", "陈玮", ["homophone", "same"]),
        ("孟玉梅", "孟春梅", ["same", "sibling"]),
        ("阿明", "陈伟明", ["nickname"]),
        ("王浩", "Yang Hao", ["different", "sound"]),
        ("chenweiming", "陈伟明", ["sound", "sound"]),
    ],
)
def test_how_two_names_agree(one: str, other: str, hows: list[str]) -> None:
    assert sorted(each.how for each in compare_names(one, other)[0]) == hows
    assert sorted(each.how for each in compare_names(other, one)[0]) == hows


def test_a_swapped_name_is_told_from_the_same_name() -> None:
    assert is_swapped("Ana Keller", "Keller Ana")
    assert not is_swapped("Ana Keller", "ana keller")

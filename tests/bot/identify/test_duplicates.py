"""Who is proposed as one person, and who is not: relatives, namesakes, twins."""

from __future__ import annotations

import random

import pytest

from bot.identify.duplicates import Candidate, find_duplicates
from bot.identify.likeness import Person, fold_city, fold_mail

PHONE = frozenset({"+491713920777"})
SURNAMES = "Acker Berger Conrad Dreher Ebert Forster Graf Huber Jung Kern Lang Maurer Noll Otto Pohl Roth".split()  # noqa: SIM905
GIVEN = "Anton Britta Clara Dirk Emil Frieda Gustav Hedwig Ida Jonas Karla Ludwig Moritz Nora Oskar Paula".split()  # noqa: SIM905


def crowd(count: int = 3000) -> list[Person]:
    """Strangers, so that what is common and what is rare shows."""
    chance = random.Random(7)
    return [
        Person(
            number, f"{chance.choice(GIVEN)}{number % 40} {chance.choice(SURNAMES)}{chr(97 + number % 26)}",
            f"{chance.randrange(1950, 2005)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
            chance.choice(("Berlin", "Hamburg", "上海")),
        )
        for number in range(1000, 1000 + count)
    ]  # fmt: skip


CROWD = crowd()


def propose(one: Person, other: Person) -> Candidate | None:
    found = find_duplicates([*CROWD, one, other])
    return next((each for each in found if (each.one, each.other) == (1, 2)), None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Person(1, "Ana Keller", "1990-05-03", "Berlin"), Person(2, "Keller Ana", "1990-05-03", "berlin")),
        (Person(1, "Ana Keller", "1990-05-03", "Berlin"), Person(2, "Anna Keller", "1990-05-03", "Berlin")),
        (Person(1, "陈伟明", "1990-05-03", "上海"), Person(2, "Chen Weiming", "1990-05-03", "Shanghai")),
        (Person(1, "Robert Vogelsang", "1990-05-03", "Berlin"), Person(2, "Bob Vogelsang", "1990-05-03")),
        (Person(1, "Ana Keller", phones=PHONE), Person(2, "Ana Keller", phones=PHONE)),
        (Person(1, "Ana Keller", mails=frozenset({"ana.keller@gmail.com"})),
         Person(2, "Keller, Ana", mails=frozenset({"AnaKeller+shop@googlemail.com"}))),
        (Person(1, "Ana Keller", numbers=frozenset({"C-77"})), Person(2, "Anna Keller", numbers=frozenset({"C-77"}))),
    ],
)  # fmt: skip
def test_one_person_is_proposed(one: Person, other: Person) -> None:
    assert propose(one, other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Person(1, "Ana Keller", phones=PHONE), Person(2, "Tim Keller", phones=PHONE)),
        (Person(1, "Tim Keller", "1960-05-03", phones=PHONE), Person(2, "Tim Keller", "1990-08-11", phones=PHONE)),
        (Person(1, "孟玉梅", "1975-04-13", "上海", PHONE), Person(2, "孟春梅", "1975-04-13", "上海", PHONE)),
        (Person(1, "Ana Keller", city="Berlin"), Person(2, "Ana Keller", city="Berlin")),
        (Person(1, "Ana Keller", "1990-05-03", "Berlin"), Person(2, "Ana Keller", "1971-11-28", "Berlin")),
        (Person(1, "Ana Keller", "1990-05-03", "Berlin"), Person(2, "Jo Weber", "1990-05-03", "Berlin")),
        (Person(1, "", phones=PHONE), Person(2, "🙂", phones=PHONE)),
    ],
)
def test_others_are_not(one: Person, other: Person) -> None:
    assert propose(one, other) is None


def test_a_shared_phone_alone_is_never_strong() -> None:
    same = propose(Person(1, "Ana Keller", phones=PHONE), Person(2, "Ana Keller", phones=PHONE))
    assert same is not None
    assert not same.is_strong
    own = propose(
        Person(1, "Ana Keller", "1990-05-03", phones=PHONE), Person(2, "Ana Keller", "1990-05-03", phones=PHONE)
    )
    assert own is not None
    assert own.is_strong


def test_what_speaks_for_it_is_said() -> None:
    found = propose(
        Person(1, "陈伟明", "1990-05-03", "上海"), Person(2, "Chen Weiming", "1990-03-05", "Shanghai", PHONE)
    )
    assert found is not None
    assert [(each.what, each.one, each.other) for each in found.evidence] == [
        ("name_sound", "陈伟明", "Chen Weiming"),
        ("birthday_near", "1990-05-03", "1990-03-05"),
        ("city_same", "上海", "Shanghai"),
    ]


def test_who_was_said_to_be_two_is_not_proposed_again() -> None:
    people = [*CROWD, Person(1, "Ana Keller", phones=PHONE), Person(2, "Ana Keller", phones=PHONE)]
    assert [(one.one, one.other) for one in find_duplicates(people)] == [(1, 2)]
    assert find_duplicates(people, {(1, 2)}) == []


def test_what_stands_for_not_known_proves_nothing() -> None:
    """Half the file was born on 1 January 1970, and has the shop's own phone."""
    unknown = [
        one._replace(birthday="1970-01-01", phones=PHONE) if one.id % 2 == 0 else one for one in CROWD
    ]  # fmt: skip
    one = Person(1, "Karla Grafa", "1970-01-01", "Berlin", PHONE)
    other = Person(2, "Karla Grafa", "1970-01-01", "Berlin", PHONE)
    (likeness,) = [each for each in find_duplicates([*CROWD, one, other]) if each.one == 1]
    assert likeness.is_strong
    assert not [each for each in find_duplicates([*unknown, one, other]) if each.one == 1]


def test_nobody_and_one_are_no_pair() -> None:
    assert find_duplicates([]) == []
    assert find_duplicates([Person(1, "Ana", phones=PHONE)]) == []


def test_cities_and_mailboxes_in_one_form() -> None:
    assert fold_city("上海市") == fold_city("Shanghai") == "shanghai"
    assert fold_mail("Ana.Keller+x@GoogleMail.com") == "anakeller@gmail.com"
    assert fold_mail("ana.keller@web.de") == "ana.keller@web.de"


def test_who_changed_is_compared_with_everybody_and_nobody_else_is() -> None:
    twice = [Person(1, "Ana Keller", phones=PHONE), Person(2, "Ana Keller", phones=PHONE)]
    for changed, pairs in (({2}, [(1, 2)]), ({CROWD[0].id}, []), (set(), [])):
        assert [(each.one, each.other) for each in find_duplicates([*CROWD, *twice], changed=changed)] == pairs


def test_a_slip_that_makes_a_name_others_have_is_sooner_a_relative() -> None:
    louise, louis = (Person(number, name, phones=PHONE) for number, name in ((1, "Louise Gay"), (2, "Louis Gay")))
    assert propose(louise, louis) is not None
    others = [
        Person(number, f"{('Louis', 'Louise')[number % 2]} Sommer{chr(97 + number % 26)}") for number in range(10, 40)
    ]
    assert not [each for each in find_duplicates([*CROWD, *others, louise, louis]) if each.one == 1]


def test_an_initial_is_no_doubt_and_no_other_persons_initial() -> None:
    born = ("1990-05-03", "Berlin")
    assert propose(Person(1, "Adriana Cases", *born), Person(2, "A. Cases", *born)) is not None
    assert propose(Person(1, "Adriana Cases", phones=PHONE), Person(2, "B. Cases", phones=PHONE)) is None

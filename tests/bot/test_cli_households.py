"""`regulars households` over a file with addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import call, settle_in

PEOPLE = """customer_id,name,city,Street address,PLZ
k1,Ana Keller,Berlin,Lindenstraße 5,10969
k2,Tom Keller,Berlin,Lindenstr. 5,10969
k3,Jo Weber,Hamburg,Lindenstraße 5,20095
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settle_in(tmp_path, monkeypatch)
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    call("import", "customers", "people.csv")
    return tmp_path


def ask(*words: str) -> Any:
    return json.loads(call(*words, "--json"))


def test_an_address_proposes_and_a_command_links_and_takes_back(here: Path) -> None:
    assert ask("customers", "show", "k1")["address"] == "Lindenstraße 5"
    (proposed,) = ask("households", "list", "--proposed")
    assert [side["name"] for side in proposed["sides"]] == ["Ana Keller", "Tom Keller"]
    assert proposed["evidence"] == [{"what": "address", "by": None, "words": "Lindenstraße 5"}]
    assert ask("households", "list") == []

    assert ask("households", "link", "k2", "k1")["status"] == "linked"
    (household,) = ask("households", "list")
    assert [one["name"] for one in household["members"]] == ["Ana Keller", "Tom Keller"]
    (other,) = ask("households", "show", "k1")["household"]
    assert [piece["what"] for piece in other["why"]] == ["address", "staff"]
    assert ask("households", "list", "--proposed") == []
    assert "Tom Keller" in call("customers", "show", "k1")

    assert "regulars households link" in call("households", "unlink", "k1", "k2")
    assert ask("households", "list") == []


def test_listings_are_for_people_too(here: Path) -> None:
    assert "No households yet" in call("households", "list")
    assert "the same address: “Lindenstraße 5”" in call("households", "list", "--proposed")
    assert "no household that we know of" in call("households", "show", "k3")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("link", "k1", "k1"), 2, "name two"),
        (("link", "k1", "k9"), 1, "'k9' is no customer"),
        (("unlink", "k1", "k3"), 2, "not linked to each other"),
    ],
)
def test_what_cannot_be_is_told(here: Path, words: tuple[str, ...], status: int, told: str) -> None:
    assert told in call("households", *words, status=status)


def test_undoing_the_file_takes_the_households_along(here: Path) -> None:
    call("households", "link", "k1", "k2")
    call("import", "undo", "1")
    assert ask("households", "list") == []

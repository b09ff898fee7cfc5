"""`regulars duplicates` over a file that has somebody twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import call, settle_in

PEOPLE = """customer_id,name,phone,city,birthday
k1,Ana Keller,+49 171 3920777,Berlin,1990-05-03
k2,"Keller, Anna",0171 3920777,Berlin,1990-05-03
k3,Tim Keller,0171 3920777,Berlin,2015-11-20
k4,Jo Weber,,Hamburg,
"""
ORDERS = """order_id,customer_id,ordered_at,total
o1,k1,2026-01-05,5
o2,k2,2026-02-05,7
o3,k2,2026-02-06,8
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settle_in(tmp_path, monkeypatch)
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    call("import", "customers", "people.csv")
    call("import", "orders", "orders.csv")
    return tmp_path


def look() -> list[dict[str, Any]]:
    """Both, but for what is worked out of everybody, or as of now."""
    both = [ask("customers", "show", key) for key in ("k1", "k2")]
    return [{name: held for name, held in one.items() if name not in ("value", "tier_reason", "needs")} for one in both]


def ask(*words: str) -> Any:
    return json.loads(call(*words, "--json"))


def test_list_shows_the_pair_and_not_the_child(here: Path) -> None:
    (pair,) = ask("duplicates", "list")
    assert [side["name"] for side in pair["sides"]] == ["Ana Keller", "Keller, Anna"]
    assert (pair["id"], pair["strong"]) == (1, False)  # of one phone and a misspelt name
    assert [one["what"] for one in pair["evidence"]] == ["name_typo", "birthday_same", "city_same", "phone_same"]
    assert "#1 Ana Keller" in call("duplicates", "list")
    shown = call("duplicates", "show", "1")
    assert "+ the same phone: +491713920777" in shown
    assert "order_system k2" in shown


def test_a_dry_run_changes_nothing(here: Path) -> None:
    ask("duplicates", "list")
    before = look()
    would = ask("duplicates", "merge", "1", "--dry-run")
    assert (would["merge"], would["moved"]["orders"], would["moved"]["identities"]) == (None, 2, 1)
    assert "#2 would be #1" in call("duplicates", "merge", "1", "--dry-run")
    assert look() == before
    assert ask("duplicates", "list", "--merged") == []


def test_merge_undo_and_apart(here: Path) -> None:
    ask("duplicates", "list")
    before = look()
    merged = ask("duplicates", "merge", "1")
    assert (merged["customer_id"], merged["merged_id"]) == (1, 2)
    one = ask("customers", "show", "k2")
    assert (one["id"], one["name"], one["orders"]) == (1, "Ana Keller", 3)
    assert ask("duplicates", "list") == []
    (row,) = ask("duplicates", "list", "--merged")
    assert (row["id"], row["how"], row["undone_at"]) == (merged["merge"], "staff", None)
    for kind, file in (("orders", "orders.csv"), ("customers", "people.csv")):  # again: it is known who is who
        report = ask("import", kind, file)
        assert (report["added"], report["changed"]) == (0, 0)
    one = ask("customers", "show", "2")  # a number that is gone still means somebody
    assert (one["id"], one["name"], one["orders"]) == (1, "Ana Keller", 3)
    would = ask("duplicates", "undo", str(merged["merge"]), "--dry-run")
    assert would["restored_id"] == 2
    assert "two again" in call("duplicates", "undo", str(merged["merge"]))
    assert look() == before
    assert "undone already" in call("duplicates", "undo", str(merged["merge"]), status=2)
    (pair,) = ask("duplicates", "list")
    assert ask("duplicates", "apart", str(pair["id"])) == {"one": 1, "other": 2}
    assert ask("duplicates", "list") == []


def test_a_phone_does_not_make_two_rows_one_person(here: Path) -> None:
    (here / "more.csv").write_text("customer_id,name,phone\nk9,Eva Keller,0171 3920777\n", encoding="utf-8")
    report = ask("import", "customers", "more.csv")
    assert (report["added"], report["changed"]) == (1, 0)
    assert ask("customers", "show", "k9")["name"] == "Eva Keller"
    assert ask("customers", "show", "k1")["name"] == "Ana Keller"


def test_two_customers_may_be_named(here: Path) -> None:
    merged = ask("duplicates", "merge", "k4", "k3")
    assert (merged["customer_id"], merged["merged_id"]) == (4, 3)
    assert "name two" in call("duplicates", "merge", "k4", "k3", status=2)  # k3 is k4 by now


def test_what_does_not_exist_is_said(here: Path) -> None:
    assert "no pair 9 is proposed" in call("duplicates", "show", "9", status=2)
    assert "is no pair's number" in call("duplicates", "merge", "ana", status=2)
    assert "no merge 9" in call("duplicates", "undo", "9", status=2)
    assert "is no customer" in call("duplicates", "merge", "k1", "nobody", status=1)

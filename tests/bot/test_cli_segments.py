"""`regulars segments` over the example business."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import call, settle_in

ROOT = Path(__file__).parents[2]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settle_in(tmp_path, monkeypatch)
    for kind in ("catalogue", "customers", "orders"):
        call("import", kind, str(ROOT / "examples" / f"{kind}.csv"))
    return tmp_path


def ask(*words: str) -> Any:
    return json.loads(call(*words, "--json"))


def test_a_segment_from_saving_to_deleting(here: Path) -> None:
    everybody = ask("customers", "list")
    bought = sum(one["orders"] > 0 for one in everybody)
    assert ask("segments", "save", "buyers", "orders > 0") == {"name": "buyers", "customers": bought}
    assert ask("segments", "count", "buyers")["customers"] == bought
    shown = ask("segments", "show", "buyers", "--most", "3")
    assert (shown["expression"], shown["customers"], len(shown["members"])) == ("orders > 0", bought, 3)
    (row,) = ask("segments", "list")
    assert (row["name"], row["customers"], row["wrong"]) == ("buyers", bought, None)
    assert "figures" in call("segments", "count", "buyers", "--explain")
    assert "buyers" in call("segments", "list")
    assert "3 shown" in call("segments", "show", "buyers", "--most", "3")
    assert "is gone" in call("segments", "delete", "buyers")
    assert "there is no segment 'buyers'" in call("segments", "delete", "buyers", status=1)


def test_what_is_wrong_is_said_and_nothing_saved(here: Path) -> None:
    said = call("segments", "save", "x", "tier = A and lst_order > 30 days", status=2)
    assert "position 14: 'lst_order' is no word of segments; did you mean last_order?" in said
    assert said.splitlines()[-1] == " " * 15 + "^"
    assert ask("segments", "list") == []


def test_who_would_like_an_item(here: Path) -> None:
    found = ask("segments", "takers", "mocha", "--most", "5", "--backtest")
    assert (found["sku"], len(found["takers"])) == ("mocha", 5)
    assert [one["score"] for one in found["takers"]] == sorted((one["score"] for one in found["takers"]), reverse=True)
    assert "mocha" not in {sku for one in found["takers"] for sku in one["because"]}
    assert found["takers"][0]["name"] in call("segments", "takers", "mocha", "--backtest")
    assert "did you mean mocha?" in call("segments", "takers", "mocca", status=2)


def test_too_few_customers_fall_into_no_groups(here: Path) -> None:
    found = ask("segments", "suggest")
    assert (found["stable"], found["groups"]) == (False, [])
    assert "No stable groups" in call("segments", "suggest")

"""`python -m bench.duplicates [--customers N] [--large N] [--pairs N] [--seed N] [--json] [--show N]`: how well duplicates are proposed.

A population is drawn by `draw.py` in an environment of its own (`make bench-duplicates` sets it up), with second entries
planted, and others who are only alike. Precision counts every proposal that was not planted as wrong, recall every
planted pair that was not proposed as missed. Beside it what many do: the same key, or nearly the same name and the same
birthday. Exit 1 where a figure misses what is asked.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from bench.rows import Row, tell
from bot.identify.duplicates import Candidate, find_duplicates
from bot.identify.likeness import Person

PEER = Path(__file__).parents[2] / ".venv-names" / "bin" / "python"
FRESH = 31  # a seed that was not in sight while the likelihoods were set
Pair = tuple[int, int]


def draw(customers: int, pairs: int, seed: int) -> dict[str, Any]:
    command = [str(PEER), str(Path(__file__).with_name("draw.py")), str(customers), str(pairs), str(seed)]
    drawn: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return drawn


def as_person(one: dict[str, Any]) -> Person:
    phones, mails = (frozenset([one[key]] if one[key] else []) for key in ("phone", "mail"))
    return Person(one["id"], one["name"], one["birthday"], one["city"], phones, mails)


def find_simply(people: list[Person]) -> set[Pair]:
    """The same phone or mailbox, or the same birthday and a name that RapidFuzz finds 90 of 100 alike."""
    blocks: defaultdict[str, list[Person]] = defaultdict(list)
    found: set[Pair] = set()
    for person in people:
        for key in (*person.phones, *(mail.lower() for mail in person.mails), person.birthday or ""):
            if key:
                blocks[key].append(person)
    for key, block in blocks.items():
        for one, other in combinations(block, 2):
            pair = (min(one.id, other.id), max(one.id, other.id))
            if key not in (one.birthday, other.birthday) or fuzz.token_sort_ratio(one.name, other.name) >= 90:
                found.add(pair)
    return found


def measure(drawn: dict[str, Any], shown: int) -> list[Row]:
    people = [as_person(one) for one in drawn["people"]]
    planted = {(min(one, other), max(one, other)): kind for one, other, kind in drawn["pairs"]}
    alike = {(min(one, other), max(one, other)): kind for one, other, kind in drawn["alike"]}
    began = time.perf_counter()
    candidates = find_duplicates(people)
    seconds = time.perf_counter() - began
    found = {(one.one, one.other): one for one in candidates}
    strong = {pair for pair, one in found.items() if one.is_strong}
    if shown:
        print_misses(people, planted, alike, found, shown)
    simply = find_simply(people)
    others = [f"{100 * share:.1f}" for share in judge(simply, planted)]
    precision, recall = judge(set(found), planted)
    known = f"same key, or birthday and RapidFuzz 90: {{}} (this run, {len(simply):,} proposals)"
    name = f"of {len(people):,}"
    rows = [
        Row(name, "precision", 100 * precision, 98.0, anchors=known.format(others[0])),
        Row(name, "recall", 100 * recall, 90.0, anchors=known.format(others[1])),
        Row(name, "precision of those called strong", 100 * judge(strong, planted)[0], 99.0),
        Row(name, "strong, though only alike", len(strong & alike.keys()), unit="pairs"),
        Row(name, "compared", seconds, unit="s"),
    ]
    kinds = Counter(planted.values())
    hits = Counter(kind for pair, kind in planted.items() if pair in found)
    return [*rows, *(Row(name, f"recall: {kind}", 100 * hits[kind] / kinds[kind]) for kind in sorted(kinds))]


def measure_large(drawn: dict[str, Any]) -> list[Row]:
    """The same planted pairs among more people: how long it takes, and what it costs in finding them."""
    people = [as_person(one) for one in drawn["people"]]
    planted = {(min(one, other), max(one, other)): kind for one, other, kind in drawn["pairs"]}
    began = time.perf_counter()
    found = {(one.one, one.other) for one in find_duplicates(people)}
    seconds = time.perf_counter() - began
    precision, recall = judge(found, planted)
    others = [f"the same: {100 * share:.1f}" for share in judge(find_simply(people), planted)]
    name = f"of {len(people):,}"
    return [
        Row(name, "compared", seconds, unit="s"),
        Row(name, "precision", 100 * precision, 98.0, anchors=others[0]),
        Row(name, "recall", 100 * recall, 90.0, anchors=others[1]),
    ]


def judge(found: set[Pair], planted: dict[Pair, str]) -> tuple[float, float]:
    """Precision and recall."""
    right = len(found & planted.keys())
    return right / max(len(found), 1), right / len(planted)


def print_misses(
    people: list[Person], planted: dict[Pair, str], alike: dict[Pair, str], found: dict[Pair, Candidate], most: int
) -> None:
    known = {person.id: person for person in people}
    wrong = [pair for pair in found if pair not in planted][:most]
    missed = [pair for pair in planted if pair not in found][:most]
    for title, pairs in (("wrong", wrong), ("missed", missed)):
        for pair in pairs:
            score = f"{found[pair].score:.3f}" if pair in found else ""
            print(title, planted.get(pair) or alike.get(pair, ""), score, *(tuple(known[id_])[1:6] for id_ in pair))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.duplicates", description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=100_000, help="a second, larger population; 0 for none")
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=FRESH)
    parser.add_argument("--show", type=int, default=0, help="print so many of the wrong and of the missed")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    if not PEER.exists():
        print("skipped: `make bench-duplicates` sets up what draws the population", file=sys.stderr)
        return 0
    rows = measure(draw(arguments.customers, arguments.pairs, arguments.seed), arguments.show)
    if arguments.large:
        rows += measure_large(draw(arguments.large, arguments.pairs, arguments.seed))
    return tell(rows, as_json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())

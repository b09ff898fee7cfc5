"""Which of a file's columns is which of ours: by name, by what shops call it (`columns.yaml`), by likeness, or as told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml
from rapidfuzz import fuzz, process

from bot.config.values import nearest, shown
from bot.errors import InputError, InputProblem
from bot.identify.importing.options import EVERYTHING

Columns = Mapping[str, bool | str]
"""By our name: whether a file must have the column; or another column that does in its place."""
REASON = "reason"  # the column we add to rows that were bad: a mended file is imported as it is
LIKE = 88  # of 100: one slip in a word of eight letters
APART = 8  # and no other column nearly as like


@dataclass(slots=True)
class Placement:
    """`places`: where in a row a column of ours stands. `guessed` and `left_out` are the file's names."""

    places: dict[str, int] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)  # our name → the file's
    guessed: list[str] = field(default_factory=list)  # ours, found by likeness alone
    left_out: list[str] = field(default_factory=list)


def place_columns(
    source: str, line: int, names: Sequence[str], columns: Columns, kind: str | None,
    told: Mapping[str, str],
) -> Placement:  # fmt: skip
    """`columns` says of each of ours whether the file must have it. Raises InputError with all that is wrong."""
    found = Placement()
    problems = _check_told(names, columns, told)
    free = [place for place, name in enumerate(names) if fold(name)]
    # What was told, then our own names, then what others call them: the better reason takes a column first.
    for known in ({fold(theirs): ours for theirs, ours in told.items()}, own_names(columns), synonyms(kind)):
        for place in list(free):
            ours = known.get(fold(names[place]))
            if ours is None or (ours in found.places and known is synonyms(kind)):
                continue
            free.remove(place)
            if not ours:
                found.left_out.append(names[place].strip())
            elif ours in found.places:
                problems.append(InputProblem(line, f"the column {ours} stands twice"))
            else:
                _place(found, ours, place, names)
    for place, ours in _guess(names, free, columns, kind, found):
        free.remove(place)
        _place(found, ours, place, names)
        found.guessed.append(ours)
    if told.get(EVERYTHING) == "":
        found.left_out += [names[place].strip() for place in free]
    else:
        problems += [InputProblem(line, _unknown(names[place].strip(), columns, kind)) for place in free]
    missing = [
        name for name, required in columns.items()
        if required and name not in found.places and required not in found.places
    ]  # fmt: skip
    if missing:
        reason = f"the first line must name the columns, {', '.join(missing)} missing"
        problems.append(InputProblem(line, reason))
    if problems:
        raise InputError(source, problems)
    return found


@cache
def synonyms(kind: str | None) -> dict[str, str]:
    """Folded name → ours."""
    text = files(__package__).joinpath("columns.yaml").read_text(encoding="utf-8")
    named: dict[str, list[str]] = yaml.safe_load(text).get(kind, {})
    return {fold(name): ours for ours, names in reversed(named.items()) for name in names}


def own_names(columns: Columns) -> dict[str, str]:
    return {fold(REASON): ""} | {fold(name): name for name in columns}


def fold(name: str) -> str:
    """`Order-ID`, `order id` and `order_id` are one name."""
    return "".join(filter(str.isalnum, name.casefold()))


def _place(found: Placement, ours: str, place: int, names: Sequence[str]) -> None:
    found.places[ours] = place
    found.theirs[ours] = names[place].strip()


def _check_told(names: Sequence[str], columns: Columns, told: Mapping[str, str]) -> list[InputProblem]:
    problems = []
    there = {fold(name): name.strip() for name in names}
    for theirs, ours in told.items():
        if theirs != EVERYTHING and fold(theirs) not in there:
            problems.append(
                InputProblem(None, f"--map: the file has no column {shown(theirs)}{_hint(theirs, there.values())}")
            )
        if ours and ours not in columns:
            problems.append(
                InputProblem(None, f"--map: {shown(ours)} is not a column of this kind{_hint(ours, columns)}")
            )
    return problems


def _hint(word: str, words: Iterable[str]) -> str:
    near = nearest(word, words)
    return f"; did you mean {near}?" if near else f"; accepted: {', '.join(words)}"


def _guess(
    names: Sequence[str], free: Sequence[int], columns: Columns, kind: str | None, found: Placement
) -> list[tuple[int, str]]:
    """(place, ours) where a name is so like one of ours that it cannot be another, and no two want the same."""
    known = {name: ours for name, ours in (synonyms(kind) | own_names(columns)).items() if ours}
    guesses: dict[str, list[int]] = {}
    for place in free:
        best: dict[str, float] = {}
        for name, likeness, _ in process.extract(fold(names[place]), list(known), scorer=fuzz.ratio, limit=8):
            best[known[name]] = max(likeness, best.get(known[name], 0))
        (first, likeness), *others = sorted(best.items(), key=lambda pair: -pair[1])
        clear = not others or likeness - others[0][1] >= APART
        if likeness >= LIKE and clear and first not in found.places:
            guesses.setdefault(first, []).append(place)
    return [(places[0], ours) for ours, places in guesses.items() if len(places) == 1]


def _unknown(name: str, columns: Columns, kind: str | None) -> str:
    known = synonyms(kind) | own_names(columns)
    near = nearest(name, columns) or known.get(nearest(fold(name), known) or "")
    hint = f'did you mean {near}? --map "{name}={near}" says so' if near else f"accepted: {', '.join(columns)}"
    return f'{shown(name)} is not a column of this kind; {hint}; --map "{name}=" leaves it out'

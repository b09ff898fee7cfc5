"""What one message's understanding is worth beside the labels somebody made by reading it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from bench.understanding.draw import WRONG, Draw, Turn, read

STORED = 0.5  # the product stores no fact below this confidence
SIMILAR = 70  # RapidFuzz partial_ratio of two values that mean the same
OWN = {"", "self", "me", "myself", "i", "customer", "我", "自己", "本人"}  # persons who are the customer
STOP = frozenset(re.findall(r"\w+", "a an the of to for in at on and or my me i we our is it with some any please"))
TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:[.\-:/'][^\W_]+)*")
OCCASIONS = {
    "birthday": "生日",
    "anniversary": "纪念日",
    "due date": "预产期",
}  # stored under one name in both languages
ABOUT_SELF = {"preference", "restriction", "need", "habit", "interest"}  # of these it matters whose they are
Json = dict[str, Any]


class BadInput(Exception):
    """The labels, the data or the output of the command cannot be used; the message says which and what to do."""


def _tokens(value: str) -> set[str]:
    return {token for token in TOKEN.findall(value.lower()) if token not in STOP}


def _is_sentence(value: str) -> bool:
    """A whole message kept as a value contains every label; it is not a fact."""
    return len(TOKEN.findall(value)) > 15


def same_value(said: str, label: str) -> bool:
    """Leniently: one contains the other, half the words of the shorter are shared, or the letters are alike."""
    if _is_sentence(said):
        return False
    ours = _tokens(said)
    for alternative in label.split("|"):
        theirs = _tokens(alternative)
        if ours and theirs and 2 * len(ours & theirs) >= min(len(ours), len(theirs)):
            return True
        shorter = min(said.strip(), alternative.strip(), key=len)
        enough = 2 if re.search(r"[\u3400-\u9fff]", shorter) else 4
        if len(shorter) >= enough and fuzz.partial_ratio(said.lower(), alternative.lower()) >= SIMILAR:
            return True
    return False


def _same_polarity(kind: str, said: str | None, label: str | None) -> bool:
    if kind == "preference" and label:
        return said == label
    if kind == "restriction":
        return label != "dislike" or said != "like"
    return said in (None, label or "like")


def same_fact(said: Json, label: Json) -> bool:
    """Kind, value and polarity agree, and it is about the same person: the customer or somebody of theirs."""
    kind, polarity = said.get("kind"), said.get("polarity")
    if kind not in (label["kind"], *label.get("or", ())):
        return False
    about_other = str(said.get("person") or "").strip().lower() not in OWN
    if kind in ABOUT_SELF and about_other != ("person" in label):
        return False
    polarity = None if polarity in (None, "null", "") else str(polarity)
    value = str(said.get("value") or said.get("item") or "")
    if kind == "occasion" and re.search(r"[\u3400-\u9fff]", label["value"]):
        value = OCCASIONS.get(value, value)
    return _same_polarity(str(kind), polarity, label["polarity"]) and same_value(value, label["value"])


def same_feedback(said: Json, label: Json) -> bool:
    """Kind and sign agree; the aspect is judged apart."""
    kind = said.get("kind")
    if kind not in (label["kind"], *label.get("or", ())):
        return False
    expected = {"complaint": -1, "praise": 1}.get(str(kind), label["polarity"] if kind == "score" else 0)
    return not expected or said.get("polarity") in (None, 0, expected)


def same_aspect(said: Json, label: Json) -> bool:
    return said.get("aspect") in label["aspect"].split("|")


def same_date(said: Json, label: str) -> bool:
    ours, theirs = "".join(str(said.get("text") or "").lower().split()), "".join(label.lower().split())
    return bool(ours) and (ours in theirs or theirs in ours)


@dataclass
class Judgement:
    """What one turn got wrong; `missed_*` hold required labels only, `optional_facts` were right either way."""

    place: str
    text: str
    wrong_facts: list[Json] = field(default_factory=list)
    optional_facts: list[Json] = field(default_factory=list)
    missed_facts: list[Json] = field(default_factory=list)
    wrong_feedback: list[Json] = field(default_factory=list)
    wrong_aspects: list[Json] = field(default_factory=list)
    missed_feedback: list[Json] = field(default_factory=list)
    missed_aspects: list[Json] = field(default_factory=list)
    wrong_dates: list[Json] = field(default_factory=list)
    missed_dates: list[str] = field(default_factory=list)


def judge(turn: Turn, label: Json, result: Json) -> Judgement:
    facts = [fact for fact in result.get("facts", []) if confidence_of(fact) >= STORED]
    feedback, dates = result.get("feedback", []), result.get("dates", [])
    found = Judgement("/".join(str(part) for part in turn.place if part is not None), turn.text)
    for fact in facts:
        alike = [one for one in label["facts"] if same_fact(fact, one)]
        if not alike:
            found.wrong_facts.append(fact)
        elif all(one.get("optional") for one in alike):
            found.optional_facts.append(fact)
    found.missed_facts = [
        one for one in label["facts"] if not one.get("optional") and not any(same_fact(fact, one) for fact in facts)
    ]
    for said in feedback:
        alike = [one for one in label["feedback"] if same_feedback(said, one)]
        if not alike:
            found.wrong_feedback.append(said)
        elif said.get("aspect") and not any(same_aspect(said, one) for one in alike):
            found.wrong_aspects.append(said)
    for one in label["feedback"]:
        alike = [said for said in feedback if same_feedback(said, one)]
        if one.get("optional") or any(same_aspect(said, one) for said in alike):
            continue
        (found.missed_aspects if alike else found.missed_feedback).append(one)
    found.wrong_dates = [said for said in dates if not any(same_date(said, one) for one in label["dates"])]
    found.missed_dates = [one for one in label["dates"] if not any(same_date(said, one) for said in dates)]
    return found


def confidence_of(fact: Json) -> float:
    confidence = fact.get("confidence")
    return 1.0 if confidence is None else float(confidence)


def load(data: Path, language: str, which: Draw = WRONG) -> Iterator[tuple[Turn, Json]]:
    """Each label with its turn; raises BadInput where the data is not the copy that was labelled."""
    path = which.path(language)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        label = json.loads(line)
        turn = read(data, label["set"], label["file"]).get((label["row"], label["turn"]))
        if turn is None or turn.hash != label["hash"]:
            raise BadInput(
                f"{path.name}:{number}: the text of {label['set']}/{label['file']} row {label['row']} turn "
                f"{label['turn']} is not the one that was labelled; use the copy of the data that the labels name"
            )
        yield turn, label


def _errors(judged: Judgement) -> dict[str, list[Any]]:
    return {name: entries for name, entries in vars(judged).items() if name.startswith(("wrong_", "missed_"))}


def show(judged: list[Judgement], limit: int) -> None:
    """The offending turns, those with wrong facts first."""
    offending = [one for one in judged if any(_errors(one).values())]
    for one in sorted(offending, key=lambda one: (not one.wrong_facts, not one.wrong_feedback))[:limit]:
        print(f"  {one.place}: {one.text}", file=sys.stderr)
        for name, entries in _errors(one).items():
            for entry in entries:
                print(f"      {name}: {json.dumps(entry, ensure_ascii=False)}", file=sys.stderr)

"""Precision and recall of facts on lines written as customers write; see the head of `lines_en.yaml`."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.interact.understanding import FoundFact

PRECISION, RECALL = 0.98, 0.90
_SHORT = {"like": "preference", "dislike": "preference", "contact": "contact_preference"}
_WANTED = re.compile(r"(?P<maybe>\?)?(?P<kinds>\S+) (?P<values>.+?)(?: @(?P<person>.+?))?(?: on (?P<date>[\d-]+))?$")


@dataclass(frozen=True)
class Wanted:
    """`maybe`: right if found, no loss if not."""

    kinds: tuple[str, ...]
    values: tuple[str, ...]
    person: str | None
    date: str | None
    maybe: bool

    def is_met_by(self, fact: FoundFact) -> bool:
        kinds = {fact.kind, fact.polarity} if fact.kind == "preference" else {fact.kind}
        named = {_SHORT.get(kind, kind) if kind not in ("like", "dislike") else kind for kind in self.kinds}
        value = fact.value.casefold()
        return bool(
            kinds & named
            and any(one in value or value in one for one in self.values)
            and fact.person == self.person
            and (self.date is None or fact.date == self.date)
        )


def read_wanted(line: str | None) -> list[Wanted]:
    found = []
    for part in (line or "").split(";"):
        match = _WANTED.match(part.strip())
        if match is not None:
            values = tuple(match["values"].casefold().split("|"))
            kinds = tuple(match["kinds"].split("|"))
            found.append(Wanted(kinds, values, match["person"], match["date"], match["maybe"] is not None))
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_facts_are_heard_and_nothing_else(hear, language):
    lines = yaml.safe_load(Path(__file__).with_name(f"lines_{language}.yaml").read_text("utf-8"))
    right = wanted_in_all = 0
    wrong, missed = [], []
    for text, line in lines.items():
        wanted = read_wanted(line)
        facts = [fact for fact in hear(text, language).facts if fact.confidence >= 0.5]
        for fact in facts:
            if any(one.is_met_by(fact) for one in wanted):
                right += 1
            else:
                wrong.append(f"{text} -> {fact.kind} {fact.polarity} {fact.value!r} @{fact.person} {fact.date}")
        asked = [one for one in wanted if not one.maybe]
        wanted_in_all += len(asked)
        missed += [f"{text} -> {one}" for one in asked if not any(one.is_met_by(fact) for fact in facts)]
    precision, recall = right / (right + len(wrong)), 1 - len(missed) / wanted_in_all
    report = "\n".join([f"precision {precision:.3f}, recall {recall:.3f}", "wrong:", *wrong, "missed:", *missed])
    assert precision >= PRECISION, report
    assert recall >= RECALL, report

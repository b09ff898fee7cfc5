"""The phrase files of `lexicon/`, read once and compiled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import yaml

from .cores import ChineseCores, EnglishCores
from .normalise import fold, words
from .patterns import PatternSet, PhraseError
from .result import Aspect, FactKind, FeedbackKind

LANGUAGES: Final = ("en", "zh")
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class LexiconError(ValueError):
    """A phrase file that cannot be used: which file, what is wrong, what is accepted."""


@dataclass(frozen=True, slots=True)
class IntentRule:
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class FactRule:
    kind: FactKind
    polarity: Any
    value: str | None
    confidence: float
    unknown: float
    several: bool
    person: str | None = None  # a slot that holds whom it is about
    anyone: bool = False  # whoever the clause speaks of, it is about the customer
    wish: bool = False  # "would like" is no hedge here
    known: bool = False  # only where its {thing} is one we know
    before: bool = False  # of the things of the clause before
    allergen: bool = False  # only of what people are allergic to


@dataclass(frozen=True, slots=True)
class FeedbackRule:
    kind: FeedbackKind
    aspect: Aspect | None
    severity: int


Rule = IntentRule | FactRule | FeedbackRule


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: its phrases and its word lists, all folded."""

    language: str
    phrases: PatternSet[Rule]  # of intents and feedback, looked for in a clause
    facts: PatternSet[Rule]  # looked for in its core
    cores: EnglishCores | ChineseCores
    life_events: PatternSet[Any]  # what happened: "death" …
    kin: Mapping[str, str]  # a word for a relation → the relation
    tastes: frozenset[str]
    interests: frozenset[str]
    allergens: Mapping[str, str]
    diets: Mapping[str, str]
    subjects: Mapping[str, Aspect]
    leading: tuple[str, ...]
    trailing: tuple[str, ...]
    refused: frozenset[str]
    general: frozenset[str]
    heads: frozenset[str]  # what names of dishes end in
    joining: tuple[str, ...]
    numbers: Mapping[str, int]
    units: frozenset[str]
    relations: frozenset[str] = field(default=frozenset())
    alike: Mapping[str, str] = field(default_factory=dict)
    not_meant: Mapping[str, frozenset[str]] = field(default_factory=dict)  # a pronoun → the relations that it is not


def canonical(language: str, phrase: str) -> str:
    """The form in which words of the files are compared: that of a clause's text."""
    return " ".join(words(fold(phrase))) if language == "en" else "".join(fold(phrase).split())


def read(language: str, name: str) -> Any:
    """A file of `lexicon/`, strings only."""
    file = resources.files(__package__).joinpath(f"lexicon/{language}/{name}.yaml")
    try:
        # No types: "no", "yes" and "on" are words here.
        return yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - strings only
    except yaml.YAMLError as error:
        raise LexiconError(f"lexicon/{language}/{name}.yaml is not YAML: {error}") from error


def _inverse(language: str, table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """`{meaning: [phrases]}` → phrase → meaning; the meaning itself is a phrase too."""
    return {canonical(language, str(each)): meaning for meaning, rows in table.items() for each in rows}


@lru_cache(maxsize=1)
def languages_by_name() -> dict[str, str]:
    """Names of languages, in every language we speak → code."""
    return {fold(str(name)): str(code) for each in LANGUAGES for name, code in read(each, "words")["languages"].items()}


@lru_cache(maxsize=1)
def option_kinds() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Order options by kind; those in a row mean the same, over all languages."""
    return {
        str(kind): tuple(tuple(fold(str(option)) for option in group) for group in groups)
        for each in LANGUAGES
        for kind, groups in read(each, "words")["options"].items()
    }


@lru_cache(maxsize=len(LANGUAGES))
def load(language: str) -> Lexicon:
    listed = read(language, "words")
    relations = [str(each) for each in listed["relation"]]
    subjects = _inverse(language, listed["subjects"])
    slots = {
        "diet": [each for rows in listed["diet"].values() for each in rows],
        "relation": relations,
        "subject": list(subjects),
        "languages": list(languages_by_name()),
        "job": listed["job"],
        "adverb": listed["adverb"],
        "interest": listed["interests"],
        **listed["slots"],
    }
    phrases: PatternSet[Rule] = PatternSet(language, slots, listed["forms"])
    facts: PatternSet[Rule] = PatternSet(language, slots, listed["forms"])
    for rule, rows, where in _rules(language):
        for phrase in rows:
            try:
                (facts if isinstance(rule, FactRule) else phrases).add(str(phrase), rule)
            except (PhraseError, ArithmeticError) as error:
                raise LexiconError(f"lexicon/{language}/{where}: {error} (see lexicon/README.md)") from error
    life_events: PatternSet[Any] = PatternSet(language, slots, listed["forms"])
    for what, rows in read(language, "life_events").items():
        for phrase in rows:
            life_events.add(str(phrase), str(what))
    return Lexicon(
        language=language,
        life_events=life_events,
        kin=_inverse(language, listed["kin"]),
        phrases=phrases,
        facts=facts,
        cores=_cores(language, listed),
        tastes=frozenset(canonical(language, str(each)) for each in listed["tastes"]),
        interests=frozenset(canonical(language, str(each)) for each in listed["interests"]),
        allergens=_inverse(language, listed["allergens"]),
        diets=_inverse(language, listed["diet"]),
        subjects=subjects,  # type: ignore[arg-type]  # the file's keys are aspects; a test reads them
        leading=_longest_first(language, listed["leading"]),
        trailing=_longest_first(language, listed["trailing"]),
        refused=frozenset(canonical(language, str(each)) for each in listed["refused"]),
        general=frozenset(canonical(language, str(each)) for each in listed["general"]),
        heads=frozenset(str(each) for each in listed["heads"]),
        joining=_longest_first(language, listed["joining"]),
        numbers={canonical(language, str(word)): int(number) for word, number in listed["numbers"].items()},
        units=frozenset(canonical(language, str(each)) for each in listed["units"]),
        relations=frozenset(canonical(language, each) for each in relations),
        alike=_inverse(language, listed["alike"]),
        not_meant={str(one): frozenset(map(str, rows)) for one, rows in listed["not_meant"].items()},
    )


def _cores(language: str, listed: Mapping[str, Any]) -> EnglishCores | ChineseCores:
    idle, openers = ([canonical(language, str(each)) for each in listed[name]] for name in ("idle", "openers"))
    if language == "en":
        return EnglishCores(idle, openers, listed["same"])
    return ChineseCores(idle, openers, listed["selves"], listed["particles"])


def _rules(language: str) -> Iterable[tuple[Rule, list[str], str]]:
    for name, entry in read(language, "intents").items():
        yield IntentRule(str(name), float(entry["score"])), entry["phrases"], "intents.yaml"
    for entry in read(language, "facts"):
        rule = FactRule(
            kind=entry["kind"],
            polarity=entry.get("polarity"),
            value=entry.get("value"),
            confidence=float(entry.get("confidence", 0.9)),
            unknown=float(entry.get("unknown", 0)),
            several=entry.get("list") == "true",
            person=entry.get("person"),
            anyone="person" in entry or entry.get("anyone") == "true",
            wish=entry.get("wish") == "true",
            known=entry.get("known") == "true",
            before=entry.get("before") == "true",
            allergen=entry.get("allergen") == "true",
        )
        yield rule, entry["phrases"], "facts.yaml"
    for entry in read(language, "feedback"):
        yield (
            FeedbackRule(entry["kind"], entry.get("aspect"), int(entry["severity"])),
            entry["phrases"],
            "feedback.yaml",
        )


def _longest_first(language: str, listed: Iterable[Any]) -> tuple[str, ...]:
    found = {canonical(language, str(each)) or str(each) for each in listed}
    return tuple(sorted(found - {""}, key=lambda each: (-len(each), each)))

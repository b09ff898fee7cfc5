"""Reading all templates before a customer does: what is missing, what does not compile, where languages differ."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from jinja2 import TemplateError, meta, nodes

from bot.config import Settings
from bot.customize.wording import VARIANT, Wording, _environment

GIVEN = frozenset({"business", "_language", "_zone"})  # every template has them
_ITEM = {
    "sku": "oat-latte", "name": "Oat latte", "quantity": 2, "price": 340, "currency": "EUR", "options": [], "contains": [],
    "told": 12, "told_at": datetime(2026, 5, 3, tzinfo=UTC), "left": 8, "days": 5, "wanted": 10, "by": "reports",
}  # fmt: skip
SAMPLES: dict[str, Any] = {
    "name": "Mia", "customer_name": "Mia", "colleague": "Olivia", "by": "Olivia", "owner": "Olivia", "usual": "Oat latte",
    "item": "Oat latte", "tier": "A", "before": "B", "customer_id": 12, "feedback_id": 7, "score": 4, "count": 3,
    "total": 1250, "spent": 1250, "currency": "EUR", "severity": 1, "language": "en", "speaks": "en",
    "text": "The beans were great", "quote": "my coffee was cold", "answer": "A new one is on the house", "page": 1,
    "status": "planned", "held": [], "command": "find", "rule": "check_in", "price": 340, "quantity": 2,
    "why": {"numbers": {"orders": 3, "spent": 1250}, "reason": "3 orders", "fall": None}, "worth": {"tier": "A", "group": "MVC", "by_staff": False, "until": None, "value": {"present_value": 34000, "alive": 0.9, "referrals": {"customers": 3, "won": 2, "counted": 9000}}, "own": {"customers": 2, "spent": 1250, "present_value": 34000}},
    "sides": [], "segments": [], "accepted": ["A", "B", "C", "new"], "near": "tier", "found": "teir", "position": 1, "shown": 2,
    "evidence": [{"against": False, "words": "the same birthday: 1990-05-03"}], "what": "birthday_same",
    "added": 2900, "changed": 12, "same": 88, "bad_count": 3, "done": 2000, "reachable": 212, "known": 3000, "removed_count": 2900,
    "needs": {"favourites": [{"name": "Oat latte", "orders": 8, "every": 7}], "every": 7, "day": 6, "begins": "8:00", "ends": "9:00", "sensitive": True, "ours": 7},
    "referred_by": 9, "brought": 2, "link": "https://t.me/your_bot?start=r12-Xk3v9QmT2bLw5YzA", "reward": "a coffee", "own": {"customers": 2, "orders": 5, "spent": 1250, "present_value": 34000}, "own_names": [],
    "household": ["Tom Becker"], "kind": "person", "items": [_ITEM], "placed": 5, "days": 14, "length": 4200, "most": 3000, "fewest": 5, "unreached": 2,
    "partners": [{"name": "Beans & Co", "id": 12, "tier": "A", "orders": 5, "told_at": None, "runs_out": None, "own_customers": 0, "open_cases": 0}],
    "bulletins": [{"sent_at": datetime(2026, 5, 3, tzinfo=UTC), "text": "New crop is in", "sent": 12, "waiting": 0, "refused": 1, "read": 7, "new": True}],
    "pages": 2, "number": 1, "year": 1990, "month": 5, "people": ["Tom"], "day": datetime(2026, 5, 3, tzinfo=UTC),
}  # fmt: skip
TIMES = re.compile(r"(?:^|_)(?:at|since|until|now)$")


@dataclass(frozen=True, slots=True)
class Misprint:
    """One thing wrong with the templates."""

    file: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.file}: {self.wrong}"


def proofread(settings: Settings) -> list[Misprint]:
    """Everything wrong with the texts of the business's languages; nothing when they may be used."""
    first, *others = settings.business.languages
    texts = {language: dict(_read_texts(language)) for language in settings.business.languages}
    found: list[Misprint] = []
    used: dict[str, dict[str, set[str]]] = {}
    for language, by_name in texts.items():
        used[language] = {}
        for name, source in by_name.items():
            try:
                used[language][name] = find_values(source)
            except TemplateError as error:
                line = getattr(error, "lineno", None)
                place = f"templates/{language}/{name}.j2" + (f":{line}" if line else "")
                found.append(Misprint(place, str(error.message or error)))
    for language in others:
        found += _compare(first, language, texts, used)
        found += _compare_labels(first, language)
    return [*found, *_find_wanted(settings, texts)]


def find_values(source: str) -> set[str]:
    """Names of the values a template needs. Raises TemplateError where it cannot be compiled."""
    environment = _environment()
    needed: set[str] = set()
    for variant in VARIANT.split(source):
        tree = environment.parse(variant)
        environment.from_string(variant)
        # One that is asked for with `is defined` may be left out.
        optional = {test.node.name for test in tree.find_all(nodes.Test)
                    if test.name == "defined" and isinstance(test.node, nodes.Name)}  # fmt: skip
        needed |= meta.find_undeclared_variables(tree) - GIVEN - optional
    return needed


def preview(wording: Wording, language: str, name: str, values: dict[str, Any]) -> str:
    """The message with made-up values, and those given in their place."""
    source = dict(_read_texts(language)).get(name)
    if source is None:
        raise LookupError(name)
    samples = {value: SAMPLES.get(value, _sample(value)) for value in find_values(source)}
    return wording.render(language, name, samples | values)


def list_names(language: str) -> list[str]:
    return sorted(dict(_read_texts(language)))


def _compare(
    first: str, language: str, texts: dict[str, dict[str, str]], used: dict[str, dict[str, set[str]]]
) -> Iterator[Misprint]:
    for name in sorted(texts[first].keys() ^ texts[language].keys()):
        lacking = language if name in texts[first] else first
        yield Misprint(f"templates/{lacking}/{name}.j2", "is missing")
    for name in sorted(used[first].keys() & used[language].keys()):
        for here, there in ((first, language), (language, first)):
            unknown = sorted(used[here][name] - used[there][name])
            if unknown:
                yield Misprint(f"templates/{here}/{name}.j2", f"uses {', '.join(unknown)}, which {there} does not")


def _compare_labels(first: str, language: str) -> Iterator[Misprint]:
    ours, theirs = _read_labels(first), _read_labels(language)
    for name in sorted(ours.keys() ^ theirs.keys()):
        lacking = language if name in ours else first
        yield Misprint(f"templates/{lacking}/buttons.yaml", f"{name} is missing")
    for name in sorted(ours.keys() & theirs.keys()):
        if _fields(ours[name]) != _fields(theirs[name]):
            yield Misprint(f"templates/{language}/buttons.yaml", f"{name} has other {{…}} than in {first}")


def _find_wanted(settings: Settings, texts: dict[str, dict[str, str]]) -> Iterator[Misprint]:
    """Texts that the settings ask for."""
    wanted = [f"questions/{question.name}" for question in settings.questions.list]
    wanted += [f"follow_ups/{rule.rule}/default" for rule in settings.follow_ups]
    for language, by_name in texts.items():
        for name in wanted:
            if name not in by_name:
                yield Misprint(
                    f"templates/{language}/{name}.j2", f"is missing, and {settings.environment.config_path} needs it"
                )


def _read_texts(language: str) -> Iterator[tuple[str, str]]:
    root = files("templates").joinpath(language)
    if root.is_dir():
        yield from _walk(root, "")


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _walk(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(".j2"):
            yield f"{path}{entry.name.removesuffix('.j2')}", entry.read_text(encoding="utf-8")


def _read_labels(language: str) -> dict[str, str]:
    labels: dict[str, str] = yaml.safe_load(
        files("templates").joinpath(language, "buttons.yaml").read_text(encoding="utf-8")
    )
    return labels


def _fields(label: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(label) if name}


class _Sample(str):
    """Some text that a template may also look into, or walk through as a list of one."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return SAMPLES.get(name, _sample(name))


def _sample(name: str) -> Any:
    if TIMES.search(name):
        return datetime(2026, 5, 3, 10, tzinfo=UTC)
    if name.endswith("_count"):
        return 3
    return _Sample(f"‹{name}›")

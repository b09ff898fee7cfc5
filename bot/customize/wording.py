"""Words from templates: Jinja2 in an immutable sandbox, HTML for Telegram, every value escaped and cleaned.

A message is `templates/<language>/<name>.j2`; lines of `%%` separate variants. Button labels are
`templates/<language>/buttons.yaml`. A business's own folder is looked into first.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import yaml
from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_precision
from jinja2 import StrictUndefined, Template, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

MESSAGE_LENGTH = 4096  # Telegram counts after parsing entities
VALUE_LENGTH = 1500  # of one value: a message of the customer's own 4,096 characters never fills ours
SOURCE_LENGTH = 20_000
SHORTEST_DAY = timedelta(hours=23)  # when summer time begins
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
VARIANT = re.compile(r"^%%\s*$", re.MULTILINE)
GAP = re.compile(r"\n{3,}")
TAG = re.compile(r"<[^>]+>")
INVISIBLE = {"Cc", "Cf", "Cs", "Co"}  # control, format (RTL overrides, zero width), surrogates, private use
JOINERS = "\u200d\ufe0f"  # emoji are made with these


class Folder(Protocol):
    """A place templates are read from: a path or a package resource."""

    def joinpath(self, *parts: str) -> Any: ...
    def is_dir(self) -> bool: ...


class Wording:
    """Renders messages by language and name. Falls back to the default language where a text is missing."""

    def __init__(self, languages: Sequence[str], *, business: Mapping[str, Any], overlay: Path | None = None) -> None:
        self.languages = tuple(languages)
        self.business = dict(business)
        self._folders: list[Folder] = [*([overlay] if overlay else []), files("templates")]
        self._environment = _environment()
        self._always = self._environment.globals | {"business": self.business}
        self._templates: dict[tuple[str, str], list[Template]] = {}
        self._labels: dict[str, dict[str, str]] = {}

    def render(
        self, language: str, name: str, values: Mapping[str, Any], *, zone: tzinfo | None = None, turn: int = 0
    ) -> str:
        """The message as Telegram HTML, never longer than Telegram takes. `turn` picks among variants.

        Raises LookupError for an unknown name, jinja2.UndefinedError for a value the template needs and lacks.
        """
        language, variants = self._find(language, name)
        template = variants[turn % len(variants)]
        context = self._always | dict(values) | {"_language": language, "_zone": zone}
        # As `Template.render` does, which copies the context twice more.
        return _fit("".join(template.root_render_func(template.new_context(context, shared=True))))

    def choose(self, language: str, names: Sequence[str]) -> str:
        """The first of the names that has a text in this language, or else in the default one."""
        for candidate in (language, self.languages[0]):
            for name in names:
                if self._read(candidate, name) is not None:
                    return name
        raise LookupError(f"no template named {' or '.join(names)} for {language}")

    def label(self, language: str, name: str, values: Mapping[str, Any] | None = None) -> str:
        """Text of a button: the label of this name, filled in; plain text, at most 64 characters."""
        for candidate in (language, self.languages[0]):
            labels = self._labels.get(candidate)
            if labels is None:
                labels = self._labels[candidate] = self._read_labels(candidate)
            if name in labels:
                text = labels[name].format_map({key: clean(str(value)) for key, value in (values or {}).items()})
                return text[:64]
        raise LookupError(f"templates/{language}/buttons.yaml has no label {name!r}")

    def count_variants(self, language: str, name: str) -> int:
        return len(self._find(language, name)[1])

    def _find(self, language: str, name: str) -> tuple[str, list[Template]]:
        for candidate in (language, self.languages[0]):
            variants = self._templates.get((candidate, name))
            if variants is None and (source := self._read(candidate, name)) is not None:
                variants = self._templates[candidate, name] = self._compile(candidate, name, source)
            if variants:
                return candidate, variants
        raise LookupError(f"templates/{language}/{name}.j2 is missing")

    def _compile(self, language: str, name: str, source: str) -> list[Template]:
        if len(source) > SOURCE_LENGTH:
            raise TemplateError(f"templates/{language}/{name}.j2 is longer than {SOURCE_LENGTH} characters")
        return [self._environment.from_string(part) for part in VARIANT.split(source) if part.strip()]

    def _read(self, language: str, name: str) -> str | None:
        for folder in self._folders:
            file = folder.joinpath(language, *f"{name}.j2".split("/"))
            if file.is_file():
                return str(file.read_text(encoding="utf-8"))
        return None

    def _read_labels(self, language: str) -> dict[str, str]:
        labels: dict[str, str] = {}
        for folder in reversed(self._folders):
            file = folder.joinpath(language, "buttons.yaml")
            if file.is_file():
                labels |= yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        return labels


def clean(text: str, most: int = VALUE_LENGTH) -> str:
    """A customer's text made harmless to read: no control, direction or zero-width marks, not too long."""
    if len(text) <= most and text.isprintable():  # then no mark of it is invisible; nearly all values are so
        return text
    kept = "".join(
        mark for mark in text[: most * 2] if mark in "\n" + JOINERS or unicodedata.category(mark) not in INVISIBLE
    )
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else "" if value is None else value,
    )
    for name in ("lipsum", "cycler", "joiner", "namespace", "range"):
        environment.globals.pop(name)
    kept = ("default", "join", "length", "lower", "upper", "title", "trim", "first", "last", "replace", "round", "int")
    environment.filters = {name: environment.filters[name] for name in kept}
    environment.filters |= {
        "money": _money, "day": _day, "moment": _moment, "clock": _clock, "when": _when, "span": _span,
        "listed": _listed, "clip": _clip, "number": _number, "percent": _percent,
    }  # fmt: skip
    environment.intercepted_binops = frozenset(["*", "**", "%"])
    environment.call_binop = _refuse_operator  # type: ignore[method-assign]
    return environment


def _percent(share: float) -> int:
    """0.734 is 73."""
    return round(share * 100)


def _refuse_operator(context: Context, operator: str, left: Any, right: Any) -> Any:
    raise TemplateError(f"the operator {operator} is not allowed in templates: it can make endless text")


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language))


def _language(context: Context) -> Locale:
    return _locale(str(context["_language"]))


@pass_context
def _money(context: Context, minor: int, currency: str) -> str:
    """Minor units to money: 1250, EUR → €12.50."""
    return _say_money(minor, currency, _language(context))


@lru_cache(1024)
def _say_money(minor: int, currency: str, locale: Locale) -> str:
    return format_currency(minor / 10 ** get_currency_precision(currency), currency, locale=locale)


def _local(context: Context, value: datetime) -> datetime:
    zone = context["_zone"]
    return value.astimezone(zone) if zone is not None else value


@pass_context
def _day(context: Context, value: date) -> str:
    day = _local(context, value).date() if isinstance(value, datetime) else value
    return _say_day(day, "medium", _language(context))


@lru_cache(1024)
def _say_day(day: date, form: str, locale: Locale) -> str:
    return format_date(day, form, locale=locale)


@pass_context
def _clock(context: Context, value: datetime) -> str:
    local = _local(context, value)
    return _say_minute(local.hour, local.minute, _language(context))


@lru_cache(2 * 24 * 60)
def _say_minute(hour: int, minute: int, locale: Locale) -> str:
    return format_time(time(hour, minute), "short", locale=locale)


@pass_context
def _moment(context: Context, value: datetime) -> str:
    local = _local(context, value)
    locale = _language(context)
    form = "EEE, d MMM" if locale.language != "zh" else "M月d日 EEE"
    return f"{_say_day(local.date(), form, locale)} {_say_minute(local.hour, local.minute, locale)}"


@pass_context
def _when(context: Context, at: datetime, until: datetime | None) -> str:
    """The moment, or from when until when of a day, or the whole day."""
    if until is None:
        return str(_moment(context, at))
    if until - at >= SHORTEST_DAY:
        return str(_day(context, at))
    return f"{_moment(context, at)}–{_clock(context, until)}"


@pass_context
def _span(context: Context, days: float) -> str:
    """A number of days in words: 14 → 2 weeks."""
    return format_timedelta(int(days * 86_400), granularity="day", threshold=1.5, locale=_language(context))


@pass_context
def _listed(context: Context, items: Sequence[Any]) -> str | Markup:
    parts = [str(item) if isinstance(item, Markup) else html.escape(clean(str(item)), quote=False) for item in items]
    return Markup(format_list(parts, locale=_language(context)))  # noqa: S704  each part was escaped one line above


@pass_context
def _number(context: Context, value: float) -> str:
    return format_decimal(value, locale=_language(context))


def _clip(text: str, most: int) -> str:
    return clean(str(text), most)


def _fit(text: str) -> str:
    """Trim, and cut what Telegram would refuse: plain text is all that can be cut anywhere."""
    text = GAP.sub("\n\n", text).strip() if "\n\n\n" in text else text.strip()
    if 2 * len(text) <= MESSAGE_LENGTH:  # a mark counts as two at most, and tags and entities as none or one
        return text
    plain = html.unescape(TAG.sub("", text))
    if len(plain.encode("utf-16-le")) // 2 <= MESSAGE_LENGTH:
        return text
    cut = plain.encode("utf-16-le")[: 2 * (MESSAGE_LENGTH - 2)].decode("utf-16-le", "ignore")
    return html.escape(cut, quote=False) + "…"

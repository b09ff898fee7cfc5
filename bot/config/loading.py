"""config.yaml and the environment → `Settings`, or everything that is wrong with them at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.environment import Environment, Override, key_text, read_environment, read_overrides
from bot.config.keys import RULES, fields_at, type_text
from bot.config.sections import BusinessSettings
from bot.config.values import nearest, shown
from bot.config.yaml_file import Document, KeyPath, read_yaml
from bot.errors import SettingsError, SettingsProblem

SECRET_WORDS = frozenset(
    {"token", "bot_token", "telegram_bot_token", "secret", "webhook_secret", "password", "api_key"}
)

UNIQUE: tuple[tuple[KeyPath, str | None], ...] = (
    (("follow_ups",), "rule"),
    (("questions", "list"), "name"),
    (("staff", "members"), "telegram_id"),
    (("lead_sources",), "name"),
    (("business", "languages"), None),
)
"""Lists whose elements (or that key of theirs) may not repeat."""


class Settings(BusinessSettings):
    """All settings: config.yaml's sections, and `environment`."""

    environment: Environment


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Raises SettingsError with every problem found, in the order of the file."""
    environment, problems = read_environment(path, environ)
    overrides, override_problems = read_overrides(environ)
    problems += override_problems
    document = _read_document(path, problems)
    if document is None:
        raise SettingsError(problems)
    sources = _apply(overrides, document)
    report = _Report(str(path), document, sources)
    for fault in document.faults:
        report.add(fault.key, fault.wrong, fault.accepted, line=fault.line)
    _find_repeated(document.data, report)
    business = _validate(document.data, report)
    problems += sorted(report.problems, key=lambda problem: (problem.line is None, problem.line or 0))
    if problems or business is None:
        raise SettingsError(problems)
    sections = {name: getattr(business, name) for name in BusinessSettings.model_fields}
    return Settings(environment=environment, **sections)


def _read_document(path: Path, problems: list[SettingsProblem]) -> Document | None:
    """None when there is nothing to validate; the reason is then among `problems`."""
    try:
        document = read_yaml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        accepted = "a readable file; name it in REGULARS_CONFIG or start from the example config.yaml"
        problems.append(SettingsProblem(str(path), None, "", f"cannot be read: {error.strerror}", accepted))
        return None
    except UnicodeDecodeError:
        problems.append(SettingsProblem(str(path), None, "", "is not text", "YAML in UTF-8"))
        return None
    if document.data is None and document.faults:
        fault = document.faults[0]
        problems.append(SettingsProblem(str(path), fault.line, "", fault.wrong, fault.accepted))
        return None
    if document.data is None:
        document.data = {}
    if not isinstance(document.data, dict):
        accepted = ", ".join(BusinessSettings.model_fields)
        problems.append(SettingsProblem(str(path), 1, "", f"holds {shown(document.data)}, not sections", accepted))
        return None
    return document


def _apply(overrides: Sequence[Override], document: Document) -> dict[KeyPath, str]:
    """Put the overrides into the data; which variable each path came from."""
    sources: dict[KeyPath, str] = {}
    for path, variable, value in overrides:
        section = document.data
        for key in path[:-1]:
            if section.get(key) is None:
                section[key] = {}
            section = section[key]
            if not isinstance(section, dict):
                break  # the file is wrong here, and will be told so
        else:
            section[path[-1]] = value
            sources[path] = variable
    return sources


class _Report:
    """Problems, each with the place it came from."""

    def __init__(self, file: str, document: Document, sources: Mapping[KeyPath, str]) -> None:
        self.problems: list[SettingsProblem] = []
        self._file, self._document, self._sources = file, document, sources

    @property
    def data(self) -> Any:
        return self._document.data

    def add(
        self, path: KeyPath, wrong: str, accepted: str = "", near: str | None = None, line: int | None = None
    ) -> None:
        variable = next((self._sources[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self._sources), None)
        file, line = (variable, None) if variable else (self._file, line or self._document.line_of(path))
        problem = SettingsProblem(file, line, key_text(path), wrong, accepted, near)
        if problem not in self.problems:
            self.problems.append(problem)


def _find_repeated(data: Any, report: _Report) -> None:
    for path, key in UNIQUE:
        seen: dict[Any, str] = {}
        for number, element in enumerate(_elements(data, path)):
            value = element.get(key) if key is not None and isinstance(element, dict) else element
            here = (*path, number) if key is None else (*path, number, key)
            if not isinstance(value, str | int):
                continue
            if value in seen:
                report.add(here, f"{shown(value)} is given twice, first as {seen[value]}", "each once")
            seen.setdefault(value, key_text(here))


def _elements(data: Any, path: KeyPath) -> list[Any]:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, list) else []


def _validate(data: Any, report: _Report) -> BusinessSettings | None:
    try:
        return BusinessSettings.model_validate(data)
    except ValidationError as failure:
        for error in failure.errors(include_url=False):
            _report_error(dict(error), report)
        return None


def _report_error(error: dict[str, Any], report: _Report) -> None:
    path = _key_path(error["loc"])
    context = error.get("ctx", {})
    value = shown(error.get("input"))
    match error["type"]:
        case "refused":
            for wrong, accepted, near, key in context["refusals"]:
                report.add((*path, *_parse_key(key)), wrong, accepted, near)
        case "extra_forbidden":
            _report_unknown_key(path, report)
        case "missing":
            _report_missing(path, report)
        case "union_tag_invalid" | "union_tag_not_found":
            tag = context.get("tag")
            wrong = "is missing" if tag is None else f"{shown(tag)} is not a rule"
            report.add((*path, "rule"), wrong, ", ".join(RULES), nearest(tag or "", RULES))
        case "literal_error":
            choices = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            near = nearest(str(error.get("input")), choices)
            report.add(path, f"{value} is not one of the choices", ", ".join(choices), near)
        case "model_type" | "model_attributes_type" | "dict_type":
            report.add(path, f"{value} where a section is needed", _section_form(path, report.data))
        case "tuple_type":
            report.add(path, f"{value} where a list is needed", "a list, an element a line after `- `, or [a, b]")
        case kind:
            report.add(path, _wrong_value(kind, value, context), _accepted(kind, context))


_BOUNDS = {
    "greater_than": "more than",
    "greater_than_equal": "at least",
    "less_than": "less than",
    "less_than_equal": "at most",
}


def _wrong_value(kind: str, value: str, context: Mapping[str, Any]) -> str:
    if kind in _BOUNDS:
        return f"{value} is out of range"
    return {
        "string_type": f"{value} is not text",
        "string_too_short": "is empty",
        "string_too_long": f"{value} is too long",
        "string_pattern_mismatch": f"{value} is not a name",
        "too_short": "is an empty list",
    }.get(
        kind,
        f"{value} is not a number"
        if kind.startswith(("int_", "float_", "decimal_", "finite_"))
        else f"{value}: {kind}",
    )


def _accepted(kind: str, context: Mapping[str, Any]) -> str:
    if kind in _BOUNDS:
        return f"{_BOUNDS[kind]} {str(next(iter(context.values()))).removesuffix('.0')}"
    if kind.startswith("int_"):
        return "a whole number"
    if kind.startswith(("float_", "decimal_", "finite_")):
        return "a number"
    return {
        "string_type": "text; put quotes around digits",
        "string_pattern_mismatch": "small letters, digits and _, beginning with a letter",
        "string_too_long": f"at most {context.get('max_length')} characters",
        "string_too_short": "some text",
        "too_short": "at least one element",
    }.get(kind, "")


def _section_form(path: KeyPath, data: Any) -> str:
    keys = fields_at(path, data)
    return ", ".join(keys) if keys else f"a section with the key rule: {', '.join(RULES)}"


def _key_path(loc: tuple[str | int, ...]) -> KeyPath:
    # After an element of follow_ups pydantic names the rule it was read as; the file has no such key.
    return loc[:2] + loc[3:] if loc[:1] == ("follow_ups",) and len(loc) > 2 else loc


def _parse_key(text: str) -> KeyPath:
    return tuple(
        int(part) if part.isdigit() else part for part in text.replace("[", ".").replace("]", "").split(".") if part
    )


def _report_unknown_key(path: KeyPath, report: _Report) -> None:
    key = str(path[-1])
    if key.lower() in SECRET_WORDS:
        remedy = "set TELEGRAM_BOT_TOKEN, or TELEGRAM_BOT_TOKEN_FILE to a file that holds it"
        report.add(
            path, "secrets are not read from this file; take it out, and if the file was shared, replace it", remedy
        )
        return
    keys = [*fields_at(path[:-1], report.data)]
    report.add(path, "is not a setting", ", ".join(keys), nearest(key, keys))


def _report_missing(path: KeyPath, report: _Report) -> None:
    field = fields_at(path[:-1], report.data).get(str(path[-1]))
    report.add(path, "is missing", f"{type_text(field)}: {field.description}" if field else "")

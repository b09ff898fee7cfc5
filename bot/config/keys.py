"""The keys of config.yaml, read off the models: what there is, what it holds, what it means."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.config import values
from bot.config.sections import BusinessSettings, FollowUpRule
from bot.config.yaml_file import KeyPath

RULES: dict[str, type[BaseModel]] = {
    get_args(rule.model_fields["rule"].annotation)[0]: rule for rule in get_args(FollowUpRule)
}
"""Follow-up rules by name."""


_REQUIRED = "required"


class Key(NamedTuple):
    path: str
    """As in messages, with `[]` for any element and `[birthday]` for a rule's: `follow_ups[birthday].at`."""
    type: str
    default: str
    """As written in config.yaml; `required` where there is none, empty for a section."""
    doc: str


def describe_keys() -> list[Key]:
    """Every key of config.yaml, in the order of the models; a section comes before its keys."""
    return list(_describe(BusinessSettings, "", None))


def _describe(model: type[BaseModel], prefix: str, defaults: BaseModel | None) -> Iterator[Key]:
    """`defaults` is what the section is when it is left out."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        section = section_of(field.annotation)
        element = _element_of(field.annotation)
        if name == "rule":
            continue
        doc = field.description or ""
        default = _REQUIRED if field.is_required() else field.default
        if defaults is not None:
            default = getattr(defaults, name)
        yield Key(path, type_text(field), "" if section else _default_text(default, field), doc)
        if section:
            yield from _describe(section, f"{path}.", default if isinstance(default, BaseModel) else None)
        elif element is not None and (inner := section_of(element)):
            yield from _describe(inner, f"{path}[].", None)
        elif path == "follow_ups":
            for rule, rule_model in RULES.items():
                yield Key(
                    f"{path}[{rule}]", "section", "", " ".join((rule_model.__doc__ or "").split()).removesuffix(".")
                )
                yield from _describe(rule_model, f"{path}[{rule}].", None)


def fields_at(path: KeyPath, data: Any) -> dict[str, FieldInfo]:
    """The fields of the section at `path` by key; empty if there is no section."""
    model: type[BaseModel] | None = BusinessSettings
    annotation: Any = None
    for step in path:
        data = _step(data, step)
        if isinstance(step, int):
            annotation = _element_of(annotation)
            model = section_of(annotation)
            if model is None and isinstance(data, dict):
                model = RULES.get(str(data.get("rule")))
        elif model is not None and (field := _fields(model).get(step)):
            annotation, model = field.annotation, section_of(field.annotation)
        else:
            return {}
    return {} if model is None else _fields(model)


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _step(data: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return data[step] if isinstance(data, list) and step < len(data) else None
    return data.get(step) if isinstance(data, dict) else None


def section_of(annotation: Any) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _element_of(annotation: Any) -> Any:
    """X of tuple[X, ...]."""
    arguments = get_args(annotation)
    return arguments[0] if get_origin(annotation) is tuple and len(arguments) == 2 else None


def type_text(field: FieldInfo) -> str:
    annotation: Any = field.annotation
    if section_of(annotation):
        return "section"
    if get_origin(annotation) is tuple and values.Span in get_args(annotation):
        return "hours"
    if (element := _element_of(annotation)) is not None:
        if get_origin(element) is Literal:
            return f"list of {', '.join(get_args(element))}"
        return "list of languages" if element == values.Language else "list of sections"
    if get_origin(annotation) is Literal:
        return " or ".join(get_args(annotation))
    return {
        timedelta: "duration",
        time: "time of day",
        bool: "true or false",
        int: "whole number",
        str: "text",
        float: "number",
    }.get(annotation, {"ZoneInfo": "time zone", "Decimal": "amount"}.get(getattr(annotation, "__name__", ""), "text"))


def _default_text(default: object, field: FieldInfo) -> str:
    match default:
        case timedelta():
            return values.duration_text(default)
        case time():
            return f"{default:%H:%M}"
        case bool():
            return str(default).lower()
        case ():
            return "closed" if type_text(field) == "hours" else "[]"
        case tuple():
            return f"[{', '.join(map(str, default))}]"
        case _:
            return str(default)

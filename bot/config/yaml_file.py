"""YAML as people mean it, with the line of every key.

PyYAML reads YAML 1.1, in which `no` is false, `10:30` is 630 and `010` is 8. Here only true and
false are booleans, only digits are whole numbers, and everything else is text.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.config.values import shown

KeyPath = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  as PyYAML declares it


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the file as YAML; `key` is empty for its syntax."""

    line: int
    key: KeyPath
    wrong: str
    accepted: str = ""


@dataclass(slots=True)
class Document:
    """What a file says, and where: `lines` has the line (from 1) of each key and list element."""

    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, path: KeyPath) -> int | None:
        """Line of the key, or of the nearest one above it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read_yaml(text: str) -> Document:
    """Never raises: what is wrong is in `faults`."""
    document = Document()
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = ", ".join(part for part in (error.context, error.problem) if part)
        document.faults.append(Fault(mark.line + 1 if mark else 1, (), f"not YAML: {words}", _syntax_hint(words)))
        return document
    except yaml.YAMLError as error:  # a character that no YAML may hold
        document.faults.append(Fault(1, (), f"not YAML: {str(error).splitlines()[0]}", "text in UTF-8"))
        return document
    if node is not None:
        document.lines[()] = node.start_mark.line + 1
        document.data = _read_node(node, (), document, ())
    return document


def _syntax_hint(words: str) -> str:
    if "\\t" in words:
        return "spaces for indentation, not tabs"
    if "mapping values are not allowed" in words:
        return "one `key: value` a line, equally indented, and quotes around a value with a colon and a space"
    return "YAML; look at this line and the one before it"


def _read_node(node: yaml.Node, path: KeyPath, document: Document, within: tuple[yaml.Node, ...]) -> Any:
    if node in within:
        document.faults.append(Fault(node.start_mark.line + 1, path, "refers to itself", "a value of its own"))
        return None
    match node:
        case yaml.MappingNode():
            return _read_mapping(node, path, document, (*within, node))
        case yaml.SequenceNode():
            items = []
            for number, item in enumerate(node.value):
                document.lines[(*path, number)] = item.start_mark.line + 1
                items.append(_read_node(item, (*path, number), document, (*within, node)))
            return items
        case _:
            return _read_scalar(node, path, document)


def _read_mapping(
    node: yaml.MappingNode, path: KeyPath, document: Document, within: tuple[yaml.Node, ...]
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag.endswith(":merge"):
            document.faults.append(Fault(line, path, "a key that is not a word", "keys as in the example config.yaml"))
            continue
        key = key_node.value
        if key in data:
            first = document.lines[(*path, key)]
            document.faults.append(Fault(line, (*path, key), f"given twice, first on line {first}", "each key once"))
            continue
        document.lines[(*path, key)] = line
        data[key] = _read_node(value_node, (*path, key), document, within)
    return data


def _read_scalar(node: yaml.Node, path: KeyPath, document: Document) -> Any:
    value: str = node.value
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "str":
            return value
        case "null":
            return None
        case "bool":
            return value.lower() == "true"
        case "int":
            # Longer ones are no setting, and Python refuses to read them past 4,300 digits.
            return int(value) if len(value) <= 20 else value
        case "float":
            return float(value)
        case tag:
            wrong = f"{shown(value)} has the tag {tag}"
            document.faults.append(Fault(node.start_mark.line + 1, path, wrong, "values without tags"))
            return None

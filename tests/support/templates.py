"""Values for any template, made from how the template uses them: which are times, numbers, lists, or words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, nodes

AT = datetime(2026, 5, 3, 9, 30, tzinfo=UTC)
TIMES = {"day", "moment", "clock", "when"}
NUMBERS = {"money", "number", "span", "round", "int", "percent"}
LISTS = {"listed", "join", "length", "first", "last"}
Path = tuple[str, ...]


@dataclass
class Shape:
    """What is known of one value: its kind, what it is compared with, and what it holds."""

    kind: str = "words"
    tested: bool = False
    constants: list[Any] = field(default_factory=list)
    holds: dict[str, Shape] = field(default_factory=dict)

    def at(self, path: Path) -> Shape:
        shape = self
        for name in path:
            shape = shape.holds.setdefault(name, Shape())
        return shape


class Reader:
    """Walks a template and collects the shapes of its values."""

    def __init__(self, source: str) -> None:
        self.root = Shape()
        self._bound: list[dict[str, Path | None]] = [{}]
        self._tables: dict[str, list[Any]] = {}
        environment = Environment(trim_blocks=True)
        for name in (*TIMES, *NUMBERS, *LISTS, "clip"):
            environment.filters.setdefault(name, str)
        self._visit(environment.parse(source))

    def _path(self, node: nodes.Node) -> Path | None:
        if isinstance(node, nodes.Name):
            for scope in reversed(self._bound):
                if node.name in scope:
                    return scope[node.name]
            return (node.name,)
        if isinstance(node, nodes.Getattr) and (path := self._path(node.node)) is not None:
            return (*path, node.attr)
        by_name = (
            isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)
        )
        if by_name and (path := self._path(node.node)) is not None:
            return (*path, node.arg.value)
        return None

    def _mark(self, node: nodes.Node, kind: str) -> None:
        path = self._path(node)
        if path is not None:
            self.root.at(path).kind = kind

    def _visit(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.For):
            path = self._path(node.iter)
            self._mark(node.iter, "list")
            self._visit(node.iter)
            assert isinstance(node.target, nodes.Name)
            self._bound.append({node.target.name: (*path, "[]") if path else None, "loop": None})
            for child in node.body:
                self._visit(child)
            self._bound.pop()
            return
        if isinstance(node, nodes.Assign):
            self._visit(node.node)
            assert isinstance(node.target, nodes.Name)
            self._bound[-1][node.target.name] = None
            if isinstance(node.node, nodes.Dict):
                keys = [pair.key.value for pair in node.node.items if isinstance(pair.key, nodes.Const)]
                self._tables[node.target.name] = keys
            return
        self._read(node)
        for child in node.iter_child_nodes():
            self._visit(child)

    def _read(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem) and (path := self._path(node)) is not None:
            self.root.at(path)
        if isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Name) and node.node.name in self._tables:
            path = self._path(node.arg)
            if path is not None:  # looked up in a table of the template's own: always one of its keys
                self.root.at(path).kind, self.root.at(path).constants = "key", self._tables[node.node.name]
        if isinstance(node, nodes.Filter) and node.node is not None:
            for names, kind in ((TIMES, "time"), (NUMBERS, "number"), (LISTS, "list")):
                if node.name in names:
                    self._mark(node.node, kind)
            for name, kind in (("money", "currency"), ("when", "time")):
                if node.name == name:
                    self._mark(node.args[0], kind)
        elif isinstance(node, nodes.BinExpr) and not isinstance(node, nodes.And | nodes.Or):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, nodes.Const) and isinstance(other.value, int):
                    self._mark(side, "number")
        elif isinstance(node, nodes.Compare):
            self._compare(node)
        elif isinstance(node, nodes.If | nodes.CondExpr):
            for test in _conditions(node.test):
                if (path := self._path(test)) is not None:
                    self.root.at(path).tested = True

    def _compare(self, node: nodes.Compare) -> None:
        path = self._path(node.expr)
        for operand in node.ops:
            if operand.op in ("gt", "lt", "gteq", "lteq"):
                self._mark(node.expr, "number")
                self._mark(operand.expr, "number")
            listed = operand.expr.items if isinstance(operand.expr, nodes.List | nodes.Tuple) else [operand.expr]
            constants = [one.value for one in listed if isinstance(one, nodes.Const)]
            if path is not None:
                self.root.at(path).constants += constants
                if any(isinstance(one, int) for one in constants):
                    self.root.at(path).kind = "number"


def _conditions(node: nodes.Node) -> Iterator[nodes.Node]:
    """The values whose truth a condition turns on."""
    if isinstance(node, nodes.And | nodes.Or):
        yield from (*_conditions(node.left), *_conditions(node.right))
    elif isinstance(node, nodes.Not | nodes.Test):
        yield from _conditions(node.node)
    else:
        yield node


def values_for(source: str, text: str) -> Iterator[dict[str, Any]]:
    """Values to render a template with, each word of them `text`: all there, all that may be missing missing, and
    each value once as every constant it is compared with."""
    root = Reader(source).root
    yield {name: _make(shape, text) for name, shape in root.holds.items()}
    yield {name: _make(shape, text, empty=True) for name, shape in root.holds.items()}
    for path, shape in list(_all(root, ())):
        for constant in shape.constants:
            yield {
                name: _make(one, text, at=(*path,), value=constant, name=(name,)) for name, one in root.holds.items()
            }


def _all(shape: Shape, path: Path) -> Iterator[tuple[Path, Shape]]:
    for name, held in shape.holds.items():
        yield (*path, name), held
        yield from _all(held, (*path, name))


def _make(shape: Shape, text: str, *, empty: bool = False, at: Path = (), value: Any = None, name: Path = ()) -> Any:
    if at and at == name:
        return value
    if empty and shape.tested:
        return [] if shape.kind == "list" else None
    inside = {
        key: _make(held, text, empty=empty, at=at, value=value, name=(*name, key)) for key, held in shape.holds.items()
    }
    if shape.kind == "list":
        one = inside.get("[]", text)
        return [one, one]
    if inside:
        return inside
    if shape.kind == "key":
        return shape.constants[0]
    return {"time": AT, "number": 3, "currency": "EUR"}.get(shape.kind, text)

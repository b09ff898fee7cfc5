"""Statements of the hot path, compiled once and run on SQLite's own cursor.

SQLAlchemy spends 50 µs on a Core statement where SQLite answers in 5. So in the writer's transaction these speak to
the driver; anywhere else (PostgreSQL, readers) the same statement goes the ordinary way. The column types convert
values in either case.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, Executable, Table, bindparam, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Convert = Callable[[Any], Any]


class Transaction(Session):
    """A session inside one."""

    driver: Any = None  # the writer's SQLite connection; None elsewhere


class Compiled:
    """One statement as SQLite takes it: text, the order of its values, and how values and results are converted."""

    def __init__(self, statement: Any, dialect: Dialect, defaults: Mapping[str, Any] | None = None) -> None:
        """`defaults`: of the columns of an INSERT, which need not all be given then."""
        compiled = statement.compile(dialect=dialect, column_keys=None if defaults is None else list(defaults))
        self._sql = str(compiled)
        self._values: list[Any] = []  # in their places: those that are known by now
        self._places: dict[str, tuple[tuple[int, Convert | None], ...]] = {}  # of those that are given
        for place, name in enumerate(compiled.positiontup or ()):
            bind = compiled.binds[name]
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            known = compiled.params[name] if defaults is None else defaults[name]
            self._values.append(known if convert is None or known is None else convert(known))
            if defaults is not None or bind.required:
                self._places[name] = (*self._places.get(name, ()), (place, convert))
        self._needed = len(self._places) if defaults is None else 0
        returned = getattr(statement, "exported_columns", ())
        found = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in returned]
        self._results = [(place, convert) for place, convert in enumerate(found) if convert is not None]

    def execute(self, memory: Transaction, values: Mapping[str, Any]) -> Any:
        """The driver's cursor; raises as SQLAlchemy would."""
        try:
            return memory.driver.execute(self._sql, self._bind(values))
        except sqlite3.Error as error:
            raise self._wrap(error) from error

    def execute_all(self, memory: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            memory.driver.executemany(self._sql, [self._bind(row) for row in rows])
        except sqlite3.Error as error:
            raise self._wrap(error) from error

    def execute_rows(self, memory: Transaction, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """The same for values that stand in the order of `names`."""
        where = [(number, *place) for number, name in enumerate(names) for place in self._places[name]]
        plain = [(place, number) for number, place, convert in where if convert is None]
        made = [(place, number, convert) for number, place, convert in where if convert is not None]
        bound = []
        for row in rows:
            values = self._values.copy()
            for place, number in plain:
                values[place] = row[number]
            for place, number, convert in made:
                values[place] = convert(row[number])
            bound.append(values)
        try:
            memory.driver.executemany(self._sql, bound)
        except sqlite3.Error as error:
            raise self._wrap(error) from error

    def _wrap(self, error: sqlite3.Error) -> Exception:
        wrapped: Exception = DBAPIError.instance(self._sql, None, error, sqlite3.Error, hide_parameters=True)
        return wrapped

    def _bind(self, values: Mapping[str, Any]) -> list[Any]:
        if len(values) < self._needed:
            raise TypeError(f"not given: {', '.join(self._places.keys() - values.keys())}")
        bound = self._values.copy()
        for name, value in values.items():
            for place, convert in self._places[name]:
                bound[place] = value if convert is None else convert(value)
        return bound

    def read(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [self._read(row) for row in rows] if self._results else rows

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = list(row)
        for place, convert in self._results:
            if cells[place] is not None:
                cells[place] = convert(cells[place])
        return tuple(cells)


class Prepared:
    """A Core statement whose values are all named by `bindparam`. It sees what has been flushed."""

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._compiled: Compiled | None = None

    def rows(self, memory: Transaction, /, **values: Any) -> list[tuple[Any, ...]]:
        if memory.driver is None:
            return [tuple(row) for row in memory.connection().execute(self.statement, values)]
        compiled = self._compiled or self._compile(memory)
        return compiled.read(compiled.execute(memory, values).fetchall())

    def first(self, memory: Transaction, /, **values: Any) -> tuple[Any, ...] | None:
        rows = self.rows(memory, **values)
        return rows[0] if rows else None

    def scalar(self, memory: Transaction, /, **values: Any) -> Any:
        rows = self.rows(memory, **values)
        return rows[0][0] if rows else None

    def run(self, memory: Transaction, /, **values: Any) -> int:
        """Returns how many rows were changed."""
        if memory.driver is None:
            return int(memory.connection().execute(self.statement, values).rowcount)
        compiled = self._compiled or self._compile(memory)
        return int(compiled.execute(memory, values).rowcount)

    def run_all(self, memory: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
        if memory.driver is None:
            memory.connection().execute(self.statement, list(rows))
            return
        compiled = self._compiled or self._compile(memory)
        compiled.execute_all(memory, rows)

    def _compile(self, memory: Transaction) -> Compiled:
        self._compiled = Compiled(self.statement, _dialect_of(memory))
        return self._compiled


class Each:
    """A statement about many values of a column: SQLite is asked of one after another, which costs it less than a text
    that differs with their number; any other database at once."""

    def __init__(self, write: Callable[[Callable[[ColumnElement[Any]], ColumnElement[bool]]], Executable]) -> None:
        """`write` makes the statement, given what says of a column that it has one of the values."""
        self._one = Prepared(write(lambda column: column == bindparam("one")))
        self._all = write(lambda column: column.in_(bindparam("all", expanding=True)))

    def rows(self, memory: Transaction, of: Iterable[Any], /, **values: Any) -> list[tuple[Any, ...]]:
        if memory.driver is None:
            return [tuple(row) for row in memory.connection().execute(self._all, {"all": [*of], **values})]
        return [row for one in of for row in self._one.rows(memory, one=one, **values)]

    def run(self, memory: Transaction, of: Iterable[Any], /) -> None:
        if memory.driver is None:
            memory.connection().execute(self._all, {"all": [*of]})
            return
        self._one.run_all(memory, [{"one": one} for one in of])


class Insertion:
    """Adds rows with all columns of a table: one that is not given gets its default, or NULL."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._statement = insert(table)
        columns = [column.name for column in table.columns if column is not table.autoincrement_column]
        defaults = {column.name: column.default for column in table.columns if column.default is not None}
        self._made: dict[str, Any] = {name: made for name, made in defaults.items() if made.is_callable}
        self._empty = dict.fromkeys(columns) | {
            name: cast(Any, default).arg for name, default in defaults.items() if not default.is_callable
        }
        self._compiled: Compiled | None = None

    def run(self, memory: Transaction, /, **values: Any) -> int:
        """Returns the number that the database gave the row (0 where it numbers none)."""
        if memory.driver is None:
            (key, *_) = memory.connection().execute(self._statement, values).inserted_primary_key or (0,)
            return key if isinstance(key, int) else 0
        compiled = self._compiled or self._compile(memory)
        return int(compiled.execute(memory, self._make(values)).lastrowid)

    def run_all(self, memory: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
        """Every row must have the same keys."""
        if memory.driver is None:
            memory.connection().execute(self._statement, list(rows))
            return
        compiled = self._compiled or self._compile(memory)
        compiled.execute_all(memory, [self._make(row) for row in rows])

    def run_rows(self, memory: Transaction, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """The same for many rows whose values stand in the order of `names`: half the work of so many dictionaries."""
        if memory.driver is None:
            memory.connection().execute(self._statement, [dict(zip(names, row, strict=True)) for row in rows])
            return
        compiled = self._compiled or self._compile(memory)
        if missing := [name for name in self._made if name not in names]:
            names = [*names, *missing]
            rows = [(*row, *(self._made[name].arg(None) for name in missing)) for row in rows]
        compiled.execute_rows(memory, names, rows)

    def fill(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """With every column, by its name in the table."""
        return {**self._empty, **self._make(values)}

    def _make(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """With the defaults that are made anew for each row."""
        missing = [name for name in self._made if name not in values]
        return {**values, **{name: self._made[name].arg(None) for name in missing}} if missing else values

    def _compile(self, memory: Transaction) -> Compiled:
        self._compiled = Compiled(self._statement, _dialect_of(memory), self._empty)
        return self._compiled


def _dialect_of(memory: Transaction) -> Dialect:
    return memory.get_bind().dialect

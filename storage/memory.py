"""Memory: the session inside one transaction, and a short way to load and write entities in it.

SQLAlchemy's own way costs 300 µs to load an entity and 400 to write a changed one. In the writer's transaction on
SQLite both go through prepared statements, for entities without relationships, which all of ours are; the entities
belong to the session all the same. What this does not know how to write, SQLAlchemy writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Table, bindparam, inspect, null, select, update
from sqlalchemy.orm import DeclarativeBase, Mapper
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.sql.elements import ClauseElement

from storage.prepared import Insertion, Prepared, Transaction

E = TypeVar("E", bound=DeclarativeBase)
F = TypeVar("F", bound=DeclarativeBase)


class Memory(Transaction):
    """What the domain calls memory: an ORM session inside one transaction, on its way through the rooms."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._held: list[DeclarativeBase] = []  # what a visit has loaded: the session itself holds it only weakly

    def create(self, model: type[E], **values: Any) -> E:
        """A new entity, written at once; its id and defaults are filled in."""
        if self.driver is not None:
            return shape_of(model).create(self, values)
        entity = model(**values)
        self.add(entity)
        self.flush()
        return entity

    def hold(self, entity: DeclarativeBase) -> None:
        self._held.append(entity)

    def expunge_all(self) -> None:
        self._held.clear()
        super().expunge_all()

    def find_known(self, model: type[E], key: int) -> E | None:
        """The entity if the session has it already: a SELECT would give no other."""
        known: E | None = self.identity_map.get((model, (key,), None))
        return known

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        if self.driver is not None and self.identity_map.check_modified():
            changed: Any = self.identity_map._modified  # what `dirty` is made from, at a third of the time
            for entity in [state.obj() for state in changed if state not in self._deleted]:
                if entity is not None:
                    shape_of(type(entity)).write_changes(self, entity)
        super().flush(objects)

    def settle(self, *models: type[DeclarativeBase]) -> None:
        """Write what is pending of these models, before they are read past the session."""
        # What `new` and `dirty` are made from: making those two at every SELECT took a fiftieth of a visit.
        pending: Any = (*self._new, *self.identity_map._modified)
        if any(state.class_ in models for state in pending):
            self.flush()


class Selection(Generic[E]):
    """A SELECT of entities of one model; its values are all named by `bindparam`."""

    def __init__(
        self, model: type[E], *conditions: ColumnElement[bool], order_by: Any = None, most: int | None = None
    ) -> None:
        self._model = model
        statement = select(model).where(*conditions).order_by(order_by)
        self._statement = statement if most is None else statement.limit(most)
        self._prepared: Prepared | None = None

    def all(self, memory: Memory, /, **values: Any) -> list[E]:
        if memory.driver is None:
            return list(memory.scalars(self._statement, values))
        shape = shape_of(self._model)
        if self._prepared is None:
            self._prepared = Prepared(self._statement.with_only_columns(*shape.columns))
        memory.settle(self._model)
        return [shape.attach(memory, row) for row in self._prepared.rows(memory, **values)]

    def first(self, memory: Memory, /, **values: Any) -> E | None:
        found = self.all(memory, **values)
        return found[0] if found else None


class Pair(Generic[E, F]):
    """One entity and another that belongs to it, if there is one, in one SELECT."""

    def __init__(self, model: type[E], other: type[F], belongs: ColumnElement[bool], *conditions: ColumnElement[bool]):
        self._models = (model, other)
        self._statement = select(model, other).outerjoin(other, belongs).where(*conditions).limit(1)
        self._prepared: Prepared | None = None

    def first(self, memory: Memory, /, **values: Any) -> tuple[E, F | None] | None:
        if memory.driver is None:
            found = memory.execute(self._statement, values).first()
            return (found[0], found[1]) if found is not None else None
        model, other = self._models
        shape, other_shape = shape_of(model), shape_of(other)
        if self._prepared is None:
            self._prepared = Prepared(self._statement.with_only_columns(*shape.columns, *other_shape.columns))
        memory.settle(model, other)
        row = self._prepared.first(memory, **values)
        if row is None:
            return None
        size = len(shape.columns)
        theirs = row[size:]
        return shape.attach(memory, row[:size]), other_shape.attach(memory, theirs) if other_shape.is_row(
            theirs
        ) else None


class Shape(Generic[E]):
    """How rows of one model become entities of the session, and entities become rows."""

    def __init__(self, model: type[E]) -> None:
        self.mapper: Mapper[E] = inspect(model)
        attributes = list(self.mapper.column_attrs)
        self.keys = [attribute.key for attribute in attributes]
        self.columns: list[ColumnElement[Any]] = [attribute.columns[0] for attribute in attributes]
        self._name_of = {attribute.key: str(attribute.columns[0].name) for attribute in attributes}  # in the table
        (own,) = self.mapper.primary_key
        self._own = own
        self._own_at = [*self._name_of.values()].index(own.name)
        self._table = cast(Table, self.mapper.local_table)
        self._insertion = Insertion(self._table)
        self._updates: dict[tuple[str, ...], Prepared] = {}

    def attach(self, memory: Memory, values: Sequence[Any]) -> E:
        """The session's entity of this row; one it has already stays as it is."""
        key = (self.mapper.class_, (values[self._own_at],), None)
        known: E | None = memory.identity_map.get(key)
        return known if known is not None else self._adopt(memory, key, zip(self.keys, values, strict=True))

    def is_row(self, values: Sequence[Any]) -> bool:
        """False for the NULLs of an outer join."""
        return values[self._own_at] is not None

    def create(self, memory: Memory, given: Mapping[str, Any]) -> E:
        """Write a row and give the session its entity."""
        values = self._insertion.fill({self._name_of[key]: value for key, value in given.items()})
        number = self._insertion.run(memory, **values)
        own = values.setdefault(self._own.name, number)
        key = (self.mapper.class_, (own,), None)
        return self._adopt(memory, key, ((key, values[name]) for key, name in self._name_of.items()))

    def _adopt(self, memory: Memory, key: tuple[Any, ...], values: Iterable[tuple[str, Any]]) -> E:
        """What SQLAlchemy does with an entity that it has just loaded."""
        entity: E = self.mapper.class_manager.new_instance()
        entity.__dict__.update(values)
        state: Any = instance_state(entity)
        state.key = key
        state.session_id = memory.hash_key
        memory.identity_map.add(state)
        memory.hold(entity)
        return entity

    def write_changes(self, memory: Memory, entity: E) -> None:
        """UPDATE what differs from what was loaded; what is no plain value is left to SQLAlchemy."""
        state: Any = instance_state(entity)
        now = entity.__dict__
        changed: list[str] = []
        values: dict[str, Any] = {}
        for key, old in state.committed_state.items():
            value = now.get(key, _GONE)
            if isinstance(value, ClauseElement):
                return
            if value != old:
                changed.append(key)
                values["new_" + key] = value
        if changed:
            keys = tuple(changed)
            statement = self._updates.get(keys) or self._prepare_update(keys)
            if statement.run(memory, own_key=state.key[1][0], **values) != 1:
                return  # gone meanwhile: SQLAlchemy says so
        state._commit_all(now, memory.identity_map)

    def _prepare_update(self, keys: tuple[str, ...]) -> Prepared:
        changed = {
            column: bindparam(f"new_{key}", type_=column.type)
            for key, column in zip(self.keys, self.columns, strict=True)
            if key in keys
        }
        own = bindparam("own_key", type_=self._own.type)
        statement = self._updates[keys] = Prepared(update(self._table).where(self._own == own).values(changed))
        return statement


_GONE = null()  # an attribute that was deleted or expired since
_SHAPES: dict[type[Any], Shape[Any]] = {}


def shape_of(model: type[E]) -> Shape[E]:
    shape = _SHAPES.get(model)
    if shape is None:
        shape = _SHAPES[model] = Shape(model)
    return shape

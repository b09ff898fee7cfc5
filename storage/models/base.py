"""What every table shares: naming of constraints, column types, the declarative base."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


NAIVE = "a time without a zone cannot be stored: {!r}; pass an aware datetime"


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out on every database; refuses a naive value.

    SQLite stores the wall digits of whatever it is given, so 12:00+03:00 would compare as 12:00.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """On SQLite in one step instead of three: each message stores a dozen times."""
        return _write_digits if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _read_digits if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(NAIVE.format(value))
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@lru_cache(64)  # a visit stores one and the same moment a dozen times
def _write_digits(value: datetime | None) -> str | None:
    """UTC wall digits, as SQLAlchemy's own SQLite type writes them."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(NAIVE.format(value))
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _read_digits(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


# SQLite numbers rows by itself only where the type is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

PrimaryKey = Annotated[int, mapped_column(Id, primary_key=True, autoincrement=True)]
Name = Annotated[str, mapped_column(String(200))]
Word = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    """Base of all tables. Strings without a length are TEXT; ids of Telegram are 52 bits and so BIGINT."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it as a plain dict
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[str]: Json,
        list[dict[str, Any]]: Json,
        int: BigInteger,
    }


def index_of_reference(table: str, column: str) -> Index:
    """For a foreign key that is mostly empty. Without it the deletion of one parent reads the whole table."""
    where = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=where, postgresql_where=where)


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for Core statements on the hot path."""
    return cast(Table, model.__table__)

"""Alembic's entry: run by `storage.schema` with the engine to migrate."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, BigInteger, Engine, create_engine

from storage.models import Base, UtcDateTime


def render(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Short names for our column types; `script.py.mako` defines them."""
    if kind != "type":
        return False
    if isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, JSON):
        return "Json"
    return "Id" if isinstance(thing, BigInteger) and thing._variant_mapping else False


def run() -> None:
    engine: Engine = context.config.attributes.get("engine") or create_engine(
        context.config.get_main_option("sqlalchemy.url") or "sqlite://"
    )
    # SQLAlchemy's own autocommit would leave a half-applied migration behind.
    with engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


run()

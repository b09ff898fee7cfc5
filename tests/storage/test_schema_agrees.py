"""The migrations make what the models say, and every reference can be followed backwards."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from storage.database import Database
from storage.models import Base


def test_migrations_and_models_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_every_reference_to_what_is_erased_has_an_index(sqlite_database: Database) -> None:
    """A parent row's deletion looks for its children: without an index in the whole table, each time."""
    tables = inspect(sqlite_database.engine)
    missing = []
    for table in Base.metadata.sorted_tables:
        begins = [index["column_names"][0] for index in tables.get_indexes(table.name)]
        begins += [unique["column_names"][0] for unique in tables.get_unique_constraints(table.name)]
        begins += tables.get_pk_constraint(table.name)["constrained_columns"][:1]
        for key in tables.get_foreign_keys(table.name):
            if key["referred_table"] != "staff" and key["constrained_columns"][0] not in begins:
                missing.append((table.name, key["constrained_columns"][0]))
    assert missing == []

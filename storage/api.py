"""Answers given over HTTP, by their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from storage.database import Memory
from storage.models import ApiAnswer, table_of

ANSWERS = table_of(ApiAnswer)


def find(memory: Memory, key: str) -> tuple[str, dict[str, Any]] | None:
    """The request's digest, and what it was answered."""
    row = memory.connection().execute(select(ANSWERS.c.digest, ANSWERS.c.answer).where(ANSWERS.c.key == key)).first()
    return (row[0], row[1]) if row else None


def find_known(memory: Memory, keys: Sequence[str]) -> set[str]:
    return set(memory.connection().execute(select(ANSWERS.c.key).where(ANSWERS.c.key.in_(keys))).scalars())


def add(memory: Memory, rows: Sequence[tuple[str, str, dict[str, Any]]], now: datetime) -> None:
    """(key, digest, answer)."""
    if rows:
        values = [{"key": key, "digest": digest, "answer": answer, "at": now} for key, digest, answer in rows]
        memory.connection().execute(insert(ANSWERS), values)


def prune(memory: Memory, before: datetime) -> None:
    memory.execute(delete(ApiAnswer).where(ApiAnswer.at < before))

"""What was learnt from the FAQ, kept under the hash of what it was learnt from."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from storage.database import Memory
from storage.models import Lesson


def find(memory: Memory, key: str) -> bytes | None:
    return memory.scalar(select(Lesson.content).where(Lesson.key == key))


def keep(memory: Memory, learnt: Mapping[str, bytes], current: Collection[str]) -> None:
    """`current`: the keys that are still of use; what stands under another is thrown away."""
    memory.execute(delete(Lesson).where(Lesson.key.not_in([*current])))
    for key, content in learnt.items():
        memory.merge(Lesson(key=key, content=content))

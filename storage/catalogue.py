"""What is sold, and the questions and answers about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from storage.database import Memory
from storage.memory import Selection
from storage.models import CatalogueItem, FaqEntry, table_of
from storage.prepared import Prepared

FAQ = table_of(FaqEntry)
_ITEM = Selection(CatalogueItem, CatalogueItem.sku == bindparam("sku"))
_ANSWERS = Prepared(
    select(FAQ.c.language, FAQ.c.answer).where(FAQ.c.name == bindparam("name"), FAQ.c.answer != "").order_by(FAQ.c.id)
)
_QUESTIONS = Prepared(select(FAQ.c.language, FAQ.c.question).where(FAQ.c.name == bindparam("name")).order_by(FAQ.c.id))


def list_items(memory: Memory) -> Sequence[CatalogueItem]:
    return memory.scalars(select(CatalogueItem).order_by(CatalogueItem.sku)).all()


def find_item(memory: Memory, sku: str) -> CatalogueItem | None:
    return _ITEM.first(memory, sku=sku)


def list_faq(memory: Memory) -> Sequence[FaqEntry]:
    return memory.scalars(select(FaqEntry).order_by(FaqEntry.id)).all()


def find_answer(memory: Memory, name: str, languages: Sequence[str]) -> str | None:
    """The answer in the first of the languages that has one."""
    return _first(_ANSWERS.rows(memory, name=name), languages)


def find_question(memory: Memory, name: str, languages: Sequence[str]) -> str | None:
    """Its first phrasing, likewise."""
    return _first(_QUESTIONS.rows(memory, name=name), languages)


def _first(rows: Sequence[Any], languages: Sequence[str]) -> str | None:
    texts = {language: text for language, text in reversed(rows)}
    return next((texts[language] for language in languages if language in texts), None)

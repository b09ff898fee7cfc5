"""Keeps one listener built from the catalogue and FAQ as they are: rebuilt when their revision changes."""

from __future__ import annotations

from threading import Lock

from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener
from storage import catalogue, meta
from storage.database import Memory


class Hearing:
    """The listener for the knowledge of the moment; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._built: tuple[int, Listener] | None = None

    def listener(self, memory: Memory) -> Listener:
        revision = memory.info.get(meta.KNOWLEDGE)
        if revision is None:  # read once for all that are understood together
            revision = memory.info[meta.KNOWLEDGE] = int(meta.read(memory, meta.KNOWLEDGE, 0))
        built = self._built
        if built is not None and built[0] == revision:
            return built[1]
        with self._lock:
            if self._built is None or self._built[0] != revision:
                self._built = (revision, self._build(memory))
            return self._built[1]

    def _build(self, memory: Memory) -> Listener:
        entries = [
            CatalogueEntry(
                sku=item.sku,
                names={"en": item.name_en, "zh": item.name_zh},
                aliases=tuple(item.aliases),
                category=item.category,
                options=tuple(item.options),
                contains=tuple(item.contains),
            )
            for item in catalogue.list_items(memory)
        ]
        phrasings = [
            FaqPhrasing(name=row.name, language=row.language, question=row.question, answer=row.answer)
            for row in catalogue.list_faq(memory)
        ]
        return Listener(entries, phrasings)

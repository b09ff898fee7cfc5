"""Keeps one listener built from the catalogue and FAQ as they are: rebuilt when their revision changes. Messages are
understood by an ear, where there is one.

What there is to learn from the FAQ is learnt beside the answering, in a thread of its own, and kept in the database;
until that is done, questions are compared with each known one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from threading import Lock, Thread
from zoneinfo import ZoneInfo

from bot.interact.ear import Ear, Thought
from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener
from bot.interact.understanding.classifier import Classifier
from bot.interact.understanding.lessons import Lesson, list_lessons, study, unpack
from storage import catalogue, lessons, meta
from storage.database import Database, Memory

logger = logging.getLogger(__name__)


class Hearing:
    """The listener for the knowledge of the moment; safe to use from several threads.

    Without a database to keep in, what is not kept yet is learnt at once: the command line.
    """

    def __init__(self, database: Database | None = None, ear: Ear | None = None) -> None:
        self._database = database
        self._ear = ear
        self._lock = Lock()
        self._built: tuple[int, Listener] | None = None
        self._learning: Thread | None = None

    def listener(self, memory: Memory) -> Listener:
        revision = memory.info.get(meta.KNOWLEDGE)
        if revision is None:  # read once for all that are understood together
            revision = memory.info[meta.KNOWLEDGE] = int(meta.read(memory, meta.KNOWLEDGE, 0))
        built = self._built
        if built is not None and built[0] == revision:
            return built[1]
        with self._lock:
            if self._built is None or self._built[0] != revision:
                self._built = (revision, self._build(memory, revision))
            return self._built[1]

    def ask(self, memory: Memory, text: str, *, language: str | None, time_zone: ZoneInfo, now: datetime) -> Thought:
        """Begin to understand. What is asked before the first result is waited for is understood together."""
        thought = Thought(self.listener(memory), text, language, time_zone, now)
        return self._ear.ask(thought) if self._ear is not None else thought

    def close(self) -> None:
        if self._ear is not None:
            self._ear.close()

    def settle(self) -> None:
        """Wait until all is learnt that is being learnt."""
        if (learning := self._learning) is not None:
            learning.join()

    def _build(self, memory: Memory, revision: int) -> Listener:
        entries, phrasings = _read(memory)
        known: dict[str, Classifier] = {}
        missing: list[Lesson] = []
        for lesson in list_lessons(phrasings):
            kept = _unpack(lessons.find(memory, lesson.key))
            if kept is None:
                missing.append(lesson)
            else:
                known[lesson.language] = kept
        if missing and self._database is not None:
            work = (self._database, revision, entries, phrasings, known, missing)
            self._learning = Thread(target=self._learn, args=work, name="learning", daemon=True)
            self._learning.start()
        elif missing:
            known |= {lesson.language: unpack(study(lesson)) for lesson in missing}
        if self._ear is not None:
            self._ear.learn(entries, phrasings, known)
        return Listener(entries, phrasings, known)

    def _learn(
        self, database: Database, revision: int, entries: Sequence[CatalogueEntry], phrasings: Sequence[FaqPhrasing],
        known: dict[str, Classifier], missing: Sequence[Lesson],
    ) -> None:  # fmt: skip
        """Keep what is learnt, and listen with it, unless the knowledge has changed meanwhile."""
        learnt = {lesson.key: study(lesson) for lesson in missing}
        known = {**known, **{lesson.language: unpack(learnt[lesson.key]) for lesson in missing}}
        listener = Listener(entries, phrasings, known)
        with self._lock:
            if self._built is None or self._built[0] != revision:
                return
            self._built = (revision, listener)
            if self._ear is not None:
                self._ear.learn(entries, phrasings, known)
        current = {lesson.key for lesson in list_lessons(phrasings)}
        try:
            database.write_now(lambda memory: lessons.keep(memory, learnt, current), name="keep what was learnt")
        except Exception:  # the bot is being stopped, or the disk is away: it is learnt again at the next start
            logger.warning("what was learnt from the FAQ could not be kept", exc_info=True)


def learn_faq(database: Database) -> None:
    """Learn and keep what there is to learn, now: after an import, before the bot asks for it."""
    hearing = Hearing(database)
    database.read_now(hearing.listener)
    hearing.settle()


def _read(memory: Memory) -> tuple[list[CatalogueEntry], list[FaqPhrasing]]:
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
    return entries, phrasings


def _unpack(kept: bytes | None) -> Classifier | None:
    try:
        return unpack(kept) if kept is not None else None
    except ValueError:
        logger.warning("what was kept of the FAQ cannot be read: learning it again")
        return None

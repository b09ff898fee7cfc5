"""The FAQ is learnt beside the answering, kept in the database, and learnt again only where it changed."""

from __future__ import annotations

from collections.abc import Mapping

from bot.interact.hearing import Hearing, learn_faq
from bot.interact.understanding import FaqPhrasing, Listener
from bot.interact.understanding.lessons import list_lessons, study
from storage import lessons, meta
from storage.database import Database, Memory
from storage.models import FaqEntry, Lesson, table_of

FAQ = {
    "pool": ["is there a swimming pool", "can we swim here", "when is the pool open", "is the pool heated", "pool towels"],
    "parking": ["where can I park", "do you have a garage", "is parking free", "how much is parking", "leave my car here"],
}  # fmt: skip
ASKED = "could my kids go for a swim?"


def fill(database: Database, faq: Mapping[str, list[str]] = FAQ) -> None:
    def run(memory: Memory) -> None:
        for name, questions in faq.items():
            memory.add_all(FaqEntry(name=name, language="en", question=question, answer="") for question in questions)
        meta.bump(memory, meta.KNOWLEDGE)

    database.write_now(run)


def listen(database: Database, hearing: Hearing) -> Listener:
    return database.read_now(hearing.listener)


def answer(listener: Listener) -> tuple[str, str] | None:
    found = listener.nearest_question(ASKED)
    return (found.name, found.by) if found else None


def kept(database: Database) -> set[str]:
    return database.read_now(lambda memory: {*memory.scalars(table_of(Lesson).select())})


def test_questions_are_compared_until_the_faq_is_learnt(database: Database) -> None:
    fill(database)
    hearing = Hearing(database)
    assert answer(listen(database, hearing)) == ("pool", "likeness")
    hearing.settle()
    assert answer(listen(database, hearing)) == ("pool", "classifier")


def test_what_is_kept_is_not_learnt_again(database: Database) -> None:
    fill(database)
    renamed = {"garage": FAQ["parking"], "lido": FAQ["pool"]}
    phrasings = [FaqPhrasing(name, "en", question, "") for name, questions in FAQ.items() for question in questions]
    other = [FaqPhrasing(name, "en", question, "") for name, questions in renamed.items() for question in questions]
    key, content = list_lessons(phrasings)[0].key, study(list_lessons(other)[0])
    database.write_now(lambda memory: lessons.keep(memory, {key: content}, {key}))
    assert answer(listen(database, Hearing(database))) == ("lido", "classifier")


def test_what_cannot_be_read_is_learnt_again_and_what_changed_replaces_it(database: Database) -> None:
    fill(database)
    learn_faq(database)
    (first,) = kept(database)
    database.write_now(lambda memory: lessons.keep(memory, {first: b"PK\x03\x04 cut short"}, {first}))
    learn_faq(database)
    assert answer(listen(database, Hearing(database))) == ("pool", "classifier")
    fill(database, {"pool": ["may dogs swim in it"]})
    learn_faq(database)
    (second,) = kept(database)
    assert second != first

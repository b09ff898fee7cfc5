"""Forty turns in each language, over HTTP: every line is answered or handed over, and nothing is said twice in ten."""

from __future__ import annotations

import pytest

from tests.conversing import Exchange, converse, shop
from tests.support.databases import Databases

TURNS = 10


def list_repeated(exchanges: list[Exchange]) -> list[tuple[int, str]]:
    """Texts that were said in one of the ten turns before, with the number of the turn."""
    return [
        (number, text)
        for number, exchange in enumerate(exchanges, 1)
        for text in exchange.answers
        if any(text in earlier.answers for earlier in exchanges[max(0, number - 1 - TURNS) : number - 1])
    ]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_forty_turns_are_answered_and_none_is_repeated(databases: Databases, language: str) -> None:
    with shop(databases.sqlite_url()) as (sandbox, database):
        exchanges = converse(sandbox, database, language)
    assert len(exchanges) == 40
    assert list_repeated(exchanges) == []
    unanswered = [number for number, exchange in enumerate(exchanges, 1) if not exchange.answers]
    assert unanswered == [39, 40]  # they talk to a colleague, whom it is passed on to
    assert all(len(text) <= 4096 for exchange in exchanges for text in exchange.answers)

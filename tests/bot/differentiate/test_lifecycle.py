"""Where customers are on their way with us: by their own rhythm, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.customize.takers import find_takers
from bot.differentiate import segments
from bot.differentiate.lifecycle import choose_stage
from bot.differentiate.tiers import count_all, retier
from storage.database import Database, Memory
from storage.models import Stage
from storage.tiers import Trail
from tests.support.follow_ups import DAY, SETTINGS, START, add_customer, buy, customer_of, set_consent

RULES = SETTINGS.lifecycle  # 60 days where there is no rhythm yet; twice that is risk, four times is lapsed


def trail(*days_ago: float) -> Trail:
    """Orders so many days ago, the newest first."""
    moments = [START - timedelta(days=ago) for ago in days_ago]
    return Trail(len(moments), moments[-1], tuple(moments[:3]))


@pytest.mark.parametrize(
    ("bought", "stage"),
    [
        (None, "prospect"),
        (trail(1), "new"),
        (trail(119), "new"),
        (trail(121), "at_risk"),
        (trail(239), "at_risk"),
        (trail(241), "lapsed"),
        (trail(10, 40, 70), "regular"),  # every 30 days
        (trail(59, 89, 119), "regular"),
        (trail(61, 91, 121), "at_risk"),
        (trail(121, 151, 181), "lapsed"),
        (trail(1, 2, 3), "regular"),  # daily: a week is the shortest rhythm
        (trail(13, 14, 15), "regular"),
        (trail(15, 16, 17), "at_risk"),
        (trail(3, 200, 230), "won_back"),  # every 30 days, then nothing for 197
        (trail(3, 10, 200, 230), "won_back"),
        (trail(3, 10, 17, 200, 230), "regular"),  # and came often since
        (trail(3, 250), "won_back"),  # one order, and nothing for more than 240 days
        (trail(3, 240), "regular"),
    ],
)
def test_stage_follows_from_their_own_rhythm(bought: Trail | None, stage: str) -> None:
    assert choose_stage(bought, START, RULES) == stage


def test_stages_are_stored_counted_and_words_of_segments(database: Database) -> None:
    ana, ben, cem, dua = (add_customer(database, name=name) for name in ("Ana", "Ben", "Cem", "Dua"))
    buy(database, ben, START - 3 * DAY)
    for days in (121, 151, 181):
        buy(database, cem, START - days * DAY)
    buy(database, dua, START - 3 * DAY)
    set_consent(database, dua, "profiling", False, START)
    database.write_now(lambda memory: retier(memory, SETTINGS, START))

    stages = [customer_of(database, one).value.get("stage") for one in (ana, ben, cem, dua)]
    assert stages == ["prospect", "new", "lapsed", None]  # the last wants no profile
    counted = database.read_now(lambda memory: count_all(memory)["stages"])
    assert counted == dict.fromkeys(Stage, 0) | {"prospect": 1, "new": 1, "lapsed": 1}

    def list_members(memory: Memory) -> list[str]:
        segment = segments.save_segment(memory, "drifting", "stage in [lapsed, new]", SETTINGS, START)
        count, members = segments.show_members(memory, segment, SETTINGS, START, find_takers)
        assert count == len(members)
        return [member.name for member in members]

    assert database.write_now(list_members) == ["Ben", "Cem"]

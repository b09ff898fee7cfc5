"""The time zone that somebody names: Asia/Tokyo, "new york", 东京."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
LANGUAGES = ("en", "zh")  # in which its city may be named
CALLED = {"beijing": "Asia/Shanghai", "北京": "Asia/Shanghai", "北京时间": "Asia/Shanghai"}  # after another city


def read_time_zone(text: str) -> str | None:
    """The IANA name; None for what is no zone, and no city that names one."""
    return _names().get(_fold(text))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    known = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in AREAS)
    found = dict(CALLED)
    for zone in known:
        found[_fold(zone)] = zone
        found.setdefault(_fold(zone.rpartition("/")[2]), zone)
    for language in LANGUAGES:
        for zone, names in Locale(language).time_zones.items():
            if zone in known and "city" in names:
                found.setdefault(_fold(names["city"]), zone)
    return found


def _fold(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())

"""Is a day, a time or an interval resolved to the very moment? Public sets of sentences with their values.

`python -m bench.understanding.dates --data FOLDER [--show N]` prints what was left out and the first N misses of a set.
A message goes through the whole listener; any of the dates found in it may be the one asked for, if its start (and for
an interval its end) is the set's. What the sets leave open, or settle by a habit of their own, is judged like this:
- where a set lists a past and a future value, either; an hour without a half of the day ("at 7") in either half;
- the hours of a part of the day differ by set ("evening" is 16-20 or 18-24): its day must be right, and be a part
  (so with "the end of the day"); "now" in an interval is a moment for us and a day for a set;
- of "from .. to ..", the last day (week, month, year) named may be in or out;
- NLU++ always gives the next such day, month or weekday: where the sentence tells of the past, so may the last be.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.rows import Row
from bot.interact.understanding import FoundDate, Listener

Json = dict[str, Any]
ANCHORS = {
    "en": "dateparser 41.3, recognizers-text 56.9, parsedatetime 38.3 on Duckling's full corpora (measured)",
    "zh": "dateparser 23.2, recognizers-text 70.2, jionlp 39.9 on Duckling's full corpora (measured)",
}
LEAST, AIM = 80, 95
ZONES = {
    "en_US": ZoneInfo("America/New_York"), "en_GB": ZoneInfo("Europe/London"), "zh_CN": ZoneInfo("Asia/Shanghai"),
    "zh_TW": ZoneInfo("Asia/Taipei"),
}  # fmt: skip
_DUCKLING_NOW, _BANKING_NOW = datetime.fromisoformat("2013-02-12T04:30"), datetime.fromisoformat("2022-03-15T09:00")
_DAY, _HALF = timedelta(days=1), timedelta(hours=12)
_PART = re.compile(r"T(?:MO|MI|AF|EV|NI|DT|MEL\w?|23:59:59)$")
_HALF_SAID = re.compile(
    r"\d ?[ap]\.? ?m|\b[ap]\.? ?m\b|morning|noon|evening|night|lunch|今[早晚晨]|[早晚晨]|[上中下]午|夜|零点",
    re.IGNORECASE,
)
_LUNAR = re.compile(r"农历|正月|[三十]月初|大年|春节|除夕|元宵|端午|中秋|重阳")
_ISLAMIC = re.compile(r"rama?[dt]h?[az]?n|eid\b|eidul|islamic|hijri|arabic|breaking the fast", re.IGNORECASE)
_ELECTION = re.compile(r"(?:super|giga|mini|tsunami|duper)[ -]*(?:duper )?tue", re.IGNORECASE)


@dataclass(frozen=True)
class Case:
    """One value asked for: `right` judges what was found; `left_out` says why it is not counted."""

    text: str
    said: str
    value: str
    zone: ZoneInfo
    now: datetime
    right: Callable[[FoundDate], bool] | None
    left_out: str = ""


def measure(data: Path) -> list[Row]:
    """Two rows for every set and language: judged as said above, and to the letter of the set."""
    rows = []
    for (name, language, cases), (_, _, literal) in zip(read(data), read(data, literal=True), strict=True):
        judged = [case for case in cases if case.right]
        what = f"exact, {len(judged)} of {len(cases)} values, {language}"
        rows.append(Row(name, what, _share(judged), LEAST, AIM, ANCHORS[language]))
        rows.append(Row(name, f"the same to the letter, {language}", _share([case for case in literal if case.right])))
    return rows


def _share(judged: list[Case]) -> float:
    return 100 * sum(outcome for _, outcome, _ in run(judged)) / len(judged)


def read(data: Path, literal: bool = False) -> Iterator[tuple[str, str, list[Case]]]:
    for folder, place in (("English", "en_US"), ("Chinese", "zh_CN")):
        files = sorted((data / "dates_recognizers" / folder).glob("*.json"))
        cases = [case for path in files for case in _recognizers(path, ZONES[place], literal)]
        yield "dates_recognizers", place[:2], cases
    for language in ("en", "zh"):
        paths = sorted((data / "dates_duckling").glob(f"time_{language}_*.jsonl"))
        yield "dates_duckling", language, [case for path in paths for case in _duckling(path)]
    yield "intents_nlupp_banking", "en", list(_banking(data / "intents_nlupp_banking" / "banking.jsonl", literal))


def run(cases: list[Case]) -> Iterator[tuple[Case, bool, tuple[FoundDate, ...]]]:
    listener = Listener([], [])
    for case in cases:
        found = listener.understand(case.text, language=None, time_zone=case.zone, now=case.now).dates
        yield case, case.right is not None and any(case.right(one) for one in found), found


def _lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _local(one: datetime) -> datetime:
    return one.replace(tzinfo=None)


# Recognizers-Text: every result has a future and a past value, the same where only one is meant.


def _recognizers(path: Path, zone: ZoneInfo, literal: bool) -> Iterator[Case]:
    for row in json.loads(path.read_text(encoding="utf-8-sig")):
        said = row.get("Context", {}).get("ReferenceDateTime", "2017-03-22T09:00:00")
        now = datetime.fromisoformat(said[:19]).replace(tzinfo=zone)
        for result in row["Results"]:
            value = result.get("Value") or {}
            yield _recognized(row["Input"], result, value, zone, now, literal)


def _recognized(text: str, result: Json, value: Json, zone: ZoneInfo, now: datetime, literal: bool) -> Case:
    future, past = value.get("FutureResolution") or {}, value.get("PastResolution") or {}
    said, timex, kind = result["Text"], value.get("Timex", ""), result["Type"]
    shown = f"{timex} {' '.join(map(str, future.values()))}"
    reason = _leave_out(said, kind, list(future.values()), zone)
    if reason:
        return Case(text, said, shown, zone, now, None, reason)
    open_half = not literal and not _HALF_SAID.search(said)
    part = not literal and _PART.search(timex) is not None
    now_said = not literal and re.search(r"\bnow\b", said) is not None
    from_to = not literal and timex.startswith("(")

    def right(found: FoundDate) -> bool:
        candidates = [tuple(each.values()) for each in (future, past) if each]
        return any(_agrees(found, one, part, open_half, from_to, now_said) for one in candidates)

    return Case(text, said, shown, zone, now, right)


def _leave_out(said: str, kind: str, values: list[str], zone: ZoneInfo) -> str:
    if kind in {"duration", "set"}:
        return "a duration, not a date" if kind == "duration" else "a repetition without a date"
    if not values or any(one.startswith("0001") for one in values):
        return "no value given, or no such day"
    years = [int(one[:4]) for one in values if re.match(r"\d{4}-", one)]
    if any(not 1900 <= year <= 2199 for year in years):
        return "years outside 1900-2199"
    if len(years) == 2 and years[1] - years[0] >= 10 and not any(year % 10 for year in years) and "-01-01" in values[0]:
        return "decades and centuries"
    if zone is ZONES["zh_CN"] and _LUNAR.search(said):
        return "days of the lunar calendar, given as if of the common one"
    return "feasts of the Islamic calendar" if _ISLAMIC.search(said) else ""


def _agrees(
    found: FoundDate, values: tuple[str, ...], part: bool, open_half: bool, from_to: bool, now_said: bool
) -> bool:
    wanted = [_read(one, found) for one in values]
    start, end = _local(found.start), _local(found.end)
    if part:
        return found.grain == "hour" and start.date() == wanted[0].date() and end - start > timedelta(hours=1)
    shifts = (timedelta(), _HALF, -_HALF) if open_half and ":" in values[0] else (timedelta(),)
    if len(wanted) == 1:
        whole_day = ":" not in values[0]
        return any(start == wanted[0] + shift for shift in shifts) and (not whole_day or end - start == _DAY)
    if ":" not in values[1]:
        if now_said:
            start, end = (datetime.combine(one.date(), time()) for one in (start, end))
        ends = [wanted[1]]
        if from_to:
            ends += [wanted[1] + _DAY, _later(wanted[1], 0, 1), _later(wanted[1], 1, 0), wanted[1] + 7 * _DAY]
        return start == wanted[0] and end in ends
    last = wanted[1] if wanted[1].second != 59 else wanted[1] + timedelta(seconds=1)
    if "-" not in values[1] and last <= wanted[0]:
        last += _DAY
    return any(start == wanted[0] + one and end == last + one for one in shifts)


def _later(day: Any, years: int, months: int) -> Any:
    index = day.month - 1 + months
    year, month = day.year + years + index // 12, index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def _read(value: str, found: FoundDate) -> datetime:
    """A bare time of day is one of the day that was found."""
    if "-" in value:
        return datetime.fromisoformat(value.replace(" ", "T"))
    return datetime.combine(_local(found.start).date(), time.fromisoformat(value))


# Duckling: one value; an interval where it has an end.


def _duckling(path: Path) -> Iterator[Case]:
    for row in _lines(path):
        zone, expected = ZONES[row["locale"]], row["expected"]
        now = _DUCKLING_NOW.replace(tzinfo=zone)
        start = datetime.fromisoformat(expected["start"])
        end = datetime.fromisoformat(expected["end"]) if expected["end"] else None
        shown = f"{start} {end or ''}"
        if _ELECTION.search(row["text"]):
            yield Case(row["text"], row["text"], shown, zone, now, None, "election days")
            continue
        part = end is not None and expected["grain"] == "Hour" and start.hour == 18

        def right(found: FoundDate, start: datetime = start, end: datetime | None = end, part: bool = part) -> bool:
            if part and end is not None and end - start < _DAY:
                return found.grain == "hour" and _local(found.start).date() == start.date()
            return _local(found.start) == start and (end is None or _local(found.end) == end)

        yield Case(row["text"], row["text"], shown, zone, now, right)


# NLU++: slots; the two ends of an interval are slots of their own.


def _banking(path: Path, literal: bool) -> Iterator[Case]:
    zone = ZONES["en_GB"]
    now = _BANKING_NOW.replace(tzinfo=zone)
    for row in _lines(path):
        for name, slot in row.get("slots", {}).items():
            if name.startswith(("date", "time")):
                value = slot.get("value") or slot.get("values") or {}
                right = _slot(name, slot["text"], value, not literal and _TOLD.search(row["text"]) is not None)
                reason = "" if right else "a duration, a repetition or open (the set: relative, periodic, ambiguous)"
                yield Case(row["text"], f"{name}: {slot['text']}", json.dumps(value), zone, now, right, reason)


def _slot(name: str, said: str, value: Json, told: bool) -> Callable[[FoundDate], bool] | None:
    ends = [value.get("from"), value.get("to")] if "from" in value or "to" in value else [value]
    wanted = [_moment(one) if isinstance(one, dict) else None for one in ends]
    if None in wanted:
        return None

    def right(found: FoundDate) -> bool:
        start, end = _local(found.start), _local(found.end)
        first = wanted[0]
        if isinstance(first, date):
            return any(_slot_day(name, found, days) for days in [wanted, *(_earlier(wanted) if told else ())])  # type: ignore[arg-type]
        if len(wanted) == 2 and re.fullmatch("morning|afternoon|evening|night", said):
            return found.grain == "hour" and end - start > timedelta(hours=1)
        if len(wanted) == 2:
            return abs(_since(first, start)) <= 60 and _since(wanted[1], end) == 0  # the set begins a minute from now
        return any(
            _since(first, one) in ((0, -43_200, 43_200) if not _HALF_SAID.search(said) else (0,))
            for one in (start, end if name == "time_to" else start)
        )

    return right


def _slot_day(name: str, found: FoundDate, wanted: list[date]) -> bool:
    start, end = found.start.date(), found.end.date()
    if name == "date_to":
        return wanted[0] in (start, (_local(found.end) - timedelta(seconds=1)).date(), end)
    return start == wanted[0] and (len(wanted) == 1 or end in (wanted[1], wanted[1] + _DAY))


def _earlier(wanted: list[Any]) -> list[list[date]]:
    """The same days a week, a month or a year before, for days to come."""
    if wanted[0] <= _BANKING_NOW.date():
        return []
    back = [lambda day: day - 7 * _DAY, lambda day: _later(day, 0, -1), lambda day: _later(day, -1, 0)]
    return [[shift(day) for day in wanted] for shift in back]


_TOLD = re.compile(
    r"\b(?:did|didn't|was|were|spent|paid|lost|stolen|got|have i|incurred|i sent|been)\b|my (?:expenses|spending)",
    re.IGNORECASE,
)


def _since(first: date | time | None, moment: datetime) -> float:
    assert isinstance(first, time)
    return (moment - datetime.combine(moment.date(), first)).total_seconds()


def _moment(value: Json) -> date | time | None:
    if {"day", "month", "year"} <= value.keys():
        return date(value["year"], value["month"], value["day"])
    return time(value["hour"], value["minute"]) if {"hour", "minute"} <= value.keys() else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.understanding.dates", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N misses of each set")
    options = parser.parse_args()
    for name, language, cases in read(options.data):
        outcomes = list(run([case for case in cases if case.right]))
        missed = [(case, found) for case, right, found in outcomes if not right]
        share = 100 * (1 - len(missed) / len(outcomes))
        print(f"{name} {language}: {share:.1f} % of {len(outcomes)}; {len(cases) - len(outcomes)} left out")
        for reason, count in Counter(case.left_out for case in cases if case.left_out).most_common():
            print(f"    {count} left out: {reason}")
        for case, found in missed[: options.show]:
            ours = " ; ".join(f"{one.text} {one.start:%Y-%m-%d %H:%M} {one.end:%Y-%m-%d %H:%M}" for one in found)
            print(f"    {case.now:%y-%m-%d} {case.text!r} [{case.said}] {case.value} <> {ours}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

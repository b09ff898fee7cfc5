from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

BERLIN = ZoneInfo("Europe/Berlin")


def found(heard):
    return [(f"{one.start:%Y-%m-%d %H:%M}", f"{one.end:%Y-%m-%d %H:%M}", one.grain) for one in heard.dates]


def day(first, last):
    return [(f"{first} 00:00", f"{last} 00:00", "day")]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("today", day("2026-11-18", "2026-11-19")),
        ("tomorrow", day("2026-11-19", "2026-11-20")),
        ("the day after tomorrow", day("2026-11-20", "2026-11-21")),
        ("yesterday", day("2026-11-17", "2026-11-18")),
        ("in two weeks", day("2026-12-02", "2026-12-03")),
        ("in 3 days", day("2026-11-21", "2026-11-22")),
        ("two weeks ago", day("2026-11-04", "2026-11-05")),
        ("3 May", day("2027-05-03", "2027-05-04")),
        ("May 3rd", day("2027-05-03", "2027-05-04")),
        ("the 3rd of May 2028", day("2028-05-03", "2028-05-04")),
        ("2026-12-24", day("2026-12-24", "2026-12-25")),
        ("24.12.2026", day("2026-12-24", "2026-12-25")),
        ("24/12/2026", day("2026-12-24", "2026-12-25")),
        ("on Friday", day("2026-11-20", "2026-11-21")),
        ("next Wednesday", day("2026-11-25", "2026-11-26")),
        ("last Friday", day("2026-11-13", "2026-11-14")),
        ("every other Monday", day("2026-11-23", "2026-11-24")),
        ("the day before Christmas", day("2026-12-24", "2026-12-25")),
        ("next week", [("2026-11-23 00:00", "2026-11-30 00:00", "week")]),
        ("next month", [("2026-12-01 00:00", "2027-01-01 00:00", "month")]),
        ("the weekend", [("2026-11-21 00:00", "2026-11-23 00:00", "day")]),
        ("Friday at 9", [("2026-11-20 09:00", "2026-11-20 10:00", "hour")]),
        ("tomorrow at 5:30 pm", [("2026-11-19 17:30", "2026-11-19 17:31", "minute")]),
        ("9am tomorrow", [("2026-11-19 09:00", "2026-11-19 10:00", "hour")]),
        ("next Wednesday afternoon", [("2026-11-25 12:00", "2026-11-25 18:00", "hour")]),
        ("tonight", [("2026-11-18 18:00", "2026-11-19 00:00", "hour")]),
        ("at 7", [("2026-11-18 19:00", "2026-11-18 20:00", "hour")]),
        ("at 9 am", [("2026-11-19 09:00", "2026-11-19 10:00", "hour")]),
        ("half past nine tomorrow", [("2026-11-19 09:30", "2026-11-19 09:31", "minute")]),
        ("in 2 hours", [("2026-11-18 12:00", "2026-11-18 12:01", "minute")]),
        ("今天", day("2026-11-18", "2026-11-19")),
        ("大后天", day("2026-11-21", "2026-11-22")),
        ("昨天", day("2026-11-17", "2026-11-18")),
        ("两周后", day("2026-12-02", "2026-12-03")),
        ("三天前", day("2026-11-15", "2026-11-16")),
        ("5月3号", day("2027-05-03", "2027-05-04")),
        ("五月三日", day("2027-05-03", "2027-05-04")),
        ("2026年12月24日", day("2026-12-24", "2026-12-25")),
        ("周五", day("2026-11-20", "2026-11-21")),
        ("下周三", day("2026-11-25", "2026-11-26")),
        ("上周五", day("2026-11-13", "2026-11-14")),
        ("下下周一", day("2026-11-30", "2026-12-01")),
        ("下周三下午", [("2026-11-25 12:00", "2026-11-25 18:00", "hour")]),
        ("下週三下午", [("2026-11-25 12:00", "2026-11-25 18:00", "hour")]),
        ("明天下午三点", [("2026-11-19 15:00", "2026-11-19 16:00", "hour")]),
        ("周五晚上八点半", [("2026-11-20 20:30", "2026-11-20 20:31", "minute")]),
        ("明早九点", [("2026-11-19 09:00", "2026-11-19 10:00", "hour")]),
        ("半小时后", [("2026-11-18 10:30", "2026-11-18 10:31", "minute")]),
        ("下个月", [("2026-12-01 00:00", "2027-01-01 00:00", "month")]),
        ("下个月5号", day("2026-12-05", "2026-12-06")),
    ],
)
def test_dates_are_resolved(hear, text, dates):
    assert found(hear(text)) == dates


@pytest.mark.parametrize("text", ["I came on Friday and it was cold", "we ordered on Friday"])
def test_a_bare_day_is_past_where_the_verbs_say_so(hear, text):
    assert found(hear(text)) == day("2026-11-13", "2026-11-14")


@pytest.mark.parametrize(
    "text",
    ["便宜一点", "有点贵", "I may come", "the sun is out", "4.5分", "table for two", "good morning", "may I ask"],
)
def test_what_looks_like_a_date_and_is_none(hear, text):
    assert found(hear(text)) == []


def test_dates_are_read_in_the_customers_time_zone(hear):
    tokyo = ZoneInfo("Asia/Tokyo")
    late = datetime(2026, 11, 18, 20, 0, tzinfo=BERLIN)  # already Thursday there
    assert [one.start.isoformat() for one in hear("tomorrow at 9", zone=tokyo, now=late).dates] == [
        "2026-11-20T09:00:00+09:00"
    ]
    assert [one.start.isoformat() for one in hear("tomorrow at 9", now=late).dates] == ["2026-11-19T09:00:00+01:00"]


def test_a_time_skipped_by_the_clock_is_the_first_instant_after(hear):
    before = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN)
    assert [one.start.isoformat() for one in hear("tomorrow at 2:30 am", now=before).dates] == [
        "2026-03-29T03:00:00+02:00"
    ]
    assert [one.start.isoformat() for one in hear("tomorrow at 3:30 am", now=before).dates] == [
        "2026-03-29T03:30:00+02:00"
    ]


def test_a_time_said_twice_by_the_clock_is_the_first(hear):
    before = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)
    assert [one.start.isoformat() for one in hear("tomorrow at 2:30 am", now=before).dates] == [
        "2026-10-25T02:30:00+02:00"
    ]


@pytest.mark.parametrize(
    ("text", "matter", "at"),
    [
        ("remind me in two weeks to reorder beans", "reorder beans", "2026-12-02T09:00:00+01:00"),
        ("remind me to reorder beans in two weeks", "reorder beans", "2026-12-02T09:00:00+01:00"),
        ("in two weeks please remind me to reorder beans", "reorder beans", "2026-12-02T09:00:00+01:00"),
        ("Remind me Friday at 9 to buy milk", "buy milk", "2026-11-20T09:00:00+01:00"),
        ("set a reminder for tomorrow at 5pm to call mum", "call mum", "2026-11-19T17:00:00+01:00"),
        ("remind me to water the plants", "water the plants", None),
        ("两周后提醒我买豆子", "买豆子", "2026-12-02T09:00:00+01:00"),
        ("提醒我两周后买豆子", "买豆子", "2026-12-02T09:00:00+01:00"),
        ("明天下午三点提醒我取蛋糕", "取蛋糕", "2026-11-19T15:00:00+01:00"),
        ("请在周五提醒我买牛奶，谢谢", "买牛奶", "2026-11-20T09:00:00+01:00"),
        ("提醒我买豆子", "买豆子", None),
    ],
)
def test_reminders_have_a_matter_and_a_time(hear, text, matter, at):
    assert [(one.text, one.at and one.at.isoformat()) for one in hear(text).reminders] == [(matter, at)]


@pytest.mark.parametrize("text", ["don't remind me", "不用提醒我", "this reminds me of home"])
def test_refusing_a_reminder_sets_none(hear, text):
    assert hear(text).reminders == ()

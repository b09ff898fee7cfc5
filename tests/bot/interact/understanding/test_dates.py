from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

BERLIN = ZoneInfo("Europe/Berlin")


def found(heard):
    return [(f"{one.start:%Y-%m-%d %H:%M}", f"{one.end:%Y-%m-%d %H:%M}", one.grain) for one in heard.dates]


def one_day(day):
    return [(f"{day} 00:00", f"{date.fromisoformat(day) + timedelta(days=1)} 00:00", "day")]


# Days: the phrase and the first of its days; `..` and the first day after it where there are several.
DAYS = """
today | 2026-11-18
tomorrow | 2026-11-19
tmrw | 2026-11-19
the day after tomorrow | 2026-11-20
yesterday | 2026-11-17
the day before yesterday | 2026-11-16
in two weeks | 2026-12-02
in 3 days | 2026-11-21
two weeks ago | 2026-11-04
a month and 3 days ago | 2026-10-15
three weeks from tomorrow | 2026-12-10
two days before yesterday | 2026-11-15
in four working days | 2026-11-24
3 May | 2027-05-03
May 3rd | 2027-05-03
may twenty first | 2027-05-21
the 3rd of May 2028 | 2028-05-03
May 3, '28 | 2028-05-03
Wednesday, 3 May | 2027-05-03
2026-12-24 | 2026-12-24
24.12.2026 | 2026-12-24
24/12/2026 | 2026-12-24
24/12 | 2026-12-24
on Friday | 2026-11-20
on Wednesday | 2026-11-25
next Wednesday | 2026-11-25
last Friday | 2026-11-13
Friday next week | 2026-11-27
next week Friday | 2026-11-27
a week on Friday | 2026-11-27
Wednesday in two weeks | 2026-12-09
every other Monday | 2026-11-23
Friday the 27th | 2026-11-27
the first Friday of December | 2026-12-04
the second Monday of next month | 2026-12-14
the last day of the month | 2026-11-30
for the 21st | 2026-11-21
on the 3rd | 2026-12-03
the day before Christmas | 2026-12-24
two days after Christmas | 2026-12-27
new year's eve | 2026-12-31
Christmas 2027 | 2027-12-25
easter monday | 2027-03-29
black friday | 2026-11-27
mother's day | 2027-05-09
Chinese New Year | 2027-02-06
next week | 2026-11-23 .. 2026-11-30 week
the week of the 2nd | 2026-11-30 .. 2026-12-07 week
next month | 2026-12-01 .. 2027-01-01 month
in March | 2027-03-01 .. 2027-04-01 month
March 2028 | 2028-03-01 .. 2028-04-01 month
the end of the month | 2026-11-21 .. 2026-12-01 month
early next month | 2026-12-01 .. 2026-12-16 month
next quarter | 2027-01-01 .. 2027-04-01 month
next summer | 2027-06-21 .. 2027-09-24 month
since 2019 | 2019-01-01 .. 2020-01-01 year
the weekend | 2026-11-21 .. 2026-11-23 day
the next three days | 2026-11-19 .. 2026-11-22 day
the last two months | 2026-09-01 .. 2026-11-01 month
from Friday to Sunday | 2026-11-20 .. 2026-11-23 day
from 3 to 7 December | 2026-12-03 .. 2026-12-08 day
July 13-15 | 2027-07-13 .. 2027-07-16 day
between Dec 20th and Jan 5th | 2026-12-20 .. 2027-01-06 day
from the 28th to the 3rd of March | 2027-02-28 .. 2027-03-04 day
for 3 days from Friday | 2026-11-20 .. 2026-11-23 day
今天 | 2026-11-18
大后天 | 2026-11-21
昨天 | 2026-11-17
两周后 | 2026-12-02
再过两周 | 2026-12-02
半个月后 | 2026-12-03
三天前 | 2026-11-15
5月3号 | 2027-05-03
五月三日 | 2027-05-03
2026 年 12 月 24 日 | 2026-12-24
二零二六年十二月二十四号 | 2026-12-24
明年5月3号 | 2027-05-03
周五 | 2026-11-20
星期天 | 2026-11-22
下周三 | 2026-11-25
上周五 | 2026-11-13
下下周一 | 2026-11-30
12月4号，星期五 | 2026-12-04
二十号 | 2026-11-20
下个月5号 | 2026-12-05
四月第一个周六 | 2027-04-03
这个月最后一天 | 2026-11-30
圣诞节前一天 | 2026-12-24
元旦 | 2027-01-01
除夕 | 2027-02-05
春节 | 2027-02-06
大年初三 | 2027-02-08
元宵节 | 2027-02-20
清明 | 2027-04-05
端午节 | 2027-06-09
中秋 | 2027-09-15
农历八月十五 | 2027-09-15
母亲节 | 2027-05-09
双十一 | 2027-11-11
上个月 | 2026-10-01 .. 2026-11-01 month
月底 | 2026-11-21 .. 2026-12-01 month
下个月初 | 2026-12-01 .. 2026-12-11 month
明年三月 | 2027-03-01 .. 2027-04-01 month
第一季度 | 2027-01-01 .. 2027-04-01 month
下周末 | 2026-11-28 .. 2026-11-30 day
周一到周五 | 2026-11-23 .. 2026-11-28 day
三月五号到八号 | 2027-03-05 .. 2027-03-09 day
未来三天 | 2026-11-19 .. 2026-11-22 day
一周之内 | 2026-11-18 .. 2026-11-26 day
"""
# Times of the 18th (a Wednesday, 10 in the morning) where no day is written; `..` the end of an interval.
TIMES = """
at 7 | 19:00
at 9 am | 11-19 09:00
Friday at 9 | 11-20 09:00
Friday at 3 | 11-20 15:00
9am tomorrow | 11-19 09:00
half past nine tomorrow | 11-19 09:30
make it half 3 | 15:30
a quarter to 8 in the evening | 19:45
ten past 3 p.m. | 15:10
20 minutes to 5 | 16:40
seven thirty pm | 19:30
8 tonight | 20:00
15h30 | 15:30
1140 pm | 23:40
at 1830 | 18:30
noon | 12:00
tomorrow at midnight | 11-20 00:00
tomorrow just after noon | 11-19 12:00
10 o'clock on the 21st | 11-21 10:00
Fri, Nov 27, 2026 07:00 PM | 11-27 19:00
2026-11-20T12:30:00 | 11-20 12:30
in 2 hours | 12:00
in an hour and a half | 11:30
half an hour ago | 09:30
next Wednesday afternoon | 11-25 12:00 .. 11-25 18:00
tonight | 18:00 .. 11-19 00:00
in the morning | 11-19 06:00 .. 11-19 12:00
last night | 11-17 18:00 .. 11-18 00:00
Friday from 9 to 5 | 11-20 09:00 .. 11-20 17:00
5 to 6pm | 17:00 .. 18:00
tomorrow between 8am and 2pm | 11-19 08:00 .. 11-19 14:00
from 11pm to 3 | 23:00 .. 11-19 03:00
from 4pm today to 5pm tomorrow | 16:00 .. 11-19 17:00
from 2pm for 3 hours | 14:00 .. 17:00
the last 3 hours | 07:00 .. 10:00
明天下午三点 | 11-19 15:00
周五晚上八点半 | 11-20 20:30
明早九点 | 11-19 09:00
下周三下午 | 11-25 12:00 .. 11-25 18:00
下週三下午 | 11-25 12:00 .. 11-25 18:00
三点半 | 15:30
八点一刻 | 20:15
差五分八点 | 19:55
晚上12点 | 11-19 00:00
凌晨两点 | 11-19 02:00
半小时后 | 10:30
一个半小时后 | 11:30
下午三点到五点半 | 15:00 .. 17:30
早上五到六点 | 11-19 05:00 .. 11-19 06:00
今晚8点-明天9点 | 20:00 .. 11-19 09:00
"""


def rows(table):
    return [tuple(part.strip() for part in line.split("|")) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("text", "expected"), rows(DAYS))
def test_days_are_resolved(hear, text, expected):
    first, _, rest = expected.partition(" .. ")
    until, _, grain = rest.partition(" ")
    assert found(hear(text)) == ([(f"{first} 00:00", f"{until} 00:00", grain)] if rest else one_day(first))


@pytest.mark.parametrize(("text", "expected"), rows(TIMES))
def test_times_are_resolved(hear, text, expected):
    ends = [f"2026-{one if ' ' in one else f'11-18 {one}'}" for one in expected.split(" .. ")]
    ((start, end, grain),) = found(hear(text))
    assert grain in {"hour", "minute"}
    assert [start, end][: len(ends)] == ends


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I came on Friday and it was cold", "2026-11-13"),
        ("we ordered on Friday", "2026-11-13"),
        ("I spent 40 on the 20th", "2026-10-20"),
        ("上个月20号买的，味道不错了", "2026-10-20"),
        ("The coffee was cold. Can I come on Friday?", "2026-11-20"),
    ],
)
def test_a_bare_day_is_past_where_the_verbs_of_its_sentence_say_so(hear, text, day):
    assert found(hear(text)) == one_day(day)


@pytest.mark.parametrize(
    "text",
    [
        "便宜一点 ",
        " 有点贵 ",
        " 晚一点 ",
        " 送了将近两个小时 ",
        " 提前三小时下单 ",
        " 三天两头来 ",
        " 一天三次 ",
        " 3号桌 ",
        " 8号线 ",
        " 第一点 ",
        " 满100减20 ",
        " 等了一晚上\n    ",
        " 以后天天来 ",
        " 一月一次 ",
        " 腊八蒜 ",
        " 4.5分 ",
        " I may come ",
        " the sun is out ",
        " in the sun. ",
        " we sat at the bar ",
        " table for two ",
        " table for 2 to 3\n    ",
        " good morning ",
        " may I ask ",
        " 10/10 ",
        " 3/4 cup ",
        " 24/7 ",
        " size 10-12 ",
        " two nights ",
        " one by one ",
        " from 7 to 9 people ",
        " the second one\n    ",
        " I waited 20 minutes ",
        " march on ",
        " room 1205 ",
        " my number is 07700 900123 ",
        " it costs 12.50 ",
        " I am 25 years old",
    ],
)
def test_what_looks_like_a_date_and_is_none(hear, text):
    assert found(hear(text.strip())) == []


def test_day_and_month_stand_as_they_do_where_the_customer_is(hear):
    assert found(hear("3/4", zone=ZoneInfo("America/New_York"))) == []  # a fraction
    assert found(hear("on 3/4", zone=ZoneInfo("America/New_York"))) == one_day("2027-03-04")
    assert found(hear("on 3/4")) == one_day("2027-04-03")
    assert found(hear("国庆节", zone=ZoneInfo("Asia/Shanghai"))) == one_day("2027-10-01")
    assert found(hear("國慶節", zone=ZoneInfo("Asia/Taipei"))) == one_day("2027-10-10")


@pytest.mark.parametrize("text", ["my birthday is on Easter Monday", "my mum's birthday is on Thanksgiving"])
def test_a_birthday_on_a_day_that_moves_has_no_date(hear, text):
    assert [fact.date for fact in hear(text).facts if fact.kind == "occasion" and fact.date] == []


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
        ("remind me at the end of the month to reorder", "reorder", "2026-11-30T09:00:00+01:00"),
        ("月底提醒我买豆子", "买豆子", "2026-11-30T09:00:00+01:00"),
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


@pytest.mark.parametrize("text", ["周六10点吧", "改到周六10点吧"])
def test_an_hour_that_is_proposed(hear, text):
    (date,) = hear(text).dates
    assert (date.start.weekday(), date.start.hour, date.grain) == (5, 10, "hour")

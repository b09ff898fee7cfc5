"""Settings: what is read, what is refused and how, and that no secret is shown."""

import json
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.config import (
    VARIABLES,
    AfterPurchase,
    CheckIn,
    Settings,
    Span,
    config_path,
    describe_keys,
    duration_text,
    load_settings,
)
from bot.errors import SettingsError, SettingsProblem

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

MINIMAL = """\
business:
  name: Corner Shop
  time_zone: Asia/Shanghai
  currency: CNY
  languages: [zh]
"""


def load(tmp_path: Path, text: str, **environ: str) -> Settings:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environ)


def problems(tmp_path: Path, text: str, **environ: str) -> list[SettingsProblem]:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text, **environ)
    return caught.value.problems


def messages(tmp_path: Path, text: str, **environ: str) -> list[str]:
    return [str(problem).replace(f"{tmp_path}/", "") for problem in problems(tmp_path, text, **environ)]


# What is read


def test_the_example_is_the_defaults_plus_the_business(tmp_path: Path) -> None:
    example = load_settings(ROOT / "config.yaml", {})
    plain = load(tmp_path, MINIMAL)
    assert example.business.name == "Blue Door Coffee"
    assert example.business.time_zone == ZoneInfo("Europe/Berlin")
    assert example.business.language == "en"
    assert [rule.rule for rule in example.follow_ups] == [
        "after_purchase",
        "birthday",
        "life_change",
        "check_in",
        "reminder",
        "loop_closed",
        "bulletin",
        "stock_ask",
    ]
    assert [question.name for question in example.questions.list] == [
        "usual_drink",
        "milk",
        "restrictions",
        "birthday",
        "brew_at_home",
        "elsewhere",
    ]
    for section in ("staff", "tiers", "contact_policy", "conversation", "storage", "telegram"):
        assert getattr(example, section) == getattr(plain, section)


def test_the_example_mentions_every_key() -> None:
    words = set(re.findall(r"[\w]+(?=:)", (ROOT / "config.yaml").read_text(encoding="utf-8")))
    missing = [key.path for key in describe_keys() if re.split(r"[.\[]", key.path.rstrip("]"))[-1] not in words]
    # Rules stand in the example as values, under the key `rule`.
    assert [path for path in missing if not re.fullmatch(r"follow_ups\[\w+\]", path)] == []


def test_minimal_settings(tmp_path: Path) -> None:
    settings = load(tmp_path, MINIMAL)
    assert settings.follow_ups == ()
    assert settings.questions.list == ()
    assert settings.staff.complaint_due.of("A") == timedelta(hours=4)
    assert settings.tiers.A.spent == Decimal(150)
    assert settings.contact_policy.cap.of("C").messages == 2
    assert settings.telegram.messages_per_second == 30
    assert settings.time_zone == ZoneInfo("Asia/Shanghai")


def test_yaml_1_1_traps_are_read_as_people_mean_them(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "business:\n  name: no\n  time_zone: Asia/Shanghai\n  currency: CNY\n  languages: [zh]\n"
        "  opening_hours: {mon: 08:00-18:00}\n"
        "follow_ups:\n  - {rule: after_purchase, at: 10:30}\ntelegram: {in_flight: 010}\n",
    )
    assert settings.business.name == "no"
    assert settings.business.opening_hours.mon == (Span(time(8), time(18)),)
    (rule,) = settings.follow_ups
    assert isinstance(rule, AfterPurchase)
    assert rule.at == time(10, 30)
    assert settings.telegram.in_flight == 10


def test_headings_whose_lines_are_commented_out_have_their_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, MINIMAL + "staff:\n  # nobody\nfollow_ups:\ntelegram:\n") == load(tmp_path, MINIMAL)


def test_keys_left_out_of_a_section_have_their_defaults(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        MINIMAL + "tiers: {A: {orders: 20}}\ncontact_policy: {cap: {A: {messages: 9}}, quiet_hours: {to: 10:00}}\n",
    )
    assert settings.tiers.A.model_dump() == {"orders": 20, "spent": Decimal(150), "within": timedelta(days=45)}
    assert settings.contact_policy.cap.of("A").model_dump() == {"messages": 9, "per": timedelta(days=30)}
    assert settings.contact_policy.cap.of("B").messages == 3
    assert settings.contact_policy.quiet_hours.start == time(21)
    assert settings.contact_policy.quiet_hours.end == time(10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("24h", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
        ("1d12h", timedelta(hours=36)),
        ("0d", timedelta()),
        ("3650d", timedelta(days=3650)),
    ],
)
def test_durations(tmp_path: Path, text: str, expected: timedelta) -> None:
    settings = load(tmp_path, MINIMAL + f"questions: {{min_gap: {text}}}\n")
    assert settings.questions.min_gap == expected
    assert load(tmp_path, MINIMAL + f"questions: {{min_gap: {duration_text(expected)}}}\n") == settings


def test_opening_hours(tmp_path: Path) -> None:
    hours = load(
        tmp_path, MINIMAL + '  opening_hours: {mon: "8:00-12:00, 14:00-24:00", tue: closed}\n'
    ).business.opening_hours
    monday = date(2026, 11, 23)
    assert hours.on(monday) == (Span(time(8), time(12)), Span(time(14), time.max))
    assert hours.on(date(2026, 11, 24)) == hours.on(date(2026, 11, 25)) == ()
    zone = ZoneInfo("Asia/Shanghai")
    opens = [datetime.combine(monday, wall, zone) for wall in (time(8), time(11, 59), time(14), time(23, 59))]
    closed = [datetime.combine(monday, wall, zone) for wall in (time(7, 59), time(12), time(13, 59))]
    assert all(hours.is_open(local) for local in opens)
    assert not any(hours.is_open(local) for local in closed)


@pytest.mark.parametrize(
    ("start", "end", "covered", "free"),
    [
        ("21:00", "09:00", ["21:00", "23:59", "00:00", "08:59"], ["09:00", "12:00", "20:59"]),
        ("12:00", "14:00", ["12:00", "13:59"], ["11:59", "14:00", "23:00"]),
    ],
)
def test_quiet_hours_may_span_midnight(
    tmp_path: Path, start: str, end: str, covered: list[str], free: list[str]
) -> None:
    text = MINIMAL + f'contact_policy: {{quiet_hours: {{from: "{start}", to: "{end}"}}}}\n'
    quiet = load(tmp_path, text).contact_policy.quiet_hours
    assert [wall for wall in covered + free if quiet.cover(time.fromisoformat(wall))] == covered


def test_check_ins_leave_new_customers_alone(tmp_path: Path) -> None:
    (rule,) = load(tmp_path, MINIMAL + "follow_ups: [{rule: check_in, every: {B: 3w}}]\n").follow_ups
    assert isinstance(rule, CheckIn)
    assert [rule.every.of(tier) for tier in ("A", "B", "C", "new")] == [
        timedelta(days=14),
        timedelta(days=21),
        timedelta(days=90),
        None,
    ]


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings = load(tmp_path, MINIMAL)
    with pytest.raises(ValueError, match="frozen"):
        settings.business.name = "Another"  # type: ignore[misc]


# What is refused in the file. Each fault stands alone, so that a message too many fails as well.

DURATIONS = "a number with a unit, such as 30s, 15m, 4h, 2d or 2w (or a sum: 1d12h), at most 3650d"
HOURS = 'closed, or spans such as "08:00-18:00" or "08:00-12:00, 14:00-24:00"'
SECTIONS = (
    "business, staff, partners, tiers, value, lifecycle, lead_sources, referrals, questions, follow_ups, contact_policy, conversation, storage, "
    "telegram, logging"
)
RULES = "after_purchase, birthday, check_in, life_change, reminder, loop_closed, bulletin, stock_ask"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Unknown keys
        ("busness: {}", f"6: busness: is not a setting; did you mean business?; accepted: {SECTIONS}"),
        ("xyzzy: 1", f"6: xyzzy: is not a setting; accepted: {SECTIONS}"),
        (
            "follow_ups:\n  - rule: reminder\n  - rule: check_in\n    evry: {A: 7d}",
            "9: follow_ups[1].evry: is not a setting; did you mean every?; accepted: rule, every, at, valid_for, purpose",
        ),
        (
            "tiers:\n  B: {order: 3}",
            "7: tiers.B.order: is not a setting; did you mean orders?; accepted: orders, spent, within",
        ),
        (
            "environment: {token: x}",
            f"6: environment: is not a setting; accepted: {SECTIONS}",
        ),
        (
            "contact_policy:\n  quiet_hours: {start: 22:00}",
            "7: contact_policy.quiet_hours.start: is not a setting; accepted: from, to",
        ),
        # Secrets
        *(
            (
                f"telegram:\n  {key}: {TOKEN}",
                f"7: telegram.{key}: secrets are not read from this file; take it out, and if the file was shared, "
                "replace it; accepted: set TELEGRAM_BOT_TOKEN, or TELEGRAM_BOT_TOKEN_FILE to a file that holds it",
            )
            for key in ("token", "bot_token", "webhook_secret", "password")
        ),
        # Wrong types
        ("storage: {pool: many}", '6: storage.pool: "many" is not a number; accepted: a whole number'),
        ("storage: {pool: 2.5}", "6: storage.pool: 2.5 is not a number; accepted: a whole number"),
        ("storage: {pool: true}", "6: storage.pool: true is not a number; accepted: a number"),
        ("storage: {pool: }", "6: storage.pool: nothing is not a number; accepted: a number"),
        ("storage: {backups: [3]}", "6: storage.backups: a list is not a number; accepted: a whole number"),
        ("questions: {ask: yes}", '6: questions.ask: "yes" is neither true nor false; accepted: true or false'),
        ("questions: {ask: 1}", "6: questions.ask: 1 is neither true nor false; accepted: true or false"),
        ("telegram: 30", "6: telegram: 30 where a section is needed; accepted: " + ", ".join(
            ["messages_per_second", "chat_messages_per_second", "chat_burst", "group_messages_per_minute",
             "poll_timeout", "in_flight"])),
        (
            "follow_ups: {rule: reminder}",
            "6: follow_ups: a section where a list is needed; accepted: a list, an element a line after `- `, or [a, b]",
        ),
        (
            "follow_ups: [reminder]",
            f'6: follow_ups[0]: "reminder" where a section is needed; accepted: a section with the key rule: {RULES}',
        ),
        # Impossible values
        ("storage: {pool: 0}", "6: storage.pool: 0 is out of range; accepted: at least 1"),
        ("storage: {inbox_kept: 8d}", "6: storage.inbox_kept: 8d is out of range; accepted: 1d to 6d"),
        ("telegram: {chat_burst: -1}", "6: telegram.chat_burst: -1 is out of range; accepted: at least 0"),
        (
            "telegram: {messages_per_second: -0.5}",
            "6: telegram.messages_per_second: -0.5 is out of range; accepted: at least 0",
        ),
        ("telegram: {poll_timeout: 5m}", "6: telegram.poll_timeout: 5m is out of range; accepted: 1s to 50s"),
        ("conversation: {max_input: 5000}", "6: conversation.max_input: 5000 is out of range; accepted: at most 4096"),
        ("logging: {level: LOUD}", '6: logging.level: "LOUD" is not one of the choices; accepted: DEBUG, INFO, WARNING, ERROR'),
        ("logging: {format: jsn}", '6: logging.format: "jsn" is not one of the choices; did you mean json?; accepted: json, text'),
        # Durations
        ("questions: {min_gap: 3}", f"6: questions.min_gap: 3 is not a duration; accepted: {DURATIONS}"),
        ("questions: {min_gap: 3 days}", f'6: questions.min_gap: "3 days" is not a duration; accepted: {DURATIONS}'),
        ("questions: {min_gap: -3d}", f'6: questions.min_gap: "-3d" is not a duration; accepted: {DURATIONS}'),
        ("questions: {min_gap: 3651d}", f'6: questions.min_gap: "3651d" is too long; accepted: {DURATIONS}'),
        ("questions: {min_gap: 999999999w}", f'6: questions.min_gap: "999999999w" is too long; accepted: {DURATIONS}'),
        (
            "staff: {complaint_due: {A: 0h}}",
            f"6: staff.complaint_due.A: must be longer than nothing; accepted: {DURATIONS}",
        ),
        (
            "follow_ups: [{rule: birthday, before: 36h}]",
            "6: follow_ups[0].before: 36h is not whole days; accepted: whole days, such as 0d or 3d",
        ),
        # Times and hours
        (
            "follow_ups: [{rule: birthday, at: 25:00}]",
            '6: follow_ups[0].at: "25:00" is not a time of day; accepted: a time of day such as "10:00", from "00:00" to "23:59"',
        ),
        (
            "follow_ups: [{rule: birthday, at: 600}]",
            '6: follow_ups[0].at: 600 is not a time of day; accepted: a time of day such as "10:00", from "00:00" to "23:59"',
        ),
        (
            "follow_ups:\n  - {rule: reminder}\n  - rule: birthday\n    at: 21:30",
            '9: follow_ups[1].at: "21:30" is in the quiet hours ("21:00" to "09:00"); '
            "accepted: a time outside contact_policy.quiet_hours",
        ),
        (
            "  opening_hours:\n    mon: 18:00-08:00",
            f'7: business.opening_hours.mon: "18:00-08:00" ends before it begins; accepted: {HOURS}; '
            'past midnight is the next day\'s "00:00-02:00"',
        ),
        (
            "  opening_hours: {mon: 08:00-08:00}",
            f'6: business.opening_hours.mon: "08:00-08:00" ends before it begins; accepted: {HOURS}; '
            'past midnight is the next day\'s "00:00-02:00"',
        ),
        (
            '  opening_hours: {mon: "08:00-12:00, 11:00-14:00"}',
            '6: business.opening_hours.mon: "08:00-12:00, 11:00-14:00": the spans overlap or are not in order; '
            f"accepted: {HOURS}",
        ),
        (
            "  opening_hours: {mon: 8-18}",
            f'6: business.opening_hours.mon: "8-18" is not opening hours; accepted: {HOURS}',
        ),
        (
            "  opening_hours: {tues: closed}",
            "6: business.opening_hours.tues: is not a setting; did you mean tue?; "
            "accepted: mon, tue, wed, thu, fri, sat, sun",
        ),
        (
            "contact_policy:\n  quiet_hours:\n    from: 21:00\n    to: 21:00",
            "9: contact_policy.quiet_hours.to: quiet hours that end when they begin are 24 hours: nothing would ever be sent; "
            "accepted: an end that differs from the beginning",
        ),
        # Tiers that do not descend
        ("tiers: {B: {orders: 13}}", "6: tiers.B.orders: 13 is more than tier A asks (12); accepted: at most 12, or a higher A.orders"),
        ("tiers: {partners: {B: {orders: 13}}}", "6: tiers.partners.B.orders: 13 is more than tier A asks (12); accepted: at most 12, or a higher A.orders"),
        ("tiers: {B: {spent: 150.01}}", "6: tiers.B.spent: 150.01 is more than tier A asks (150); accepted: at most 150, or a higher A.spent"),
        ("tiers: {B: {within: 44d}}", "6: tiers.B.within: 44d is stricter than tier A (45d); accepted: at least 45d, or a shorter A.within"),
        (
            "tiers: {window: 60d}",
            "6: tiers.B.within: 90d reaches further back than the window (60d); accepted: at most 60d, or a longer window",
        ),
        # Names
        ("follow_ups:\n  - rule: birthdy", f'7: follow_ups[0].rule: "birthdy" is not a rule; did you mean birthday?; accepted: {RULES}'),
        ("follow_ups:\n  - at: 10:00", f"7: follow_ups[0].rule: is missing; accepted: {RULES}"),
        (
            "follow_ups:\n  - rule: reminder\n  - rule: birthday\n  - rule: reminder",
            '9: follow_ups[2].rule: "reminder" is given twice, first as follow_ups[0].rule; accepted: each once',
        ),
        (
            "questions:\n  list:\n    - {name: milk, fills: preference}\n    - {name: milk, fills: habit}",
            '9: questions.list[1].name: "milk" is given twice, first as questions.list[0].name; accepted: each once',
        ),
        (
            "questions: {list: [{name: Usual Drink, fills: preference}]}",
            '6: questions.list[0].name: "Usual Drink" is not a name; '
            "accepted: small letters, digits and _, beginning with a letter",
        ),
        (
            "questions: {list: [{name: milk, fills: preferences}]}",
            '6: questions.list[0].fills: "preferences" is not one of the choices; did you mean preference?; accepted: '
            "preference, restriction, need, habit, interest, occasion, demographic, contact_preference",
        ),
        (
            "staff: {members: [{telegram_id: 5, name: Ann, role: boss}]}",
            '6: staff.members[0].role: "boss" is not one of the choices; accepted: owner, manager, staff',
        ),
        (
            "staff: {members: [{telegram_id: 5, role: owner}]}",
            "6: staff.members[0].name: is missing; accepted: text: As colleagues and customers see it",
        ),
        # The file as YAML
        ("telegram: {}\nstorage: {}\ntelegram: {}", "8: telegram: given twice, first on line 6; accepted: each key once"),
        (
            "telegram:\n  in_flight: 1\n  in_flight: 2",
            "8: telegram.in_flight: given twice, first on line 7; accepted: each key once",
        ),
        (
            "telegram:\n\tin_flight: 1",
            "7: not YAML: while scanning for the next token, found character '\\t' that cannot start any token; "
            "accepted: spaces for indentation, not tabs",
        ),
        (
            "telegram: in_flight: 1",
            "6: not YAML: mapping values are not allowed here; accepted: one `key: value` a line, equally indented, "
            "and quotes around a value with a colon and a space",
        ),
        (
            "follow_ups: [{rule: reminder}",
            "7: not YAML: while parsing a flow sequence, expected ',' or ']', but got '<stream end>'; "
            "accepted: YAML; look at this line and the one before it",
        ),
        ("logging: !!python/name:os.system x", '6: logging: "x" has the tag python/name:os.system; accepted: values without tags'),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_line_key_and_remedy(tmp_path: Path, text: str, expected: str) -> None:
    assert messages(tmp_path, f"{MINIMAL}{text}\n") == [f"config.yaml:{expected}"]


@pytest.mark.parametrize(
    ("was", "is_", "expected"),
    [
        (
            "Asia/Shanghai",
            "Asia/Shangai",
            '3: business.time_zone: "Asia/Shangai" is not a time zone; did you mean Asia/Shanghai?; '
            "accepted: a name of the IANA list, such as Europe/Berlin",
        ),
        (
            "Asia/Shanghai",
            "8",
            "3: business.time_zone: 8 is not a time zone; accepted: a name of the IANA list, such as Europe/Berlin",
        ),
        (
            "CNY",
            "RMB",
            '4: business.currency: "RMB" is not a currency; accepted: a code of ISO 4217, such as EUR, USD or CNY',
        ),
        ("[zh]", "[zh, no]", '5: business.languages[1]: "no" is not a language of this program; accepted: en or zh'),
        ("[zh]", "[]", "5: business.languages: is an empty list; accepted: at least one element"),
        (
            "[zh]",
            "[zh, en, zh]",
            '5: business.languages[2]: "zh" is given twice, first as business.languages[0]; accepted: each once',
        ),
        ("Corner Shop", "1847", "2: business.name: 1847 is not text; accepted: text; put quotes around digits"),
        ("Corner Shop", '""', "2: business.name: is empty; accepted: some text"),
    ],
)
def test_a_wrong_business_is_refused(tmp_path: Path, was: str, is_: str, expected: str) -> None:
    assert messages(tmp_path, MINIMAL.replace(was, is_)) == [f"config.yaml:{expected}"]


@pytest.mark.parametrize(
    "text",
    [
        "logging: {level: debug, format: json}",
        "storage: {pool: 1, backups: 0, inbox_kept: 6d}",
        "telegram: {messages_per_second: 0, chat_messages_per_second: 0.5, chat_burst: 0, poll_timeout: 50s}",
        "questions: {ask: false, list: [{name: milk, fills: preference}, {name: milk_2, fills: habit}]}",
        "follow_ups: [{rule: birthday, before: 2d, at: 09:00}, {rule: check_in, every: {A: 1w}, at: 20:59}]",
        "tiers: {A: {orders: 4, spent: 40, within: 90d}, window: 90d}",
        "contact_policy: {quiet_hours: {from: 21:00, to: 20:59}}",
        "  opening_hours: {sun: 00:00-24:00}",
        "staff: {members: [{telegram_id: 5, name: Ann, role: owner}, {telegram_id: 6, name: Bo, role: staff}]}",
    ],
)
def test_the_twins_of_the_refused_are_allowed(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, f"{MINIMAL}{text}\n").business.name == "Corner Shop"


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "business:\n  nme: X\n  currency: EUR\n  languages: [en]\ntelegram: {in_flight: 0}\ntiers: {B: {orders: 99, spent: 999}}\n"
    found = problems(tmp_path, text, REGULARS_HTTP="nowhere", REGULARS_STORAGE__POOL="none")
    assert [(Path(problem.file).name, problem.line, problem.key) for problem in found] == [
        ("REGULARS_HTTP", None, ""),
        ("config.yaml", 1, "business.name"),
        ("config.yaml", 1, "business.time_zone"),
        ("config.yaml", 2, "business.nme"),
        ("config.yaml", 5, "telegram.in_flight"),
        ("config.yaml", 6, "tiers.B.orders"),
        ("config.yaml", 6, "tiers.B.spent"),
        ("REGULARS_STORAGE__POOL", None, "storage.pool"),
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_lacks_the_business(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert (problem.key, problem.wrong) == ("business", "is missing")


@pytest.mark.parametrize(("text", "held"), [("- a\n", "a list"), ("hello\n", '"hello"')])
def test_a_file_without_sections_is_refused(tmp_path: Path, text: str, held: str) -> None:
    assert messages(tmp_path, text) == [f"config.yaml:1: holds {held}, not sections; accepted: {SECTIONS}"]


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "none.yaml", {})
    assert str(caught.value) == (
        f"{tmp_path}/none.yaml: cannot be read: No such file or directory; "
        "accepted: a readable file; name it in REGULARS_CONFIG or start from the example config.yaml"
    )
    assert caught.value.exit_status == 2


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="is not text; accepted: YAML in UTF-8"):
        load_settings(tmp_path / "config.yaml", {})


# The environment


def value_at(settings: Settings, path: str) -> Any:
    value: Any = settings
    for step in path.split("."):
        value = getattr(value, {"from": "start", "to": "end"}.get(step, step))
    return value


EXAMPLES = {
    "text": ("Blue Door", "Blue Door"),
    "time zone": ("America/New_York", ZoneInfo("America/New_York")),
    "hours": ("09:30-17:00", (Span(time(9, 30), time(17)),)),
    "duration": ("44s", timedelta(seconds=44)),
    "whole number": ("5", 5),
    "amount": ("45.5", Decimal("45.5")),
    "true or false": ("false", False),
    "time of day": ("20:30", time(20, 30)),
    "number": ("7.5", 7.5),
    "DEBUG or INFO or WARNING or ERROR": ("ERROR", "ERROR"),
    "json or text": ("text", "text"),
    "list of languages": ('["en", "zh"]', ("en", "zh")),
}
# Where any value of the type will not do.
SPECIAL = {
    "tiers.by": ("rfm", "rfm"),
    "tiers.value.A.share": ("0.25", 0.25),
    "tiers.value.B.share": ("0.25", 0.25),
    "tiers.partners.value.A.share": ("0.25", 0.25),
    "tiers.partners.value.B.share": ("0.25", 0.25),
    "tiers.partners.A.spent": ("3500", Decimal(3500)),
    "tiers.partners.B.within": ("91d", timedelta(days=91)),
    "tiers.band": ("0.25", 0.25),
    "value.groups.most_valuable": ("0.25", 0.25),
    "value.groups.growable": ("0.25", 0.25),
    "value.groups.low_share": ("0.25", 0.25),
    "referrals.share": ("0.5", 0.5),
    "lifecycle.at_risk": ("1.5", 1.5),
    "value.margin": ("0.7", 0.7),
    "value.prospect_chance": ("0.2", 0.2),
    "business.currency": ("USD", "USD"),
    "tiers.window": ("200d", timedelta(days=200)),
    "tiers.A.within": ("44d", timedelta(days=44)),
    "tiers.B.within": ("91d", timedelta(days=91)),
    "storage.inbox_kept": ("2d", timedelta(days=2)),
    "conversation.max_input": ("1000", 1000),
}
SCALARS = [key for key in describe_keys() if "[" not in key.path and key.type not in ("section", "list of sections")]


@pytest.mark.parametrize("key", SCALARS, ids=lambda key: key.path)
def test_every_key_can_be_set_from_the_environment(tmp_path: Path, key: Any) -> None:
    text, expected = SPECIAL.get(key.path) or EXAMPLES[key.type]
    variable = "REGULARS_" + key.path.replace(".", "__").upper()
    before, after = load(tmp_path, MINIMAL), load(tmp_path, MINIMAL, **{variable: text})
    assert value_at(after, key.path) == expected
    assert value_at(before, key.path) != expected


def test_lists_and_sections_come_from_the_environment_as_json(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        MINIMAL + "follow_ups: [{rule: reminder}]\ntelegram: {in_flight: 3, chat_burst: 9}\n",
        REGULARS_FOLLOW_UPS=json.dumps([{"rule": "birthday", "at": "09:30"}, {"rule": "loop_closed"}]),
        REGULARS_TELEGRAM='{"in_flight": 4}',
        REGULARS_TELEGRAM__CHAT_BURST="1",
        REGULARS_STAFF__MEMBERS='[{"telegram_id": 7, "name": "Ann", "role": "owner"}]',
    )
    assert [rule.rule for rule in settings.follow_ups] == ["birthday", "loop_closed"]
    assert (settings.telegram.in_flight, settings.telegram.chat_burst) == (4, 1)
    assert [member.telegram_id for member in settings.staff.members] == [7]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"REGULARS_TELEGRAM__IN_FLIGT": "7"},
            "REGULARS_TELEGRAM__IN_FLIGT: no such setting; did you mean REGULARS_TELEGRAM__IN_FLIGHT?; "
            "accepted: REGULARS_<SECTION>__<KEY>, see docs/settings.md",
        ),
        (
            {"REGULARS_DATABSE_URL": "sqlite:///x.db"},
            "REGULARS_DATABSE_URL: no such setting; did you mean REGULARS_DATABASE_URL?; "
            "accepted: REGULARS_<SECTION>__<KEY>, see docs/settings.md",
        ),
        (
            {"REGULARS_BUSINESS__LANGUAGES": "en"},
            'REGULARS_BUSINESS__LANGUAGES: business.languages: "en" where a list is needed; '
            "accepted: a list, an element a line after `- `, or [a, b]",
        ),
        (
            {"REGULARS_BUSINESS__LANGUAGES": '["en"'},
            "REGULARS_BUSINESS__LANGUAGES: business.languages: not JSON: Expecting ',' delimiter: line 1 column 6 (char 5); "
            'accepted: JSON, such as ["en", "zh"]',
        ),
        (
            {"REGULARS_FOLLOW_UPS": '[{"rule": "birthday", "at": "9"}]'},
            'REGULARS_FOLLOW_UPS: follow_ups[0].at: "9" is not a time of day; '
            'accepted: a time of day such as "10:00", from "00:00" to "23:59"',
        ),
        ({"REGULARS_HTTP": "8080"}, 'REGULARS_HTTP: "8080" is not host:port; '
         "accepted: such as 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one"),
        ({"REGULARS_HTTP": "localhost:70000"}, 'REGULARS_HTTP: "localhost:70000" is not host:port; '
         "accepted: such as 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one"),
        (
            {"REGULARS_DATABASE_URL": "mysql://root:hunter2@db/x"},
            "REGULARS_DATABASE_URL: not the URL of a database this program works with; "
            "accepted: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
        ),
        (
            {"TELEGRAM_API_URL": "api.telegram.org"},
            'TELEGRAM_API_URL: "api.telegram.org" is not the base of a Bot API; '
            "accepted: such as https://api.telegram.org, without /bot",
        ),
        (
            {"TELEGRAM_API_URL": "http://127.0.0.1:99/bot"},
            'TELEGRAM_API_URL: "http://127.0.0.1:99/bot" is not the base of a Bot API; '
            "accepted: such as https://api.telegram.org, without /bot",
        ),
        (
            {"REGULARS_WEBHOOK_URL": "http://example.org/hook"},
            'REGULARS_WEBHOOK_URL: "http://example.org/hook" cannot be a webhook; '
            "accepted: an https address that Telegram can reach (http only on this machine)",
        ),
        (
            {"REGULARS_WEBHOOK_SECRET": "with space"},
            "REGULARS_WEBHOOK_SECRET: not what Telegram takes as a secret; accepted: 1 to 256 of A-Z a-z 0-9 _ -",
        ),
        ({"REGULARS_CLOCK": "wall"}, 'REGULARS_CLOCK: "wall" is not a clock; accepted: sandbox, or leave it unset'),
        (
            {"REGULARS_CLOCK": "sandbox", "TELEGRAM_BOT_TOKEN": TOKEN},
            "REGULARS_CLOCK: the public Telegram has no clock to follow; "
            "accepted: TELEGRAM_API_URL set to a sandbox's address, or REGULARS_CLOCK unset",
        ),
        (
            {"REGULARS_CLOCK": "sandbox", "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": "https://api.telegram.org"},
            "REGULARS_CLOCK: the public Telegram has no clock to follow; "
            "accepted: TELEGRAM_API_URL set to a sandbox's address, or REGULARS_CLOCK unset",
        ),
        (
            {"TELEGRAM_BOT_TOKEN": "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"},
            "TELEGRAM_BOT_TOKEN: does not have the form of a bot token; "
            "accepted: digits, a colon and a code, as @BotFather gave it",
        ),
        (
            {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_BOT_TOKEN_FILE": "/dev/null"},
            "TELEGRAM_BOT_TOKEN_FILE: TELEGRAM_BOT_TOKEN is set as well; accepted: one of the two",
        ),
        (
            {"TELEGRAM_BOT_TOKEN_FILE": "/nowhere/token"},
            'TELEGRAM_BOT_TOKEN_FILE: "/nowhere/token" cannot be read: No such file or directory; '
            "accepted: a readable file that holds the token alone",
        ),
        (
            {"TELEGRAM_BOT_TOKEN_FILE": "/dev/null"},
            'TELEGRAM_BOT_TOKEN_FILE: "/dev/null" is empty; accepted: a readable file that holds the token alone',
        ),
    ],
)  # fmt: skip
def test_a_wrong_environment_is_refused(tmp_path: Path, environ: dict[str, str], expected: str) -> None:
    assert messages(tmp_path, MINIMAL, **environ) == [expected]


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    # Kubernetes sets these for a service of the name `regulars`.
    others = {"REGULARS_PORT": "tcp://10.0.0.1:80", "REGULARS_SERVICE_HOST": "10.0.0.1", "REGULARS_": "", "HOME": "/"}
    assert load(tmp_path, MINIMAL, **others) == load(tmp_path, MINIMAL)


def test_the_environment_without_variables(tmp_path: Path) -> None:
    environment = load(
        tmp_path, MINIMAL, TELEGRAM_BOT_TOKEN="", REGULARS_HTTP=" ", REGULARS_LOGGING__LEVEL=""
    ).environment
    assert environment.sandbox
    assert environment.token is None
    assert environment.api_url == "https://api.telegram.org"
    assert environment.database_url == "sqlite:///regulars-sandbox.db"
    assert (environment.http_host, environment.http_port) == ("127.0.0.1", 8080)
    assert environment.clock == "machine"
    assert environment.webhook_url is None
    assert environment.config_path == tmp_path / "config.yaml"


def test_the_environment_with_variables(tmp_path: Path) -> None:
    environment = load(
        tmp_path,
        MINIMAL,
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_API_URL="http://127.0.0.1:8081/",
        REGULARS_HTTP="[::1]:0",
        REGULARS_WEBHOOK_URL="https://shop.example/telegram/webhook",
        REGULARS_WEBHOOK_SECRET="s3cret",
        REGULARS_CLOCK="sandbox",
    ).environment
    assert not environment.sandbox
    assert environment.token is not None
    assert environment.token.get_secret_value() == TOKEN
    assert environment.api_url == "http://127.0.0.1:8081"
    assert environment.database_url == "sqlite:///regulars.db"
    assert (environment.http_host, environment.http_port) == ("::1", 0)
    assert environment.webhook_secret is not None
    assert environment.webhook_secret.get_secret_value() == "s3cret"
    assert environment.clock == "sandbox"


def test_the_token_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    token = load(tmp_path, MINIMAL, TELEGRAM_BOT_TOKEN_FILE=str(tmp_path / "token")).environment.token
    assert token is not None
    assert token.get_secret_value() == TOKEN


def test_config_path() -> None:
    assert config_path({}) == Path("config.yaml")
    assert config_path({"REGULARS_CONFIG": "/etc/shop.yaml"}) == Path("/etc/shop.yaml")


def test_no_secret_is_shown(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        MINIMAL,
        TELEGRAM_BOT_TOKEN=TOKEN,
        REGULARS_WEBHOOK_SECRET="s3cret",
        REGULARS_DATABASE_URL="postgresql://me:hunter2@db/regulars",
    )
    shown = f"{settings} {settings!r} {settings.environment} {settings.model_dump_json(exclude={'business'})}"
    assert "Asia/Shanghai" in shown
    for secret in (TOKEN, TOKEN.partition(":")[2], "s3cret"):
        assert secret not in shown
    assert "hunter2" not in f"{settings} {settings!r} {settings.environment}"


@pytest.mark.parametrize(
    "text", [f"token: {TOKEN}", f"logging: {{level: '{TOKEN}'}}", f"storage: {{pool: '{TOKEN}'}}", f"{TOKEN}: x"]
)
def test_a_token_in_the_wrong_place_is_not_quoted(tmp_path: Path, text: str) -> None:
    (message,) = messages(tmp_path, f"{MINIMAL}{text}\n")
    assert TOKEN.partition(":")[2] not in message


# The documentation


def test_every_setting_is_documented_and_nothing_else() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \| (.*?) \| (.*?) ?\| (.*) \|$", (ROOT / "docs/settings.md").read_text("utf-8"), re.M
    )
    documented = [row for row in rows if not row[0].isupper()]
    assert documented == [
        (key.path, key.type, f"`{key.default}`" if key.default not in ("", "required") else key.default, key.doc)
        for key in describe_keys()
    ]


def test_every_variable_is_documented_and_nothing_else() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", (ROOT / "docs/settings.md").read_text("utf-8"), re.M)
    assert rows == [
        (variable.name, variable.default if variable.default == "none" else f"`{variable.default}`", variable.doc)
        for variable in VARIABLES
    ]


def test_every_key_says_what_it_means() -> None:
    assert [key.path for key in describe_keys() if not key.doc] == []


# Whatever stands in the file


SCRAPS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["2d", "10:00", "closed", "birthday", "{x}", "08:00-18:00", "EUR", "1e400", "."]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.just("rule"), inner, max_size=3)
    ),
    max_leaves=6,
)
PATHS = [key.path for key in describe_keys() if "[" not in key.path] + [
    f"follow_ups[0].{key}" for key in ("rule", "at", "every", "before", "valid_for")
]


@given(path=st.sampled_from(PATHS), scrap=SCRAPS)
def test_any_value_anywhere_is_taken_or_refused_by_its_place(
    tmp_path_factory: pytest.TempPathFactory, path: str, scrap: Any
) -> None:
    data: dict[str, Any] = yaml.safe_load(MINIMAL)
    place = data
    if path.startswith("follow_ups["):
        data["follow_ups"] = [{"rule": "birthday"}]
        place, path = data["follow_ups"][0], path.partition(".")[2]
    *above, last = path.split(".")
    for step in above:
        place = place.setdefault(step, {})
    place[last] = scrap
    file = tmp_path_factory.getbasetemp() / "scrap.yaml"
    file.write_text(json.dumps(data), encoding="utf-8")  # JSON is YAML
    problems: list[SettingsProblem] = []
    try:
        load_settings(file, {})
    except SettingsError as refused:
        problems = refused.problems
    assert [problem for problem in problems if not problem.wrong or problem.line != 1] == []


@given(st.text(max_size=200) | st.text("ab:-[]{}&*!\"'#\n \t", max_size=60))
def test_any_text_is_taken_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(SettingsError):
        load_settings(file, {})

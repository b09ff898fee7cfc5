"""Each reason of the arbiter with its twin where the message goes, and which of two decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.config import Settings
from bot.customize.arbiter import QUESTION_OPEN, Reason, Verdict, judge
from storage.follow_ups import Row
from storage.reach import Sent, Standing
from tests.support.follow_ups import DAY, HOUR, SETTINGS, settings_with

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday, 10:00 in Berlin
BERLIN = ZoneInfo("Europe/Berlin")
PURPOSES = {"birthday": "marketing", "check_in": "marketing"}
RULES = ("reminder", "loop_closed", "birthday", "after_purchase", "check_in")
MARKETED = ("birthday", "check_in")
UNASKED = ("birthday", "after_purchase", "check_in")


def row(rule: str, **more: Any) -> Row:
    values: dict[str, Any] = {
        "id": 1, "customer_id": 1, "rule": rule, "occurrence": "1", "purpose": PURPOSES.get(rule, "service"),
        "planned_for": NOW, "due_at": NOW, "expires_at": NOW + 2 * DAY, "status": "planned", "reason": None,
        "data": {"exact": True} if rule == "reminder" else {}, "outbox_id": None,
    }  # fmt: skip
    return Row(**{**values, **more})


def standing(**more: Any) -> Standing:
    values: dict[str, Any] = {
        "id": 1, "name": "Anna", "language": "en", "time_zone": None, "status": "active", "tier": "A",
        "created_at": NOW - 200 * DAY, "chat_id": 7, "consents": {"marketing": True},
        "last_contact_at": NOW - 20 * DAY, "last_order_at": NOW - 20 * DAY,
    }  # fmt: skip
    return Standing(**{**values, **more})


def verdict_on(rule: str, now: datetime = NOW, settings: Settings = SETTINGS, **more: Any) -> Verdict:
    return judge(row(rule), standing(**more), settings, BERLIN, now)


def outcome(verdict: Verdict) -> tuple[str, str | None]:
    return verdict.outcome, verdict.reason


@pytest.mark.parametrize("rule", RULES)
def test_sent_where_nothing_speaks_against_it(rule: str) -> None:
    assert verdict_on(rule) == Verdict("send")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("more", "reason"),
    [({"chat_id": None}, Reason.no_chat), ({"status": "unreachable"}, Reason.unreachable)],
)
def test_nobody_can_be_written_to_without_a_chat(rule: str, more: dict[str, Any], reason: Reason) -> None:
    assert verdict_on(rule, **more) == Verdict("no", reason)


@pytest.mark.parametrize("rule", RULES)
def test_stop_stops_all_but_what_was_asked_for(rule: str) -> None:
    expected = ("send", None) if rule == "reminder" else ("no", "stopped")
    assert outcome(verdict_on(rule, status="stopped")) == expected


@pytest.mark.parametrize("rule", RULES)
def test_marketing_needs_a_yes(rule: str) -> None:
    marketed = rule in MARKETED
    assert outcome(verdict_on(rule, consents={})) == (("no", "consent_missing") if marketed else ("send", None))
    refused = {"marketing": False}
    assert outcome(verdict_on(rule, consents=refused)) == (("no", "consent_refused") if marketed else ("send", None))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in MARKETED])
def test_service_goes_until_refused(rule: str) -> None:
    assert outcome(verdict_on(rule, consents={"service": False})) == ("no", "consent_refused")


def test_check_in_goes_by_tier_and_needs_profiling() -> None:
    off = {"marketing": True, "profiling": False}
    assert outcome(verdict_on("check_in", consents=off)) == ("no", "profiling_off")
    assert outcome(verdict_on("birthday", consents=off)) == ("send", None)
    assert outcome(verdict_on("check_in", tier="new")) == ("no", "tier_new")


@pytest.mark.parametrize("rule", RULES)
def test_too_old_is_skipped(rule: str) -> None:
    def expiring(at: datetime) -> Verdict:
        return judge(row(rule, expires_at=at), standing(), SETTINGS, BERLIN, NOW)

    assert outcome(expiring(NOW - timedelta(seconds=1))) == ("no", "too_old")
    assert outcome(expiring(NOW)) == ("send", None)


def test_rule_taken_out_of_the_settings_is_not_sent() -> None:
    without = SETTINGS.model_copy(update={"follow_ups": ()})
    assert outcome(verdict_on("birthday", settings=without)) == ("no", "rule_off")


@pytest.mark.parametrize("rule", RULES)
def test_open_complaint_holds_what_is_not_owed(rule: str) -> None:
    expected = ("later", "complaint") if rule in UNASKED else ("send", None)
    assert outcome(verdict_on(rule, complaint_at=NOW - DAY)) == expected


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "check_in"])
def test_conversation_going_on_holds_what_is_unasked(rule: str) -> None:
    held = rule in UNASKED
    wrote = verdict_on(rule, last_contact_at=NOW - HOUR)
    assert wrote == (Verdict("later", Reason.conversation, NOW + HOUR) if held else Verdict("send"))
    assert outcome(verdict_on(rule, last_contact_at=NOW - 2 * HOUR)) == ("send", None)
    talking = verdict_on(rule, colleague_until=NOW + 3 * HOUR)
    assert talking == (Verdict("later", Reason.colleague, NOW + 3 * HOUR) if held else Verdict("send"))


def test_open_question_holds_for_a_day() -> None:
    asked = {"name": "milk", "asked_at": (NOW - 3 * HOUR).isoformat()}
    until = NOW - 3 * HOUR + QUESTION_OPEN
    assert verdict_on("birthday", open_question=asked) == Verdict("later", Reason.question, until + 2 * HOUR)  # 07:00
    old = {"name": "milk", "asked_at": (NOW - QUESTION_OPEN).isoformat()}
    assert outcome(verdict_on("birthday", open_question=old)) == ("send", None)


@pytest.mark.parametrize("rule", RULES)
def test_silence_asked_for_holds_until_its_end(rule: str) -> None:
    paused = verdict_on(rule, paused_until=NOW + 5 * HOUR)
    assert paused == (Verdict("send") if rule == "reminder" else Verdict("later", Reason.paused, NOW + 5 * HOUR))
    assert outcome(verdict_on(rule, paused_until=NOW)) == ("send", None)


@pytest.mark.parametrize(("tier", "most"), [("A", 4), ("B", 3), ("C", 2), ("new", 2)])
def test_cap_of_the_tier(tier: str, most: int) -> None:
    sent = [Sent(n, "after_purchase", NOW - (29 - n) * DAY) for n in range(most)]
    held = verdict_on("after_purchase", tier=tier, sent=sent)
    assert held == Verdict("later", Reason.cap, NOW + DAY)
    assert outcome(verdict_on("after_purchase", tier=tier, sent=sent[1:])) == ("send", None)
    asked_for = [Sent(9, "reminder", NOW - 3 * DAY)] * 9
    assert outcome(verdict_on("after_purchase", tier=tier, sent=[*asked_for, *sent[1:]])) == ("send", None)
    assert outcome(verdict_on("loop_closed", tier=tier, sent=sent)) == ("send", None)
    assert outcome(verdict_on("reminder", tier=tier, sent=sent)) == ("send", None)


def test_gap_between_two_is_kept_into_the_next_morning() -> None:
    held = verdict_on("birthday", sent=[Sent(2, "loop_closed", NOW)])
    assert held == Verdict("later", Reason.min_gap, datetime(2026, 11, 25, 8, tzinfo=UTC))  # 06:00 is quiet
    assert outcome(verdict_on("birthday", sent=[Sent(2, "loop_closed", NOW - 20 * HOUR)])) == ("send", None)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "reminder"])
def test_quiet_hours_hold_to_their_end(rule: str) -> None:
    night = datetime(2026, 11, 24, 22, tzinfo=UTC)
    morning = datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert verdict_on(rule, night) == Verdict("later", Reason.quiet_hours, morning)
    own = verdict_on(rule, quiet_from="09:30", quiet_to="11:00")
    assert own == Verdict("later", Reason.quiet_hours, datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert outcome(verdict_on(rule, night, quiet_from="12:00", quiet_to="13:00")) == ("send", None)


def test_reminder_with_a_time_passes_quiet_hours_and_without_one_waits() -> None:
    night = datetime(2026, 11, 24, 22, tzinfo=UTC)
    assert outcome(verdict_on("reminder", night)) == ("send", None)
    vague = judge(row("reminder", data={"exact": False}), standing(), SETTINGS, BERLIN, night)
    assert vague == Verdict("later", Reason.quiet_hours, datetime(2026, 11, 25, 8, tzinfo=UTC))


def test_check_in_moves_where_there_was_a_contact_meanwhile() -> None:
    bought = verdict_on("check_in", last_order_at=NOW - 3 * DAY)
    assert bought == Verdict("moved", Reason.bought_since, NOW + 11 * DAY)
    heard = verdict_on("check_in", last_contact_at=NOW - HOUR)
    assert heard == Verdict("moved", Reason.heard_since, NOW + 14 * DAY)
    assert outcome(verdict_on("check_in", last_contact_at=NOW - 14 * DAY)) == ("send", None)


def test_no_comes_before_later_and_the_more_lasting_hold_before_quiet_hours() -> None:
    night = datetime(2026, 11, 24, 22, tzinfo=UTC)
    assert outcome(verdict_on("birthday", night, consents={})) == ("no", "consent_missing")
    assert outcome(verdict_on("birthday", night, complaint_at=NOW)) == ("later", "complaint")


def test_what_would_be_held_at_the_end_of_its_use_is_too_old() -> None:
    ended = judge(row("birthday", expires_at=NOW), standing(complaint_at=NOW), SETTINGS, BERLIN, NOW)
    assert outcome(ended) == ("no", "too_old")


def test_purpose_of_the_settings_decides() -> None:
    as_marketing = row("after_purchase", purpose="marketing")
    assert outcome(judge(as_marketing, standing(consents={}), SETTINGS, BERLIN, NOW)) == ("no", "consent_missing")


def test_settings_of_the_policy_are_used() -> None:
    patient = settings_with(CONTACT_POLICY__CONVERSATION_PAUSE="0h", CONTACT_POLICY__MIN_GAP="0h")
    more = {"last_contact_at": NOW - timedelta(minutes=1), "sent": [Sent(3, "birthday", NOW - HOUR)]}
    assert outcome(verdict_on("after_purchase", settings=patient, **more)) == ("send", None)
    assert outcome(verdict_on("after_purchase", **more)) == ("later", "conversation")

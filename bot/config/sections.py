"""The sections of config.yaml, one model each.

The description of a field is its documentation: `describe_keys` reads it, docs/settings.md repeats it.
Whether the words that a question or rule needs exist is checked with the templates, not here.
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from bot.config.base import DAY, HOUR, ByTier, Section
from bot.config.questions import Questions
from bot.config.values import (
    Count,
    Currency,
    Days,
    Duration,
    Hours,
    Language,
    PositiveCount,
    PositiveDuration,
    Purpose,
    Rate,
    Refusal,
    Span,
    Text,
    WallTime,
    Zone,
    between,
    refusing,
)
from bot.config.worth import LeadSource, Lifecycle, Referrals, Tiers, Value


class OpeningHours(Section):
    """Spans of each day in the business's time; a day without any is closed."""

    mon: Hours = Field((), description="Monday")
    tue: Hours = Field((), description="Tuesday")
    wed: Hours = Field((), description="Wednesday")
    thu: Hours = Field((), description="Thursday")
    fri: Hours = Field((), description="Friday")
    sat: Hours = Field((), description="Saturday")
    sun: Hours = Field((), description="Sunday")

    def on(self, day: date) -> tuple[Span, ...]:
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)[day.weekday()]

    def is_open(self, local: datetime) -> bool:
        """`local` is in the business's time zone."""
        wall = local.time()
        return any(opens <= wall < closes for opens, closes in self.on(local.date()))


class Business(Section):
    name: Text = Field(description="As customers know it; used in greetings")
    time_zone: Zone = Field(description="IANA name; of the business, and of customers who have not said theirs")
    currency: Currency = Field(description="ISO 4217 code; of orders and prices that name none")
    languages: tuple[Language, ...] = Field(
        min_length=1,
        description="Languages the bot speaks; the first is used where nothing else is known, and for staff",
    )
    opening_hours: OpeningHours = Field(
        OpeningHours(), description="Hours in the business's time zone; a day left out is closed"
    )

    @property
    def language(self) -> str:
        """The first language: the default, and the staff's."""
        return self.languages[0]


class Member(Section):
    telegram_id: Annotated[PositiveCount, Field(le=2**52)] = Field(description="Numeric Telegram user id")
    name: Text = Field(description="As colleagues and customers see it")
    role: Literal["owner", "manager", "staff"] = Field(description="What this person may do")


class Staff(Section):
    complaint_due: ByTier[PositiveDuration] = Field(
        default=ByTier(A=4 * HOUR, B=8 * HOUR, C=24 * HOUR, new=24 * HOUR),
        description="How soon a complaint must be answered, by the customer's tier",
    )
    members: tuple[Member, ...] = Field(
        (), description="People who are staff from the start; others are added with `regulars staff add` or in the chat"
    )


class Partners(Section):
    """Agents, dealers, distributors: what is promised to them, and asked of them."""

    complaint_due: ByTier[PositiveDuration] = Field(
        default=ByTier(A=2 * HOUR, B=4 * HOUR, C=8 * HOUR, new=8 * HOUR),
        description="How soon a partner's complaint must be answered, by tier",
    )
    request_due: ByTier[PositiveDuration] = Field(
        default=ByTier(A=8 * HOUR, B=DAY, C=2 * DAY, new=2 * DAY),
        description="How soon a partner's request must be answered, by tier",
    )
    cover: PositiveDuration = Field(
        30 * DAY, description="How long what /reorder proposes, with what is there, should last"
    )
    low_stock: Duration = Field(
        7 * DAY, description="Staff hear of what a partner tells to have and that lasts no longer than this; 0 is never"
    )


VALID_FOR = "Skipped, not sent, when it is later than this after its due time"
PURPOSE = "Consent it needs: service or marketing"
AT = "Time of day, in the customer's time zone"


class AfterPurchase(Section):
    """Asks how it was."""

    rule: Literal["after_purchase"]
    after: Duration = Field(2 * DAY, description="How long after the order")
    at: WallTime = Field(time(10), description=AT)
    every: Duration = Field(
        30 * DAY, description="Again at most this often; a first order and a new item are always asked about"
    )
    valid_for: PositiveDuration = Field(2 * DAY, description=VALID_FOR)
    purpose: Purpose = Field("service", description=PURPOSE)


class Birthday(Section):
    """Good wishes on a birthday, the customer's or that of someone they told us about."""

    rule: Literal["birthday"]
    before: Annotated[Days, between(timedelta(), 60 * DAY)] = Field(
        timedelta(), description="How long before the day, in whole days"
    )
    at: WallTime = Field(time(10), description=AT)
    valid_for: PositiveDuration = Field(12 * HOUR, description=VALID_FOR)
    purpose: Purpose = Field("marketing", description=PURPOSE)


class CheckInEvery(Section):
    """How long without a contact before we ask after someone, by tier; tier `new` is left alone."""

    A: PositiveDuration = Field(14 * DAY, description="Customers of tier A")
    B: PositiveDuration = Field(30 * DAY, description="Customers of tier B")
    C: PositiveDuration = Field(90 * DAY, description="Customers of tier C")

    def of(self, tier: str) -> timedelta | None:
        return {"A": self.A, "B": self.B, "C": self.C}.get(tier)


class CheckIn(Section):
    """Asks after someone we have not heard from."""

    rule: Literal["check_in"]
    every: CheckInEvery = Field(CheckInEvery(), description="How often, by tier; customers of tier `new` get none")
    at: WallTime = Field(time(10), description=AT)
    valid_for: PositiveDuration = Field(3 * DAY, description=VALID_FOR)
    purpose: Purpose = Field("marketing", description=PURPOSE)


class Reminder(Section):
    """What the customer asked to be reminded of, when they asked for it."""

    rule: Literal["reminder"]
    valid_for: PositiveDuration = Field(12 * HOUR, description=VALID_FOR)
    purpose: Purpose = Field("service", description=PURPOSE)


class LoopClosed(Section):
    """Tells the customer what was done about their complaint."""

    rule: Literal["loop_closed"]
    valid_for: PositiveDuration = Field(3 * DAY, description=VALID_FOR)
    purpose: Purpose = Field("service", description=PURPOSE)


Change = Literal[
    "baby", "baby_expected", "marriage", "moved", "child_moved_out", "child_starts_school", "child_of_age", "retired", "pet"
]  # fmt: skip


class LifeChange(Section):
    """Good wishes when something changes at home: a baby, a wedding, a move. Nothing is sold in them."""

    rule: Literal["life_change"]
    kinds: tuple[Change, ...] = Field(("baby", "marriage"), min_length=1, description="Which changes are answered")
    after: Duration = Field(2 * DAY, description="How long after we learnt of it")
    at: WallTime = Field(time(10), description=AT)
    valid_for: PositiveDuration = Field(5 * DAY, description=VALID_FOR)
    purpose: Purpose = Field("marketing", description=PURPOSE)


class BulletinRule(Section):
    """News that staff write for all partners with /bulletin."""

    rule: Literal["bulletin"]
    valid_for: PositiveDuration = Field(5 * DAY, description=VALID_FOR)
    purpose: Purpose = Field("service", description=PURPOSE)


class StockAsk(Section):
    """Asks a partner who told their stock once, and not for a while."""

    rule: Literal["stock_ask"]
    after: PositiveDuration = Field(14 * DAY, description="How long after they last told it")
    at: WallTime = Field(time(10), description=AT)
    valid_for: PositiveDuration = Field(3 * DAY, description=VALID_FOR)
    purpose: Purpose = Field("service", description=PURPOSE)


FollowUpRule = AfterPurchase | Birthday | CheckIn | LifeChange | Reminder | LoopClosed | BulletinRule | StockAsk


FollowUps = tuple[Annotated[FollowUpRule, Field(discriminator="rule")], ...]


class QuietHours(Section):
    """Wall times in the customer's zone between which nothing is sent unasked; may span midnight."""

    start: WallTime = Field(alias="from", description="When quiet begins, in the customer's time zone")
    end: WallTime = Field(alias="to", description="When it ends")

    @model_validator(mode="after")
    def _not_all_day(self) -> Self:
        if self.start == self.end:
            wrong = "quiet hours that end when they begin are 24 hours: nothing would ever be sent"
            raise refusing(Refusal(wrong, "an end that differs from the beginning", key="to"))
        return self

    def cover(self, wall: time) -> bool:
        """Whether a clock that shows `wall` is in the quiet hours; their end is not."""
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


class Cap(Section):
    messages: PositiveCount = Field(description="At most this many follow-ups to one customer")
    per: PositiveDuration = Field(description="In this time")


class ContactPolicy(Section):
    quiet_hours: QuietHours = Field(
        QuietHours.model_validate({"from": time(21), "to": time(9)}),
        description="Nothing is sent unasked between these",
    )
    cap: ByTier[Cap] = Field(
        ByTier(
            A=Cap(messages=4, per=30 * DAY),
            B=Cap(messages=3, per=30 * DAY),
            C=Cap(messages=2, per=30 * DAY),
            new=Cap(messages=2, per=30 * DAY),
        ),
        description="How often we write unasked, by tier; reminders a customer asked for do not count",
    )
    conversation_pause: Duration = Field(2 * HOUR, description="No follow-up so soon after the customer wrote")
    min_gap: Duration = Field(20 * HOUR, description="At least this long between two follow-ups to one customer")
    household_gap: Duration = Field(
        20 * HOUR,
        description="At least this long between two messages of marketing to one household; birthday wishes go to each",
    )


class Burst(Section):
    messages: PositiveCount = Field(20, description="More messages than this from one customer")
    per: PositiveDuration = Field(
        timedelta(minutes=1), description="in this time are stored but not answered one by one"
    )


class Conversation(Section):
    undo_for: PositiveDuration = Field(DAY, description="How long an Undo button works")
    handover_for: PositiveDuration = Field(
        12 * HOUR, description="How long the bot keeps quiet after a colleague took over, from the last word of either"
    )
    upset_for: Duration = Field(DAY, description="How long after a complaint no question is asked")
    max_input: Annotated[PositiveCount, Field(ge=100, le=4096)] = Field(
        4096, description="Characters of a message that are read; the rest is stored only"
    )
    fragment_wait: Annotated[Duration, between(timedelta(), timedelta(minutes=1))] = Field(
        timedelta(seconds=1.5),
        description="How long a piece of a thought (“2 lattes”) waits for its rest (“with oat milk”); 0 is not at all",
    )
    take_orders: bool = Field(
        True, description="Orders said in the chat are shown back and placed by a tap; false only passes them on"
    )
    listen_apart: bool = Field(
        True,
        description="Where there is a second core, messages are understood in a process of its own: 65 MB more, faster in a "
        "rush, and a message that takes too long holds up nobody",
    )
    burst: Burst = Field(Burst(), description="Guard against floods")
    offline_after: PositiveDuration = Field(
        timedelta(minutes=10), description="Messages that waited longer get one apology and one answer per chat"
    )


class Storage(Section):
    backups: Count = Field(3, description="Copies kept from before migrations (SQLite); 0 keeps none")
    inbox_kept: Annotated[Duration, between(DAY, 6 * DAY)] = Field(
        3 * DAY,
        description="How long handled updates are kept: longer than Telegram repeats one (1d), "
        "shorter than its numbers last (7d)",
    )
    pool: Annotated[PositiveCount, Field(le=64)] = Field(4, description="Database threads on PostgreSQL")


class Telegram(Section):
    messages_per_second: Rate = Field(30, description="Messages a second in all; 0 is no limit")
    chat_messages_per_second: Rate = Field(1, description="Messages a second to one chat; 0 is no limit")
    chat_burst: Count = Field(3, description="Messages to one chat before that limit bites; 0 is as 1")
    group_messages_per_minute: Rate = Field(20, description="Messages a minute to one group; 0 is no limit")
    poll_timeout: Annotated[Duration, between(timedelta(seconds=1), timedelta(seconds=50))] = Field(
        timedelta(seconds=50), description="How long one request for updates waits"
    )
    in_flight: Annotated[PositiveCount, Field(le=512)] = Field(64, description="Messages being sent at one time")


class Logging(Section):
    level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
    ] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    format: Literal["json", "text"] = Field("json", description="json for machines, text for people")


class BusinessSettings(Section):
    """All of config.yaml. Repeated names and rules are found by `bot.config.loading`, on the raw data."""

    business: Business = Field(description="Who the customer deals with")
    staff: Staff = Field(Staff(), description="The people behind the bot")
    partners: Partners = Field(Partners(), description="Agents, dealers, distributors")
    tiers: Tiers = Field(Tiers(), description="Classes of customers by value")
    value: Value = Field(Value(), description="What a customer will bring")
    lifecycle: Lifecycle = Field(Lifecycle(), description="When a customer is at risk or lapsed")
    lead_sources: tuple[LeadSource, ...] = Field(
        (), description="What winning customers cost, by what they first came by"
    )
    referrals: Referrals = Field(Referrals(), description="Customers who bring customers")
    questions: Questions = Field(Questions(), description="What to ask customers, one at a time")
    follow_ups: FollowUps = Field((), description="When to write unasked")
    contact_policy: ContactPolicy = Field(ContactPolicy(), description="When not to write unasked")
    conversation: Conversation = Field(Conversation(), description="How a chat goes")
    storage: Storage = Field(Storage(), description="The database")
    telegram: Telegram = Field(Telegram(), description="Limits towards Telegram")
    logging: Logging = Field(Logging(), description="What is logged, and how")

    @property
    def time_zone(self) -> ZoneInfo:
        return self.business.time_zone

    @model_validator(mode="after")
    def _rules_can_be_sent(self) -> Self:
        quiet = self.contact_policy.quiet_hours
        refusals = []
        for number, rule in enumerate(self.follow_ups):
            at: time | None = getattr(rule, "at", None)
            if at is not None and quiet.cover(at):
                wrong = f'"{at:%H:%M}" is in the quiet hours ("{quiet.start:%H:%M}" to "{quiet.end:%H:%M}")'
                accepted = "a time outside contact_policy.quiet_hours"
                refusals.append(Refusal(wrong, accepted, key=f"follow_ups[{number}].at"))
        if refusals:
            raise refusing(*refusals)
        return self

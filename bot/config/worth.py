"""The sections of config.yaml that say what customers are worth: tiers, value, lifecycle, the cost of winning them."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.config.base import DAY, Section
from bot.config.values import (
    Duration,
    Money,
    PositiveCount,
    PositiveDuration,
    Rate,
    Refusal,
    Text,
    duration_text,
    refusing,
)


class Threshold(Section):
    """What earns a tier; all three must hold."""

    orders: PositiveCount = Field(description="At least this many orders in the window")
    spent: Money = Field(description="At least this much spent in the window, in major units of the currency")
    within: PositiveDuration = Field(description="The last order at most this long ago")


Share = Annotated[float, Field(ge=0, le=1)]


class Worthy(Section):
    """What earns a tier by value: to be among so many, or to be worth so much."""

    share: Share = Field(description="The share of customers with a tier that have this one")
    at_least: Money = Field(
        Decimal(0), description="In place of the share: a present value of at least this, in major units; 0 is not set"
    )


class ByValue(Section):
    A: Worthy = Field(Worthy(share=0.2), description="What earns tier A")
    B: Worthy = Field(Worthy(share=0.3), description="What earns tier B, the next below; below it is tier C")

    @model_validator(mode="after")
    def _descend(self) -> Self:
        if self.A.at_least and self.B.at_least > self.A.at_least:
            wrong = f"{self.B.at_least} is more than tier A asks ({self.A.at_least})"
            raise refusing(Refusal(wrong, f"at most {self.A.at_least}, or a higher A.at_least", key="B.at_least"))
        if self.A.share + self.B.share > 1:
            wrong = f"{self.A.share:g} and {self.B.share:g} are more than all customers"
            raise refusing(Refusal(wrong, "shares that add up to 1 at most", key="B.share"))
        return self


class PartnerTiers(Section):
    """What earns a partner a tier, among partners; the rest of `tiers` holds for them, too."""

    value: ByValue = Field(ByValue(), description="What earns a tier by value, of partners")
    min_customers: PositiveCount = Field(
        10, description="With fewer partners who bought than this, their tiers are by orders, money and recency"
    )
    A: Threshold = Field(
        Threshold(orders=12, spent=Decimal(3000), within=45 * DAY),
        description="What earns a partner tier A by orders, money and recency",
    )
    B: Threshold = Field(
        Threshold(orders=4, spent=Decimal(800), within=90 * DAY),
        description="What earns a partner tier B by orders, money and recency; below it is tier C",
    )


class Tiers(Section):
    by: Literal["value", "rfm"] = Field(
        "value",
        description="value: by present value; rfm, and where value cannot be told yet: by orders, money and recency",
    )
    value: ByValue = Field(ByValue(), description="What earns a tier by value")
    min_customers: PositiveCount = Field(
        30, description="With fewer customers who bought than this, tiers are by orders, money and recency"
    )
    band: Share = Field(0.1, description="A tier once earned is kept down to this share below what earns it")
    grace: Duration = Field(14 * DAY, description="How long a customer is below that before the tier falls")
    min_orders: PositiveCount = Field(2, description="Fewer orders than this, ever, is tier `new`")
    window: PositiveDuration = Field(180 * DAY, description="How far back orders count for A and B below")
    A: Threshold = Field(
        Threshold(orders=12, spent=Decimal(150), within=45 * DAY),
        description="What earns tier A by orders, money and recency",
    )
    B: Threshold = Field(
        Threshold(orders=4, spent=Decimal(40), within=90 * DAY),
        description="What earns tier B by orders, money and recency; below it is tier C",
    )

    partners: PartnerTiers = Field(PartnerTiers(), description="Partners have tiers of their own, among themselves")

    def of(self, whom: str) -> "Tiers":
        """What holds for `customers`, or for `partners`."""
        if whom != "partners":
            return self
        return self.model_copy(update={name: getattr(self.partners, name) for name in PartnerTiers.model_fields})

    @model_validator(mode="after")
    def _descend(self) -> Self:
        refusals = [
            *_find_slips(self.A, self.B, self.window, ""),
            *_find_slips(self.partners.A, self.partners.B, None, "partners."),
        ]
        if refusals:
            raise refusing(*refusals)
        return self


def _find_slips(a: Threshold, b: Threshold, window: timedelta | None, where: str) -> list[Refusal]:
    """Tier B that asks more than tier A, and what reaches further back than orders count."""
    refusals = []
    for key in ("orders", "spent"):
        more, most = getattr(b, key), getattr(a, key)
        if more > most:
            wrong, accepted = f"{more} is more than tier A asks ({most})", f"at most {most}, or a higher A.{key}"
            refusals.append(Refusal(wrong, accepted, key=f"{where}B.{key}"))
    if b.within < a.within:
        least = duration_text(a.within)
        wrong, accepted = (
            f"{duration_text(b.within)} is stricter than tier A ({least})",
            f"at least {least}, or a shorter A.within",
        )
        refusals.append(Refusal(wrong, accepted, key=f"{where}B.within"))
    for tier, within in (("A", a.within), ("B", b.within)):
        if window is not None and within > window:
            longest = duration_text(window)
            wrong = f"{duration_text(within)} reaches further back than the window ({longest})"
            refusals.append(Refusal(wrong, f"at most {longest}, or a longer window", key=f"{where}{tier}.within"))
    return refusals


class CostToServe(Section):
    """What it costs each time, in major units of the currency. Discounts cost what they took off, less the margin."""

    contact: Money = Field(Decimal(1), description="A message of a colleague to a customer")
    complaint: Money = Field(Decimal(5), description="A complaint")
    refund: Money = Field(Decimal(2), description="Handling a refund; what is paid back counts by itself")
    delivery: Money = Field(Decimal(3), description="Bringing an order, where its terms say that it is delivered")


class Groups(Section):
    """Who is most valuable, and who could grow; whoever costs more than they bring is BZ, the rest steady."""

    most_valuable: Share = Field(0.1, description="The share of customers with a tier, by value, that are MVC")
    growable: Share = Field(
        0.2, description="The share, by what they will bring beyond what they brought, that are MGC"
    )
    low_share: Share = Field(
        0.5, description="Whoever says that less than this share of what they buy is ours is MGC, too"
    )


class Lifecycle(Section):
    """When a customer counts as at risk or lapsed: by how much longer than usual for them they are silent."""

    usual_gap: PositiveDuration = Field(
        60 * DAY, description="From order to order, of somebody who has ordered once; of others it is their own mean"
    )
    at_risk: Annotated[float, Field(gt=0)] = Field(2.0, description="Silent for so many times that")
    lapsed: Annotated[float, Field(gt=0)] = Field(4.0, description="Silent for so many times that; more than at_risk")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.lapsed <= self.at_risk:
            wrong = f"{self.lapsed:g} is not more than at_risk ({self.at_risk:g})"
            raise refusing(
                Refusal(wrong, f"more than {self.at_risk:g}: whoever lapses was at risk before", key="lapsed")
            )
        return self


class Value(Section):
    """What lifetime value is reckoned with."""

    horizon: PositiveDuration = Field(365 * DAY, description="How far ahead a customer's orders are counted")
    discount_rate: Rate = Field(
        0.1, description="A year: 0.1 makes an order in a year worth a tenth less than one today"
    )
    margin: Annotated[float, Field(gt=0, le=1)] = Field(
        0.6,
        description="What is left of a sale after its cost, 0 to 1; of items whose margin the catalogue does not say",
    )
    prospect_chance: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.1,
        description="The chance that somebody who bought nothing yet does within the horizon, "
        "until the business's own history tells",
    )
    cost_to_serve: CostToServe = Field(CostToServe(), description="What serving a customer costs")
    groups: Groups = Field(Groups(), description="Groups by value")


class Reward(Section):
    """What is said of it to customers, in each language."""

    en: Annotated[str, Field(max_length=300)] = Field("", description="In English, as in “a coffee for both of you”")
    zh: Annotated[str, Field(max_length=300)] = Field("", description="In Chinese")


class Referrals(Section):
    """Customers who bring customers."""

    share: Share = Field(
        0.25,
        description="Of what those they brought will bring, so much is counted in the value of who brought them; 0: none",
    )
    reward: Reward = Field(Reward(), description="What both get, said with the link; empty: nothing is promised")


class LeadSource(Section):
    """What one way of winning customers cost."""

    name: Text = Field(description="As it stands in customers' profiles: a deep link's word, or a file's `source`")
    cost: Money = Field(description="What it cost so far, in major units of the currency")

"""Why a customer has their tier, in plain words: for staff, and politely for the customer.

The words are `templates/<language>/reasons/tiers.yaml`; numbers, days and money are all that is filled in.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_precision

from bot.config.sections import BusinessSettings
from bot.differentiate.choosing import Choice, Grounds, begins_at
from bot.differentiate.earning import WITHIN
from bot.differentiate.numbers import Numbers
from bot.differentiate.yardstick import CUSTOMERS, PARTNERS, Yardstick
from storage.models import Tier

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}


def describe_tier(
    settings: BusinessSettings, choice: Choice, grounds: Grounds | None, *, language: str | None = None,
    briefly: bool = False,
) -> str:  # fmt: skip
    """For staff: what the customer has, what decided, and, unless `briefly`, what tiers rest on.

    In the business's first language unless told.
    """
    words = _Words(settings, language, grounds)
    told = words.tell("staff", choice)
    return told if briefly or grounds is None else words.join(told, words.tell_ground())


def describe_ground(settings: BusinessSettings, measured: Yardstick, *, language: str | None = None) -> str:
    """For staff: what all tiers rest on just now."""
    return _Words(
        settings, language, Grounds(Numbers(0, 0, 0, None, settings.business.currency), measured)
    ).tell_ground()


def describe_tier_to_customer(
    settings: BusinessSettings, choice: Choice, grounds: Grounds | None, language: str, needed: int | None = None
) -> str:
    """Politely, with what would earn the next tier, or keep this one. `needed`: by value, how many orders soon would."""
    return _Words(settings, language, grounds, needed).tell("customer", choice)


class _Words:
    def __init__(
        self, settings: BusinessSettings, language: str | None, grounds: Grounds | None, needed: int | None = None
    ) -> None:
        self.settings, self.grounds, self.needed = settings, grounds, needed
        self.language = language or settings.business.language
        self.words = _words_of(self.language)
        self.locale = _locale(self.language)
        self.of = grounds.yardstick.of if grounds else CUSTOMERS
        self.tiers = settings.tiers.of(self.of)

    def tell(self, audience: str, choice: Choice) -> str:
        spoken: dict[str, str] = self.words[audience]
        names = [f"{choice.why}_{choice.rule}_{choice.tier}", f"{choice.why}_{choice.rule}",
                 f"{choice.why}_{choice.tier}", choice.why]  # fmt: skip
        words = next(spoken[name] for name in names if name in spoken)
        missing = [self._missing(audience, choice, name) for name in choice.missing] if choice.next else []
        filled = {
            "tier": choice.tier,
            "next": choice.next or "",
            "missing": format_list(missing, locale=self.locale) if len(missing) > 1 else "".join(missing),
            "min_orders": self._count("orders", self.tiers.min_orders),
            "window": self._count("days", self.tiers.window.days),
            "horizon": self._count("days", self.settings.value.horizon.days),
        }
        return words.format(**filled, **self._fall(choice), **self._numbers(choice)).strip()

    def tell_ground(self) -> str:
        """What tiers rest on: a model, or why not."""
        measured = self.grounds.yardstick if self.grounds else Yardstick("unmeasured")
        check = measured.check or {}
        name = "misfit_checked" if check else measured.rests_on
        words: str = self.words["rests_on"][name]
        told = words.format(
            customers=self._count(self.of, measured.customers),
            least=_write_number(self.tiers.min_customers, self.language),
            days=self._count("days", check.get("days", 0)),
            predicted=self._count("orders", round(check.get("predicted", 0))),
            actual=_write_number(check.get("actual", 0), self.language),
        )
        return self.join(str(self.words["among_partners"]), told) if self.of == PARTNERS else told

    def join(self, *sentences: str) -> str:
        return str(self.words["between"]).join(sentences)

    def _numbers(self, choice: Choice) -> dict[str, str]:
        if self.grounds is None:
            return {}
        numbers, measured = self.grounds.numbers, self.grounds.yardstick
        days = None if numbers.recency is None else max(numbers.recency.days, 0)
        return {
            "orders": self._count("orders", numbers.orders),
            "orders_ever": self._count("orders", numbers.orders_ever),
            "spent": self._money(numbers.spent),
            "ago": self.words["never"] if days is None else self._count("ago", days),
            "worth": self._money(numbers.counted or 0),
            "least": self._money(begins_at(choice.tier, measured)),
        }

    def _fall(self, choice: Choice) -> dict[str, str]:
        if choice.since is None:
            return {}
        falls_at = choice.since + self.tiers.grace
        return {"falls_to": choice.falls_to or "", "since": self._day(choice.since), "falls_at": self._day(falls_at)}

    def _missing(self, audience: str, choice: Choice, name: str) -> str:
        tiers = self.tiers
        if choice.next == Tier.C:
            return self._count("least_orders", tiers.min_orders)
        if name == "value":
            return self._missing_value(audience, choice)
        asked = tiers.A if choice.next == Tier.A else tiers.B
        if name == "orders":
            return self._count("least_orders", asked.orders)
        if name == "recency":
            return self._count("within", asked.within.days)
        scale = 10 ** get_currency_precision(self.settings.business.currency)
        return str(self.words["least_spent"]).format(spent=self._money(int(asked.spent * scale)))

    def _missing_value(self, audience: str, choice: Choice) -> str:
        if audience == "staff" and choice.next and self.grounds:
            return str(self.words["least_worth"]).format(
                worth=self._money(begins_at(choice.next, self.grounds.yardstick))
            )
        if self.needed is None:
            return str(self.words["more_often"])
        return self._count("more_orders", self.needed).format(within=self._count("days", WITHIN.days))

    def _day(self, at: datetime) -> str:
        day: date = at.astimezone(self.settings.business.time_zone).date()
        return format_date(day, "d MMM y" if self.language == "en" else "long", locale=self.locale)

    def _money(self, minor: int) -> str:
        return _write_money(minor, self.settings.business.currency, self.language)

    def _count(self, name: str, number: int) -> str:
        return _write_count(name, number, self.language)


# A night says the same numbers to thousands of customers.
@lru_cache(8192)
def _write_money(minor: int, currency: str, language: str) -> str:
    return format_currency(minor / 10 ** get_currency_precision(currency), currency, locale=_locale(language))


@lru_cache(8192)
def _write_count(name: str, number: int, language: str) -> str:
    forms: dict[str, str] = _words_of(language)[name]
    words = forms.get(str(number)) or forms.get(_locale(language).plural_form(number)) or forms["other"]
    return words.replace("{n}", _write_number(number, language))


@lru_cache(8192)
def _write_number(number: int, language: str) -> str:
    return format_decimal(number, locale=_locale(language))


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language))


def _words_of(language: str) -> dict[str, Any]:
    return _read(language) or _read("en")


@lru_cache
def _read(language: str) -> dict[str, Any]:
    file = files("templates").joinpath(language, "reasons", "tiers.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}

"""Why a customer has their tier, in plain words: for staff, and politely for the customer.

The words are `templates/<language>/reasons/tiers.yaml`; numbers and money are all that is filled in.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml
from babel import Locale
from babel.lists import format_list
from babel.numbers import format_currency, get_currency_precision

from bot.config.sections import BusinessSettings

if TYPE_CHECKING:
    from bot.differentiate.tiers import Choice, Numbers

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}


def describe_tier(
    settings: BusinessSettings, choice: Choice, numbers: Numbers | None, *, language: str | None = None
) -> str:
    """For staff: what the customer has, and what decided. In the business's first language unless told."""
    return _Words(settings, language).tell("staff", choice, numbers)


def describe_tier_to_customer(
    settings: BusinessSettings, choice: Choice, numbers: Numbers | None, language: str
) -> str:
    """Politely, with what would earn the next tier."""
    return _Words(settings, language).tell("customer", choice, numbers)


class _Words:
    def __init__(self, settings: BusinessSettings, language: str | None) -> None:
        self.settings = settings
        self.language = language or settings.business.language
        self.words = _read(self.language) or _read("en")
        self.locale = Locale.parse(LOCALES.get(self.language, self.language))

    def tell(self, audience: str, choice: Choice, numbers: Numbers | None) -> str:
        spoken: dict[str, str] = self.words[audience]
        name = f"{choice.why}_{choice.tier}"
        words = spoken.get(name) or spoken[choice.why]
        missing = [self._missing(choice, name) for name in choice.missing] if choice.next else []
        filled = {
            "tier": choice.tier,
            "next": choice.next or "",
            "missing": format_list(missing, locale=self.locale),
            "min_orders": self._count("orders", self.settings.tiers.min_orders),
            "window": self._count("days", self.settings.tiers.window.days),
        }
        return words.format(**filled, **(self._numbers(numbers) if numbers else {})).strip()

    def _numbers(self, numbers: Numbers) -> dict[str, str]:
        days = None if numbers.recency is None else max(numbers.recency.days, 0)
        return {
            "orders": self._count("orders", numbers.orders),
            "orders_ever": self._count("orders", numbers.orders_ever),
            "spent": self._money(numbers.spent),
            "ago": self.words["never"] if days is None else self._count("ago", days),
        }

    def _missing(self, choice: Choice, name: str) -> str:
        tiers = self.settings.tiers
        if choice.next == "C":
            return self._count("least_orders", tiers.min_orders)
        asked = tiers.A if choice.next == "A" else tiers.B
        if name == "orders":
            return self._count("least_orders", asked.orders)
        if name == "recency":
            return self._count("within", asked.within.days)
        scale = 10 ** get_currency_precision(self.settings.business.currency)
        return str(self.words["least_spent"]).format(spent=self._money(int(asked.spent * scale)))

    def _money(self, minor: int) -> str:
        currency = self.settings.business.currency
        return format_currency(minor / 10 ** get_currency_precision(currency), currency, locale=self.locale)

    def _count(self, name: str, number: int) -> str:
        forms: dict[str, str] = self.words[name]
        words = forms.get(str(number)) or forms.get(self.locale.plural_form(number)) or forms["other"]
        return words.format(n=number)


@lru_cache
def _read(language: str) -> dict[str, Any]:
    file = files("templates").joinpath(language, "reasons", "tiers.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}

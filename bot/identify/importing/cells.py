"""What one cell of an imported file means: an id, money, a time, a birthday, a phone number; or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import phonenumbers
from babel.core import get_global
from babel.numbers import get_currency_precision, list_currencies

from bot.clock import at_local
from bot.config import Settings
from bot.config.values import LANGUAGES, nearest, shown
from bot.identify.importing.locale import Refused as Refused
from bot.identify.importing.locale import check_day

LONGEST_ID = 64
SHORTEST_PHONE = 6  # digits
LARGEST = 10**15  # minor units; what a double still holds exactly
_AMOUNT = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def filled(text: str, column: str) -> str:
    if not text:
        raise Refused(f"{column}: is empty")
    return text


def read_id(text: str, column: str) -> str:
    # Printable and without a space is without any blank: the others are not printable. Faster than a pattern.
    if not 0 < len(filled(text, column)) <= LONGEST_ID or " " in text or not text.isprintable():
        raise Refused(f"{column}: {shown(text)} cannot be an id; accepted: up to 64 characters without a space")
    return text


@lru_cache(maxsize=4096)
def read_list(text: str) -> list[str]:
    """Shared by all rows with this text: not to be changed."""
    return [part for part in (part.strip() for part in text.split("|")) if part] if text else []


BY_WEIGHT = "is not a whole number; of goods sold by weight put 1, and the price of all that was weighed"


def read_count(text: str, column: str, lowest: int = 0) -> int | None:
    if not text:
        return None
    if column == "quantity" and re.fullmatch(r"-?\d{1,6}\.\d{1,6}", text, re.ASCII):
        if float(text) != int(float(text)):
            raise Refused(f"{column}: {shown(text)} {BY_WEIGHT}")
        text = text.partition(".")[0]
    if not re.fullmatch(r"-?\d{1,6}", text, re.ASCII) or int(text) < lowest:
        raise Refused(f"{column}: {shown(text)} is not a count; accepted: a whole number")
    return int(text)


def read_margin(text: str) -> float | None:
    """A share of the price."""
    if not text:
        return None
    try:
        share = Decimal(text)
    except InvalidOperation:
        raise Refused(f"margin: {shown(text)} is not a share; accepted: a number such as 0.65") from None
    if not Decimal(-1) <= share <= Decimal(1):
        raise Refused(f"margin: {shown(text)} is not a share; accepted: -1 to 1, such as 0.65")
    return float(share)


@lru_cache(maxsize=16_384)  # prices repeat
def read_money(text: str, currency: str, column: str) -> int:
    """Minor units; a refund is negative. Raises Refused."""
    if not _AMOUNT.fullmatch(filled(text, column)):
        hint = "; or name how the file writes numbers, such as --locale de_DE" if "," in text else ""
        raise Refused(f"{column}: {shown(text)} is not an amount; accepted: a number such as 12.50{hint}")
    scale = _scale(currency)
    whole, _, part = text.partition(".")
    rest = part[scale:]
    if rest.strip("0"):
        raise Refused(f"{column}: {shown(text)} has more decimals than {currency} ({scale})")
    minor = int(whole + part[:scale].ljust(scale, "0"))
    if abs(minor) > LARGEST:
        raise Refused(f"{column}: {shown(text)} is too large")
    return minor


@lru_cache
def _scale(currency: str) -> int:
    return get_currency_precision(currency)


@lru_cache
def read_currency(text: str, home: str) -> str:
    if not text:
        return home
    if (code := text.upper()) not in list_currencies():
        near = nearest(code, list_currencies())
        hint = f"; did you mean {near}?" if near else ""
        raise Refused(f"currency: {shown(text)} is not an ISO 4217 code, such as EUR{hint}")
    return code


def read_moments(settings: Settings) -> Callable[[str, str], datetime]:
    """A reader of ISO 8601 times; one without an offset is local to the business."""
    zone = settings.business.time_zone

    @lru_cache(maxsize=1024)
    def find_offset(day: date) -> timedelta | None:
        """From UTC; None on a day when clocks are moved."""
        begins, ends = (at_local(one, time(), zone) for one in (day, day + timedelta(days=1)))
        return datetime.combine(day, time(), UTC) - begins if ends - begins == timedelta(days=1) else None

    @lru_cache(maxsize=1024)  # the lines of an order repeat its time
    def moment(text: str, column: str) -> datetime:
        try:
            value = datetime.fromisoformat(filled(text, column))
        except ValueError:
            raise _no_time(text, column) from None
        try:
            if value.tzinfo is None:
                offset = find_offset(value.date())
                if offset is not None:
                    return value.replace(tzinfo=UTC) - offset
                return at_local(value.date(), value.time(), zone)
            return value.astimezone(UTC)
        except OverflowError:
            raise Refused(f"{column}: {shown(text)} is out of range") from None

    return moment


def _no_time(text: str, column: str) -> Refused:
    if (match := _DAY.match(text)) is not None:
        check_day(text, column, int(match[1]), int(match[2]), int(match[3]))
    # Only who wrote the file knows whether 3/5 is in March or in May.
    hint = "; or name how the file writes dates, such as --locale de_DE" if text[:1].isdigit() else ""
    accepted = "2026-05-03, 2026-05-03T14:30, …+02:00"
    return Refused(f"{column}: {shown(text)} is not a time; accepted: {accepted}{hint}")


def read_birthday(text: str, now: datetime) -> str | None:
    if not text:
        return None
    try:
        if re.fullmatch(r"\d\d-\d\d", text, re.ASCII):
            date.fromisoformat(f"2000-{text}")  # a leap year: 29 February is a birthday
            return text
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"birthday: {shown(text)} is not a day; accepted: 1990-05-03 or 05-03") from None
    if not day.year >= 1880 or day > now.date():
        raise Refused(f"birthday: {shown(text)} is nobody's; accepted: a day in the past")
    return day.isoformat()


def read_language(text: str) -> str | None:
    if not text:
        return None
    code = text.replace("_", "-").partition("-")[0].lower()
    if not re.fullmatch("[a-z]{2}", code):
        raise Refused(f"language: {shown(text)} is not a language code; accepted: such as {', '.join(LANGUAGES)}")
    return code


def read_mail(text: str) -> str | None:
    if text and (len(text) > 254 or not _MAIL.fullmatch(text)):
        raise Refused(f"email: {shown(text)} is not an address; accepted: such as mia@example.org")
    return text.lower() or None


def require_phone(text: str, settings: Settings) -> str | None:
    if not text:
        return None
    number = read_phone(text, settings)
    if number is None:
        raise Refused(f"phone: {shown(text)} is not a phone number; accepted: such as +49 30 901820")
    return number


def read_phone(text: str, settings: Settings) -> str | None:
    """E.164; a number without a country's code is read as one of the business's country. None: not a number."""
    try:
        number = phonenumbers.parse(text[:64], guess_country(str(settings.business.time_zone)))
    except phonenumbers.NumberParseException:
        return None
    # Possible and not valid: ranges are opened faster than their list is renewed. Short ones are an extension.
    if not phonenumbers.is_possible_number(number) or len(str(number.national_number)) < SHORTEST_PHONE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache
def guess_country(zone: str) -> str | None:
    """The country a time zone lies in (Europe/Berlin: DE), for numbers written without one."""
    territory = get_global("zone_territories").get(zone)
    return territory if territory and territory != "001" else None

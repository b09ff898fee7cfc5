"""The example business holds together: its files refer to each other, and its people are who they should be."""

import csv
import io
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from bot.clock import at_local
from bot.config import AfterPurchase, CheckIn, Settings, load_settings
from examples import Person, example_path, load_people, shifted_orders

BERLIN = ZoneInfo("Europe/Berlin")
# An ordinary day, leap day, both changes of the clocks.
LOADING_DAYS = [date(2026, 11, 22), date(2028, 2, 29), date(2027, 3, 28), date(2027, 10, 31)]
ALLERGENS = {"milk", "egg", "wheat", "gluten", "nuts", "peanuts", "soy", "sesame", "oats", "fish", "sulphites"}

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(example_path(name).read_text(encoding="utf-8"))))


def orders_loaded_on(day: date) -> dict[str, list[tuple[datetime, Decimal]]]:
    """Time and total of each order, by customer, oldest first."""
    orders: dict[str, dict[str, tuple[datetime, Decimal]]] = defaultdict(dict)
    for row in csv.DictReader(io.StringIO(shifted_orders(day, BERLIN))):
        orders[row["customer_id"]][row["order_id"]] = (datetime.fromisoformat(row["ordered_at"]), Decimal(row["total"]))
    return {customer: sorted(of_customer.values()) for customer, of_customer in orders.items()}


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(Path(__file__).parents[2] / "config.yaml", {})


def tier_of(orders: list[tuple[datetime, Decimal]], settings: Settings, now: datetime) -> str:
    tiers = settings.tiers
    if len(orders) < tiers.min_orders:
        return "new"
    counted = [(at, total) for at, total in orders if now - at <= tiers.window]
    spent = sum(total for _, total in counted)
    for tier, threshold in (("A", tiers.A), ("B", tiers.B)):
        recent = now - orders[-1][0] <= threshold.within
        if recent and len(counted) >= threshold.orders and spent >= threshold.spent:
            return tier
    return "C"


# The catalogue


def test_the_catalogue_is_sound() -> None:
    items = rows("catalogue.csv")
    assert list(items[0]) == [
        "sku", "name_en", "name_zh", "category", "price", "currency", "aliases", "options", "contains", "margin",
        "days_of_supply",
    ]  # fmt: skip
    assert len(items) >= 35
    assert max(Counter(item["sku"] for item in items).values()) == 1
    for item in items:
        assert re.fullmatch(r"[a-z0-9-]+", item["sku"])
        assert re.fullmatch(r"\d+\.\d\d", item["price"])
        assert item["currency"] == "EUR"
        assert 0 < Decimal(item["margin"]) < 1
        assert set(filter(None, item["contains"].split("|"))) <= ALLERGENS
        assert bool(item["days_of_supply"]) == (item["category"] == "beans" or item["sku"] == "filter-papers")


def test_a_name_or_alias_means_one_item() -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    for item in rows("catalogue.csv"):
        for name in [item["name_en"], item["name_zh"], *item["aliases"].split("|")]:
            assert name == name.strip() != ""
            meant[name.lower()].add(item["sku"])
    assert {name: skus for name, skus in meant.items() if len(skus) > 1} == {}


def test_every_item_has_aliases_in_both_languages() -> None:
    for item in rows("catalogue.csv"):
        aliases = item["aliases"].split("|")
        chinese = [alias for alias in aliases if re.search(r"[一-鿿]", alias)]
        assert chinese, item["sku"]
        assert len(chinese) < len(aliases), item["sku"]


def test_what_holds_milk_or_nuts_says_so() -> None:
    contains = {item["sku"]: item["contains"].split("|") for item in rows("catalogue.csv")}
    assert all("milk" in contains[sku] for sku in ("latte", "cappuccino", "flat-white", "croissant", "cheesecake"))
    assert all("nuts" in contains[sku] for sku in ("almond-croissant", "banana-bread", "carrot-cake"))
    assert not {"milk", "egg"} & set(contains["vegan-brownie"])
    assert contains["americano"] == [""]


# The FAQ


def test_the_faq_is_sound() -> None:
    entries = rows("faq.csv")
    assert list(entries[0]) == ["name", "language", "question", "answer"]
    by_name: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for entry in entries:
        by_name[entry["name"], entry["language"]].append(entry)
    names = {name for name, _ in by_name}
    assert len(names) >= 20
    assert set(by_name) == {(name, language) for name in names for language in ("en", "zh")}
    for phrasings in by_name.values():
        assert len(phrasings) >= 4
        assert len([entry for entry in phrasings if entry["answer"]]) == 1
    assert max(Counter(entry["question"].lower() for entry in entries).values()) == 1


def test_the_faq_tells_the_opening_hours_of_the_settings(settings: Settings) -> None:
    hours = settings.business.opening_hours
    for entry in rows("faq.csv"):
        if entry["name"] == "opening_hours" and entry["answer"]:
            for (span,) in (hours.mon, hours.fri, hours.sat, hours.sun):
                for wall in span:
                    assert f"{wall:%-H:%M}" in entry["answer"]


# Customers and orders


def test_the_customers_are_sound() -> None:
    customers = rows("customers.csv")
    assert list(customers[0]) == [
        "customer_id", "name", "phone", "email", "language", "city", "birthday", "source", "kind", "tags",
    ]  # fmt: skip
    assert len(customers) == 24
    for key in ("customer_id", "phone", "email"):
        given = [customer[key] for customer in customers if customer[key]]
        assert len(given) == len(set(given))
    for customer in customers:
        assert customer["language"] in ("en", "zh")
        assert customer["kind"] in ("person", "firm", "partner")
        assert not customer["birthday"] or date.fromisoformat(customer["birthday"]) < date(2010, 1, 1)
        assert not customer["phone"] or phonenumbers.is_valid_number(phonenumbers.parse(customer["phone"]))
        assert not customer["email"] or customer["email"].endswith("@example.org")


def test_the_orders_refer_to_customers_and_catalogue() -> None:
    customers = {customer["customer_id"] for customer in rows("customers.csv")}
    items = {item["sku"]: item for item in rows("catalogue.csv")}
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in rows("orders.csv"):
        assert line["customer_id"] in customers
        assert datetime.fromisoformat(line["ordered_at"]).tzinfo is not None
        if line["sku"]:
            item = items[line["sku"]]
            assert line["price"] == item["price"]
            assert set(filter(None, line["options"].split("|"))) <= set(item["options"].split("|"))
        lines[line["order_id"]].append(line)
    for of_order in lines.values():
        assert len({(line["customer_id"], line["ordered_at"], line["total"]) for line in of_order}) == 1
        if of_order[0]["sku"]:
            total = sum(int(line["quantity"]) * Decimal(line["price"]) for line in of_order)
            assert Decimal(of_order[0]["total"]) == total
    assert {line["customer_id"] for line in rows("orders.csv")} == customers


@pytest.mark.parametrize("day", LOADING_DAYS)
def test_shifted_orders_end_two_days_before_loading(day: date) -> None:
    before, after = rows("orders.csv"), list(csv.DictReader(io.StringIO(shifted_orders(day, BERLIN))))
    assert [{**row, "ordered_at": ""} for row in after] == [{**row, "ordered_at": ""} for row in before]
    moments = [datetime.fromisoformat(row["ordered_at"]) for row in after]
    assert max(moments).date() == day - timedelta(days=2)
    for row, moment in zip(before, moments, strict=True):
        assert moment.time() == datetime.fromisoformat(row["ordered_at"]).time()
        local = moment.astimezone(BERLIN)
        if local.replace(fold=1).utcoffset() == local.utcoffset():  # not in an hour that comes twice
            assert moment == at_local(moment.date(), moment.time(), BERLIN)


# The people


PEOPLE = load_people()
CUSTOMERS = [person for person in PEOPLE if person.role == "customer"]


def test_the_people_are_one_of_each_tier_and_the_owner() -> None:
    assert {person.tier for person in CUSTOMERS} == {"new", "A", "B", "C"}
    assert {person.language_code for person in CUSTOMERS} == {"en", "zh"}
    assert [person.first_name for person in PEOPLE if person.role == "owner"] == ["Olivia"]
    assert len({person.id for person in PEOPLE}) == len(PEOPLE)
    known = {customer["customer_id"]: customer for customer in rows("customers.csv")}
    items = {item["sku"] for item in rows("catalogue.csv")}
    for person in CUSTOMERS:
        assert person.customer_id is not None
        customer = known[person.customer_id]
        assert customer["language"] == person.language_code
        assert person.first_name in customer["name"]
        assert customer["birthday"] == ""  # theirs is counted from the day of loading
        assert {fact.item for fact in person.facts} - {None} <= items


@pytest.mark.parametrize("day", LOADING_DAYS)
@pytest.mark.parametrize("wall", [time(0), time(23, 59)])
def test_every_tier_has_people_whenever_the_examples_are_loaded(day: date, wall: time, settings: Settings) -> None:
    now, orders = at_local(day, wall, BERLIN), orders_loaded_on(day)
    tiers = {customer: tier_of(of_customer, settings, now) for customer, of_customer in orders.items()}
    assert {person.first_name: tiers[person.customer_id or ""] for person in CUSTOMERS} == {
        person.first_name: person.tier for person in CUSTOMERS
    }
    assert Counter(tiers.values()) == {"A": 5, "B": 8, "C": 7, "new": 4}
    # A week later, when the follow-ups have come, too.
    later = now + timedelta(days=7)
    assert {tier_of(orders[person.customer_id or ""], settings, later) for person in CUSTOMERS} == {
        "new",
        "A",
        "B",
        "C",
    }


def test_each_tier_has_another_follow_up_within_the_week() -> None:
    expected = {
        person.tier: person.expects for person in CUSTOMERS if person.expects and person.expects.status == "sent"
    }
    assert {tier: expects.rule for tier, expects in expected.items() if expects.in_days <= 7} == {
        "A": "birthday",
        "B": "after_purchase",
        "C": "check_in",
        "new": "reminder",
    }


def person_named(name: str) -> Person:
    return next(person for person in PEOPLE if person.first_name == name)


@pytest.mark.parametrize("day", LOADING_DAYS)
def test_the_follow_ups_come_of_the_data(day: date, settings: Settings) -> None:
    rules = {rule.rule: rule for rule in settings.follow_ups}
    orders = orders_loaded_on(day)

    anna = person_named("Anna")
    assert anna.expects is not None
    assert anna.birthday(day) == day + timedelta(days=anna.expects.in_days)
    assert anna.consents["marketing"]

    after_purchase, li_wei = rules["after_purchase"], orders["bd-002"]
    assert isinstance(after_purchase, AfterPurchase)
    assert li_wei[-1][0].date() + after_purchase.after == day

    check_in, tom, tom_ordered = rules["check_in"], person_named("Tom"), orders["bd-003"]
    assert isinstance(check_in, CheckIn)
    assert tom.expects is not None
    assert tom_ordered[-1][0].date() + check_in.every.C == day + timedelta(days=tom.expects.in_days)

    xiao_yu = person_named("小雨")
    assert xiao_yu.expects is not None
    assert xiao_yu.reminder is not None
    assert xiao_yu.reminder.in_days == xiao_yu.expects.in_days

    mia = person_named("Mia")
    assert mia.birthday_in is not None
    assert mia.consents["marketing"] is False


def test_nobody_else_has_a_check_in_within_the_week(settings: Settings) -> None:
    check_in = next(rule for rule in settings.follow_ups if isinstance(rule, CheckIn))
    day = date(2026, 11, 22)
    orders = orders_loaded_on(day)
    for person in CUSTOMERS:
        every = check_in.every.of(person.tier or "new")
        if every is not None and person.first_name != "Tom":
            last = orders[person.customer_id or ""][-1][0].date()
            assert last + every > day + timedelta(days=7), person.first_name


def test_birthdays_are_said_in_the_persons_language() -> None:
    anna = person_named("Anna")
    (birthday,) = [fact for fact in anna.facts if fact.value == "birthday"]
    assert anna.words(birthday, date(2028, 2, 24)) == "My birthday is on 29 February"
    in_chinese = anna.model_copy(update={"language_code": "zh"})
    said = birthday.model_copy(update={"said": "我的生日是{date}"})
    assert in_chinese.words(said, date(2026, 12, 29)) == "我的生日是1月3日"


def test_what_people_said_needs_no_more_filling_in() -> None:
    for person in PEOPLE:
        for fact in person.facts:
            assert "{" not in person.words(fact, datetime.now(UTC).date())

import pytest


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("an oat latte please", [("oat-latte", 1, ())]),
        ("two large oat lattes and a croissant", [("oat-latte", 2, ("large",)), ("croissant", 1, ())]),
        ("3x flat white", [("flat-white", 3, ())]),
        ("flat white x2", [("flat-white", 2, ())]),
        ("oat lattte and a crossant", [("oat-latte", 1, ()), ("croissant", 1, ())]),
        ("a bag of the Ethiopian", [("ethiopian", 1, ())]),
        ("oat latte large no sugar", [("oat-latte", 1, ("large", "no sugar"))]),
        ("oat latte大杯少糖", [("oat-latte", 1, ("large", "少糖"))]),
        ("来两杯大杯燕麦拿铁和一个可颂", [("oat-latte", 2, ("large",)), ("croissant", 1, ())]),
        ("我要三个牛角包", [("croissant", 3, ())]),
        ("十二个可颂", [("croissant", 12, ())]),
        ("一杯馥芮白", [("flat-white", 1, ())]),
        ("cinnamon", []),
        ("a latte", []),
        ("espresso", []),
        ("I ate at noon", []),
    ],
)
def test_items_with_quantity_and_options(hear, text, items):
    assert [(one.sku, one.quantity, one.options) for one in hear(text).items] == items


@pytest.mark.parametrize(
    "text",
    [
        "can I get an oat latte",
        "I'd like a croissant please",
        "two flat whites",
        "来一杯燕麦拿铁",
        "我要两个可颂",
        "给我一杯手冲",
    ],
)
def test_asking_for_an_item_is_an_order(hear, text):
    assert hear(text).has("order")


@pytest.mark.parametrize(
    "text",
    [
        "love the oat latte",
        "is the oat latte vegan?",
        "the croissant was stale",
        "我最喜欢燕麦拿铁",
        "燕麦拿铁多少钱？",
    ],
)
def test_speaking_of_an_item_is_no_order(hear, text):
    assert not hear(text).has("order")


def test_the_name_is_given_in_the_language_it_was_said_in(hear):
    assert [one.name for one in hear("oat latte and 可颂").items] == ["Oat latte", "可颂"]

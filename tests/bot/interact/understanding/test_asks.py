"""Questions about what is in a thing never take an answer of the FAQ by likeness."""

import pytest

ASKED = [
    ("is the croissant nut free?", ("nut-free", "nuts"), ["croissant"]),
    ("does the oat latte contain milk?", ("milk",), ["oat-latte"]),
    ("is there milk in the oat latte?", ("milk",), ["oat-latte"]),
    ("is the almond cake vegan?", ("vegan",), ["almond-cake"]),
    ("Are the cinnamon buns gluten free?", ("gluten-free", "gluten"), ["cinnamon-bun"]),
    ("any nuts in the croissant?", ("nuts",), ["croissant"]),
    ("is this nut free?", ("nut-free", "nuts"), []),
    ("does it contain gluten?", ("gluten",), []),
    ("do you have halal food?", ("halal",), []),
    ("do you have gluten free cakes?", ("gluten-free", "gluten"), []),
    ("which allergens are in the croissant?", (), ["croissant"]),
    ("can I eat the almond cake? I'm allergic to nuts", ("nuts",), ["almond-cake"]),
    ("is the croissant safe for someone allergic to eggs?", ("egg",), ["croissant"]),
    ("可颂里有坚果吗", ("nuts",), ["croissant"]),
    ("可颂含蛋吗？", ("egg",), ["croissant"]),
    ("肉桂卷是纯素的吗？", ("vegan",), ["cinnamon-bun"]),
    ("这个有没有麸质", ("gluten",), []),
    ("里面有没有花生？", ("peanuts",), []),
    ("有清真的吗？", ("halal",), []),
    ("可颂有什么过敏原？", (), ["croissant"]),
    ("我对坚果过敏，能吃可颂吗？", ("nuts",), ["croissant"]),
]


@pytest.mark.parametrize(("text", "allergens", "items"), ASKED)
def test_a_question_about_contents_names_allergens_and_items(hear, text, allergens, items):
    heard = hear(text)
    assert (heard.has("ask_allergen"), heard.faq) == (True, None)
    assert heard.allergens == allergens
    assert [item.sku for item in heard.items] == items
    assert not heard.has("order")


@pytest.mark.parametrize(
    "text",
    [
        "can I get an oat latte with soy milk?",
        "do you have oat milk?",
        "how much is the oat latte?",
        "I'd like an almond cake",
        "when do you open?",
        "I'm allergic to nuts",
        "do you have wifi?",
        "有燕麦奶吗？",
        "拿铁可以换豆奶吗？",
        "杏仁蛋糕多少钱？",
        "我对坚果过敏",
        "你们几点开门？",
    ],
)
def test_what_is_no_question_about_contents(hear, text):
    heard = hear(text)
    assert not heard.has("ask_allergen")
    assert heard.allergens == ()


@pytest.mark.parametrize(
    "text",
    [
        "how much is a flat white?",
        "what does the flat white cost",
        "price of the flat white?",
        "澳白多少钱",
        "澳白怎么卖",
    ],
)
def test_a_price_is_asked_of_an_item(hear, text):
    heard = hear(text)
    assert heard.has("ask_price")
    assert [item.sku for item in heard.items] == ["flat-white"]
    assert not heard.has("order")
    assert not heard.out_of_scope


@pytest.mark.parametrize("text", ["how much is shipping?", "运费多少钱"])
def test_no_price_is_asked_of_nothing_we_sell(hear, text):
    assert not hear(text).has("ask_price")


def test_an_answer_written_for_a_diet_may_be_given(diet_listener):
    assert diet_listener("Are there vegan cakes?").faq.name == "vegan"
    assert diet_listener("Are there halal cakes?").faq is None
    assert diet_listener("is the croissant vegan?").faq is None

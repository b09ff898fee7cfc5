"""Lines of talks with people of all kinds, each once misheard: no case of a taste or of the weather, nobody's fact lost."""

import pytest


def kept(hear, text):
    return [(fact.kind, fact.value, fact.polarity, fact.person, fact.date) for fact in hear(text).facts]


@pytest.mark.parametrize(
    "text",
    [
        "hey!! it's such a lovely rainy day, perfect for coffee isn't it",
        "I've gone off chai lately, it's too sweet for me",
        "早呀，今天好冷",
        "婆婆血糖高，不能吃太甜的",
        "我喝不了太酸的咖啡",
        "太甜的都不行",
        "she's more of a tea person",
        "he's a bit of a coffee snob",
        "she's more into tea",
    ],
)
def test_a_taste_or_the_weather_is_no_feedback(hear, text):
    assert hear(text).feedback == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("saturday took half an hour, bit long", ("complaint", "speed")),
        ("I paid 40 euros and the parcel is still not here", ("complaint", "speed")),
        ("and nobody picks up the phone", ("complaint", "service")),
        ("上周六等了半个多小时，有点久", ("complaint", "speed")),
        ("the guy who made my latte last time does amazing latte art, tell him!", ("praise", "staff")),
        ("we were in on saturday, the staff were so sweet with the kids", ("praise", "staff")),
        ("上次那个做拿铁的小哥拉花超好看，帮我夸夸他", ("praise", "staff")),
        ("今天的咖啡太甜了", ("complaint", "product")),
        ("店里好冷", ("complaint", "place")),
    ],
)
def test_what_happened_is_feedback(hear, text, told):
    assert [(one.kind, one.aspect) for one in hear(text).feedback] == [told]


def test_a_sentence_that_turns_is_quoted_whole(hear):
    (case,) = hear("the beans you sent before were fine but this is not ok").feedback
    assert case.quote == "the beans you sent before were fine but this is not ok"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("can't do acidic coffee", [("preference", "acidic coffee", "dislike", None, None)]),
        ("can't do dairy", [("restriction", "dairy", None, None, None)]),
        ("my wife Ana is allergic to sesame", [("restriction", "sesame", None, "wife Ana", None)]),
        ("my dad's a diabetic", [("restriction", "diabetes", None, "dad", None)]),
        ("婆婆有糖尿病", [("restriction", "糖尿病", None, "婆婆", None)]),
        ("我老公不喝咖啡，只喝茶", [("preference", "咖啡", "dislike", "老公", None)]),
        ("我爸爸不吃香菜，葱", [("preference", "香菜", "dislike", "爸爸", None), ("preference", "葱", "dislike", "爸爸", None)]),
        ("for my dad, his bday is 4 december", [("occasion", "birthday", None, "dad", "12-04")]),
        ("我爸70岁生日12月8号", [("occasion", "birthday", None, "爸", "12-08")]),
        ("my wife is more of a tea person", [("preference", "tea", "like", "wife", None)]),
        ("my kids are not really cake people", [("preference", "cake", "dislike", "kids", None)]),
        ("我婆婆不怎么喝咖啡", [("preference", "咖啡", "dislike", "婆婆", None)]),
        ("my wife Anna doesn't come here anymore", [("demographic", "comes here no more", None, "wife Anna", None)]),
        ("my husband no longer comes here", [("demographic", "comes here no more", None, "husband", None)]),
        ("我老婆不来这儿了", [("demographic", "comes here no more", None, "老婆", None)]),
        ("my husband doesn't drink anymore", []),
        ("我老婆今天不来了", []),
        ("我老婆明天也来", []),
        ("call me after 5pm please", [("contact_preference", "call me after 5pm please", None, None, None)]),
    ],
)  # fmt: skip
def test_facts_are_kept_of_whom_they_are_told(hear, text, facts):
    assert kept(hear, text) == facts


@pytest.mark.parametrize(
    ("text", "intent", "no"),
    [
        ("morning", "greeting", "faq"),
        ("在么", "greeting", "faq"),
        ("你是真人吗", "ask_bot", "talk_to_person"),
        ("fine. when will someone call me", "ask_case", "order"),
        ("好吧，那什么时候能退", "ask_case", "order"),
        ("dont put me on any mailing list", "stop", "no"),
        ("what do you recommend?", "ask_recommendation", "faq"),
        ("有什么推荐的吗", "ask_recommendation", "faq"),
    ],
)
def test_what_is_wanted(hear, text, intent, no):
    heard = hear(text)
    assert (heard.has(intent), heard.has(no)) == (True, False)


@pytest.mark.parametrize("text", ["are you a bot? I want to talk to a person", "你是机器人吗？我要找真人"])
def test_who_asks_for_a_person_gets_one(hear, text):
    assert hear(text).has("talk_to_person")

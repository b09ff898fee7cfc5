"""The same thing put otherwise is heard as the same."""

import pytest

LIKES = [
    "oat latte is the best, I adore it",
    "the oat latte is amazing, I love it",
    "your oat latte is so good and I really love it",
    "The oat latte is the best! I just love it",
    "oat latte all day, I love it so much",
    "Your oat latte is my favourite",
    "I'm a huge fan of the oat latte",
    "I adore your oat latte",
    "I really like the oat latte",
    "my go-to order is the oat latte",
    "can't get enough of the oat latte",
    "燕麦拿铁真好喝，我很喜欢",
    "燕麦拿铁太棒了，我超爱",
    "燕麦拿铁好喝，我特别喜欢",
    "你们的燕麦拿铁真香，我最喜欢",
    "你们的燕麦拿铁是我的最爱",
    "你们家的燕麦拿铁一直是我的最爱",
    "燕麦拿铁是我的心头好",
    "我特别爱喝燕麦拿铁",
    "我超喜欢你们的燕麦拿铁",
    "燕麦拿铁我最喜欢了",
]
BIRTHDAYS = [
    "my daughter Mia's birthday is 3 May",
    "Mia, my daughter, has her birthday on May 3rd",
    "Mia, my daughter, was born on 3 May",
    "Mia is my daughter, her birthday is 3 May",
    "My daughter's name is Mia and her birthday is May 3rd",
    "my daughter Mia, her birthday is on May 3",
    "the birthday of my daughter Mia is on 3 May",
    "my daughter Mia was born on the 3rd of May",
    "My daughter is called Mia, her birthday is 3 May",
    "我女儿Mia5月3号生日",
    "我女儿叫Mia，5月3号生日",
    "Mia是我女儿，她5月3号生日",
    "我有个女儿叫Mia，生日是5月3日",
    "我女儿Mia的生日是5月3日",
    "5月3号是我女儿Mia的生日",
]
COLD = [
    "yesterday you served me a cold flat white",
    "you gave me a cold flat white yesterday",
    "the barista handed me a lukewarm flat white",
    "I got a cold flat white this morning",
    "they brought me a stone cold flat white",
    "my flat white arrived cold",
    "my flat white was served cold",
    "the flat white came lukewarm",
    "yesterday's flat white was cold",
    "the flat white I had yesterday was stone cold",
    "昨天点的澳白端上来是冷的",
    "昨天点的澳白端上来就凉了",
    "今天送来的澳白是冷的",
    "昨天的澳白拿到手已经凉透了",
    "上次的澳白端来都凉了",
    "昨天的澳白是凉的",
    "我昨天喝的澳白都凉了",
    "昨天的澳白太凉了",
]
HOURS = [
    "你们开到几点？",
    "你们营业到几点",
    "几点开门",
    "你们几点开始营业",
    "when do you open?",
    "opening times?",
]


@pytest.mark.parametrize("text", LIKES)
def test_a_standing_taste(hear, text):
    heard = hear(text)
    assert [(one.kind, one.polarity, one.item) for one in heard.facts] == [("preference", "like", "oat-latte")]
    assert not heard.has("order")


@pytest.mark.parametrize(
    "text",
    [
        "I love it",
        "I had a flat white yesterday, I loved it",
        "the flat white I had yesterday was great, I love it",
        "my sister had the oat latte, I like it",
        "oat latte is the best",
        "我很喜欢",
        "昨天的澳白真好喝，我很喜欢",
        "我妹妹点了燕麦拿铁，她很喜欢",
    ],
)
def test_what_is_no_standing_taste(hear, text):
    assert [one.item for one in hear(text).facts if one.kind == "preference" and one.item] == []


@pytest.mark.parametrize("text", BIRTHDAYS)
def test_a_birthday_of_somebody_named(hear, text):
    person = "daughter Mia" if text.isascii() else "女儿Mia"
    assert [(one.kind, one.value, one.person, one.date) for one in hear(text).facts] == [
        ("occasion", "birthday", person, "05-03")
    ]


@pytest.mark.parametrize(
    "text",
    ["Mia, my daughter, loves cake. We come on May 3rd", "my daughter Mia, is her birthday on May 3?", "Mia，5月3号来"],
)
def test_what_is_no_birthday(hear, text):
    assert [one for one in hear(text).facts if one.kind == "occasion"] == []


@pytest.mark.parametrize("text", COLD)
def test_something_served_cold_is_a_complaint_and_no_order(hear, text):
    heard = hear(text)
    assert [(one.kind, one.aspect, one.severity) for one in heard.feedback] == [("complaint", "product", 1)]
    assert not heard.has("order")


@pytest.mark.parametrize("text", ["I'd like a cold flat white", "can I get a cold flat white?", "我要一杯冷的澳白"])
def test_something_ordered_cold_is_none(hear, text):
    heard = hear(text)
    assert heard.feedback == ()
    assert heard.has("order")


@pytest.mark.parametrize("text", HOURS)
def test_the_hours_in_other_words(hear, text):
    found = hear(text).faq
    assert found is not None
    assert found.name == "hours"


@pytest.mark.parametrize(
    ("text", "kind", "aspect"),
    [
        ("delicious", "praise", "product"),
        ("the waiter was not attentive at all", "complaint", "staff"),
        ("friendly and helpful staff", "praise", "staff"),
        ("such a cozy atmosphere", "praise", "place"),
        ("reasonably priced", "praise", "price"),
        ("not bad", "praise", "other"),
        ("tasteless coffee", "complaint", "product"),
        ("slow service", "complaint", "speed"),
        ("it's overpriced", "complaint", "price"),
        ("too noisy in here", "complaint", "place"),
        ("味道不错", "praise", "product"),
        ("环境不错", "praise", "place"),
        ("态度好", "praise", "staff"),
        ("性价比很高", "praise", "price"),
        ("送餐很快", "praise", "speed"),
        ("不好吃", "complaint", "product"),
        ("没什么味道", "complaint", "product"),
        ("分量少", "complaint", "product"),
        ("送餐太慢", "complaint", "speed"),
        ("性价比不高", "complaint", "price"),
        ("没有不好吃的", None, None),
        ("态度很不友好", None, None),
    ],
)
def test_short_reviews(hear, text, kind, aspect):
    assert [(one.kind, one.aspect) for one in hear(text).feedback] == ([(kind, aspect)] if kind else [])

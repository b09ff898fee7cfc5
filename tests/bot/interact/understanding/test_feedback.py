import pytest


def told(heard):
    return [(one.kind, one.aspect, one.polarity, one.severity, one.score) for one in heard.feedback]


@pytest.mark.parametrize(
    ("text", "aspect", "severity"),
    [
        ("yesterday's was cold", "product", 1),
        ("yesterday's latte was cold", "product", 1),
        ("my coffee was lukewarm today", "product", 1),
        ("the croissant was really stale", "product", 1),
        ("I found a hair in my croissant", "product", 3),
        ("the almond cake gave me food poisoning", "product", 3),
        ("the barista was rude", "staff", 2),
        ("very rude staff", "staff", 2),
        ("you overcharged me", "price", 2),
        ("I was charged twice", "price", 2),
        ("the coffee is way too expensive", "price", 1),
        ("it took forever", "speed", 1),
        ("we waited 40 minutes for two coffees", "speed", 1),
        ("the toilets were filthy", "place", 1),
        ("terrible service", "service", 1),
        ("昨天的拿铁是凉的", "product", 1),
        ("咖啡太苦了", "product", 1),
        ("蛋糕不新鲜", "product", 1),
        ("可颂里有头发", "product", 3),
        ("喝完拉肚子了", "product", 3),
        ("服务态度差", "staff", 2),
        ("上次服务员态度特别差", "staff", 2),
        ("环境特别差", "place", 1),
        ("店员很凶", "staff", 2),
        ("你们多收了我的钱", "price", 2),
        ("太贵了", "price", 1),
        ("太慢了", "speed", 1),
        ("等了四十分钟", "speed", 1),
        ("桌子很脏", "place", 1),
        ("服務態度很差", "staff", 2),
    ],
)
def test_complaints_have_aspect_and_severity(hear, text, aspect, severity):
    assert told(hear(text)) == [("complaint", aspect, -1, severity, None)]


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("the coffee was amazing", "product"),
        ("Great coffee!", "product"),
        ("your staff is lovely", "staff"),
        ("I love the atmosphere", "place"),
        ("excellent service", "service"),
        ("咖啡很好喝", "product"),
        ("你们的服务员很热情", "staff"),
        ("真好喝", "product"),
        ("环境很好", "place"),
    ],
)
def test_praise_has_an_aspect(hear, text, aspect):
    assert told(hear(text)) == [("praise", aspect, 1, 0, None)]


def test_each_aspect_has_its_own_polarity(hear):
    assert told(hear("the coffee is great but a bit expensive")) == [
        ("praise", "product", 1, 0, None),
        ("complaint", "price", -1, 1, None),
    ]
    assert told(hear("咖啡很好喝，就是有点贵")) == [
        ("praise", "product", 1, 0, None),
        ("complaint", "price", -1, 1, None),
    ]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("4 out of 5", 4.0),
        ("four out of five", 4.0),
        ("I'd give you 4/5", 4.0),
        ("8/10", 8.0),
        ("five stars", 5.0),
        ("I'd go with 4 stars", 4.0),
        ("three and a half stars from me", 3.5),
        ("三星半吧", 3.5),
        ("给四颗半星", 4.5),
        ("八分", 8.0),
        ("打8分", 8.0),
        ("我给四星", 4.0),
    ],
)
def test_scores_said_in_words(hear, text, score):
    assert told(hear(text)) == [("score", "other", 0, 0, score)]


@pytest.mark.parametrize(
    "text", ["you should offer oat yoghurt", "it would be great if you opened earlier", "建议你们早点开门"]
)
def test_suggestions(hear, text):
    assert told(hear(text)) == [("suggestion", "other", 0, 0, None)]


@pytest.mark.parametrize(
    "text",
    [
        "was the coffee cold?",
        "the coffee wasn't cold",
        "not too expensive",
        "is it cold outside?",
        "I want a 4 star hotel",
        "I'm looking for a good restaurant with great food",
        "a rating of 4 or more",
        "if the coffee is cold I will complain",
        "can I have it cold?",
        "my sister said the coffee was cold",
        "sounds great, thanks",
        "perfect",
        "我想找一家评分4分以上的餐馆",
        "票价不能太贵",
        "咖啡凉吗",
        "不太贵",
        "有没有便宜一点的",
        "太好了，谢谢",
    ],
)
def test_questions_wishes_and_denials_are_no_feedback(hear, text):
    assert told(hear(text)) == []


def test_what_somebody_cannot_have_and_likes_judges_nothing(hear):
    assert hear("I can't have peanuts, love oat milk").feedback == ()
    assert [one.aspect for one in hear("I can't have peanuts, and your latte was cold").feedback] == ["product"]


@pytest.mark.parametrize("text", ["it was ok but a bit slow", "it was slow today", "a little slow", "可以，就是慢了点"])
def test_slow_is_a_complaint_however_mildly_put(hear, text):
    assert [(one.kind, one.aspect) for one in hear(text).feedback] == [("complaint", "speed")]

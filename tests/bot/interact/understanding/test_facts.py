import pytest

from bot.interact.understanding import allergen_of, restriction_of

LIKE, DISLIKE = "like", "dislike"


def taste(value, polarity):
    return [("preference", value, polarity)]


def restricted(*values):
    return [("restriction", value, None) for value in values]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("love the oat latte", taste("oat latte", LIKE)),
        ("I really love your oat latte!", taste("oat latte", LIKE)),
        ("my favourite is the oat latte", taste("oat latte", LIKE)),
        ("The oat latte is my absolute favorite", taste("oat latte", LIKE)),
        ("I'm a big fan of cinnamon buns", taste("cinnamon buns", LIKE)),
        ("I love oat lattes and croissants", taste("oat lattes", LIKE) + taste("croissants", LIKE)),
        ("I like black coffee", taste("black coffee", LIKE)),
        ("I love hiking", [("interest", "hiking", LIKE)]),
        ("I don't like cinnamon", taste("cinnamon", DISLIKE)),
        ("i dont like cinnamon at all", taste("cinnamon", DISLIKE)),
        ("no more cinnamon please", taste("cinnamon", DISLIKE)),
        ("I can't stand cinnamon or nutmeg", taste("cinnamon", DISLIKE) + taste("nutmeg", DISLIKE)),
        ("not a fan of cinnamon", taste("cinnamon", DISLIKE)),
        ("cinnamon is not my thing", taste("cinnamon", DISLIKE)),
        ("I never drink decaf", taste("decaf", DISLIKE)),
        ("我最喜欢燕麦拿铁", taste("燕麦拿铁", LIKE)),
        ("燕麦拿铁是我的最爱", taste("燕麦拿铁", LIKE)),
        ("我超爱你们家的燕麦拿铁", taste("燕麦拿铁", LIKE)),
        ("我特别喜欢喝手冲", taste("手冲", LIKE)),
        ("不要肉桂", taste("肉桂", DISLIKE)),
        ("肉桂就算了", taste("肉桂", DISLIKE)),
        ("我不喜欢肉桂的味道", taste("肉桂", DISLIKE)),
        ("肉桂我受不了", taste("肉桂", DISLIKE)),
        ("以后别放肉桂了", taste("肉桂", DISLIKE)),
        ("我不吃香菜", taste("香菜", DISLIKE)),
        ("我不喜歡肉桂", taste("肉桂", DISLIKE)),
        ("作为一个抹茶控", taste("抹茶", LIKE)),
        ("我无辣不欢", taste("辣", LIKE)),
        ("我吃不了辣", taste("辣", DISLIKE)),
    ],
)
def test_tastes_are_heard(stored, text, facts):
    assert stored(text) == facts


def test_a_taste_for_a_catalogue_item_names_it(hear):
    assert [fact.item for fact in hear("love the oat latte").facts] == ["oat-latte"]
    assert [fact.item for fact in hear("我最喜欢燕麦拿铁").facts] == ["oat-latte"]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("I'm allergic to nuts", restricted("nuts")),
        ("im alergic to nuts btw", restricted("nuts")),
        ("I have a nut allergy", restricted("nut")),
        ("I have a severe allergy to peanuts", restricted("peanuts")),
        ("I'm allergic to nuts, eggs and milk", restricted("nuts", "eggs", "milk")),
        ("I'm allergic to nuts but not peanuts", restricted("nuts")),
        ("I can't eat gluten", restricted("gluten")),
        ("I'm vegan", restricted("vegan")),
        ("I am a strict vegetarian", restricted("vegetarian")),
        ("I only eat halal", restricted("halal")),
        ("we keep kosher", restricted("kosher")),
        ("I'm lactose intolerant", restricted("lactose")),
        ("I'm a coeliac", restricted("gluten")),
        ("I'm pregnant", restricted("pregnancy")),
        ("I'm diabetic", restricted("diabetes")),
        ("I don't eat pork", restricted("no pork")),
        ("What can you recommend, I'm allergic to nuts?", restricted("nuts")),
        ("我对花生过敏", restricted("花生")),
        ("我對花生過敏", restricted("花生")),
        ("我花生过敏", restricted("花生")),
        ("对坚果、鸡蛋和牛奶过敏", restricted("坚果", "鸡蛋", "牛奶")),
        ("我不能吃花生", restricted("花生")),
        ("我吃素", restricted("素食")),
        ("我是素食者", restricted("素食者")),
        ("我只吃清真", restricted("清真")),
        ("我乳糖不耐受", restricted("乳糖")),
        ("我怀孕了", restricted("怀孕")),
        ("我有糖尿病", restricted("糖尿病")),
    ],
)
def test_restrictions_are_heard(stored, text, facts):
    assert stored(text) == facts


@pytest.mark.parametrize(
    "text",
    [
        "do you have cinnamon?",
        "Do you like cinnamon?",
        "is the oat latte vegan?",
        "Do they have vegetarian options?",
        "She said I love cinnamon",
        "maybe I like cinnamon",
        "if I were vegan I would hate it",
        "I used to love cinnamon",
        "I'm no longer allergic to nuts",
        "I'm not allergic to anything",
        "I'm not allergic to nuts",
        "I'm allergic to nothing",
        "I'm not vegan",
        "I'm looking for vegan food",
        "I want a cheap Italian restaurant",
        "book for 4 at 7 pm",
        "I'd like an oat latte",
        "I like that",
        "I like the sound of that one",
        "I love it",
        "Yes, I would love to try Himalayan",
        "yesterday's latte was cold",
        "I'm a bit late",
        "call me back later",
        "call me a cab",
        "有肉桂吗？",
        "如果我吃素呢",
        "我以前喜欢肉桂",
        "我对花生不过敏",
        "我没有什么过敏",
        "我想吃素三鲜",
        "不要太贵的",
        "不要了",
        "你喜欢燕麦拿铁吗",
        "我喜欢这家酒店",
        "备注了不要辣，结果还是辣的",
        "叫我下来",
    ],
)
def test_what_is_not_the_customers_own_firm_word_is_no_fact(stored, text):
    assert stored(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my sister loves cinnamon", [("cinnamon", LIKE, "sister")]),
        ("my sister loves cinnamon, i can't stand it", [("cinnamon", LIKE, "sister"), ("cinnamon", DISLIKE, None)]),
        ("I don't like olives but my kids do", [("olives", DISLIKE, None), ("olives", LIKE, "kids")]),
        ("does my sister love cinnamon?", []),
        ("maybe my sister loves cinnamon", []),
        ("my sister loves her school", []),
        ("我妹妹喜欢肉桂", [("肉桂", LIKE, "妹妹")]),
        ("我老爸爱吃糟溜鱼片", [("糟溜鱼片", LIKE, "老爸")]),
        ("我不太感冒榴莲，但是女朋友很喜欢", [("榴莲", DISLIKE, None), ("榴莲", LIKE, "女朋友")]),
        ("我妹妹喜欢什么口味", []),
        ("我妹妹可能喜欢肉桂", []),
    ],
)
def test_what_another_likes_is_kept_under_their_name(hear, text, expected):
    assert [(fact.value, fact.polarity, fact.person) for fact in hear(text).facts if fact.confidence >= 0.5] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三文鱼，我超爱", [("三文鱼", LIKE)]),
        ("香菜，我受不了", [("香菜", DISLIKE)]),
        ("mushrooms, I hate them", [("mushrooms", DISLIKE)]),
        ("味道还是不错，我不爱吃香菇", [("香菇", DISLIKE)]),  # 还是 is no note of an order here
        ("最爱手榨柠檬绿", [("手榨柠檬绿", LIKE)]),
        ("我更喜欢用热的汤汁浇上去的芥兰", [("热的汤汁浇上去的芥兰", LIKE)]),
        ("我喜欢昨天点的芥兰", []),
        ("不爱吃辣的口味清淡的推荐这个", []),
        ("我最喜欢的位子被占了", []),
        ("我不喜欢", []),
        ("两杯拿铁，谢谢", []),
    ],
)
def test_things_named_before_or_described_are_found_and_others_are_not(hear, text, expected):
    assert [(fact.value, fact.polarity) for fact in hear(text).facts if fact.confidence >= 0.5] == expected


def test_a_name_that_is_loved_is_a_taste(stored):
    assert stored("I love Zen Palate") == taste("Zen Palate", LIKE)
    assert stored("I love it here") == stored("I love this") == []


@pytest.mark.parametrize("text", ["my name's Ada", "My names Ada", "Ada is my name", "my first name is Ada"])
def test_a_name_is_heard_however_it_is_put(hear, text):
    assert [(fact.kind, fact.value) for fact in hear(text).facts] == [("demographic", "my name is Ada")]


def test_an_option_of_this_order_is_no_lasting_taste(stored):
    assert stored("can I get an oat latte, no cinnamon please") == []
    assert stored("no cinnamon please") == taste("cinnamon", DISLIKE)


def test_several_things_in_one_message_are_all_found(hear):
    heard = hear("love the oat latte, but yesterday's was cold and I'm allergic to nuts btw")
    assert [(one.kind, one.value, one.polarity, one.item) for one in heard.facts] == [
        ("preference", "oat latte", "like", "oat-latte"),
        ("restriction", "nuts", None, None),
    ]
    assert [(one.kind, one.aspect, one.polarity, one.severity) for one in heard.feedback] == [
        ("complaint", "product", -1, 1)
    ]
    assert heard.facts[1].quote == "I'm allergic to nuts"
    assert not heard.out_of_scope


def test_several_things_in_one_chinese_message_are_all_found(hear):
    heard = hear("我最喜欢燕麦拿铁，但是昨天的是凉的，而且我对坚果过敏")
    assert [(one.kind, one.value, one.item) for one in heard.facts] == [
        ("preference", "燕麦拿铁", "oat-latte"),
        ("restriction", "坚果", None),
    ]
    assert [(one.kind, one.aspect) for one in heard.feedback] == [("complaint", "product")]


@pytest.mark.parametrize(
    ("text", "restrictions", "tastes"),
    [
        ("I'm allergic to peanuts, love oat milk", ["peanuts"], [("oat milk", "like")]),
        ("I'm allergic to peanuts, hate milk", ["peanuts"], [("milk", "dislike")]),
        ("I'm allergic to peanuts, like oat milk", ["peanuts"], []),
        ("I'm allergic to peanuts and prefer soy milk", ["peanuts"], []),
        ("I'm allergic to peanuts, usually drink oat milk", ["peanuts"], []),
        ("I'm allergic to peanuts, eggs and milk", ["peanuts", "eggs", "milk"], []),
        ("我对花生过敏，喜欢燕麦奶", ["花生"], [("燕麦奶", "like")]),
        ("我对花生过敏，讨厌牛奶", ["花生"], [("牛奶", "dislike")]),
        ("我对花生过敏，平时喝燕麦奶", ["花生"], []),
        ("我对花生过敏，还有鸡蛋和牛奶", ["花生", "鸡蛋", "牛奶"], []),
    ],
)
def test_a_taste_after_an_allergy_is_no_part_of_it(stored, text, restrictions, tastes):
    facts = stored(text)
    assert [value for kind, value, _ in facts if kind == "restriction"] == restrictions
    assert [(value, polarity) for kind, value, polarity in facts if kind == "preference"] == tastes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love oat milk and my daughter Mia's birthday is 3 May", [("daughter Mia", "05-03")]),
        (
            "My son Tom's birthday is on 3 May and my wife Ann's birthday is June 7",
            [("son Tom", "05-03"), ("wife Ann", "06-07")],
        ),
        ("Hi, my daughter Mia is turning 5, her birthday is on 3 May", [("daughter Mia", "05-03")]),
        ("my daughter Mia's, birthday 3 May", [("daughter Mia", "05-03")]),
        ("My son Max has his birthday on 3 May.", [("son Max", "05-03")]),
        ("when my son has his birthday on 3 May we come", []),
    ],
)
def test_a_birthday_beside_other_things_keeps_its_person(hear, text, expected):
    assert [(one.person, one.date) for one in hear(text).facts if one.kind == "occasion"] == expected


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("only text me after six", ("contact_preference", "only text me after six", None)),
        ("please don't call me", ("contact_preference", "please don't call me", None)),
        ("Call me Sam", ("contact_preference", "call me Sam", None)),
        ("you can call me Anna Lee", ("contact_preference", "call me Anna Lee", None)),
        ("叫我小王", ("contact_preference", "叫我小王", None)),
        ("请叫我小王就好", ("contact_preference", "叫我小王", None)),
        ("不要给我打电话", ("contact_preference", "不要给我打电话", None)),
        (
            "every Friday morning I come in for a flat white",
            ("habit", "every Friday morning I come in for a flat white", None),
        ),
        ("我每天早上来喝咖啡", ("habit", "我每天早上来喝咖啡", None)),
        ("每次来都点可颂", ("habit", "每次来都点可颂", None)),
        ("我经常来喝咖啡", ("habit", "我经常来喝咖啡", None)),
        ("公司就在附近", ("demographic", "公司就在附近", None)),
        ("I live in Kreuzberg", ("demographic", "I live in Kreuzberg", None)),
        ("I'm a nurse", ("demographic", "I'm a nurse", None)),
        ("我住在柏林", ("demographic", "我住在柏林", None)),
        ("I use a wheelchair", ("need", "I use a wheelchair", None)),
    ],
)
def test_other_kinds_of_fact(stored, text, fact):
    assert stored(text) == [fact]


@pytest.mark.parametrize(
    ("text", "person", "date", "value"),
    [
        ("my daughter Mia's birthday is 3 May", "daughter Mia", "05-03", "birthday"),
        ("My daughter Mia's birthday is on May 3rd", "daughter Mia", "05-03", "birthday"),
        ("3 May is my daughter Mia's birthday", "daughter Mia", "05-03", "birthday"),
        ("My birthday is on the 3rd of May", None, "05-03", "birthday"),
        ("I was born on 3 May 1990", None, "1990-05-03", "birthday"),
        ("It's my birthday tomorrow", None, "11-19", "birthday"),
        ("our wedding anniversary is June 12", None, "06-12", "anniversary"),
        ("我女儿5月3号生日", "女儿", "05-03", "birthday"),
        ("我女儿的生日是5月3日", "女儿", "05-03", "birthday"),
        ("5月3号是我女儿的生日", "女儿", "05-03", "birthday"),
        ("我女儿米娅的生日是五月三号", "女儿米娅", "05-03", "birthday"),
        ("我女兒5月3號生日", "女兒", "05-03", "birthday"),
        ("我的生日是5月3号", None, "05-03", "birthday"),
        ("我们的结婚纪念日是6月12日", None, "06-12", "anniversary"),
        ("明天是我老婆的生日", "老婆", "11-19", "birthday"),
        ("我爸农历八月十五过生日", "爸", "L08-15", "birthday"),
        ("我奶奶的生日是阴历三月初三", "奶奶", "L03-03", "birthday"),
        ("我的生日是腊月廿三", None, "L12-23", "birthday"),
        ("我媽媽的生日是農曆正月初五", "媽媽", "L01-05", "birthday"),
        ("my mum's birthday is on the 15th day of the 8th lunar month", "mum", "L08-15", "birthday"),
    ],
)
def test_occasions_have_a_person_and_a_date(hear, text, person, date, value):
    assert [(one.kind, one.person, one.date, one.value) for one in hear(text).facts] == [
        ("occasion", person, date, value)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "when is my daughter's birthday?",
        "I want a cake for my daughter's birthday",
        "add my birthday to my calendar for next month on the 5th",
        "my mum passed away on 3 May",
        "我女儿的生日是什么时候？",
        "我想订一个生日蛋糕",
        "我妈妈5月3号去世了",
    ],
)
def test_a_date_near_the_word_is_no_occasion(stored, text):
    assert stored(text) == []


@pytest.mark.parametrize(
    ("value", "allergen"),
    [
        ("nuts", "nuts"),
        ("nut", "nuts"),
        ("Hazelnuts", "nuts"),
        ("花生", "peanuts"),
        ("雞蛋", "egg"),
        ("dairy", "milk"),
        ("kiwi", "kiwi"),
        ("penicillin", "penicillin"),
        ("vegan", None),
    ],
)
def test_what_was_said_is_translated_to_the_catalogues_allergens(value, allergen):
    assert allergen_of(value) == allergen


@pytest.mark.parametrize(
    ("value", "code"),
    [("vegan", "vegan"), ("素食", "vegetarian"), ("清真", "halal"), ("乳糖", "milk"), ("sunshine", None)],
)
def test_diets_have_one_code_in_all_languages(value, code):
    assert restriction_of(value) == code


@pytest.mark.parametrize("text", ["my daughter Mia turns 5 on 12 March", "my daughter turns five on 12 March"])
def test_an_age_before_the_day_is_no_hour(hear, text):
    assert [(fact.kind, fact.value, fact.date) for fact in hear(text).facts] == [("occasion", "birthday", "03-12")]

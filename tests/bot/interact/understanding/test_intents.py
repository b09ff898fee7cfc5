import pytest


@pytest.mark.parametrize(
    ("intent", "texts"),
    [
        ("greeting", ["hello", "Hi there!", "good morning", "你好", "早上好", "在吗", "哈喽"]),
        ("thanks", ["thanks!", "thank you so much", "cheers", "谢谢", "多谢你", "好的谢谢"]),
        ("goodbye", ["bye", "see you later", "have a nice day", "再见", "拜拜", "晚安"]),
        (
            "small_talk",
            ["how are you?", "hey, how are you doing", "tell me a joke", "最近怎么样", "讲个笑话"],
        ),
        (
            "ask_bot",
            [
                "are you a robot?",
                "what's your name?",
                "am I talking to a real person",
                "is this a bot",
                "你是机器人吗",
                "你叫什么名字",
                "你是真人还是机器人",
                "请问你是谁呀",
            ],
        ),
        (
            "ask_profile",
            [
                "what do you know about me",
                "What do you remember about me?",
                "show me my data",
                "你知道我什么",
                "你记得我什么",
                "看看我的资料",
            ],
        ),
        (
            "stop",
            [
                "stop",
                "please stop texting me",
                "unsubscribe",
                "no more ads please",
                "别再给我发消息了",
                "退订",
                "TD",
                "不要打扰我",
                "别再发了",
                "请停止发送",
                "以后不要再发了",
            ],
        ),
        ("resume", ["resume", "you can write to me again", "恢复推送", "可以继续给我发消息"]),
        (
            "talk_to_person",
            [
                "talk to a person",
                "can I speak to a human?",
                "I want to talk to the manager",
                "转人工",
                "我要找经理",
                "人工客服",
            ],
        ),
        (
            "remind",
            [
                "remind me tomorrow to buy milk",
                "set a reminder for 5pm",
                "don't let me forget the cake",
                "提醒我明天买牛奶",
                "明天三点提醒我一下",
            ],
        ),
        ("help", ["help", "what can you do?", "how does this work", "帮助", "你能做什么", "怎么用"]),
        ("undo", ["undo", "scratch that", "no, that's wrong", "撤销", "说错了", "撤回"]),
        ("skip", ["skip", "I'd rather not say", "next question", "跳过", "不想说", "下一个"]),
        ("yes", ["yes", "Yep", "sure", "ok", "好的", "可以", "是的"]),
        ("no", ["no", "nope", "no thanks", "不", "不用了", "没有"]),
        ("abuse", ["fuck off", "you stupid bot", "you are useless", "傻逼", "滚"]),
        (
            "life_event",
            [
                "my mum passed away last week",
                "we got divorced",
                "I had a miscarriage",
                "my dad died",
                "我妈妈去世了",
                "我离婚了",
                "我流产了",
            ],
        ),
        ("question", ["do you have cinnamon?", "what time is it", "有肉桂吗？", "这个多少钱"]),
    ],
)
def test_main_lines_in_several_wordings(hear, intent, texts):
    assert [(text, hear(text).has(intent)) for text in texts] == [(text, True) for text in texts]


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("speak Chinese please", ("zh",)),
        ("can you reply in German?", ("de",)),
        ("English please", ("en",)),
        ("请说中文", ("zh",)),
        ("用英语回复", ("en",)),
        ("英文", ("en",)),
    ],
)
def test_set_language_says_which(hear, text, languages):
    heard = hear(text)
    assert heard.has("set_language")
    assert heard.languages == languages


@pytest.mark.parametrize(
    ("intent", "texts"),
    [
        (
            "stop",
            [
                "where does the bus stop?",
                "don't stop making this cake",
                "I can't stop eating these",
                "车站怎么走",
                "别发错了",
            ],
        ),
        ("talk_to_person", ["book a table for one person", "a person told me about you", "我是一个人"]),
        ("life_event", ["I'm dying for a coffee", "我先走了", "my battery died"]),
        ("abuse", ["the coffee is useless without sugar", "I hate Mondays"]),
        ("yes", ["sure thing is expensive here"]),
        ("no", ["no sugar for me", "不要肉桂"]),
        ("remind", ["this reminds me of home", "don't remind me"]),
    ],
)
def test_what_only_sounds_like_it_is_not(hear, intent, texts):
    assert [(text, hear(text).has(intent)) for text in texts] == [(text, False) for text in texts]


def test_intents_come_best_first(hear):
    heard = hear("hi, what do you know about me?")
    assert [intent.name for intent in heard.intents] == ["ask_profile", "greeting"]
    assert heard.intents[0].score > heard.intents[1].score


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("When do you open?", "hours"),
        ("what are ur opening hours", "hours"),
        ("opening hours?", "hours"),
        ("Hi! Do you have wifi?", "wifi"),
        ("do you deliver", "delivery"),
        ("你们几点开门", "hours"),
        ("請問你們幾點開門？", "hours"),
        ("有无线网吗", "wifi"),
    ],
)
def test_faq_is_matched(hear, text, name):
    heard = hear(text)
    assert heard.faq is not None
    assert heard.faq.name == name
    assert heard.has("faq")
    assert not heard.out_of_scope


@pytest.mark.parametrize(
    "text",
    ["What is the meaning of life?", "Can you fix my bicycle?", "你们会修自行车吗？", "How tall is the Eiffel tower?"],
)
def test_a_question_we_cannot_answer_is_out_of_scope(hear, text):
    heard = hear(text)
    assert heard.faq is None
    assert heard.out_of_scope


@pytest.mark.parametrize("text", ["", "   ", "👍", "!!!", "\u200b\u202e"])
def test_nothing_said_is_nothing_understood(hear, text):
    heard = hear(text, language="zh")
    assert (heard.language, heard.intents, heard.facts, heard.feedback, heard.out_of_scope) == ("zh", (), (), (), False)


def test_json_has_the_promised_keys(hear):
    told = hear("remind me in two weeks to reorder Ethiopian beans").to_json()
    assert told == {
        "text": "remind me in two weeks to reorder Ethiopian beans",
        "language": "en",
        "intents": [{"name": "remind", "score": 0.97}],
        "facts": [],
        "feedback": [],
        "dates": [
            {
                "text": "in two weeks",
                "start": "2026-12-02T00:00:00+01:00",
                "end": "2026-12-03T00:00:00+01:00",
                "grain": "day",
            }
        ],
        "items": [{"sku": "ethiopian", "name": "Ethiopian beans", "quantity": 1, "options": []}],
        "order": [],
        "reminders": [{"text": "reorder Ethiopian beans", "at": "2026-12-02T09:00:00+01:00"}],
        "faq": None,
        "faq_close": [],
        "out_of_scope": False,
        "languages": [],
        "allergens": [],
        "life_events": [],
    }

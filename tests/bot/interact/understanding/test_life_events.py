import pytest

from bot.interact.understanding import is_same_kin, kin_of

DEATH, SEPARATION, LOSS = "death", "separation", "pregnancy_loss"


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("my mum passed away", [(DEATH, "mum")]),
        ("My husband Tom died last year", [(DEATH, "husband")]),
        ("we lost our dog yesterday", [(DEATH, "dog")]),
        ("it's the day of my mum's funeral", [(DEATH, "mum")]),
        ("my late wife loved this place", [(DEATH, "wife")]),
        ("my wife and I are getting divorced", [(SEPARATION, None)]),
        ("we broke up last week", [(SEPARATION, None)]),
        ("I just had a miscarriage", [(LOSS, None)]),
        ("we lost the baby", [(LOSS, None)]),
        ("我妈走了", [(DEATH, "妈")]),
        ("我妈妈上周去世了", [(DEATH, "妈妈")]),
        ("我媽媽去世了", [(DEATH, "媽媽")]),
        ("外婆过世了", [(DEATH, "外婆")]),
        ("我离婚了", [(SEPARATION, None)]),
        ("我和老公离婚了", [(SEPARATION, "老公")]),
        ("我流产了", [(LOSS, None)]),
        ("孩子没保住", [(LOSS, None)]),
    ],
)
def test_what_ended_is_heard_with_the_person(hear, text, events):
    heard = hear(text)
    assert [(one.what, one.person) for one in heard.life_events] == events
    assert heard.has("life_event")
    assert heard.facts == ()


@pytest.mark.parametrize(
    "text",
    [
        "my battery died",
        "I lost my son in the crowd",
        "we split the bill",
        "my sister is getting divorced",
        "if my mum died I would be lost",
        "did your mum pass away?",
        "我先走了",
        "我女儿走了",
        "我朋友离婚了",
        "我朋友流产了",
        "我和朋友分开付",
    ],
)
def test_what_did_not_happen_to_the_customer_silences_nothing(hear, text):
    assert hear(text).life_events == ()


@pytest.mark.parametrize(
    ("person", "kin"),
    [("mum", "mother"), ("mother", "mother"), ("妈妈", "mother"), ("daughter Mia", "daughter"), ("女儿米娅", "daughter"),
     ("Mia", None), ("husband Tom", "partner"), ("老公", "partner")],
)  # fmt: skip
def test_words_for_one_relation_are_one(person, kin):
    assert kin_of(person) == kin


def test_a_child_may_be_a_daughter_and_parents_are_two():
    assert is_same_kin("child", "daughter")
    assert is_same_kin("parents", "mother")
    assert not is_same_kin("daughter", "son")
    assert not is_same_kin("mother", "father")

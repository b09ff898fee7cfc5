"""What is told of "she" and 他: of the one person named before, and of nobody where that is not clear."""

import pytest

from bot.interact.understanding import may_mean


def told(facts):
    return [(fact.kind, fact.value, fact.polarity, fact.person) for fact in facts]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("my wife is here too, she loves cinnamon", [("preference", "cinnamon", "like", "wife")]),
        ("My daughter Mia is five. She hates mushrooms.", [("preference", "mushrooms", "dislike", "daughter Mia")]),
        ("My son is with me. He's allergic to peanuts.", [("restriction", "peanuts", None, "son")]),
        ("My son is with me but he can't have nuts", [("restriction", "nuts", None, "son")]),
        ("我女儿也来，她最喜欢草莓", [("preference", "草莓", "like", "女儿")]),
        ("我儿子五岁了，他对花生过敏", [("restriction", "花生", None, "儿子")]),
        ("我老公也来，他不能喝牛奶", [("restriction", "牛奶", None, "老公")]),
    ],
)
def test_a_pronoun_means_who_was_named_before(hear, text, facts):
    assert [fact for fact in told(hear(text).facts) if fact[0] in ("preference", "restriction")] == facts


@pytest.mark.parametrize(
    "text",
    [
        "my mum and my sister are here, she loves cinnamon",
        "my son is here. She loves cinnamon.",
        "does my wife like it? does she love cinnamon?",
        "我妈和我妹妹都来，她喜欢肉桂",
        "我儿子来了，她喜欢肉桂",
        "我女儿来了，她喜欢肉桂吗",
    ],
)
def test_of_two_people_or_of_none_nothing_is_kept(hear, text):
    heard = hear(text)
    assert (told(heard.facts), heard.pointing) == ([], ())


@pytest.mark.parametrize(
    ("text", "pointing"),
    [
        ("she loves strawberries", [("preference", "strawberries", "like", "she")]),
        ("and he can't stand coriander", [("preference", "coriander", "dislike", "he")]),
        ("但她对花生过敏", [("restriction", "花生", None, "她")]),
    ],
)
def test_of_nobody_in_this_message_it_points_before_it(hear, text, pointing):
    heard = hear(text)
    assert (told(heard.facts), told(heard.pointing), heard.out_of_scope) == ([], pointing, False)


@pytest.mark.parametrize(
    ("pronoun", "person", "meant"),
    [
        ("she", "daughter Mia", True), ("she", "son Tom", False), ("he", "wife", False), ("he", "friend", True),
        ("她", "女儿小美", True), ("她", "儿子", False), ("他", "女儿", True),
    ],
)  # fmt: skip
def test_who_may_be_meant(pronoun, person, meant):
    assert may_mean(pronoun, person) is meant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我女儿叫朵朵，她最爱吃草莓，不过花生过敏", {("花生", "女儿朵朵")}),
        ("我儿子爱吃蛋糕，但是对坚果过敏", {("坚果", "儿子")}),
        ("my daughter Mia loves strawberries but is allergic to nuts", {("nuts", "daughter Mia")}),
        ("我儿子爱吃蛋糕。对坚果过敏", {("坚果", None)}),
    ],
)
def test_an_allergy_told_right_after_somebody_is_theirs(hear, text, expected):
    kept = {(fact.value, fact.person) for fact in hear(text).facts if fact.kind == "restriction"}
    assert kept == expected


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("my wife Anna comes here too", "wife Anna"),
        ("my wife comes here too", "wife"),
        ("my sister Eva also shops here", "sister Eva"),
        ("my husband Tom is a customer of yours as well", "husband Tom"),
        ("我老婆李娜也常来", "老婆李娜"),
        ("我老公王强也是你们的会员", "老公王强"),
        ("我老婆叫李娜，她也常来", "老婆李娜"),
        ("我女儿也喜欢来你们这", "女儿"),
    ],
)
def test_who_comes_here_too_is_known_by_name(hear, text, person):
    found = [fact for fact in hear(text).facts if fact.value == "comes here too"]
    assert [fact.person for fact in found] == [person]

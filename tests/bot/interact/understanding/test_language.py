import pytest

from bot.interact.understanding import detect_language


@pytest.mark.parametrize(
    ("text", "fallback", "code"),
    [
        ("I love the oat latte", "zh", "en"),
        ("我最喜欢燕麦拿铁", "en", "zh"),
        ("我對花生過敏", "en", "zh"),
        ("oat latte大杯少糖", "en", "zh"),
        ("ok", "zh", "zh"),
        ("ok", "en", "en"),
        ("👍", "zh", "zh"),
        ("", None, "en"),
        ("123", "zh", "zh"),
        ("Ich möchte bitte einen Kaffee", "en", "de"),
        ("Bonjour, je voudrais un café", "en", "fr"),
        ("コーヒーをください", "en", "ja"),
        ("커피 주세요", "en", "ko"),
        ("Можно кофе?", "en", "ru"),
        ("¿tienen leche de avena por favor?", "en", "es"),
        ("croissant", "zh", "zh"),
    ],
)
def test_language_is_told_by_script_and_words(text, fallback, code):
    assert detect_language(text, fallback) == code

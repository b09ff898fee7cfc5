"""Which language a message is written in, by script and by the commonest words."""

# ruff: noqa: SIM905 - word lists read better as text

import re
from collections import Counter

_SCRIPTS = {
    "ja": re.compile("[\u3041-\u30ff\u31f0-\u31ff]"),
    "ko": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
}
_CHINESE = {"zh": _SCRIPTS["zh"]}
_NEITHER = re.compile(
    "[\u0370-\u052f\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u1100-\u11ff\u3041-\u30ff\u3130-\u318f\u31f0-\u31ff\uac00-\ud7af]"
)
_UKRAINIAN = re.compile("[іїєґ]")
# Words a language cannot do without and the others do not have; shared ones ("in", "die", "me") are left out.
_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(
        "the i i'm i'd i've you your is are was were it's it and of to my we with for have has had this that what "
        "don't can't can do does not please would like love how when where why there be been from about just but "
        "hello thanks thank need want remind yesterday tomorrow today too very really who which they she".split()
    ),
    "de": frozenset(
        "ich und der das ist nicht ein eine einen mit für auf bitte wir sie haben habe kann können möchte wie wann "
        "wo warum ihr mir mich auch aber danke hallo guten morgen heute gestern sehr kein keine bin sind gibt "
        "zum zur den dem von vom uns noch schon gerne".split()
    ),
    "fr": frozenset(
        "je vous nous est les des une un avec pour pas bonjour merci s'il c'est j'ai je suis mon ma mes votre "
        "quand où comment pourquoi avez êtes et du au aux dans sur très bonsoir voudrais allergique j'aime".split()
    ),
    "es": frozenset(
        "el los las una con para por favor gracias hola es está estoy soy tengo quiero cuándo dónde cómo qué mi "
        "muy pero y del buenos días buenas usted ustedes tienen puedo me gusta gustaría".split()
    ),
    "it": frozenset(
        "il gli una con per favore grazie ciao sono ho vorrei quando dove come perché mio mia molto ma e del della "
        "buongiorno buonasera avete posso mi piace che non è".split()
    ),
    "pt": frozenset(
        "o os uma com por favor obrigado obrigada olá é estou sou tenho quero quando onde como meu minha muito mas "
        "não você vocês bom dia posso gosto do da em".split()
    ),
    "nl": frozenset(
        "ik het een en niet met voor alsjeblieft alstublieft dank bedankt hallo wij jullie heb kan wil graag hoe "
        "wanneer waar waarom mijn ook maar geen zijn goedemorgen is van".split()
    ),
    "pl": frozenset("nie jest się dziękuję proszę dzień dobry mam chcę czy jak gdzie kiedy dla jestem tak że".split()),
    "vi": frozenset(
        "tôi bạn không có là của và được cho xin chào cảm ơn muốn một này với rất quán mấy giờ cà phê".split()
    ),
    "id": frozenset(
        "saya anda tidak dan yang ini itu untuk dengan apa bisa terima kasih selamat mau jam berapa ada".split()
    ),
    "sv": frozenset("jag och är inte det ett på med för har kan vad när tack hej vill ni något gärna mycket".split()),
    "da": frozenset("jeg og er ikke det et på med for har kan hvad hvornår tak hej vil gerne meget noget".split()),
    "fi": frozenset(
        "minä olen ei ja on se kiitos hei haluan voinko onko mitä milloin teillä hyvää päivää missä".split()
    ),
    "hu": frozenset("én nem és az egy van köszönöm szia kérek szeretnék mikor hol vagyok nagyon jó napot hogy".split()),
    "cs": frozenset("já jsem není je to děkuji prosím dobrý den mám chci kdy kde jak máte bych rád ráda".split()),
    "ro": frozenset(
        "eu sunt nu și este un mulțumesc vă rog bună ziua vreau aveți când unde cum aș dori pentru".split()
    ),
    "tr": frozenset("ve bir bu için merhaba teşekkürler lütfen var yok ben siz nasıl ne zaman istiyorum değil".split()),
}
_CODES_OF: dict[str, list[str]] = {}
for _code, _known in _WORDS.items():
    for _one in _known:
        _CODES_OF.setdefault(_one, []).append(_code)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LATIN_LETTERS = re.compile(r"[a-zà-ÿ]")
_SAMPLE = 600  # characters looked at


def detect_language(text: str, fallback: str | None) -> str:
    """Of cleaned and folded text, an ISO 639-1 code; `fallback` (or "en") where it does not clearly say."""
    default = fallback or "en"
    sample = text[:_SAMPLE]
    if not sample.isascii():
        scripts = _SCRIPTS if _NEITHER.search(sample) else _CHINESE
        counts = {code: len(regex.findall(sample)) for code, regex in scripts.items()}
        if counts.get("ja", 0) >= 2 and counts["ja"] * 4 >= counts["zh"]:
            return "ja"
        code = max(counts, key=lambda each: counts[each])
        if counts[code]:
            found = _WORD.findall(sample) if _LATIN_LETTERS.search(sample) else []
            latin = sum(1 for word in found if _LATIN_LETTERS.match(word))
            # "oat latte大杯少糖" is Chinese; one Chinese name in an English sentence does not make it so.
            if counts[code] >= latin or (code == "zh" and counts[code] >= 4 and counts[code] * 2 >= latin):
                return "uk" if code == "ru" and _UKRAINIAN.search(sample) else code
    found = _WORD.findall(sample)
    if not found:
        return default
    scores = Counter([code for word in found for code in _CODES_OF.get(word, ())])
    if not scores:
        return default
    best = max(scores, key=lambda each: (scores[each], each == default, each == "en"))
    rival = max((score for code, score in scores.items() if code != best), default=0)
    if best == "en":
        return "en" if scores[best] > rival else default
    # Another language than the two we speak must be plain: two of its words, and more than any other's.
    if scores[best] >= 2 and scores[best] > rival and scores[best] * 5 >= len(found):
        return best
    return default

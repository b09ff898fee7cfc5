"""Text as typed → text that can be compared. No meaning is decided here."""

# ruff: noqa: SIM905 - word lists read better as text

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from bot import hanzi

from . import cantonese

MAX_LENGTH = 4096  # Telegram's own limit for a message

# Controls but newline and tab; zero-width, direction marks and overrides; soft hyphen; variation selectors; BOM.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAS_CJK = re.compile(f"[{CJK}]")
_BLANKS_BY_CJK = re.compile(rf"(?<=[{CJK}])[ \t]+|[ \t]+(?=[{CJK}])")


def clean(text: str) -> str:
    """Cap, fold width and quotes, strip what cannot be seen. Keeps case, script and line breaks."""
    text = text[:MAX_LENGTH]
    if text.isascii():
        return _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    # NFKC can lengthen a character up to eighteen times; the cap is on what is worked with.
    return _INVISIBLE.sub("", text).translate(_PUNCTUATION)[:MAX_LENGTH]


def fold(text: str) -> str:
    """Lower case, simplified characters and Mandarin words, one for one, so that positions stay those of `text`."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := one.lower()) == 1 else one for one in text)
    return (
        lowered
        if lowered.isascii()
        else cantonese.to_mandarin(cantonese.read_is(lowered).translate(hanzi.simplified()))
    )


def has_cjk(text: str) -> bool:
    return not text.isascii() and _HAS_CJK.search(text) is not None


def close_up(text: str) -> str:
    """Drop blanks beside Chinese characters ("我 要 latte" → "我要latte")."""
    return _BLANKS_BY_CJK.sub("", text)


_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CONTRACTIONS = {
    "im": "i am",
    "i'm": "i am",
    "ive": "i have",
    "i've": "i have",
    "i'd": "i would",
    "i'll": "i will",
    "dont": "do not",
    "don't": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "cant": "can not",
    "can't": "can not",
    "cannot": "can not",
    "wont": "will not",
    "won't": "will not",
    "wasnt": "was not",
    "isnt": "is not",
    "arent": "are not",
    "werent": "were not",
    "wouldnt": "would not",
    "its": "it is",
    "thats": "that is",
    "whats": "what is",
    "let's": "let us",
    "pls": "please",
    "plz": "please",
    "u": "you",
    "ur": "your",
    "luv": "love",
    "cos": "because",
    "cuz": "because",
    "coz": "because",
    "rly": "really",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "have to",
    "havent": "have not",
    "hasnt": "has not",
    "dnt": "do not",
    "cnt": "can not",
    "youre": "you are",
    "theyre": "they are",
    "hes": "he is",
    "shes": "she is",
    "abt": "about",
    "thx": "thanks",
    "favorite": "favourite",
    "fav": "favourite",
    "faves": "favourites",
    "allerjic": "allergic",
    "alerjik": "allergic",
    "allergisch": "allergic",
    "allergique": "allergic",
    "lergic": "allergic",
    "alegry": "allergy",
    "lactos": "lactose",
    "glutin": "gluten",
    "glutan": "gluten",
    "alergic": "allergic",
    "allergc": "allergic",
    "alergy": "allergy",
    "vegeterian": "vegetarian",
    "birtday": "birthday",
    "bday": "birthday",
    "yoghurt": "yogurt",
    "flavor": "flavour",
}
_ENDINGS = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'m", " am"))
# 's is "is" after these and a genitive elsewhere ("yesterday's was cold").
_IS = {"it", "that", "what", "there", "here", "he", "she", "who", "where", "when", "how", "this"}


# Words that must not be lost to a typo, and those that only look like them.
_VITAL = (
    "allergic", "allergy", "allergies", "intolerant", "intolerance", "vegetarian", "pescatarian", "coeliac", "gluten",
    "lactose", "peanut", "peanuts",
)  # fmt: skip
_NOT_VITAL = frozenset(
    "allergen allergens allergenic allergist allergists intolerable intolerably intolerances vegetarians glutton vegetable "
    "vegetables pescatarians coeliacs celiac celiacs".split()
)
_VITAL_STARTS = frozenset("aeivpcgl")
_VITAL_LIKENESS = 80  # one wrong letter in five


@lru_cache(maxsize=20_000)
def _mended(word: str) -> str:
    if word in _NOT_VITAL or not word.isascii():
        return word
    best, likeness = word, float(_VITAL_LIKENESS)
    for vital in _VITAL:
        if vital[0] == word[0] or (vital[0], word[0]) == ("a", "e"):
            score = fuzz.ratio(word, vital)
            if score >= likeness:
                best, likeness = vital, score + 0.01
    return best


def _expand(word: str) -> str:
    whole = _CONTRACTIONS.get(word)
    if whole is not None:
        return whole
    if len(word) >= 6 and word[0] in _VITAL_STARTS and "'" not in word:
        return _mended(word)
    if "'" in word:
        for ending, spelt in _ENDINGS:
            if word.endswith(ending):
                return word[: -len(ending)] + spelt
        if word.endswith("'s") and word[:-2] in _IS:
            return word[:-2] + " is"
    return word


def words(folded: str) -> list[str]:
    """The words of folded text, contractions written out, hyphens and punctuation gone."""
    spelt = [_expand(word) for word in _WORD.findall(folded)]
    return " ".join(spelt).split(" ") if spelt else []

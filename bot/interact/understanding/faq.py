"""Which of the known questions is this? With enough phrasings of each answer in its language a classifier says that
has learnt from them; with fewer, how like it is to each. Of two answers that are close it is asked which is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .classifier import Classifier
from .knowledge import FaqPhrasing
from .lessons import learn_all, list_lessons
from .likeness import Likeness, form
from .normalise import has_cjk
from .result import FaqMatch

# Below it the question is handed to a person. On the example FAQ, each phrasing left out in turn: 18 of 100 English
# ones still found, 3 taken for another; of 850 questions about other things (CLINC150) 1 in 90 answered wrongly.
THRESHOLD = 0.55
SURE = 0.9  # learnt, and so likely that it is answered beside a complaint or a fact
_ONE_OF_TWO = 0.7  # so likely to be one of two answers that the customer is asked which
_LIKE_ANOTHER = 0.1  # by so little less is another phrasing as like
_LONGEST = 300  # a question is not an essay
_LONGEST_LEARNT = 600  # a story with a question in it


class FaqMatcher:
    """`classifiers` by language, where they were learnt before (`lessons.py`); without, they are learnt now."""

    def __init__(self, faq: Sequence[FaqPhrasing], classifiers: Mapping[str, Classifier] | None = None) -> None:
        lessons = list_lessons(faq)
        self._classifiers = dict(learn_all(lessons) if classifiers is None else classifiers)
        # What a classifier answers in English is not compared besides; in Chinese, likeness is part of how likely it is.
        english = "en" in self._classifiers
        self._verbatim = {form(one.question): one.name for one in faq if english and not has_cjk(one.question)}
        self._likeness = Likeness([one for one in faq if not english or has_cjk(one.question)])

    @property
    def learnt(self) -> frozenset[str]:
        """Languages in which a classifier answers."""
        return frozenset(self._classifiers)

    def find(self, text: str) -> FaqMatch | None:
        """The likeliest entry with its score, whatever the threshold; None if nothing is shared."""
        language = "zh" if has_cjk(text) else "en"
        classifier = self._classifiers.get(language)
        if len(text) > (_LONGEST if classifier is None else _LONGEST_LEARNT) or not (said := form(text)):
            return None
        if said in self._verbatim and language == "en":
            return FaqMatch(self._verbatim[said], 1.0)
        ranked = self._likeness.rank(said) if classifier is None or language == "zh" else []
        if classifier is None or (ranked and ranked[0].score >= THRESHOLD):
            return _find_like(ranked)
        near = ranked[0].score if ranked else 0.0
        choice = classifier.choose(said if language == "zh" else text, near)
        close = choice.score < THRESHOLD and choice.either >= _ONE_OF_TWO
        return FaqMatch(choice.name, min(0.99, choice.score), choice.other if close else None, "classifier")


def _find_like(ranked: list[FaqMatch]) -> FaqMatch | None:
    if not ranked:
        return None
    best, other = ranked[0], ranked[1] if len(ranked) > 1 else None
    if best.score < 1 and other is not None and other.score >= max(THRESHOLD, best.score - _LIKE_ANOTHER):
        return FaqMatch(best.name, best.score, other.name)
    return best

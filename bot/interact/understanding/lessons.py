"""What there is to learn from an FAQ, a language at a time, and how what was learnt is kept: by its content, as bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

from .classifier import Classifier, learn
from .knowledge import FaqPhrasing
from .likeness import form
from .normalise import has_cjk

_ENOUGH = 5  # phrasings of an answer, on average: fewer, and there is nothing to learn from
_RELEASE = 1  # of how it is learnt: a higher one learns anew what is kept


@dataclass(frozen=True, slots=True)
class Lesson:
    """Questions in one language and the names of their answers."""

    language: str
    questions: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names this content: 64 hex digits."""
        told = json.dumps([_RELEASE, self.language, self.questions, self.names])
        return hashlib.sha256(told.encode()).hexdigest()


def list_lessons(faq: Sequence[FaqPhrasing]) -> list[Lesson]:
    """By the script that questions are written in."""
    lessons = []
    for language in ("en", "zh"):
        found = sorted((one.question, one.name) for one in faq if has_cjk(one.question) == (language == "zh"))
        names = {name for _, name in found}
        if len(names) > 1 and len(found) >= _ENOUGH * len(names):
            questions = [form(question) if language == "zh" else question for question, _ in found]
            lessons.append(Lesson(language, tuple(questions), tuple(name for _, name in found)))
    return lessons


def learn_all(lessons: Sequence[Lesson]) -> dict[str, Classifier]:
    return {lesson.language: unpack(study(lesson)) for lesson in lessons}


def study(lesson: Lesson) -> bytes:
    """Takes seconds, and scikit-learn."""
    import numpy as np

    kept = io.BytesIO()
    learnt: dict[str, Any] = learn(lesson.questions, lesson.names, lesson.language)
    np.savez_compressed(kept, **learnt)
    return kept.getvalue()


def unpack(kept: bytes) -> Classifier:
    """Raises ValueError if these are not bytes of `study`; nothing in them is ever run."""
    import numpy as np

    try:
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            return Classifier({name: arrays[name] for name in arrays.files})
    except (BadZipFile, zlib.error, EOFError, AttributeError, KeyError, IndexError, OSError) as error:
        raise ValueError(f"not what was learnt: {error}") from error

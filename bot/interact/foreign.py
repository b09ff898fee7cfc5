"""Languages we have no texts in: the one honest line of each, if there is one."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml

from bot.interact.turn import Turn


def find_line(turn: Turn) -> str | None:
    """What to say to a message in a language that is none of the business's; None where it is, or nobody knows."""
    if turn.heard.language in turn.settings.business.languages:
        return None
    return _lines().get(turn.heard.language)


@lru_cache
def _lines() -> dict[str, str]:
    lines: dict[str, str] = yaml.safe_load(files("templates").joinpath("other_languages.yaml").read_text("utf-8"))
    return lines

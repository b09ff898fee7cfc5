"""JSON as fast as it goes, and as lenient as the standard library where it must be.

Every message is JSON a dozen times: from Telegram, in the inbox, in columns, to Telegram. What orjson refuses (half a
surrogate pair, a number beyond 64 bits) comes from customers too, and one such message may not hold up the others.
"""

from __future__ import annotations

import json
from typing import Any

import orjson


def dump(value: Any) -> bytes:
    """Compact UTF-8. Raises TypeError for what JSON has no form for."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def dump_text(value: Any) -> str:
    return dump(value).decode()


def load(text: str | bytes) -> Any:
    """Raises ValueError for what is no JSON."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)

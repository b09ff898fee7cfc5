"""The parameters of one Bot API call, however they came: query, form, multipart or JSON.

A nested value is a JSON string in a form and plain JSON in a JSON body; both read alike here.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.model import Json
from sandbox.refusals import bad_request

TRUE = frozenset({"true", "1", "yes", "on"})


@dataclass(slots=True)
class Part:
    """One uploaded file of a multipart body."""

    name: str
    mime_type: str
    data: bytes


@dataclass(slots=True)
class Parameters:
    values: Json
    files: dict[str, Part] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        text = value if isinstance(value, str) else json.dumps(value)
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise bad_request("strings must be encoded in UTF-8") from None
        return text

    def whole(self, name: str, default: int = 0) -> int:
        """Like Telegram, an unreadable number is the default."""
        value = self.values.get(name)
        try:
            return int(value if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value))
        except (ValueError, OverflowError):
            return default

    def yes(self, name: str) -> bool:
        value = self.values.get(name)
        return value is True or (isinstance(value, (str, int)) and str(value).lower() in TRUE)

    def nested(self, name: str) -> Any:
        """The JSON value, or None when missing or empty; raises `Refusal` when it is not JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {name} JSON object") from None

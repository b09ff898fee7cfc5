"""How the sandbox says no: in Telegram's words to a bot, in ours to a test or the page."""

from typing import Any


class Refusal(Exception):
    """A Bot API call that Telegram would refuse; becomes `{"ok": false, "error_code", "description"}`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class Misuse(Exception):
    """A control request that cannot be carried out; becomes `{"error": ...}` with this HTTP status."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def bad_request(reason: str) -> Refusal:
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    return Refusal(403, f"Forbidden: {reason}")


def too_many(retry_after: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)

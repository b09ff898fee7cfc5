"""Failures on purpose: refusals, slow answers, sockets cut after Telegram has accepted."""

from dataclasses import dataclass

from sandbox.model import Json
from sandbox.refusals import Misuse

WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    413: "Request Entity Too Large",
    500: "Internal Server Error: restart",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}
KEYS = frozenset({"method", "times", "code", "retry_after", "cut_after_accept", "delay_ms", "description"})


@dataclass
class Fault:
    """`times` is how many calls it still strikes; None is until cleared."""

    method: str
    times: int | None
    code: int | None
    retry_after: int | None
    cut: bool
    delay: float
    description: str | None

    def describe(self) -> Json:
        return {
            "method": self.method,
            "times": self.times,
            "code": self.code,
            "retry_after": self.retry_after,
            "cut_after_accept": self.cut,
            "delay_ms": self.delay * 1000,
            "description": self.description,
        }

    def error(self) -> Json:
        """The Bot API's answer for `code`."""
        code = self.code or 500
        if code == 429:
            words = "Too Many Requests" + (f": retry after {self.retry_after}" if self.retry_after is not None else "")
        else:
            words = WORDS.get(code, "Internal Server Error" if code >= 500 else "Bad Request")
        answer: Json = {"ok": False, "error_code": code, "description": self.description or words}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


@dataclass
class Strike:
    """What all faults together do to one call."""

    delay: float = 0.0
    cut: bool = False
    fault: Fault | None = None


class Faults:
    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, asked: Json) -> Fault:
        """Raises `Misuse` on an unknown key or an impossible value."""
        unknown = sorted(set(asked) - KEYS)
        if unknown:
            raise Misuse(400, f"unknown key {unknown[0]!r}; a fault has {', '.join(sorted(KEYS))}")
        times, code = asked.get("times"), asked.get("code")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise Misuse(400, "times: a whole number from 1, or null until cleared")
        if code is not None and (not isinstance(code, int) or not 400 <= code <= 599):
            raise Misuse(400, "code: an HTTP status from 400 to 599, or null")
        delay, retry_after = asked.get("delay_ms") or 0, asked.get("retry_after")
        if not isinstance(delay, (int, float)) or not 0 <= delay <= 600_000:
            raise Misuse(400, "delay_ms: milliseconds from 0 to 600000")
        if retry_after is not None and (not isinstance(retry_after, int) or retry_after < 0):
            raise Misuse(400, "retry_after: whole seconds, or null")
        fault = Fault(
            method=str(asked.get("method", "*")).lower(),
            times=times,
            code=code,
            retry_after=retry_after,
            cut=bool(asked.get("cut_after_accept")),
            delay=delay / 1000,
            description=asked.get("description"),
        )
        self.active.append(fault)
        return fault

    def strike(self, method: str) -> Strike:
        """Use up one time of each fault on this method; delays add up, the first `code` is the answer."""
        strike = Strike()
        for fault in self.active:
            if fault.method not in ("*", method):
                continue
            if fault.code is not None and strike.fault is not None:
                continue  # kept for the next call: two refusals cannot answer one
            strike.delay += fault.delay
            strike.cut = strike.cut or fault.cut
            strike.fault = strike.fault or (fault if fault.code is not None else None)
            if fault.times is not None:
                fault.times -= 1
        self.active = [fault for fault in self.active if fault.times is None or fault.times > 0]
        return strike

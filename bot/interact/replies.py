"""What this room answers: names of messages, values and taps. Rendered above it, by the handler."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Tap:
    """A button: what pressing it does, which label it shows (the action's own where empty), and words filled into it."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    words: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """One message, or one part of a message. A value `facts` is a list of `identify.facts.describe`."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    taps: list[list[Tap]] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """All that follows from what a customer said.

    `parts` are one message, `taps` its buttons; `question` follows it; `notices` go to staff;
    `show` names a page the handler shows instead (profile).
    """

    parts: list[Reply] = field(default_factory=list)
    taps: list[list[Tap]] = field(default_factory=list)
    question: Reply | None = None
    notices: list[Reply] = field(default_factory=list)
    show: str = ""
    planned: bool = False  # events were written: the schedule should look

    def add(self, name: str, taps: list[list[Tap]] | None = None, /, **values: Any) -> None:
        self.parts.append(Reply(name, values))
        self.taps += taps or []

    def tell_staff(self, name: str, taps: list[list[Tap]] | None = None, /, **values: Any) -> None:
        self.notices.append(Reply(name, values, taps or []))

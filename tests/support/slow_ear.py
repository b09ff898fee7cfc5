"""A listening process for which some texts are too much: "forever" never ends, "fault" fails, "crash" kills it."""

from __future__ import annotations

import os
import signal
from typing import Any

from bot.interact import ear
from bot.interact.understanding import Listener, Understanding

ear.LIMIT_SECONDS = 0.2
understand = Listener.understand


def suffer(listener: Listener, text: str, **rest: Any) -> Understanding:
    while text.startswith("forever"):
        pass
    if text == "fault":
        raise ValueError("no head for this")
    if text == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    return understand(listener, text, **rest)


if __name__ == "__main__":
    Listener.understand = suffer  # type: ignore[method-assign,assignment]
    ear.main()

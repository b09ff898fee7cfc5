"""A Telegram on your own machine: the Bot API over HTTP, and a control API that plays the people.

Imports nothing from the agent. Run it with `python -m sandbox`, or mount `create_app(Telegram.open(...))` in the
event loop of another server.
"""

from sandbox.http import create_app, for_this_machine
from sandbox.telegram import Telegram

__all__ = ["Telegram", "create_app", "for_this_machine"]

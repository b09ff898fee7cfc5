"""What the sandbox remembers: people, bots, chats, messages, files. No behaviour beyond how each looks from outside."""

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Person:
    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None

    def as_user(self) -> Json:
        """The Bot API's `User`."""
        return {"id": self.id, "is_bot": False} | {
            key: value for key, value in asdict(self).items() if key != "id" and value is not None
        }

    def as_chat(self) -> Json:
        """The Bot API's private `Chat`."""
        user = self.as_user()
        return {key: user[key] for key in ("id", "first_name", "last_name", "username") if key in user} | {
            "type": "private"
        }


@dataclass(slots=True)
class Message:
    """One message: `api` is what the Bot API shows of it, the rest is what only the person sees.

    `seq` is the chat's change number at its last change, so that a page can ask for what changed since.
    """

    id: int
    seq: int
    from_bot: bool
    api: Json
    keyboard: Json | None = None
    deleted: bool = False


@dataclass(slots=True)
class Chat:
    """One chat of one bot. Messages stand in the order of their last change, so a page reads from the end."""

    id: int
    api: Json
    started: bool = False
    blocked: bool = False
    seq: int = 0
    messages: dict[int, Message] = field(default_factory=dict)
    notices: list[Json] = field(default_factory=list)
    keyboard: Json | None = None
    action: tuple[str, float] | None = None
    watchers: set["asyncio.Future[None]"] = field(default_factory=set)
    last: Message | None = None

    def touch(self, message: Message) -> None:
        """Give the message the next change number and wake whoever watches the chat."""
        self.messages.pop(message.id, None)
        self.seq += 1
        message.seq = self.seq
        self.messages[message.id] = message
        if self.last is None or message.id >= self.last.id:
            self.last = message
        self.wake()

    def wake(self) -> None:
        if self.watchers:
            for watcher in self.watchers:
                if not watcher.done():
                    watcher.set_result(None)
            self.watchers.clear()


@dataclass(slots=True)
class Upload:
    """A file's description; its bytes are kept apart (see `files.py`)."""

    id: str
    unique_id: str
    bot_id: int
    kind: str
    path: str
    name: str
    mime_type: str
    size: int
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class Bot:
    id: int
    token: str
    next_update_id: int
    next_message_id: int = 1
    allowed_updates: tuple[str, ...] = ()
    chats: dict[int, Chat] = field(default_factory=dict)
    updates: dict[int, bytes] = field(default_factory=dict)
    queries: dict[str, Json] = field(default_factory=dict)
    menus: dict[str, list[Json]] = field(default_factory=dict)
    poll: "asyncio.Future[str] | None" = None
    seen_at: float = 0.0

    def as_user(self) -> Json:
        """The Bot API's `User` of the bot, as in `from` of what it sends."""
        return {"id": self.id, "is_bot": True, "first_name": "Sandbox", "username": f"sandbox_{self.id}_bot"}

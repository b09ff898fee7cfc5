"""The sandbox's whole state, and the few moves that change it. HTTP is `http.py`, the Bot API `methods.py`.

Everything runs on one event loop; nothing here waits.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.calls import Calls
from sandbox.clock import Clock
from sandbox.encoding import encode
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.journal import FileJournal, Journal
from sandbox.limits import Limits
from sandbox.model import Bot, Chat, Json, Message, Person, Upload
from sandbox.refusals import Misuse, Refusal, bad_request, forbidden, too_many

TOKEN = re.compile(r"[1-9][0-9]{0,15}:[A-Za-z0-9_-]{30,64}")
QUERY_SECONDS = 150.0  # how long a press can be answered, in sandbox time
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KEPT_NOTICES = 50


class Telegram:
    def __init__(self, journal: Journal | None = None, tokens: Iterable[str] = ()) -> None:
        """Use `open`; this makes an empty one in memory."""
        self.journal = journal or Journal()
        self.tokens = frozenset(tokens)
        self.people: dict[int, Person] = {}
        self.bots: dict[int, Bot] = {}
        self.next_person_id = 1001
        self.active: Bot | None = None  # the bot that last asked for updates: people talk to it
        self.clock = Clock()
        self.faults = Faults()
        self.limits = Limits()
        self.calls = Calls()
        self.files = Files(self.journal)
        self.agent_url: str | None = None
        self.business: Json = {"name": None, "time_zone": None}
        self.released = False
        self._by_token: dict[str, Bot] = {}
        self.clock.on_move = self._save_clock
        self.clock.bot_seen_at = lambda: max((bot.seen_at for bot in self.bots.values()), default=0.0)

    @classmethod
    def open(cls, path: Path | None = None, tokens: Iterable[str] = ()) -> "Telegram":
        """With a path, what that file remembers; without, all in memory. Only `tokens` are let in, if any are given."""
        if path is None:
            telegram = cls(tokens=tokens)
        else:
            journal = FileJournal(path)
            telegram = cls(journal, tokens)
            telegram._load(journal)
        return telegram

    def release(self) -> None:
        """Let every waiting request answer now: the server is about to stop."""
        self.released = True
        self.clock.release()
        for bot in self.bots.values():
            if bot.poll is not None and not bot.poll.done():
                bot.poll.set_result("released")
            for chat in bot.chats.values():
                chat.wake()

    async def close(self) -> None:
        await self.journal.close()

    # Bots

    def bot_of(self, token: str) -> Bot:
        """The bot of this token, made when it is new; raises `Refusal` 401."""
        bot = self._by_token.get(token)
        if bot is None:
            if not TOKEN.fullmatch(token):
                raise Refusal(401, "Unauthorized: invalid token specified")
            if self.tokens and token not in self.tokens:
                raise Refusal(401, "Unauthorized")
            bot = self._admit_bot(token)
        bot.seen_at = time.monotonic()
        return bot

    def current_bot(self, bot_id: int | None = None) -> Bot:
        """The bot that people talk to; before any has called, a nameless one whose state the first will take over."""
        if bot_id is not None:
            if bot_id not in self.bots:
                raise Misuse(404, f"no bot {bot_id} has called; known: {sorted(self.bots)}")
            return self.bots[bot_id]
        if self.active is None:
            if self.bots:
                self.active = next(reversed(self.bots.values()))
            elif self.tokens:
                self.active = self._admit_bot(sorted(self.tokens)[0])
            else:
                self.active = self.bots[0] = Bot(0, "", first_update_id())
                self._save_bot(self.active)
        return self.active

    def _admit_bot(self, token: str) -> Bot:
        bot_id = int(token.split(":")[0])
        bot = self.bots.get(bot_id)
        if bot is None and set(self.bots) == {0}:
            bot = self.bots[bot_id] = self.bots.pop(0)
            bot.id = bot_id
            for table in ("counters", "chats", "messages", "updates", "queries"):
                self.journal.write(f"UPDATE {table} SET bot = ? WHERE bot = 0", bot_id)  # noqa: S608 - our own names
            self.journal.write("DELETE FROM bots WHERE id = 0")
            for upload in self.files.uploads.values():
                upload.bot_id = bot_id
                self.journal.write("UPDATE files SET data = ? WHERE id = ?", encode(asdict(upload)), upload.id)
        if bot is None:
            bot = self.bots[bot_id] = Bot(bot_id, token, first_update_id())
        self._by_token.pop(bot.token, None)
        bot.token = token
        self._by_token[token] = bot
        self._save_bot(bot)
        return bot

    def save_settings(self, bot: Bot) -> None:
        """Remember allowed_updates and menus."""
        self._save_bot(bot)

    # Updates

    def enqueue(self, bot: Bot, kind: str, body: Json) -> int | None:
        """Put an update in the bot's queue; None when it did not ask for this kind."""
        if kind not in bot.allowed_updates if bot.allowed_updates else kind in NOT_BY_DEFAULT:
            return None
        update_id = bot.next_update_id
        bot.next_update_id += 1
        data = encode({"update_id": update_id, kind: body})
        bot.updates[update_id] = data
        if self.journal.persistent:
            self.journal.write("INSERT INTO updates VALUES (?, ?, ?)", bot.id, update_id, data)
            self._save_counters(bot)
        if bot.poll is not None and not bot.poll.done():
            bot.poll.set_result("update")
        return update_id

    def confirm(self, bot: Bot, before: int) -> None:
        """Forget the updates below this id: the bot has them."""
        updates = bot.updates
        forgotten = False
        while updates and (first := next(iter(updates))) < before:
            del updates[first]
            forgotten = True
        if forgotten:
            self.journal.write("DELETE FROM updates WHERE bot = ? AND id < ?", bot.id, before)

    # Chats and messages

    def chat_for_sending(self, bot: Bot, chat_id: Any) -> Chat:
        """Raises `Refusal` as Telegram does when the bot may not write there."""
        try:
            number = int(chat_id)
        except (TypeError, ValueError, OverflowError):
            raise bad_request("chat not found" if chat_id else "chat_id is empty") from None
        chat = bot.chats.get(number)
        if chat is None or not chat.started:
            if number in self.people:
                raise forbidden("bot can't initiate conversation with a user")
            raise bad_request("chat not found")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def admit(self, bot: Bot, chat: Chat) -> None:
        """Count one sent or edited message against the limits; raises `Refusal` 429."""
        wait = self.limits.admit(bot.id, chat.id, time.monotonic())
        if wait:
            raise too_many(wait)

    def private_chat(self, bot: Bot, person: Person) -> Chat:
        """The person's chat with the bot, open for the bot to write in."""
        chat = bot.chats.get(person.id)
        if chat is None:
            chat = bot.chats[person.id] = Chat(person.id, person.as_chat())
        if not chat.started:
            chat.started = True
            self.save_chat(bot, chat)
        return chat

    def post(self, bot: Bot, chat: Chat, sender: Json, content: Json, at: float | None = None) -> Message:
        """A new message in the chat; `content` is what it has besides id, sender, chat and date."""
        message_id = bot.next_message_id
        bot.next_message_id += 1
        api = {"message_id": message_id, "from": sender, "chat": chat.api}
        api["date"] = int(self.clock.now() if at is None else at)
        api.update(content)
        message = Message(message_id, 0, bool(sender["is_bot"]), api)
        chat.touch(message)
        if self.journal.persistent:
            self._save_counters(bot)
            self._save_message(bot, chat, message)
        return message

    def change(self, bot: Bot, chat: Chat, message: Message) -> None:
        """Tell page and file that the message is not what it was."""
        chat.touch(message)
        if self.journal.persistent:
            self._save_message(bot, chat, message)

    def notify(self, chat: Chat, text: str, alert: bool, url: str | None) -> None:
        """What the person sees for a moment after a press."""
        chat.seq += 1
        chat.notices.append({"seq": chat.seq, "text": text, "alert": alert, "url": url})
        del chat.notices[:-KEPT_NOTICES]
        chat.wake()

    # Keeping

    def save_person(self, person: Person) -> None:
        self.journal.write("INSERT OR REPLACE INTO people VALUES (?, ?)", person.id, encode(asdict(person)))
        self._save_meta("next_person_id", str(self.next_person_id))

    def save_chat(self, bot: Bot, chat: Chat) -> None:
        data = {"api": chat.api, "started": chat.started, "blocked": chat.blocked, "keyboard": chat.keyboard}
        self.journal.write("INSERT OR REPLACE INTO chats VALUES (?, ?, ?)", bot.id, chat.id, encode(data))

    def save_query(self, bot: Bot, query_id: str, query: Json | None) -> None:
        if query is None:
            self.journal.write("DELETE FROM queries WHERE bot = ? AND id = ?", bot.id, query_id)
        else:
            self.journal.write("INSERT INTO queries VALUES (?, ?, ?)", bot.id, query_id, encode(query))

    def _save_bot(self, bot: Bot) -> None:
        data = {"token": bot.token, "allowed_updates": bot.allowed_updates, "menus": bot.menus}
        self.journal.write("INSERT OR REPLACE INTO bots VALUES (?, ?)", bot.id, encode(data))
        self._save_counters(bot)

    def _save_counters(self, bot: Bot) -> None:
        self.journal.write(
            "INSERT OR REPLACE INTO counters VALUES (?, ?, ?)", bot.id, bot.next_update_id, bot.next_message_id
        )

    def _save_message(self, bot: Bot, chat: Chat, message: Message) -> None:
        data = {"seq": message.seq, "from_bot": message.from_bot, "api": message.api, "deleted": message.deleted}
        self.journal.write(
            "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?)",
            bot.id,
            message.id,
            chat.id,
            encode(data | {"keyboard": message.keyboard}),
        )

    def _save_clock(self) -> None:
        self._save_meta("clock", json.dumps([self.clock.offset, self.clock.revision]))

    def _save_meta(self, name: str, value: str) -> None:
        self.journal.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def _load(self, journal: FileJournal) -> None:
        rows = journal.connection.execute
        meta = dict(rows("SELECT name, value FROM meta"))
        self.next_person_id = int(meta.get("next_person_id", self.next_person_id))
        if "clock" in meta:
            self.clock.offset, self.clock.revision = json.loads(meta["clock"])
        for _, data in rows("SELECT id, data FROM people ORDER BY id"):
            person = Person(**json.loads(data))
            self.people[person.id] = person
        for bot_id, data in rows("SELECT id, data FROM bots ORDER BY rowid"):
            kept = json.loads(data)
            bot = Bot(bot_id, kept["token"], 0, allowed_updates=tuple(kept["allowed_updates"]), menus=kept["menus"])
            self.bots[bot_id] = bot
            if bot_id and (not self.tokens or bot.token in self.tokens):
                self._by_token[bot.token] = bot
        for bot_id, next_update, next_message in rows("SELECT bot, next_update, next_message FROM counters"):
            self.bots[bot_id].next_update_id, self.bots[bot_id].next_message_id = next_update, next_message
        for bot_id, chat_id, data in rows("SELECT bot, id, data FROM chats"):
            self.bots[bot_id].chats[chat_id] = Chat(chat_id, **json.loads(data))
        self._load_messages(journal)
        for bot_id, update_id, data in rows("SELECT bot, id, data FROM updates ORDER BY bot, id"):
            self.bots[bot_id].updates[update_id] = bytes(data)
        for bot_id, query_id, data in rows("SELECT bot, id, data FROM queries"):
            self.bots[bot_id].queries[query_id] = json.loads(data)
        for (data,) in rows("SELECT data FROM files ORDER BY rowid"):
            upload = Upload(**json.loads(data))
            self.files.uploads[upload.id] = upload

    def _load_messages(self, journal: FileJournal) -> None:
        found = []
        for bot_id, message_id, chat_id, data in journal.connection.execute("SELECT * FROM messages"):
            kept = json.loads(data)
            found.append((self.bots[bot_id].chats[chat_id], Message(message_id, **kept)))
        for chat, message in sorted(found, key=lambda pair: pair[1].seq):
            chat.messages[message.id] = message
            if chat.last is None or message.id > chat.last.id:
                chat.last = message
            message.api["chat"] = chat.api
            # Notices used change numbers that are not kept: start well above them.
            chat.seq = message.seq + 1000


def first_update_id() -> int:
    """Follows the wall clock, so that even a sandbox whose file was thrown away gives out no old ids (and fits 31 bits)."""
    return int(time.time() - 1_577_836_800) * 4


async def wait_for_change(chat: Chat, seconds: float) -> None:
    """Return when anything in the chat changes, or the time is up."""
    watcher = asyncio.get_running_loop().create_future()
    chat.watchers.add(watcher)
    try:
        async with asyncio.timeout(seconds):
            await watcher
    except TimeoutError:
        pass
    finally:
        chat.watchers.discard(watcher)

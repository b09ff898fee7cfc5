"""One update being answered. `answering` turns a plain function of a `Visit` into a PTB handler.

The function runs in the writer, inside the transaction that also marks the update done; it may run again
after a lost race, so all it does is change `visit.memory` and say things.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from telegram import Update
from telegram.ext import CallbackContext

from bot.clock import Clock
from bot.config import Settings
from bot.customize import script
from bot.customize.messages import Rows, compose
from bot.customize.wording import Wording
from bot.identify import consents
from bot.interact import fragments, recent
from bot.interact.hearing import Hearing
from bot.interact.understanding import Understanding
from bot.runtime.slot import Fleeting, Outcome, Slot, current
from handlers import strangers
from handlers.floods import Floods
from handlers.fragments import Begun, must_wait, read_begun
from handlers.manners import follow_language, follow_register, follow_script
from handlers.menus import follow_kind
from handlers.said import Person, Said, read_update
from storage import buttons, contacts, customers, inbox, outbox, team
from storage.database import Database, Memory
from storage.models import ButtonToken, Conversation, Customer, CustomerStatus, Staff
from storage.outbox import Queued

HEARD = ("text", "edit", "photo", "voice", "other")  # kinds whose words are understood


@dataclass(slots=True)
class Business:
    """What every visit may use; the composition root makes the one there is."""

    settings: Settings
    clock: Clock
    database: Database
    wording: Wording
    hearing: Hearing
    floods: Floods = field(default_factory=Floods)


Context = CallbackContext[Any, Any, Any, Any]
LookAhead = Callable[[Memory, Business, Said], Any]
"""Slow reading for a visit, beside the writer and before its transaction. It judges nothing: what it found may be old."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood, where anything was; and whether it goes on with something or waits for more."""

    words: Understanding | None = None
    begun: Begun | None = None
    waits: bool = False


@dataclass(slots=True)
class Visit:
    """Who, what they said, now, memory, settings; and the ways to answer."""

    business: Business
    memory: Memory
    said: Said
    now: datetime
    customer: Customer
    conversation: Conversation
    staff: Staff | None
    contact_id: int
    heard: Understanding | None = None
    pressed: ButtonToken | None = None
    is_first: bool = False  # the customer was not known before this update
    muted: bool = False  # recorded, not answered: more of the chat waits, or there is too much of it
    outcome: Outcome = field(default_factory=Outcome)
    toast: str = ""
    begun: Begun | None = None  # what this message goes on with
    spoken: tuple[int, ...] = ()  # the contacts of what is answered now: a burst has several
    verbatim: set[str] = field(default_factory=set)  # words of the customer's own that are said back
    silence: timedelta | None = None  # since they wrote before
    earlier: tuple[str, ...] = ()  # and the words of all but the last
    ahead: Any = None  # what the command's `LookAhead` found

    @property
    def settings(self) -> Settings:
        return self.business.settings

    @property
    def is_staffed(self) -> bool:
        """Whether there is anybody to pass on to."""
        return bool(team.list_ids(self.memory))

    @property
    def pieces(self) -> tuple[tuple[int, str], ...]:
        """Each message of what is answered now, with its contact."""
        return (*zip(self.spoken, (*self.earlier, self.said.text), strict=True),)

    @property
    def person(self) -> Person:
        return self.said.person

    @property
    def zone(self) -> ZoneInfo:
        """The customer's time zone: stated, or the business's."""
        return zone_of(self.customer, self.settings)

    @property
    def language(self) -> str:
        """In which this chat is answered: staff in the language of staff, a customer in theirs."""
        return self.customer.language

    def say(self, name: str, /, *, buttons: Rows | None = None, key: str | None = None,
            again: bool = False, **values: Any) -> None:  # fmt: skip
        """Answer in this chat with the message of this name. `again`: its buttons may be pressed repeatedly."""
        if not self.muted:
            self.tell(self.said.chat_id, self.language, name, buttons=buttons, key=key, again=again, **values)

    def redraw(self, name: str, /, *, buttons: Rows | None = None, again: bool = False,
               language: str | None = None, **values: Any) -> None:  # fmt: skip
        """Replace the message whose button was pressed. `language`: another than this chat's, as for staff."""
        if self.said.message_id is None or self.said.kind != "press":
            raise ValueError("only a press can redraw its message")
        parameters = self._compose(self.said.chat_id, language or self.language, name, buttons, again, values)
        parameters["message_id"] = self.said.message_id
        self._queue("editMessageText", parameters, self.said.chat_id, name, self.customer.id, None)

    def tell(self, chat_id: int, language: str, name: str, /, *, buttons: Rows | None = None,
             key: str | None = None, again: bool = False, about: int | None = None, **values: Any) -> Queued:  # fmt: skip
        """Write to any chat. `about` is the customer a message to staff is about: a reply to it reaches them."""
        parameters = self._compose(chat_id, language, name, buttons, again, values)
        owner = self.customer.id if chat_id == self.said.chat_id else about
        return self._queue("sendMessage", parameters, chat_id, name, owner, key)

    def tell_staff(self, name: str, /, *, buttons: Rows | None = None, roles: tuple[str, ...] = (),
                   files: list[dict[str, Any]] | None = None, **values: Any) -> int:  # fmt: skip
        """Write to every member of staff (of these roles), each in their language. Returns to how many."""
        members = [member for member in team.list_all(self.memory) if not roles or member.role in roles]
        for member in members:
            self.tell(
                member.telegram_id, member.language, name, buttons=buttons, again=True, about=self.customer.id, **values
            )
            for file in files or []:
                self.forward_file(member.telegram_id, file)
        return len(members)

    def forward_file(self, chat_id: int, file: dict[str, Any]) -> None:
        """Show a customer's photo, voice note or document to somebody, by Telegram's own file id."""
        method, field_name = FORWARDS.get(file["kind"], ("sendDocument", "document"))
        parameters = {"chat_id": chat_id, field_name: file["file_id"]}
        self._queue(method, parameters, chat_id, "file", self.customer.id, None)

    def send_document(self, file_name: str, content: bytes, name: str, /, **values: Any) -> None:
        """Answer with a file; the message of this name is its caption."""
        self._send_file("sendDocument", "document", file_name, content, name, values)

    def send_photo(self, file_name: str, content: bytes, name: str, /, **values: Any) -> None:
        """The same with a picture that is seen at once."""
        self._send_file("sendPhoto", "photo", file_name, content, name, values)

    def _send_file(
        self, method: str, field: str, file_name: str, content: bytes, name: str, values: dict[str, Any]
    ) -> None:
        text = self.business.wording.render(self.language, name, values, zone=self.zone)
        parameters = {"chat_id": self.said.chat_id, "caption": text, "parse_mode": "HTML"}
        queued = self._queue(method, parameters, self.said.chat_id, name, self.customer.id, None)
        outbox.attach(self.memory, queued.id, field, file_name, content)

    def follow_kind(self, customer: Customer | None = None) -> None:
        """Let the command menu be that of a partner or not; of another than this chat's customer, if one is named."""
        conversation, chat_id = self.conversation, self.said.chat_id
        if customer is not None and customer.id != self.customer.id:
            found = self.memory.get(Conversation, customer.id)
            private = customers.find_telegram_id(self.memory, customer.id)
            if found is None or private is None:
                return
            conversation, chat_id = found, private
        self.outcome.queued += follow_kind(
            self.memory,
            self.business.wording,
            self.settings,
            customer or self.customer,
            conversation,
            chat_id,
            self.now,
        )

    def acknowledge(self, name: str, /, **values: Any) -> None:
        """The short note Telegram shows over a pressed button."""
        self.toast = self.business.wording.render(self.language, name, values)[:200]

    def call(self, method: str, parameters: dict[str, Any]) -> None:
        """A call worth nothing later (typing …)."""
        self.outcome.fleeting.append(Fleeting(method, parameters))

    def _compose(
        self, chat_id: int, language: str, name: str, rows: Rows | None, again: bool, values: dict[str, Any]
    ) -> dict[str, Any]:
        parameters = compose(
            self.memory, self.business.wording, name, values, chat_id=chat_id, customer_id=self.customer.id,
            language=language, zone=self.zone, now=self.now, rows=rows, again=again,
            turn=self.vary(language, name) if chat_id == self.said.chat_id else self.contact_id,
        )  # fmt: skip
        if language == "zh" and chat_id == self.said.chat_id:
            parameters["text"] = self._in_their_way(parameters["text"])
            for row in parameters.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    button["text"] = self._in_their_way(button["text"])
        return parameters

    def _in_their_way(self, text: str) -> str:
        noted = self.conversation.last_recorded or {}
        traditional, casual = noted.get("script") == script.TRADITIONAL, noted.get("register") == script.CASUAL
        return script.adapt(text, traditional=traditional, casual=casual, verbatim=self.verbatim)

    def vary(self, language: str, name: str) -> int:
        """Which wording of this message to use: none that this chat heard within ten turns, where there is another."""
        count = self.business.wording.count_variants(language, name)
        return recent.choose_variant(self.conversation, name, count, self.contact_id)

    def _queue(
        self, method: str, parameters: dict[str, Any], chat_id: int, name: str, customer_id: int | None, key: str | None
    ) -> Queued:
        queued = outbox.add(
            self.memory, method, parameters, now=self.now, chat_id=chat_id, customer_id=customer_id, key=key,
            message_name=name,
        )  # fmt: skip
        self.outcome.queued.append(queued)
        return queued


FORWARDS = {
    "photo": ("sendPhoto", "photo"),
    "voice": ("sendVoice", "voice"),
    "sticker": ("sendSticker", "sticker"),
    "video": ("sendVideo", "video"),
    "audio": ("sendAudio", "audio"),
    "video_note": ("sendVideoNote", "video_note"),
}


def zone_of(customer: Customer, settings: Settings) -> ZoneInfo:
    return ZoneInfo(customer.time_zone) if customer.time_zone else settings.business.time_zone


def answering(
    function: Callable[[Visit], None], look_ahead: LookAhead | None = None
) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """A PTB callback that runs `function` on the visit, in its transaction; with what `look_ahead` found before it."""
    name = f"{function.__module__}.{function.__name__}"

    async def answer(update: Update, context: Context) -> None:
        business: Business = context.bot_data
        slot = current.get()
        most = business.settings.conversation.max_input
        said = read_update(update, most)
        if said is None:
            return
        pieces = [piece for _, one in slot.before if (piece := read_update(one, most)) is not None]
        heard = Heard()
        ahead = None
        if look_ahead is not None:
            ahead = await business.database.read_slowly(lambda memory: look_ahead(memory, business, said))

        def prepare(memory: Memory) -> Generator[None, Memory, None]:
            nonlocal heard
            heard = yield from hear(memory, business, said, pieces, may_wait=slot.may_wait)

        def run(memory: Memory) -> Outcome:
            if heard.waits:
                return Outcome()
            for waiting in (*(one for one, _ in slot.before), slot.waiting):
                if not inbox.finish(memory, waiting.id, business.clock.now()):
                    return Outcome()
            if strangers.is_stranger(memory, said):
                inbox.blank(memory, slot.waiting.id)
                language = choose_language(said.person.language_code, business.settings.business.languages)
                return strangers.answer(business.wording, language, said)
            visit = open_visit(memory, business, said, heard, slot, pieces)
            visit.ahead = ahead
            function(visit)
            if visit.staff is None and visit.customer in memory:  # else they were erased
                visit.follow_kind()
            if said.query_id:
                note = {"text": visit.toast} if visit.toast else {}
                visit.call("answerCallbackQuery", {"callback_query_id": said.query_id, **note})
            return visit.outcome

        outcome = await business.database.write(run, name=name, prepare=prepare)
        slot.waits = heard.waits
        slot.outcome = None if heard.waits else outcome

    return answer


def hear(
    memory: Memory, business: Business, said: Said, pieces: Sequence[Said], *, may_wait: bool
) -> Generator[None, Memory, Heard]:
    """Understand the words, before anything is written. Commands and presses are not understood."""
    hearing = business.hearing
    hearing.listener(memory)  # built here, however little is to be understood
    if said.kind not in HEARD or not said.text or said.command or not said.private:
        return Heard()
    known = customers.glance(memory, "telegram", str(said.person.id))
    settings, now = business.settings, business.clock.now()
    zone = ZoneInfo(known.time_zone) if known and known.time_zone else settings.business.time_zone
    language = known.language if known else choose_language(said.person.language_code, settings.business.languages)
    ask = partial(hearing.ask, language=language, time_zone=zone, now=now)
    asked = ask(memory, fragments.join([*(piece.text for piece in pieces), said.text]) if pieces else said.text)
    memory = yield
    whole = asked.result()
    if said.kind != "text" or not settings.conversation.fragment_wait:
        return Heard(whole)
    begun = read_begun(memory, said, whole, lambda text: ask(memory, text).result(), settings)
    if begun is not None:
        return Heard(begun.heard, begun)
    return Heard(whole, waits=may_wait and must_wait(memory, said, whole, now, settings))


def choose_language(code: str | None, languages: tuple[str, ...]) -> str:
    """Telegram's language code to one we have texts in; the first where there is none."""
    short = (code or "").partition("-")[0].lower()
    return short if short in languages else languages[0]


def open_visit(
    memory: Memory, business: Business, said: Said, hearing: Heard, slot: Slot, pieces: Sequence[Said]
) -> Visit:
    """Who is this, what did we talk about; the update goes into the contact log, after its earlier pieces."""
    heard = hearing.words
    now = business.clock.now()
    found = customers.find_with_conversation(memory, "telegram", str(said.person.id))
    customer, conversation = found if found else (_welcome(memory, business, said, now), None)
    if conversation is None:
        conversation = Conversation(customer_id=customer.id, last_recorded={}, recent=[], misunderstood=0)
        memory.add(conversation)
    follow_language(customer, heard, business.settings.business.languages, said)
    spoken = [
        contacts.add(
            memory, customer_id=customer.id, direction="in", kind=piece.kind, at=min(piece.at, now), text=piece.whole,
            chat_id=piece.chat_id, message_id=piece.message_id,
        )
        for piece in pieces
    ]  # fmt: skip
    contact_id = contacts.add(
        memory, customer_id=customer.id, direction="in", kind=said.kind, at=min(said.at, now), text=said.whole,
        chat_id=said.chat_id, message_id=said.message_id, file=said.file,
        revises=contacts.find_revised(memory, customer.id, said.chat_id, said.message_id)
        if said.kind == "edit" and said.message_id is not None else None,
    )  # fmt: skip
    if found is None:
        consents.begin_service(memory, customer.id, (*spoken, contact_id)[0], now)
    silence = now - customer.last_contact_at if customer.last_contact_at is not None else None
    if said.kind != "membership":
        customer.last_contact_at = now
        if customer.status == CustomerStatus.unreachable:
            customer.status = CustomerStatus.active  # whoever writes can be written to
    visit = Visit(
        business, memory, said, now, customer, conversation, team.find(memory, said.person.id), contact_id, heard,
        is_first=found is None, begun=hearing.begun, spoken=(*spoken, contact_id),
        silence=silence,
        earlier=tuple(piece.text for piece in pieces),
    )  # fmt: skip
    visit.muted = _is_late_with_more(visit, slot) or _is_flood(visit, slot)
    if heard is not None and heard.language == "zh" and not said.forwarded:
        follow_script(conversation, said.text)
        follow_register(conversation, said.text)
    if said.token:
        visit.pressed = buttons.find(memory, said.token, said.chat_id)
    return visit


def _welcome(memory: Memory, business: Business, said: Said, now: datetime) -> Customer:
    language = choose_language(said.person.language_code, business.settings.business.languages)
    customer = customers.add(memory, name=said.person.full_name[:200], language=language, now=now)
    customers.link(memory, customer.id, "telegram", str(said.person.id), now)
    return customer


def _is_late_with_more(visit: Visit, slot: Slot) -> bool:
    """We were away, and this is not the last of what the chat wrote meanwhile: answer the last one only."""
    late = visit.now - visit.said.at > visit.settings.conversation.offline_after
    return late and visit.said.kind == "text" and inbox.has_later(visit.memory, slot.waiting.id, slot.waiting.chat_id)


def _is_flood(visit: Visit, slot: Slot) -> bool:
    """More than a person types: what comes is recorded, answered no more until it stops."""
    said = {waiting.id: visit.said.at for waiting in (*(one for one, _ in slot.before), slot.waiting)}
    return visit.business.floods.count(visit.said.chat_id, said, visit.settings.conversation.burst)

"""What an answer of Telegram means for an outbox row. By status, parameters and phase; words only where no code is."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from bot.runtime.request import Reply
from storage.models import Delivery

# Telegram's words "may change"; these are the only ones we read, and a test holds them against the sandbox.
DONE_WORDS = ("message is not modified", "query is too old")
GONE_WORDS = ("chat not found", "user not found", "PEER_ID_INVALID")
MARKUP_WORDS = ("can't parse entities",)


class Meaning(StrEnum):
    sent = "sent"
    wait = "wait"  # 429: not sent, this chat waits
    moved = "moved"  # the group has a new id
    unreachable = "unreachable"  # for good, until the person writes again
    plain = "plain"  # our markup was refused: once more, without it
    refused = "refused"  # this payload will never be taken
    alarm = "alarm"  # our token is wrong, or not ours alone: nothing is lost, somebody must look
    missing = "missing"  # this server knows no such method, or our address is wrong: the same, but others may go
    retry = "retry"  # surely not sent, or an answer that may be sent twice
    unknown = "unknown"  # may have been sent, and must not be sent twice


class Reading(NamedTuple):
    meaning: Meaning
    error: str | None = None
    seconds: float = 0.0
    message_id: int | None = None
    chat_id: int | None = None


def read_reply(reply: Reply, delivery: str) -> Reading:
    """The meaning of an HTTP answer."""
    words = reply.description
    if reply.status == 200 and reply.body.get("ok"):
        result = reply.body.get("result")
        return Reading(Meaning.sent, message_id=result.get("message_id") if isinstance(result, dict) else None)
    if reply.status == 429:
        return Reading(Meaning.wait, words, seconds=float(reply.parameters.get("retry_after") or 1))
    if (new := reply.parameters.get("migrate_to_chat_id")) is not None:
        return Reading(Meaning.moved, words, chat_id=int(new))
    if reply.status in (401, 409):
        return Reading(Meaning.alarm, words)
    if reply.status == 404:
        return Reading(Meaning.missing, words)
    if reply.status >= 500 or (not reply.body and reply.status not in (400, 413)):  # a page of somebody between us
        return read_break(words, delivery)
    if reply.status == 403:
        return Reading(Meaning.unreachable, words)
    if any(known in words for known in DONE_WORDS):
        return Reading(Meaning.sent)
    if any(known in words for known in GONE_WORDS):
        return Reading(Meaning.unreachable, words)
    if any(known in words for known in MARKUP_WORDS):
        return Reading(Meaning.plain, words)
    return Reading(Meaning.refused, words)


def read_break(error: str, delivery: str) -> Reading:
    """The link broke after the request may have arrived."""
    return Reading(Meaning.unknown if delivery == Delivery.follow_up else Meaning.retry, error)

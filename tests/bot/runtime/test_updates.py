"""What is read by the shorter way is what PTB reads."""

import json

import pytest
from telegram import Bot, Update

from bot.runtime.updates import Reader

BOT = Bot("4242:" + "A" * 35)
PERSON = {"id": 7, "is_bot": False, "first_name": "Anna", "language_code": "en", "is_premium": True}
CHAT = {"id": 7, "type": "private", "first_name": "Anna", "username": "anna"}
READER = Reader(BOT)
WORDS = {"message_id": 5, "from": PERSON, "chat": CHAT, "date": 1_790_000_000, "text": "love the oat latte 🥛"}
OTHERS = {
    "command": {**WORDS, "text": "/me", "entities": [{"type": "bot_command", "offset": 0, "length": 3}]},
    "reply": {**WORDS, "reply_to_message": WORDS},
    "photo": {**{key: WORDS[key] for key in WORDS if key != "text"},
              "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
    "key of a later Telegram": {**WORDS, "sent_from_the_moon": True},
    "too old to be seen": {**WORDS, "date": 0},
}  # fmt: skip


def read_both(data: dict[str, object]) -> tuple[Update, Update]:
    raw = json.dumps(data)
    return READER.read(raw), Update.de_json(json.loads(raw), BOT)


@pytest.mark.parametrize("message", [WORDS, *OTHERS.values()], ids=["words", *OTHERS])
def test_message_is_what_ptb_reads(message):
    ours, theirs = read_both({"update_id": 9, "message": message})
    assert ours.to_dict() == theirs.to_dict()
    assert ours.effective_user == theirs.effective_user
    assert ours.effective_chat == theirs.effective_chat
    assert ours.effective_message == theirs.effective_message
    assert ours.message.get_bot() is BOT


def test_edited_message_is_what_ptb_reads():
    ours, theirs = read_both({"update_id": 9, "edited_message": {**WORDS, "edit_date": 1_790_000_100}})
    assert ours.to_dict() == theirs.to_dict()
    assert ours.edited_message == theirs.edited_message


def test_who_writes_is_read_anew_when_told_otherwise():
    renamed = {**PERSON, "first_name": "Anne"}
    tagged = {**PERSON, "usernames": ["anna", "anne"]}
    for person in (PERSON, renamed, PERSON, tagged, {**PERSON, "id": 8}):
        for _ in range(2):
            ours, theirs = read_both({"update_id": 9, "message": {**WORDS, "from": person}})
            assert ours.effective_user.to_dict() == theirs.effective_user.to_dict()


def test_words_take_the_shorter_way():
    assert type(read_both({"update_id": 9, "message": WORDS})[0]) is not Update


@pytest.mark.parametrize("raw", ["", "[", '{"message": {}}', '{"update_id": 1, "message": {"date": "soon"}}'])
def test_what_is_no_update_raises(raw):
    with pytest.raises((ValueError, KeyError, TypeError)):
        READER.read(raw)

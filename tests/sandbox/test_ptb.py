"""python-telegram-bot as it is, with its own HTTP client, against the sandbox."""

import asyncio
import io
from typing import Any

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from sandbox.files import tiny_picture
from tests.support.sandboxes import Line, Sandbox, open_line


def bot_of(line: Line) -> Bot:
    return Bot(line.token, base_url=f"{line.sandbox.url}/bot", base_file_url=f"{line.sandbox.url}/file/bot")


def test_a_conversation(line: Line) -> None:
    async def talk() -> None:
        async with bot_of(line) as bot:
            line.says(text="/start poster-12")
            (update,) = await bot.get_updates(timeout=5, allowed_updates=Update.ALL_TYPES)
            assert update.message is not None
            assert update.message.parse_entities(["bot_command"]) == {update.message.entities[0]: "/start"}
            assert update.effective_user is not None
            assert update.effective_user.language_code == "en"
            keys = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
            text = "Hi <b>Ada</b> 😀 <i>你好</i>"
            sent = await bot.send_message(line.person, text, parse_mode="HTML", reply_markup=keys)
            assert sent.text_html == text
            await press(bot, sent, update.update_id)
            edited = await bot.edit_message_text("Done", line.person, sent.message_id)
            assert isinstance(edited, Message)
            assert (edited.text, edited.reply_markup, edited.edit_date is not None) == ("Done", None, True)
            assert await bot.delete_message(line.person, sent.message_id) is True

    async def press(bot: Bot, sent: Message, seen: int) -> None:
        line.presses(sent.message_id, button="Yes")
        (update,) = await bot.get_updates(offset=seen + 1)
        assert update.callback_query is not None
        assert update.callback_query.data == "y"
        assert update.callback_query.message == sent
        assert await update.callback_query.answer("ok") is True
        with pytest.raises(BadRequest, match="Query is too old"):
            await update.callback_query.answer("again")

    asyncio.run(talk())


def test_files_and_menus(line: Line) -> None:
    async def exchange() -> None:
        async with bot_of(line) as bot:
            photo = await bot.send_photo(line.person, tiny_picture(), caption="look")
            assert await content(await photo.photo[-1].get_file()) == tiny_picture()
            document = await bot.send_document(line.person, io.BytesIO(b"data"), filename="your data.json")
            assert document.document is not None
            assert document.document.file_name == "your data.json"
            assert await content(await document.document.get_file()) == b"data"
            assert await bot.set_my_commands([BotCommand("me", "what we know")], language_code="zh")
            assert await bot.get_my_commands(language_code="zh") == (BotCommand("me", "what we know"),)
            assert await bot.delete_my_commands(language_code="zh")
            chat = await bot.get_chat(line.person)
            assert chat.id == line.person
            assert await bot.send_chat_action(line.person, "typing")
            assert (await bot.get_webhook_info()).url == ""

    async def content(file: Any) -> bytes:
        return bytes(await file.download_as_bytearray())

    asyncio.run(exchange())


def test_refusals_are_the_exceptions_ptb_knows(own: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # without it PTB warns, and a warning is an error here
    line = open_line(own)

    async def fail() -> None:
        async with bot_of(line) as bot:
            with pytest.raises(Forbidden, match="can't initiate conversation"):
                await bot.send_message(line.person, "x")
            line.says(text="/start")
            with pytest.raises(BadRequest, match="Message text is empty"):
                await bot.send_message(line.person, "")
            own.ask("POST", "faults", {"method": "sendMessage", "times": 1, "code": 429, "retry_after": 3})
            with pytest.raises(RetryAfter, match="Flood control"):
                await bot.send_message(line.person, "x")
            own.ask("POST", "faults", {"method": "sendMessage", "times": 1, "cut_after_accept": True})
            with pytest.raises(NetworkError):
                await bot.send_message(line.person, "x")
            own.ask("POST", "blocks", {"user": line.person, "blocked": True})
            with pytest.raises(Forbidden, match="blocked by the user"):
                await bot.send_message(line.person, "x")
        with pytest.raises(InvalidToken):
            async with Bot("1:short", base_url=f"{own.url}/bot"):
                pass

    asyncio.run(fail())

"""The table of handlers: what may arrive, in the order it is tried, and which function answers.

One update meets one handler. Groups are answered by nobody: the bot is silent there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.runtime.worker import keep_error
from handlers.customers import (
    chat,
    feedback,
    knowledge,
    orders,
    privacy,
    profile,
    questions,
    referrals,
    reminders,
    start,
)
from handlers.customers import partners as for_partners
from handlers.staff import (
    bulletins,
    cases,
    desk,
    duplicates,
    find,
    followups,
    households,
    imports,
    partners,
    reports,
    segments,
    team,
)
from handlers.staff import profile as staff_profile
from handlers.visit import LookAhead, Visit, answering
from storage import buttons

BUTTONS_WORK_FOR = timedelta(days=60)

CUSTOMER_COMMANDS: dict[str, Callable[[Visit], None]] = {
    **start.COMMANDS,
    **profile.COMMANDS,
    **referrals.COMMANDS,
    **privacy.COMMANDS,
    **for_partners.COMMANDS,
}
STAFF_COMMANDS: dict[str, Callable[[Visit], None]] = {
    **find.COMMANDS,
    **staff_profile.COMMANDS,
    **partners.COMMANDS,
    **bulletins.COMMANDS,
    **followups.COMMANDS,
    **duplicates.COMMANDS,
    **households.COMMANDS,
    **reports.COMMANDS,
    **segments.COMMANDS,
    **team.COMMANDS,
}
LOOK_AHEAD: dict[str, LookAhead] = {**segments.LOOK_AHEAD}
PRESSES: dict[str, Callable[[Visit], None]] = {
    **start.PRESSES,
    **chat.PRESSES,
    **profile.PRESSES,
    **privacy.PRESSES,
    **feedback.PRESSES,
    **knowledge.PRESSES,
    **reminders.PRESSES,
    **questions.PRESSES,
    **orders.PRESSES,
    **for_partners.PRESSES,
    **find.PRESSES,
    **staff_profile.PRESSES,
    **partners.PRESSES,
    **bulletins.PRESSES,
    **followups.PRESSES,
    **duplicates.PRESSES,
    **households.PRESSES,
    **cases.PRESSES,
    **imports.PRESSES,
}

Regulars = Application[Any, Any, Any, Any, Any, Any]


def register(application: Regulars) -> None:
    """All in group 0 and blocking: one update, one visit, one transaction."""
    written = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    # First what nearly every update is: a message that is no command need not be shown to each of them.
    application.add_handler(MessageHandler(written & filters.TEXT & ~filters.COMMAND, answering(answer_text)))
    for name, function in (CUSTOMER_COMMANDS | STAFF_COMMANDS).items():
        application.add_handler(CommandHandler(name, answering(function, LOOK_AHEAD.get(name)), filters=written))
    application.add_handler(MessageHandler(written & filters.COMMAND, answering(chat.answer_unknown_command)))
    application.add_handler(MessageHandler(written, answering(answer_file)))
    edited = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE
    application.add_handler(MessageHandler(edited, answering(answer_edit)))
    application.add_handler(CallbackQueryHandler(answering(press)))
    application.add_handler(ChatMemberHandler(answering(privacy.note_membership), ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(TypeHandler(Update, ignore))
    application.add_error_handler(keep_error)


def answer_text(visit: Visit) -> None:
    """Words from a customer; a colleague's may be the answer to a question of ours, or meant for a customer."""
    if visit.staff is not None and (cases.answer_open_question(visit) or desk.relay_reply(visit)):
        return
    if not for_partners.answer_text(visit):
        chat.answer_text(visit)


def answer_edit(visit: Visit) -> None:
    if desk.was_passed_on(visit):
        return
    if not for_partners.answer_edit(visit):
        chat.answer_edit(visit)


def answer_file(visit: Visit) -> None:
    if visit.staff is not None and (desk.relay_reply(visit) or imports.take_file(visit)):
        return
    chat.answer_file(visit)


def press(visit: Visit) -> None:
    """A button: ours, of this chat, not used and not ancient, or a harmless note."""
    button = visit.pressed
    function = PRESSES.get(button.action) if button is not None else None
    if button is None or function is None or button.used_at or visit.now - button.created_at > BUTTONS_WORK_FOR:
        visit.acknowledge("press/expired")
        return
    buttons.use(visit.memory, button, visit.now)
    function(visit)


async def ignore(_update: Update, _context: object) -> None:
    """Whatever else arrives is in the inbox, and needs no answer."""

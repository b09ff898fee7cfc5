"""config.yaml and the environment, checked once at start and then frozen.

`load_settings` is the way in; `Settings` is what the rest of the program is given.
"""

from bot.config.base import ByTier
from bot.config.environment import VARIABLES, Environment, Variable, config_path
from bot.config.keys import Key, describe_keys
from bot.config.loading import Settings, load_settings
from bot.config.questions import Question, Questions
from bot.config.sections import (
    AfterPurchase,
    Birthday,
    Burst,
    Business,
    BusinessSettings,
    Cap,
    CheckIn,
    CheckInEvery,
    ContactPolicy,
    Conversation,
    FollowUpRule,
    LifeChange,
    Logging,
    LoopClosed,
    Member,
    OpeningHours,
    QuietHours,
    Reminder,
    Staff,
    Storage,
    Telegram,
)
from bot.config.values import LANGUAGES, Span, duration_text
from bot.config.worth import Threshold, Tiers

__all__ = [
    "LANGUAGES",
    "VARIABLES",
    "AfterPurchase",
    "Birthday",
    "Burst",
    "Business",
    "BusinessSettings",
    "ByTier",
    "Cap",
    "CheckIn",
    "CheckInEvery",
    "ContactPolicy",
    "Conversation",
    "Environment",
    "FollowUpRule",
    "Key",
    "LifeChange",
    "Logging",
    "LoopClosed",
    "Member",
    "OpeningHours",
    "Question",
    "Questions",
    "QuietHours",
    "Reminder",
    "Settings",
    "Span",
    "Staff",
    "Storage",
    "Telegram",
    "Threshold",
    "Tiers",
    "Variable",
    "config_path",
    "describe_keys",
    "duration_text",
    "load_settings",
]

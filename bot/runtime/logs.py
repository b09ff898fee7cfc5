"""Logging: JSON lines for machines, text for people; the bot's token never appears in either."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from datetime import UTC, datetime

TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
QUIET = ("httpx", "httpcore", "apscheduler", "telegram", "uvicorn", "alembic", "aiohttp", "asyncio")
HIDDEN = "<token>"


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return TOKEN.sub(HIDDEN, json.dumps(entry, ensure_ascii=False))


class TextFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-8s %(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub(HIDDEN, super().format(record))


def is_news(record: logging.LogRecord) -> bool:
    """What we ended ourselves is none: APScheduler takes a tick cut short by our stop for an error."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def set_up(level: str, form: str) -> None:
    """Write to stderr; libraries only when they warn (httpx logs whole addresses, PTB whole updates)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(is_news)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)

"""Coming up: the socket, Telegram, and the question whether this is meant for real people."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import logging
import socket
import sys
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.config import Environment, Settings
from bot.errors import ExampleBusiness, OpenSandbox, PortTaken
from bot.runtime.intake import ALARMS, ALLOWED_UPDATES

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 15.0  # seconds between tries to reach Telegram


def refuse_example_business(settings: Settings, example: str) -> None:
    """A real token with the example's name would greet real people in it: ask first. Raises ExampleBusiness."""
    environment = settings.environment
    is_real = environment.token is not None and environment.clock != "sandbox" and _is_public(environment.api_url)
    if not is_real or settings.business.name != example:
        return
    refusal = ExampleBusiness(environment.config_path, example)
    if not sys.stdin.isatty() or input(f"{refusal}\nGo on all the same? [y/N] ").strip().lower() not in ("y", "yes"):
        raise refusal


def refuse_open_sandbox(environment: Environment) -> None:
    """Whoever reaches a sandbox is anybody in it, its owner too. Raises OpenSandbox."""
    host = environment.http_host
    if (environment.sandbox or environment.clock == "sandbox") and not _is_this_machine(host):
        raise OpenSandbox(host, environment.http_port)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: str) -> bool:
    return not any(host in address for host in ("//127.0.0.1", "//localhost", "//[::1]"))


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off only where it sees TCP named.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(host, port, error.strerror or str(error)) from None
    listener.listen(1024)
    return listener


def webhook_secret(environment: Environment, token: str) -> str:
    """The one that is set, or one that only who knows the token can know: the webhook is never open."""
    if environment.webhook_secret is not None:
        return environment.webhook_secret.get_secret_value()
    return hmac.new(token.encode(), b"regulars webhook", hashlib.sha256).hexdigest()


async def reach_telegram(application: Any, bot: Bot, webhook: str | None, secret: str) -> None:
    """getMe is all that starting needs; wait for it, since Telegram may be away when we come up."""
    pause = 0.2
    while True:
        try:
            await application.initialize()
        except InvalidToken:  # its words hold the token
            logger.critical("%s", ALARMS[401])
        except TelegramError as error:
            logger.warning("Telegram cannot be reached (%s), trying again in %.1f s", error, pause)
        else:
            break
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    try:
        if webhook:
            await bot.set_webhook(webhook, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES))
        else:
            await bot.delete_webhook()
    except TelegramError as error:
        logger.warning("the webhook could not be %s: %s", "set" if webhook else "removed", error)

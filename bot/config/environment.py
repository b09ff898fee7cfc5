"""What comes from the environment: secrets, addresses, and keys of config.yaml set from outside."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.config.keys import section_of
from bot.config.sections import BusinessSettings
from bot.config.values import hidden, nearest, shown
from bot.config.yaml_file import KeyPath
from bot.errors import SettingsProblem

PUBLIC_API = "https://api.telegram.org"
PREFIX = "REGULARS_"


class Variable(NamedTuple):
    name: str
    default: str
    doc: str


VARIABLES = (
    Variable("TELEGRAM_BOT_TOKEN", "none", "The bot's token; without it the embedded sandbox is the Telegram"),
    Variable("TELEGRAM_BOT_TOKEN_FILE", "none", "A file with the token, instead of the variable above"),
    Variable("TELEGRAM_API_URL", PUBLIC_API, "Base of the Bot API, without `/bot`"),
    Variable("REGULARS_CONFIG", "config.yaml", "Path of config.yaml"),
    Variable(
        "REGULARS_DATABASE_URL",
        "sqlite:///regulars.db",
        "SQLAlchemy URL of the database; `sqlite:///regulars-sandbox.db` without a token",
    ),
    Variable("REGULARS_WEBHOOK_URL", "none", "Public https address of `/telegram/webhook`; without it the bot polls"),
    Variable("REGULARS_WEBHOOK_SECRET", "none", "Secret that Telegram sends with each webhook call"),
    Variable(
        "REGULARS_HTTP",
        "127.0.0.1:8080",
        "host:port of health, metrics, webhook and the sandbox page (that on this machine only)",
    ),
    Variable(
        "REGULARS_API_TOKEN",
        "none",
        "Bearer token of `/api/`, of 24 characters at least; without it there is no `/api/`",
    ),
    Variable("REGULARS_CLOCK", "none", "`sandbox` follows the clock of a sandbox in another process"),
)


class Environment(BaseModel):
    """Where this process runs and what it may use. Neither repr nor str shows a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    config_path: Path
    token: SecretStr | None = None
    api_url: str = PUBLIC_API
    database_url: str = Field("sqlite:///regulars-sandbox.db", repr=False)
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    api_token: SecretStr | None = None
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    clock: Literal["machine", "sandbox"] = "machine"

    @property
    def sandbox(self) -> bool:
        """Whether the embedded sandbox is the Telegram."""
        return self.token is None


def config_path(environ: Mapping[str, str]) -> Path:
    """Path of config.yaml as REGULARS_CONFIG has it."""
    return Path(environ.get("REGULARS_CONFIG") or "config.yaml")


def read_environment(path: Path, environ: Mapping[str, str]) -> tuple[Environment, list[SettingsProblem]]:
    """The contract's variables. A variable set to nothing counts as not set."""
    values = {variable.name: environ.get(variable.name, "").strip() for variable in VARIABLES}
    problems: list[SettingsProblem] = []

    def refuse(name: str, wrong: str, accepted: str) -> None:
        problems.append(SettingsProblem(name, None, "", wrong, accepted))

    token = _read_token(values, refuse)
    api_url = (values["TELEGRAM_API_URL"] or PUBLIC_API).rstrip("/")
    if not _is_web_address(api_url) or api_url.endswith("/bot"):
        refuse(
            "TELEGRAM_API_URL", f"{shown(api_url)} is not the base of a Bot API", f"such as {PUBLIC_API}, without /bot"
        )
    webhook_url = values["REGULARS_WEBHOOK_URL"] or None
    if webhook_url and not _is_webhook_address(webhook_url):
        accepted = "an https address that Telegram can reach (http only on this machine)"
        refuse("REGULARS_WEBHOOK_URL", f"{shown(webhook_url)} cannot be a webhook", accepted)
    secret = values["REGULARS_WEBHOOK_SECRET"] or None
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        refuse("REGULARS_WEBHOOK_SECRET", "not what Telegram takes as a secret", "1 to 256 of A-Z a-z 0-9 _ -")
    api_token = values["REGULARS_API_TOKEN"] or None
    if api_token and not re.fullmatch(r"[!-~]{24,256}", api_token):
        refuse("REGULARS_API_TOKEN", "too short, or with a blank", "24 to 256 characters nobody can guess, no blanks")
    host, port = _read_http(values["REGULARS_HTTP"] or "127.0.0.1:8080", refuse)
    database_url = values["REGULARS_DATABASE_URL"] or f"sqlite:///regulars{'' if token else '-sandbox'}.db"
    if not re.match(r"(sqlite|postgresql)(\+\w+)?:", database_url):
        accepted = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        refuse("REGULARS_DATABASE_URL", "not the URL of a database this program works with", accepted)
    clock = values["REGULARS_CLOCK"]
    if clock not in ("", "sandbox"):
        refuse("REGULARS_CLOCK", f"{shown(clock)} is not a clock", "sandbox, or leave it unset")
    elif clock and token and not _is_of_this_machine(api_url):
        accepted = "TELEGRAM_API_URL set to a sandbox's address, or REGULARS_CLOCK unset"
        refuse("REGULARS_CLOCK", "the public Telegram has no clock to follow", accepted)
    environment = Environment(
        config_path=path,
        token=SecretStr(token) if token else None,
        api_url=api_url,
        database_url=database_url,
        webhook_url=webhook_url,
        webhook_secret=SecretStr(secret) if secret else None,
        api_token=SecretStr(api_token) if api_token else None,
        http_host=host,
        http_port=port,
        clock="sandbox" if clock == "sandbox" else "machine",
    )
    return environment, problems


def _read_token(values: Mapping[str, str], refuse: Any) -> str | None:
    token, file = values["TELEGRAM_BOT_TOKEN"], values["TELEGRAM_BOT_TOKEN_FILE"]
    source = "TELEGRAM_BOT_TOKEN"
    if token and file:
        refuse("TELEGRAM_BOT_TOKEN_FILE", "TELEGRAM_BOT_TOKEN is set as well", "one of the two")
    elif file:
        source = "TELEGRAM_BOT_TOKEN_FILE"
        try:
            token = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            refuse(source, f"{shown(file)} cannot be read: {reason}", "a readable file that holds the token alone")
            return None
        if not token:
            refuse(source, f"{shown(file)} is empty", "a readable file that holds the token alone")
    # The value is not quoted: a wrong token may be a right one with a slip.
    if token and not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
        refuse(source, "does not have the form of a bot token", "digits, a colon and a code, as @BotFather gave it")
    return token or None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _is_webhook_address(text: str) -> bool:
    return _is_web_address(text) and (urlsplit(text).scheme == "https" or _is_of_this_machine(text))


def _is_of_this_machine(address: str) -> bool:
    return _is_web_address(address) and urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1")


def _read_http(text: str, refuse: Any) -> tuple[str, int]:
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:]+)\]|([^:\[\]\s]+)):(\d{1,5})", text)
    if match is None or int(match[3]) > 65535:
        refuse(
            "REGULARS_HTTP",
            f"{shown(text)} is not host:port",
            "such as 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one",
        )
        return "127.0.0.1", 8080
    return match[1] or match[2], int(match[3])


class Override(NamedTuple):
    """A key of config.yaml set by a variable."""

    path: KeyPath
    variable: str
    value: Any


def read_overrides(environ: Mapping[str, str]) -> tuple[list[Override], list[SettingsProblem]]:
    """Variables REGULARS_<SECTION>__<KEY>; lists and sections as JSON, everything else as in the file."""
    overrides: list[Override] = []
    problems: list[SettingsProblem] = []
    contract = {variable.name for variable in VARIABLES}
    for variable in sorted(environ):
        text = environ[variable].strip()
        if not variable.startswith(PREFIX) or variable in contract or not text:
            continue
        segments = variable.removeprefix(PREFIX).lower().split("__")
        path = _find_path(BusinessSettings, segments)
        if path is None:
            problem = _unknown_variable(variable, len(segments))
            if problem:
                problems.append(problem)
            continue
        if text[:1] not in ("[", "{"):
            overrides.append(Override(path, variable, text))
            continue
        try:
            overrides.append(Override(path, variable, json.loads(text)))
        except ValueError as error:
            problems.append(
                SettingsProblem(variable, None, key_text(path), f"not JSON: {error}", 'JSON, such as ["en", "zh"]')
            )
    # A section before its keys, so that a key set on its own wins.
    return sorted(overrides, key=lambda override: len(override.path)), problems


def _unknown_variable(variable: str, depth: int) -> SettingsProblem | None:
    near = nearest(variable, _variable_names(), at_least=80 if depth > 1 else 90)
    # Others set REGULARS_… too (Kubernetes: REGULARS_SERVICE_HOST), so without `__` only a slip is refused.
    if depth == 1 and near is None:
        return None
    return SettingsProblem(
        variable, None, "", "no such setting", "REGULARS_<SECTION>__<KEY>, see docs/settings.md", near
    )


def _variable_names() -> list[str]:
    return [variable.name for variable in VARIABLES] + [
        PREFIX + "__".join(map(str, path)).upper() for path in _paths(BusinessSettings)
    ]


def _paths(model: type[BaseModel]) -> Iterator[KeyPath]:
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield (key,)
        inner = section_of(field.annotation)
        if inner:
            yield from ((key, *rest) for rest in _paths(inner))


def _find_path(model: type[BaseModel] | None, segments: list[str]) -> KeyPath | None:
    """Keys by their names without regard to case (variables are upper case, tier A is too)."""
    if model is None:
        return None
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key.lower() != segments[0]:
            continue
        if len(segments) == 1:
            return (key,)
        rest = _find_path(section_of(field.annotation), segments[1:])
        return None if rest is None else (key, *rest)
    return None


def key_text(path: KeyPath) -> str:
    """`follow_ups[2].every`, as in messages."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return hidden(text.removeprefix("."))

"""What can go wrong in a way that the person at the keyboard can mend.

Exceptions carry data; the command line turns them into sentences. A customer never reads one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


class RegularsError(Exception):
    """Base of all errors that end a command. `exit_status` is what the command line exits with."""

    exit_status: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One thing wrong with the settings, and what would be right."""

    file: str
    """Path of the settings file, or the name of the environment variable."""
    line: int | None
    """Line in the file, counted from 1; None where there is none (a variable, a missing file)."""
    key: str
    """Key path such as `follow_ups[2].every`; empty when it is the file as a whole."""
    wrong: str
    accepted: str = ""
    nearest: str | None = None
    """The valid key or value that was probably meant."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [f"{place}: {self.key}: {self.wrong}" if self.key else f"{place}: {self.wrong}"]
        if self.nearest is not None:
            parts.append(f"did you mean {self.nearest}?")
        if self.accepted:
            parts.append(f"accepted: {self.accepted}")
        return "; ".join(parts)


class SettingsError(RegularsError):
    """The settings cannot be used; `problems` has all that is wrong with them."""

    exit_status = 2

    def __init__(self, problems: Sequence[SettingsProblem]) -> None:
        self.problems = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong with an input file; `line` counts from 1, None when it is the file as a whole."""

    line: int | None
    reason: str


class InputError(RegularsError):
    """A file or an argument given by the user cannot be used; nothing was changed."""

    exit_status = 2

    def __init__(self, source: str, problems: Sequence[InputProblem]) -> None:
        self.source = source
        self.problems = list(problems)
        super().__init__(source, self.problems)

    def __str__(self) -> str:
        return "\n".join(
            f"{self.source}:{problem.line}: {problem.reason}"
            if problem.line is not None
            else f"{self.source}: {problem.reason}"
            for problem in self.problems
        )


class DatabaseError(RegularsError):
    """The database cannot be used as it is."""


class DatabaseMissing(DatabaseError):
    """There is no database, or it cannot be reached."""

    def __init__(self, database: str, why: str | None = None) -> None:
        self.database, self.why = database, why
        super().__init__(database, why)

    def __str__(self) -> str:
        remedy = "`regulars run` and `regulars import` make one; REGULARS_DATABASE_URL names another"
        if self.why is None:
            return f"{self.database}: there is no such database yet; {remedy}"
        return f"{self.database} cannot be used ({self.why}); is the server up, and REGULARS_DATABASE_URL right?"


class WrongBot(DatabaseError):
    """The database belongs to another bot: its customers could not be reached from this one."""

    def __init__(self, database: str, expected: int, found: int) -> None:
        self.database, self.expected, self.found = database, expected, found
        super().__init__(database, expected, found)

    def __str__(self) -> str:
        return (
            f"{self.database} belongs to bot {self.expected}, the token is that of bot {self.found}; "
            "use that bot's token, or name another database in REGULARS_DATABASE_URL"
        )


class AlreadyRunning(DatabaseError):
    """Another process runs on the same database."""

    def __init__(self, database: str | Path, pid: int | None = None) -> None:
        self.database, self.pid = str(database), pid
        super().__init__(self.database, pid)

    def __str__(self) -> str:
        who = "another process" if self.pid is None else f"process {self.pid}"
        return f"{self.database} is in use by {who}; stop it first, or name another database in REGULARS_DATABASE_URL"


class MigrationsPending(DatabaseError):
    """The database is of an older (or newer) version than this program."""

    def __init__(self, database: str, current: str | None, wanted: str) -> None:
        self.database, self.current, self.wanted = database, current, wanted
        super().__init__(database, current, wanted)

    def __str__(self) -> str:
        return (
            f"{self.database} is at revision {self.current or 'none'}, this program needs {self.wanted}; "
            "make a backup, then run: regulars migrate"
        )


class PortTaken(RegularsError):
    """Health and the sandbox page cannot be served where the settings say."""

    def __init__(self, host: str, port: int, why: str) -> None:
        self.host, self.port, self.why = host, port, why
        super().__init__(host, port, why)

    def __str__(self) -> str:
        return (
            f"{self.host}:{self.port} cannot be used ({self.why}); is Regulars running already? "
            "Stop it, or choose another with REGULARS_HTTP=127.0.0.1:8081 (port 0 takes a free one)"
        )


class OpenSandbox(RegularsError):
    """The sandbox would be served to other machines."""

    exit_status = 2

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(host, port)

    def __str__(self) -> str:
        return (
            f"REGULARS_HTTP: {self.host}:{self.port} would open the sandbox to other machines, which may be anybody "
            f"there, the owner too; use 127.0.0.1:{self.port}, or set TELEGRAM_BOT_TOKEN to be on Telegram"
        )


class ExampleBusiness(RegularsError):
    """A real token with the example business's settings: real people would be greeted in its name."""

    exit_status = 2

    def __init__(self, path: str | Path, name: str) -> None:
        self.path, self.name = str(path), name
        super().__init__(self.path, name)

    def __str__(self) -> str:
        return (
            f"{self.path}: business.name is still the example business, {self.name}, and a real token is set: "
            "put your own business there (or answer yes when asked on a terminal)"
        )

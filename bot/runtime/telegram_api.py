"""The Bot API as the runtime uses it: by method name and plain parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.runtime.courier import Courier
from bot.runtime.request import AiohttpRequest, File, Reply


class CannotFetch(Exception):
    """Telegram does not give the file; its text is Telegram's reason."""


class TelegramApi:
    """One bot on one server. The token is in the address only, never in a log or an error."""

    def __init__(self, base: str, token: str, request: AiohttpRequest, courier: Courier | None = None) -> None:
        """`courier` makes the calls where there is one."""
        self._address = f"{base.rstrip('/')}/bot{token}"
        self._files = f"{base.rstrip('/')}/file/bot{token}"
        self._request = request
        self._call = courier.call if courier is not None else request.call
        self.bot_id = int(token.partition(":")[0])

    async def call(
        self,
        method: str,
        parameters: Mapping[str, Any],
        files: Sequence[File] = (),
        *,
        read_seconds: float | None = None,
    ) -> Reply:
        """Raises NotSent or Ambiguous (both NetworkError)."""
        return await self._call(f"{self._address}/{method}", parameters, files, read_seconds=read_seconds)

    async def download(self, file_id: str, path: Path, most: int) -> None:
        """Fetch a file that somebody sent. Raises CannotFetch, NotSent or Ambiguous."""
        found = await self.call("getFile", {"file_id": file_id})
        result = found.body.get("result")
        if not found.body.get("ok") or not isinstance(result, dict) or "file_path" not in result:
            raise CannotFetch(found.description)
        status = await self._request.download(f"{self._files}/{result['file_path']}", path, most)
        if status != 200:
            raise CannotFetch("file is too big" if status == 413 else f"HTTP {status}")

    async def reconnect(self) -> None:
        """Drop all connections: a half-dead one must not be waited on for ever."""
        await self._request.shutdown()
        await self._request.initialize()

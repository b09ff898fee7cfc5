"""HTTP to the Bot API on aiohttp: PTB's request class, and the plain call that intake and sender use.

A failure says whether the request can have reached Telegram: `NotSent` surely not, `Ambiguous` perhaps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot import json_text

CONNECTIONS = 512  # aiohttp's pool costs nothing while unused, unlike httpcore's
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
CALL_SECONDS = (
    CONNECT_SECONDS + READ_SECONDS
)  # no call lasts longer, but a poll: a lease must outlast those begun under it
DOWNLOAD_SECONDS = 120.0  # of the largest file there is
JSON = {"Content-Type": "application/json"}
PIECE = 1 << 16
KEEP_ALIVE_SECONDS = 4.0  # shorter than servers', so that we rarely write into a connection they just closed


class NotSent(NetworkError):
    """The request cannot have reached Telegram: no connection was made."""


class Ambiguous(NetworkError):
    """The request may have been carried out: the link broke, or no answer came in time."""


class Reply(NamedTuple):
    """Telegram's answer. `body` is {} where it was no JSON object (a proxy's error page)."""

    status: int
    body: Mapping[str, Any]

    @property
    def description(self) -> str:
        return str(self.body.get("description") or f"HTTP {self.status}")

    @property
    def parameters(self) -> Mapping[str, Any]:
        found = self.body.get("parameters")
        return found if isinstance(found, dict) else {}


class File(NamedTuple):
    """A file that goes with a call, as multipart."""

    field: str
    name: str
    content: bytes


class AiohttpRequest(BaseRequest):
    """One pool of connections to the Bot API."""

    def __init__(self, read_timeout: float = READ_SECONDS) -> None:
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE_SECONDS)
            # The Bot API sets no cookies; with a jar they would be looked for at every call.
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self, url: str, parameters: Mapping[str, Any], files: Sequence[File] = (), *, read_seconds: float | None = None
    ) -> Reply:
        """POST one method. Raises NotSent or Ambiguous; every HTTP answer, also an error, is a Reply."""
        if files:
            form = aiohttp.FormData()
            for key, value in parameters.items():
                form.add_field(key, value if isinstance(value, str) else json.dumps(value))
            for file in files:
                form.add_field(file.field, file.content, filename=file.name)
            status, payload = await self._post(url, read_seconds, data=form)
        else:
            status, payload = await self._post(url, read_seconds, data=json_text.dump(parameters), headers=JSON)
        return Reply(status, read_json(payload))

    async def post_json(self, url: str, content: bytes, *, seconds: float) -> tuple[int, bytes]:
        """JSON as it is; the answer too, which is there within so many seconds. Raises NotSent or Ambiguous."""
        return await self._post(url, seconds - CONNECT_SECONDS, data=content, headers=JSON)

    async def download(self, url: str, path: Path, most: int) -> int:
        """GET a file, a piece at a time; the status, 413 for one larger than `most` bytes. Raises NotSent or Ambiguous."""
        if self._session is None:
            await self.initialize()
        assert self._session is not None  # noqa: S101  set by initialize
        limits = aiohttp.ClientTimeout(total=DOWNLOAD_SECONDS, connect=CONNECT_SECONDS, sock_read=self._read_timeout)
        proxy = _find_proxy(url[: url.find("/", 8)])
        read = 0
        try:
            async with self._session.get(url, timeout=limits, allow_redirects=False, proxy=proxy) as response:
                with path.open("wb") as file:
                    async for piece in response.content.iter_chunked(PIECE):
                        read += len(piece)
                        if read > most:
                            return 413
                        file.write(piece)
                return response.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(_without_address(error)) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Ambiguous(_without_address(error)) from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """PTB's own way in (getMe, setMyCommands …)."""
        read_seconds = read_timeout if isinstance(read_timeout, int | float) else None
        if method == "GET":
            return await self._send("GET", url, read_seconds)
        form = aiohttp.FormData()
        if request_data is not None:
            for key, value in request_data.json_parameters.items():
                form.add_field(key, value)
            for field, (name, content, mime) in (request_data.multipart_data or {}).items():
                form.add_field(field, content, filename=name, content_type=mime)
        return await self._post(url, read_seconds, data=form)

    async def _post(self, url: str, read_seconds: float | None, **body: Any) -> tuple[int, bytes]:
        return await self._send("POST", url, read_seconds, **body)

    async def _send(self, method: str, url: str, read_seconds: float | None, **body: Any) -> tuple[int, bytes]:
        if self._session is None:
            await self.initialize()
        assert self._session is not None  # noqa: S101  set by initialize
        limits = _limit(read_seconds, self._read_timeout)
        try:
            async with self._session.request(
                method, url, timeout=limits, allow_redirects=False, proxy=_find_proxy(url[: url.find("/", 8)]), **body
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(_without_address(error)) from None
        except (aiohttp.ClientError, TimeoutError, OSError, RuntimeError) as error:  # the last: no thread to be had
            raise Ambiguous(_without_address(error)) from None


def read_json(payload: bytes) -> Mapping[str, Any]:
    """{} where it is no JSON object."""
    try:
        body = json_text.load(payload)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


@cache
def _limit(read_seconds: float | None, usual: float) -> aiohttp.ClientTimeout:
    """Connecting and reading together: a timer for each read alone would be set anew with every piece that comes."""
    return aiohttp.ClientTimeout(total=CONNECT_SECONDS + (read_seconds or usual), connect=CONNECT_SECONDS)


@cache
def _find_proxy(server: str) -> str | None:
    """The proxy the environment names for this server. aiohttp's `trust_env` would look it up in a thread per call."""
    parts = urlsplit(server)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


def _without_address(error: BaseException) -> str:
    """The error's kind, and its words unless they could hold the address, which holds the token."""
    words = str(error)
    return type(error).__name__ if "/bot" in words or not words else f"{type(error).__name__}: {words}"

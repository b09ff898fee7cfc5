"""The sandbox over HTTP: a raw ASGI application, because a benchmark drives `/bot<token>/<method>` at full speed.

`/bot…` is the Bot API, `/file/bot…` its downloads, `/sandbox/…` the control API, the rest the chat page.
Only this machine may ask, and only from the page itself: Host and Origin are checked on every request.
"""

import asyncio
import mimetypes
import re
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sandbox.bodies import FILE_BYTES, SMALL_BYTES, Gone, TooLarge, Unreadable, parse_body, parse_json, read_body
from sandbox.control import Ask, find_handler, read_query
from sandbox.encoding import encode
from sandbox.faults import Strike
from sandbox.methods import METHODS
from sandbox.model import Bot, Json
from sandbox.parameters import Parameters
from sandbox.refusals import Misuse, Refusal
from sandbox.telegram import Telegram
from sandbox.updates import get_updates

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PAGE = Path(__file__).parent / "page"
LOCAL_HOST = re.compile(rb"(?i)(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d{1,5})?")
CONTROL_FILE_BYTES = FILE_BYTES * 4 // 3  # base64
JSON_TYPE = (b"content-type", b"application/json")
BARE = (b"x-content-type-options", b"nosniff")
# What people and the bot write is shown on the page: nothing of it may run, or fetch from elsewhere.
PAGE_POLICY = (
    b"default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)
SHOWN_MEDIA = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg")


def create_app(telegram: Telegram) -> ASGIApp:
    """Mount it at `/`, in the loop that the state lives on. Call `telegram.release()` before stopping the server."""
    return Application(telegram)


def for_this_machine(app: ASGIApp) -> ASGIApp:
    """Another application behind the sandbox's check of Host and Origin."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            host, origin, site = (headers.get(name) for name in (b"host", b"origin", b"sec-fetch-site"))
            refusal = _stranger(host, origin, site, scope["path"])
            if refusal is not None:
                await _reply_json(send, 403, {"error": refusal})
                return
        await app(scope, receive, send)

    return answer


class Application:
    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self._answer(scope, receive, send)
            except Gone:
                return
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = origin = site = length = None
        content_type = b""
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
            elif name == b"content-type":
                content_type = value
            elif name == b"content-length":
                length = value
            elif name == b"origin":
                origin = value
            elif name == b"sec-fetch-site":
                site = value
        path: str = scope["path"]
        refusal = _stranger(host, origin, site, path)
        if refusal is not None:
            await _reply_json(send, 403, {"ok": False, "error_code": 403, "description": refusal, "error": refusal})
        elif path.startswith("/bot"):
            await self._answer_bot(scope, path, content_type, length, receive, send)
        elif path.startswith("/sandbox/files/"):
            await self._show_file(path[15:], send)
        elif path.startswith("/sandbox/"):
            await self._answer_control(scope, path, length, receive, send)
        elif path.startswith("/file/bot"):
            await self._download(path[9:], send)
        else:
            await _reply_page(path, send)

    # The Bot API

    async def _answer_bot(
        self, scope: Scope, path: str, content_type: bytes, length: bytes | None, receive: Receive, send: Send
    ) -> None:
        telegram = self.telegram
        token, _, method = path[4:].partition("/")
        try:
            cap = FILE_BYTES if content_type.startswith(b"multipart/") else SMALL_BYTES
            body = await read_body(receive, length, cap)
            bot = telegram.bot_of(token)
            parameters = parse_body(scope["query_string"], content_type, body)
        except Refusal as refusal:
            await _reply_json(send, refusal.code, _no(refusal))
            return
        except TooLarge:
            answer = {"ok": False, "error_code": 413, "description": "Request Entity Too Large"}
            await _reply_json(send, 413, answer, close=True)
            return
        except Unreadable as error:
            answer = {"ok": False, "error_code": 400, "description": f"Bad Request: can't parse the request: {error}"}
            await _reply_json(send, 400, answer)
            return
        strike = telegram.faults.strike(method.lower()) if telegram.faults.active else None
        status, answer_bytes, headers = await self._call(bot, method, parameters, strike, receive)
        if telegram.journal.pending:
            try:
                await telegram.journal.settle()
            except sqlite3.Error as error:
                words = f"Internal Server Error: the sandbox cannot write its file: {error}"
                status, answer_bytes = 500, encode({"ok": False, "error_code": 500, "description": words})
        if strike is not None:
            if strike.delay:
                await asyncio.sleep(strike.delay)
            if strike.cut:
                await _cut(send, receive)
                return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer_bytes})

    async def _call(
        self, bot: Bot, method: str, parameters: Parameters, strike: Strike | None, receive: Receive
    ) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        """Carry out one call and record it: HTTP status, body, headers."""
        telegram = self.telegram
        at = telegram.clock.now()
        cut = strike is not None and strike.cut
        faulty = strike is not None and strike.fault is not None
        status, description, message_id, extra = 200, None, None, None
        try:
            if strike is not None and strike.fault is not None:
                answer = strike.fault.error()
                raise Refusal(answer["error_code"], answer["description"], **answer.get("parameters", {}))
            name = method.lower()
            if name == "getupdates":
                updates = await _with_hang_up(telegram, bot, parameters, receive)
                body = b'{"ok":true,"result":[' + b",".join(updates) + b"]}"
            else:
                function = METHODS.get(name)
                if function is None:
                    raise Refusal(404, "Not Found")
                if name == "getme" and telegram.active is None:
                    telegram.active = bot
                result = function(telegram, bot, parameters)
                if type(result) is dict:
                    message_id = result.get("message_id")
                body = encode({"ok": True, "result": result})
        except Refusal as refusal:
            status, description = refusal.code, refusal.description
            body = encode(_no(refusal))
            if "retry_after" in refusal.parameters:
                extra = (b"retry-after", b"%d" % int(refusal.parameters["retry_after"]))
        telegram.calls.record(at, bot.id, method, _recorded(parameters), status, description, message_id, cut, faulty)
        headers = [JSON_TYPE, (b"content-length", b"%d" % len(body))]
        if extra is not None:
            headers.append(extra)
        return status, body, headers

    async def _download(self, rest: str, send: Send) -> None:
        token, _, path = rest.partition("/")
        try:
            bot = self.telegram.bot_of(token)
        except Refusal as refusal:
            await _reply_json(send, refusal.code, _no(refusal))
            return
        upload = self.telegram.files.find(bot.id, path)
        if upload is None:
            await _reply_json(send, 404, {"ok": False, "error_code": 404, "description": "Not Found"})
            return
        data = await self.telegram.files.read(upload)
        await _reply(send, 200, data, [(b"content-type", b"application/octet-stream"), BARE])

    # Control and page

    async def _answer_control(
        self, scope: Scope, path: str, length: bytes | None, receive: Receive, send: Send
    ) -> None:
        telegram = self.telegram
        status = 200
        try:
            handler, words = find_handler(scope["method"], path)
            cap = CONTROL_FILE_BYTES if path == "/sandbox/messages" else SMALL_BYTES
            body = await read_body(receive, length, cap)
            asked = parse_json(body) if body else {}
            answer = await handler(Ask(telegram, words, read_query(scope["query_string"]), asked))
            if telegram.journal.pending:
                await telegram.journal.settle()
        except Misuse as misuse:
            status, answer = misuse.status, {"error": misuse.error}
        except TooLarge:
            status, answer = 413, {"error": "the body is too large: 50 MB of file, 1 MiB otherwise"}
        except Unreadable as error:
            status, answer = 400, {"error": f"the body is not a JSON object: {error}"}
        except sqlite3.Error as error:
            status, answer = 500, {"error": f"the sandbox cannot write its file: {error}"}
        if isinstance(answer, bytes):
            await _reply(send, 200, answer, [JSON_TYPE])
        else:
            await _reply_json(send, status, answer, close=status == 413)

    async def _show_file(self, file_id: str, send: Send) -> None:
        upload = self.telegram.files.uploads.get(file_id)
        if upload is None:
            await _reply_json(send, 404, {"error": "there is no such file"})
            return
        data = await self.telegram.files.read(upload)
        kind = upload.mime_type or mimetypes.guess_type(upload.name)[0] or ""
        if upload.kind == "photo":
            kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        shown = kind if kind in SHOWN_MEDIA else "application/octet-stream"
        name = re.sub(r"[^A-Za-z0-9._-]", "_", upload.name)
        headers = [
            (b"content-type", shown.encode()),
            BARE,
            # What people send is not to run in the page's place.
            (b"content-security-policy", b"sandbox; default-src 'none'"),
            (b"content-disposition", b"inline" if shown == kind else f'attachment; filename="{name}"'.encode()),
        ]
        await _reply(send, 200, data, headers)


def _stranger(host: bytes | None, origin: bytes | None, site: bytes | None, path: str) -> str | None:
    """Why this request is not from this machine's own page or programs; None when it is."""
    if host is None or not LOCAL_HOST.fullmatch(host):
        return "Forbidden: the sandbox answers only to 127.0.0.1, localhost and [::1] as its Host"
    if origin is not None and origin.lower() != b"http://" + host.lower():
        return "Forbidden: another site's page may not use the sandbox (Origin)"
    if site in (b"cross-site", b"same-site") and path != "/":
        return "Forbidden: another site's page may not use the sandbox (Sec-Fetch-Site)"
    return None


async def _with_hang_up(telegram: Telegram, bot: Bot, parameters: Parameters, receive: Receive) -> list[bytes]:
    gone = asyncio.ensure_future(receive())
    try:
        return await get_updates(telegram, bot, parameters, gone)
    finally:
        gone.cancel()


def _recorded(parameters: Parameters) -> Json:
    if not parameters.files:
        return parameters.values
    files = {
        name: {"file_name": part.name, "mime_type": part.mime_type, "size": len(part.data)}
        for name, part in parameters.files.items()
    }
    return parameters.values | files


def _no(refusal: Refusal) -> Json:
    answer: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        answer["parameters"] = refusal.parameters
    return answer


async def _cut(send: Send, receive: Receive) -> None:
    """Close the socket without a reply. Through a wrapped `send` only a reply cut short is possible."""
    cycle = getattr(send, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000000")]})
        raise ConnectionAbortedError("cut on purpose (a fault set by POST /sandbox/faults)")
    transport.abort()
    await receive()  # returns when uvicorn has seen the socket close; without it, it would send a 500


async def _reply(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [*headers, (b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})


async def _reply_json(send: Send, status: int, answer: Any, close: bool = False) -> None:
    headers = [JSON_TYPE, (b"connection", b"close")] if close else [JSON_TYPE]
    await _reply(send, status, encode(answer), headers)


async def _reply_page(path: str, send: Send) -> None:
    file = _page_file(path)
    if file is None:
        await _reply_json(send, 404, {"error": f"there is nothing at {path}; the chat page may not be installed"})
        return
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", PAGE_POLICY),
        BARE,
    ]
    await _reply(send, 200, file.read_bytes(), headers)


def _page_file(path: str) -> Path | None:
    file = (PAGE / (unquote(path).lstrip("/") or "index.html")).resolve()
    return file if file.is_relative_to(PAGE.resolve()) and file.is_file() else None


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return

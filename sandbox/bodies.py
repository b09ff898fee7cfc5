"""Request bodies: read with a cap, and parsed from form, JSON or multipart."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from sandbox.encoding import read_form
from sandbox.parameters import Parameters, Part

SMALL_BYTES = 1024 * 1024
FILE_BYTES = 50 * 1024 * 1024 + SMALL_BYTES
Receive = Callable[[], Awaitable[Any]]


class TooLarge(Exception):
    """The body is over its cap."""


class Unreadable(Exception):
    """The body is not what its Content-Type says."""


class Gone(Exception):
    """The client hung up before its body was complete."""


async def read_body(receive: Receive, length: bytes | None, cap: int) -> bytes:
    if length is not None and (not length.isdigit() or int(length) > cap):
        raise TooLarge
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise Gone
    if message.get("more_body"):
        pieces = bytearray(body)
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            pieces += message.get("body", b"")
            if len(pieces) > cap:
                raise TooLarge
        body = bytes(pieces)
    if len(body) > cap:
        raise TooLarge
    return body


def parse_body(query: bytes, content_type: bytes, body: bytes) -> Parameters:
    values: dict[str, Any] = {}
    files: dict[str, Part] = {}
    if query:
        values.update(_form(query))
    if body:
        if content_type.startswith(b"application/x-www-form-urlencoded"):
            values.update(_form(body))
        elif content_type.startswith(b"application/json"):
            values.update(parse_json(body))
        elif content_type.startswith(b"multipart/form-data"):
            _multipart(content_type, body, values, files)
    return Parameters(values, files)


def parse_json(body: bytes) -> dict[str, Any]:
    """Raises `Unreadable` unless it is one JSON object."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    if not isinstance(value, dict):
        raise Unreadable("a JSON object is expected")
    return value


def _form(body: bytes) -> dict[str, str]:
    try:
        return read_form(body)
    except ValueError as error:
        raise Unreadable(str(error)) from error


def _multipart(content_type: bytes, body: bytes, values: dict[str, Any], files: dict[str, Part]) -> None:
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise Unreadable("multipart without a boundary")
    collector = _Collector(values, files)
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": collector.begin,
            "on_part_data": collector.data,
            "on_part_end": collector.end,
            "on_header_field": collector.header_field,
            "on_header_value": collector.header_value,
            "on_header_end": collector.header_end,
        },
    )
    try:
        parser.write(body)
        parser.finalize()
    except (FormParserError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error


class _Collector:
    """Gathers the parts of a multipart body from the parser's callbacks."""

    def __init__(self, values: dict[str, Any], files: dict[str, Part]) -> None:
        self.values = values
        self.files = files
        self.begin()

    def begin(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.field = b""
        self.value = b""
        self.content = bytearray()

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self.field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def header_end(self) -> None:
        self.headers[self.field.lower()] = self.value
        self.field = self.value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self.content += data[start:end]

    def end(self) -> None:
        _, options = parse_options_header(self.headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode()
        if b"filename" in options:
            mime_type = self.headers.get(b"content-type", b"").decode("latin-1")
            file_name = options[b"filename"].decode("utf-8", "replace").rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
            self.files[name] = Part(file_name, mime_type, bytes(self.content))
        else:
            self.values[name] = self.content.decode()

"""JSON and form encoding on the hot path: the same results as the standard library, several times as fast."""

import binascii
import json
import re
from typing import Any
from urllib.parse import unquote_to_bytes

from pydantic_core import PydanticSerializationError, to_json

UNUSUAL = re.compile(rb"%(?![0-9A-Fa-f]{2})|[=\r\n]")


def encode(value: Any) -> bytes:
    """Compact JSON."""
    try:
        return to_json(value)
    except PydanticSerializationError:  # half of a surrogate pair: JSON can say it, UTF-8 cannot
        return json.dumps(value, separators=(",", ":")).encode()


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form or query; of a repeated one the last. Raises `ValueError` when it is not UTF-8."""
    fields: dict[str, str] = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name:
            fields[_unquote(name)] = _unquote(value)
    return fields


def _unquote(quoted: bytes) -> str:
    if b"+" in quoted:
        quoted = quoted.replace(b"+", b" ")
    if b"%" not in quoted:
        return quoted.decode()
    if UNUSUAL.search(quoted):
        return unquote_to_bytes(quoted).decode()
    # Quoted-printable is percent-encoding with another sign, and its decoder is written in C.
    return binascii.a2b_qp(quoted.replace(b"%", b"=")).decode()

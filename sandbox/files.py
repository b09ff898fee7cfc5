"""Files that were sent: their bytes, their Bot API shapes, and small ones to send when a test has none."""

import json
import re
import secrets
import struct
import zlib
from dataclasses import asdict

from sandbox.journal import FileJournal, Journal
from sandbox.model import Json, Upload

DOWNLOAD_BYTES = 20 * 1024 * 1024
FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice", "sticker": "stickers"}
SUFFIXES = {"photo": ".jpg", "document": ".bin", "voice": ".oga", "sticker": ".webp"}


class Files:
    def __init__(self, journal: Journal) -> None:
        self.uploads: dict[str, Upload] = {}
        self._journal = journal
        self._bytes: dict[str, bytes] = {}

    def keep(self, bot_id: int, kind: str, data: bytes, name: str = "", mime_type: str = "") -> Upload:
        number = len(self.uploads) + 1
        suffix = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
        path = f"{FOLDERS[kind]}/file_{number}{suffix[0] if suffix else SUFFIXES[kind]}"
        width, height = image_size(data) or (0, 0)
        upload = Upload(
            id=f"{kind[:3]}{number}-{secrets.token_urlsafe(24)}",
            unique_id=f"u{secrets.token_hex(7)}",
            bot_id=bot_id,
            kind=kind,
            path=path,
            name=name or path.rsplit("/", 1)[-1],
            mime_type=mime_type,
            size=len(data),
            width=width,
            height=height,
        )
        self.uploads[upload.id] = upload
        if self._journal.persistent:
            self._journal.write("INSERT INTO files VALUES (?, ?, ?)", upload.id, json.dumps(asdict(upload)), data)
        else:
            self._bytes[upload.id] = data
        return upload

    def find(self, bot_id: int, path: str) -> Upload | None:
        return next((file for file in self.uploads.values() if file.path == path and file.bot_id == bot_id), None)

    async def read(self, upload: Upload) -> bytes:
        if not isinstance(self._journal, FileJournal):
            return self._bytes[upload.id]
        row = await self._journal.read(
            lambda connection: connection.execute("SELECT bytes FROM files WHERE id = ?", (upload.id,)).fetchone()
        )
        return bytes(row[0])


def describe(upload: Upload) -> Json:
    """What every file object of the Bot API has."""
    return {"file_id": upload.id, "file_unique_id": upload.unique_id, "file_size": upload.size}


def attachment(upload: Upload) -> Json:
    """The field of a Message that carries this file, as `{field: value}`."""
    base = describe(upload)
    if upload.kind == "photo":
        return {"photo": [base | {"width": upload.width or 320, "height": upload.height or 240}]}
    if upload.kind == "voice":
        return {"voice": base | {"duration": 3, "mime_type": upload.mime_type or "audio/ogg"}}
    if upload.kind == "sticker":
        kind: Json = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return {"sticker": base | kind}
    return {"document": base | {"file_name": upload.name, "mime_type": upload.mime_type or "application/octet-stream"}}


def image_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) of a PNG, JPEG, GIF or WebP; None when it is no picture."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data.startswith(b"\xff\xd8"):
        return _jpeg_size(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return 512, 512
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return 320, 240


def tiny_picture(seed: int = 0) -> bytes:
    """A plain 320 x 240 PNG whose colour follows from the seed."""
    red, green, blue = 96 + seed * 67 % 128, 96 + seed * 41 % 128, 96 + seed * 23 % 128
    row = b"\0" + bytes((red, green, blue)) * 320

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 320, 240, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 240)) + chunk(b"IEND", b"")
    )

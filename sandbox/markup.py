"""Formatted text as Telegram reads it: the HTML parse mode, entities in UTF-16 units, commands in what people write.

The refusals are Telegram's, with the byte offset of the tag in the text as sent.
"""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.model import Json
from sandbox.refusals import Refusal, bad_request

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SPECIAL = re.compile(r"[<&]")
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));")
COMMAND = re.compile(r"(?<![\w/<>])/([A-Za-z0-9_]{1,64})(@[A-Za-z0-9_]{3,32})?(?![\w/])")
SPACE = " \t\r\n\v\f\0"


def units(text: str) -> int:
    """Length in UTF-16 code units, which entity offsets are counted in."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def find_commands(text: str) -> list[Json]:
    """The `bot_command` entities that Telegram's server sets on what a person writes."""
    if "/" not in text:
        return []
    return [
        {"type": "bot_command", "offset": units(text[: match.start()]), "length": units(match[0])}
        for match in COMMAND.finditer(text)
    ]


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Without white space at both ends, as Telegram stores it; entities are moved and clipped with it."""
    kept = text.strip()
    if len(kept) == len(text):
        return text, entities
    start = units(text[: len(text) - len(text.lstrip())])
    return kept, _clip(entities, start, start + units(kept))


def read_entities(given: Any, text: str) -> list[Json]:
    """The entities that a bot names itself, as far as they are of this text; raises `Refusal` for what is none."""
    if not isinstance(given, list) or not all(isinstance(entity, dict) for entity in given):
        raise bad_request("can't parse entities: an Array of MessageEntity is expected")
    for field in ("offset", "length"):
        if not all(type(entity.get(field)) is int for entity in given):
            raise bad_request(f"can't parse entities: Can't find field \"{field}\"")
    return _clip(given, 0, units(text))


def _clip(entities: list[Json], start: int, end: int) -> list[Json]:
    moved = []
    for entity in entities:
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], end)
        if last > first:
            moved.append(entity | {"offset": first - start, "length": last - first})
    return moved


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Raises `Refusal` with "can't parse entities: ..."."""
    if "<" not in source and "&" not in source:
        return source, []
    return _Parser(source).parse()


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int
    begin: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.pieces: list[str] = []
        self.length = 0  # of the pieces, in UTF-16 units
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        while (special := SPECIAL.search(self.source, self.at)) is not None:
            self._put(self.source[self.at : special.start()])
            self.at = special.start()
            if special[0] == "&":
                self._reference()
            elif self.source.startswith("/", self.at + 1):
                self._end_tag()
            else:
                self._start_tag()
        self._put(self.source[self.at :])
        if self.open:
            raise self._refusal(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.pieces), self.entities

    def _put(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.length += units(text)

    def _reference(self) -> None:
        match = REFERENCE.match(self.source, self.at)
        code = 0 if match is None else int(match[1], 16) if match[1] else int(match[2] or 0)
        if match is None or (not match[3] and not (0 < code < 0xD800 or 0xDFFF < code < 0x110000)):
            self._put("&")
            self.at += 1
            return
        self._put(NAMED[match[3]] if match[3] else chr(code))
        self.at = match.end()

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self._until(SPACE + ">")
        self._more(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        tag = name.lower()
        if tag not in TYPES:
            raise self._refusal(f'Unsupported start tag "{tag}" at byte offset {self._bytes(begin)}')
        argument = ""
        while True:
            self._skip_space()
            self._more(f"Unclosed start tag at byte offset {self._bytes(begin)}")
            if self.source[self.at] == ">":
                break
            argument = self._attribute(tag, begin) or argument
        self.at += 1
        if tag == "span" and argument != "tg-spoiler":
            raise self._refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.open.append(_Open(tag, argument, self.length, begin))

    def _attribute(self, tag: str, begin: int) -> str:
        """Reads one attribute; returns its value if it is the one that matters for this tag."""
        name = self._until(SPACE + "=>").lower()
        if not name:
            raise self._refusal(f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(begin)}')
        self._skip_space()
        self._more(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
        if self.source[self.at] != "=":
            if tag == "blockquote" and name == "expandable":
                return "expandable"
            words = f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset '
            raise self._refusal(words + str(self._bytes(begin)))
        self.at += 1
        self._skip_space()
        self._more(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
        value = self._value(begin)
        wanted = {"a": "href", "code": "class", "span": "class", "tg-emoji": "emoji-id"}.get(tag)
        if tag == "blockquote" and name == "expandable":
            return "expandable"
        if name != wanted:
            return ""
        return (
            value.removeprefix("language-")
            if tag == "code" and value.startswith("language-")
            else ("" if tag == "code" else value)
        )

    def _value(self, begin: int) -> str:
        quote = self.source[self.at]
        if quote not in "'\"":
            token = self._until(SPACE + ">")
            if not re.fullmatch(r"[A-Za-z0-9.-]*", token):
                raise self._refusal(f"Unexpected end of name token at byte offset {self._bytes(begin)}")
            return token
        end = self.source.find(quote, self.at + 1)
        if end < 0:
            raise self._refusal(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        raw = self.source[self.at + 1 : end]
        self.at = end + 1
        return REFERENCE.sub(lambda match: NAMED.get(match[3] or "", match[0]), raw)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._refusal(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        self.at += 2
        name = self._until(SPACE + ">").lower()
        self._skip_space()
        if not self.source.startswith(">", self.at):
            raise self._refusal(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise self._refusal(
                f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self.length - opened.offset
        if length <= 0:
            return
        entity: Json = {"type": TYPES[opened.tag], "offset": opened.offset, "length": length}
        if opened.tag == "a":
            url = opened.argument or "".join(self.pieces)[-length:]
            if not re.match(r"(?i)(https?://|tg://|mailto:|tel:|[\w-]+(\.[\w-]+)+)", url):
                return  # Telegram drops a link it does not take for one
            if url.startswith("tg://user?id=") and url[13:].isdecimal():
                entity = entity | {"type": "text_mention", "user": {"id": int(url[13:]), "is_bot": False}}
            else:
                entity["url"] = url if "://" in url or url.startswith(("mailto:", "tel:")) else f"http://{url}/"
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and opened.argument and self.open and self.open[-1].tag == "pre":
            self.open[-1].argument = opened.argument
            return
        elif opened.tag == "pre" and opened.argument:
            entity["language"] = opened.argument
        self.entities.append(entity)

    def _until(self, stops: str) -> str:
        start = self.at
        while self.at < len(self.source) and self.source[self.at] not in stops:
            self.at += 1
        return self.source[start : self.at]

    def _skip_space(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in SPACE:
            self.at += 1

    def _more(self, otherwise: str) -> None:
        if self.at >= len(self.source):
            raise self._refusal(otherwise)

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode("utf-8", "surrogatepass"))

    def _refusal(self, reason: str) -> Refusal:
        return bad_request(f"can't parse entities: {reason}")

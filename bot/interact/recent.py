"""What was said to a customer in the last ten turns, so that nothing is soon said again in the same words.

`conversation.recent` holds `turn|what|variant`, oldest first. A turn is named by the contact it answers.
"""

from __future__ import annotations

from storage.models import Conversation

TURNS = 10


def choose_variant(conversation: Conversation, name: str, count: int, turn: int) -> int:
    """The wording of this message to use now, noted as used: one not heard lately, or the one heard longest ago."""
    if count < 2:
        return 0
    used = [int(variant) for _, what, variant in _read(conversation) if what == name]
    order = [(turn + step) % count for step in range(count)]
    fresh = [variant for variant in order if variant not in used]
    chosen = fresh[0] if fresh else min(order, key=lambda variant: len(used) - used[::-1].index(variant))
    note(conversation, name, turn, chosen)
    return chosen


def note(conversation: Conversation, what: str, turn: int, variant: int = 0) -> None:
    """Remember that this was said, as long as ten turns. The column is replaced whole, or it is not written."""
    entries = [*_read(conversation), (str(turn), what, str(variant))]
    turns = list(dict.fromkeys(entry[0] for entry in entries))[-TURNS:]
    conversation.recent = ["|".join(entry) for entry in entries if entry[0] in turns]


def was_said(conversation: Conversation, what: str, *, before: int) -> bool:
    """Whether it was said lately, in another turn than this."""
    return any(said == what and turn != str(before) for turn, said, _ in _read(conversation))


def find_last(conversation: Conversation, prefix: str) -> str | None:
    """What of this kind the last turn said, without the prefix; None where it said something else."""
    entries = _read(conversation)
    last = [what for turn, what, _ in entries if turn == entries[-1][0] and what.startswith(prefix)]
    return last[-1].removeprefix(prefix) if last else None


def _read(conversation: Conversation) -> list[tuple[str, str, str]]:
    """Names of messages have no `|`; a row of an older release has another shape and is left out."""
    parts = (entry.split("|") for entry in conversation.recent or [])
    return [(turn, what, variant) for turn, what, variant in (each for each in parts if len(each) == 3)]

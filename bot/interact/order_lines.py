"""Lines of a draft, and what a change makes of them. Values only: `{"sku", "quantity", "options"}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.interact.understanding import FoundItem, OrderChange, Portion, cut, merge_lines, targets

Line = dict[str, Any]
Fits = Callable[[str, str], bool]  # whether the item of this sku comes with such a choice
MOST = 999  # of one line
MOST_LINES = 30


def from_item(item: FoundItem) -> Line:
    return {"sku": item.sku, "quantity": item.quantity, "options": list(item.options)}


def add(lines: Sequence[Line], more: Sequence[Line]) -> list[Line]:
    """What is ordered on top; of the same with the same options there are more."""
    return _merged([_item(line) for line in (*lines, *more)])[:MOST_LINES]


def change(lines: Sequence[Line], changes: Sequence[OrderChange], fits: Fits) -> list[Line] | None:
    """The lines after all of it, none where it is cancelled; None where a change does not fit these lines."""
    now = [_item(line) for line in lines]
    changes = [one for one in changes if one.what != "when"]
    for one, following in zip(changes, (*changes[1:], None), strict=False):
        if following is not None and _swaps(following, now) and one.what in ("cancel", "remove"):
            now = _put_last(now, one.item)  # "not that, change it to …"
            continue
        changed = _apply(now, one, fits)
        if changed is None:
            return None
        now = changed
    return _merged(now)[:MOST_LINES]


def _swaps(change: OrderChange, lines: Sequence[FoundItem]) -> bool:
    """Whether something else takes the place of the last line: "make it a croissant" does where none is ordered."""
    if change.what != "set" or change.number != 1 or change.item is None:
        return change.what == "swap"
    return all(line.sku != change.item.sku for line in lines)


def _put_last(lines: list[FoundItem], item: FoundItem | None) -> list[FoundItem]:
    """What is refused, where a swap takes its place."""
    return sorted(lines, key=lambda line: item is not None and line.sku == item.sku)


def _apply(lines: list[FoundItem], change: OrderChange, fits: Fits) -> list[FoundItem] | None:
    if change.what == "cancel":
        return []
    item = change.item
    if not lines:  # "cancel that, I'd like a croissant"
        fresh = item if change.what in ("name", "set", "more") else None
        return cut(fresh, change.portions, counted=bool(change.number)) if fresh else None
    if item is None:
        return _change_options(lines, change, fits) if change.what == "options" else _apply_to_last(lines, change)
    mine = [line for line in lines if line.sku == item.sku]
    if change.what == "remove":
        return [line for line in lines if line.sku != item.sku] if mine else lines
    if change.what == "fewer":
        return _take_off(lines, mine, change.number)
    new = cut(item, change.portions, counted=bool(change.number))
    if _swaps(change, lines):
        quantity = change.number if change.number > 1 else lines[-1].quantity
        return [*lines[:-1], *([] if mine else cut(_counted(item, quantity), change.portions, counted=True))]
    if not mine or change.what == "more":
        return [*lines, *(new if item.options or change.portions or not mine else [_counted(mine[-1], item.quantity)])]
    more = change.number - sum(line.quantity for line in mine)
    if change.what == "set" and len(mine) > 1 and more > 0 and not (item.options or change.portions):
        return _grow(lines, mine[0], more)
    if change.what == "set" or change.number:
        base = mine[-1] if not (item.options or change.portions) else item
        at = lines.index(mine[0])
        return [*(line for line in lines[:at] if line.sku != item.sku),
                *cut(_counted(base, change.number), change.portions, counted=True),
                *(line for line in lines[at:] if line.sku != item.sku)]  # fmt: skip
    if item.options or change.portions:  # "the latte with oat milk, please"
        return [with_options for line in lines for with_options in (
            cut(line, (*_as_portion(item), *change.portions), counted=True) if line.sku == item.sku else [line])]  # fmt: skip
    return [*lines, _counted(mine[-1], 1)]


def _grow(lines: list[FoundItem], first: FoundItem, more: int) -> list[FoundItem]:
    """Of two kinds of one item, more of the first: that is the plain one."""
    at = lines.index(first)
    return [*lines[:at], _counted(first, first.quantity + more), *lines[at + 1 :]]


def _take_off(lines: list[FoundItem], of: Sequence[FoundItem], number: int) -> list[FoundItem]:
    """So many less of the last of these of which there are more, else of the last."""
    if not of:
        return lines
    line = next((line for line in reversed(of) if line.quantity > number), of[-1])
    at, left = lines.index(line), line.quantity - number
    return [*lines[:at], *([_counted(line, left)] if left > 0 else []), *lines[at + 1 :]]


def _apply_to_last(lines: list[FoundItem], change: OrderChange) -> list[FoundItem] | None:
    *before, last = lines
    if change.what == "set":
        same = [line for line in lines if line.sku == last.sku]
        if len(same) > 1 and sum(line.quantity for line in same) < change.number:
            return _grow(lines, same[0], change.number - sum(line.quantity for line in same))
        return [*before, _counted(last, change.number)]
    if change.what == "more":
        return [*before, _counted(last, last.quantity + change.number)]
    return _take_off(lines, lines, change.number) if change.what == "fewer" else None


def _change_options(lines: list[FoundItem], change: OrderChange, fits: Fits) -> list[FoundItem]:
    """ "No sugar in both" is of what comes with sugar; "one without sugar" of the last such."""
    mine: dict[int, list[Portion]] = {}
    for portion in change.portions:
        for at in targets(lines, portion, fits, shared=portion.of == "all"):
            mine.setdefault(at, []).append(portion)
    return [new for at, line in enumerate(lines) for new in cut(line, mine.get(at, ()), counted=True)]


def _as_portion(item: FoundItem) -> list[Portion]:
    return [Portion(None, item.options)] if item.options else []


def _counted(item: FoundItem, quantity: int) -> FoundItem:
    return FoundItem(item.sku, item.name, min(MOST, max(1, quantity)), item.options)


def _item(line: Line) -> FoundItem:
    return FoundItem(line["sku"], "", line["quantity"], tuple(line["options"]))


def _merged(lines: Sequence[FoundItem]) -> list[Line]:
    return [from_item(_counted(line, line.quantity)) for line in merge_lines(lines)]

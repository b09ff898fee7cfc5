"""What is said of some of an item: "…, one without sugar", "…，一杯热的，一杯冰的", "both to go"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from .lexicon import LANGUAGES, load, read
from .normalise import has_cjk
from .options import Found, OptionReader, combine
from .quantities import read_number
from .result import FoundItem, Portion

_FOREIGN = 2  # words of something else that an option of the item before may stand beside: "打包谢谢老板"


class PortionReader:
    def __init__(self, options: OptionReader) -> None:
        self._options = options
        listed = {name: {word for each in LANGUAGES for word in read(each, "orders")[name]} for name in
                  ("rest", "all", "half", "filler")}  # fmt: skip
        self._marks: dict[str, Literal["rest", "all", "half"]] = {}
        for word in listed["rest"]:
            self._marks[word] = "rest"
        for word in listed["all"]:
            self._marks[word] = "all"
        for word in listed["half"]:
            self._marks[word] = "half"
        self._filler = frozenset(listed["filler"]) | load("en").units | load("zh").units
        self._nots = frozenset(read("en", "orders")["not"])

    def read(self, words: Sequence[str], options: Sequence[Found], low: int, high: int) -> list[Portion]:
        """Portions of the words from `low` to `high`, in which these options stand."""
        starts = {start: (end, option) for start, end, option in options}
        found: list[Portion] = []
        at = low
        while at < high:
            if at in starts:
                end, option = starts[at]
                before = found.pop() if found else Portion(None, ())
                found.append(Portion(before.of, (*before.options, option)))
                at = end
                continue
            mark, end = self._mark(words, at, high)
            last = end >= high - 1 or _OF_THEM.issuperset(words[end:high])
            if mark is not None and found and (mark == "all" or words[at - 1] in _INTO) and last:
                found[-1] = Portion(mark, found[-1].options)  # "no sugar in both"
            elif mark is not None:
                found.append(Portion(mark, ()))
            at = end
        return [portion for portion in found if portion.options]

    def read_clause(self, words: Sequence[str]) -> list[Portion]:
        """Portions of a clause that is about nothing else."""
        options = self._options.find(words)
        if not options:
            return []
        taken = {at for start, end, _ in options for at in range(start, end)}
        foreign = sum(1 for at, word in enumerate(words) if at not in taken and not self._is_idle(words, at))
        if foreign > _FOREIGN or foreign > len(taken):
            return []
        return self.read(words, options, 0, len(words))

    def is_refusal(self, words: Sequence[str], low: int, first: int) -> bool:
        """Whether the item at `first` is said not to be wanted: "no croissant", 不要可颂."""
        before = [word for word in words[max(low - 2, 0, first - 4) : first] if word not in {"the", "any", "a", "了", "那", "个"}]  # fmt: skip
        if not before:
            return False
        return before[-1] in self._nots or "".join(before[-2:]) in _ZH_NOTS or before[-1] in {"删", "掉"}

    def is_refused_after(self, words: Sequence[str], last: int, high: int) -> bool:
        return "".join(words[last : min(last + 4, high)]).startswith(_ZH_AFTER)

    def idle_only(self, words: Sequence[str]) -> bool:
        return all(self._is_idle(words, at) for at in range(len(words)))

    def _is_idle(self, words: Sequence[str], at: int) -> bool:
        return (
            words[at] in self._filler or words[at] in self._marks or read_number(words, at, len(words))[0] is not None
        )

    def _mark(
        self, words: Sequence[str], at: int, high: int
    ) -> tuple[int | Literal["rest", "all", "half"] | None, int]:
        pair = "".join(words[at : at + 2]) if has_cjk(words[at]) else ""
        if pair in self._marks:
            return self._marks[pair], at + 2
        if words[at] in self._marks:
            return self._marks[words[at]], at + 1
        if words[at] in {"a", "an", "another", "single"}:
            return None, at + 1
        number, end = read_number(words, at, high)
        if number is None:
            return None, at + 1
        if end < high and words[end] == "都":  # 两杯都…
            return "all", end + 1
        if any(word == "都" for word in words[end : min(end + 3, high)]):
            return "all", end
        return number, end


_ZH_NOTS = frozenset({"不要", "别要", "不用", "不点", "去掉", "删掉", "取消", "减去"})
_ZH_AFTER = ("不要了", "不用了", "就不要", "去掉", "删掉", "取消", "不点了", "免了", "算了")


_INTO = frozenset({"in", "for", "on", "to"})
_OF_THEM = frozenset({"of", "the", "them", "those", "these", "please"})


def lines_of(item: FoundItem, portions: Sequence[Portion], *, counted: bool) -> list[FoundItem]:
    """An item cut into lines, each of one set of options."""
    said = sum(portion.of for portion in portions if isinstance(portion.of, int))
    base = item if counted else replace(item, quantity=max(item.quantity, said))
    left = base.quantity
    lines: list[FoundItem] = []
    for portion in portions:
        if portion.of == "all" or (portion.of is None and not lines):
            base, *lines = (_with(line, portion) for line in (base, *lines))
        elif portion.of is None:
            lines[-1] = _with(lines[-1], portion)
        else:
            wanted = {"rest": left, "half": base.quantity // 2}.get(str(portion.of), portion.of)
            size = min(int(wanted), left)
            if size:
                lines.append(replace(_with(base, portion), quantity=size))
                left -= size
    return [*([replace(base, quantity=left)] if left else []), *lines]


def _with(item: FoundItem, portion: Portion) -> FoundItem:
    return replace(item, options=combine(item.options, portion.options))

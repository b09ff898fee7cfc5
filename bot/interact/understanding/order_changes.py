"""Changes of an order that is being put together: "make that three", "no sugar in both", 再加一份, "cancel that".

What is meant depends on the order; here is only what was said. Short messages only: a long one is no change.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from .clauses import Clause, tells_taste_of_others
from .items import ItemFinder, Mention
from .normalise import close_up
from .quantities import read_number
from .result import OrderChange, Portion
from .tokens import split_words

_LONGEST = 120  # characters
_MOST_CLAUSES = 4
_CANCEL_EN = re.compile(
    r"^(?:please |no |ok |oh |actually |sorry |hm+ |well |wait |then |can you |could you |can we |can i |i want to |i would like to |just |let us |and )*"
    r"(?:(?:cancel|scrap|delete|forget|clear|abort|discard|drop|bin|remove)(?: about)?(?: (?:that|it|this|the|my|all|everything|whole|order|lot|of|please|thanks|list|then|for now))* $"
    r"|never ?mind (?:then |that |thanks |the order |about it )*$"
    r"|(?:i )?(?:do not|no longer) (?:want|need) (?:it|that|this|them|anything|the order|any of it|to order)(?: any ?more| now| after all)* $"
    r"|(?:i have |i )?changed my mind $)"
)
_CANCEL_ZH = re.compile(
    r"^(?:那|还是|算了|请|麻烦|帮我|我要|我想|把|不好意思|抱歉)*(?:(?:订单|这单|这个单|单子?|全部|都|刚才的|那个)*(?:取消|不要了|不点了|不下单了|不买了|作废|撤掉|删掉|删了|撤单|退掉)(?:订单|这单|这个单|这个|那个|全部|一下|掉|它|刚才的单?|下单|点单)*(?:了|吧|谢谢|啊)*|算了(?:吧|不要了|不点了)*|不用了(?:谢谢)?)$"
)
# "Not that", before what it should be instead.
_NOT_THAT = re.compile(
    r"^(?:no |oh |sorry |actually |wait |please )*not (?:that|this|it|those|them|these)(?: one| ones)?(?: any ?more| now| after all| please| then)* $"
    r"|^(?:no |oh |actually |that is |it is )*(?:that|this|so|too) many(?: for me| then)* $"
    r"|^(?:不对|不是|别|不)?(?:不要|不是|别要)(?:(?:这|那)[个杯份种些款]|[这那]么多)了?$|^太多了$"
)
_REQUEST_EN = re.compile(
    r"^(?:and |so |ok |actually |sorry |oh )*(?:can|could|would|will|may) (?:you|i|we|it|that) (?!eat |drink )"
)
_REQUEST_ZH = re.compile(r"(?:可不可以|可以|能不能|能)(?![吃喝])|吧$|好[吗嘛]|行[吗嘛]")
_MORE = frozenset({"more", "another", "add", "extra", "additional", "plus", "再", "加", "多", "添"})
_FEWER = frozenset({"less", "fewer", "remove", "drop", "minus", "off", "减", "少", "删", "退", "去"})
_REFUSED = re.compile(
    r"\b(?:do not|no longer) (?:want|need) \S+ of |不要|不用|别要"
)  # "I don't need one of them", 不要了一杯
_LESS = re.compile(
    r"\b([a-z]+|[0-9]{1,3}) (?:less|fewer) |\bminus ([a-z]+|[0-9]{1,3}) |[减少删退][掉去了要]?([一二两三四五六七八九十0-9]{1,3})"
)
_SWAP = re.compile(
    r"\b(?:instead|rather|swap|switch|replace|change (?:it|that|this|them) (?:to|into|for))\b|换[成做作为]|改[成为]|换个|换一"
)
_IN_PLACE = re.compile(r"^\s*(?:instead of|rather than) ")  # between what is wanted and what it replaces
_TO = re.compile(r"^\s*(?:to|for|into|with|by) ")  # the other way round, after what is changed
_CHANGING = re.compile(
    r"\b(?:change|swap|switch|replace|turn) (?:(?:the|my|one|of|that|a|an|both|those|\d+|two|three) )*$"
)
_CHANGED_ZH = re.compile(r"换|[改变][成为做]")
_NUMBER_AFTER = re.compile(
    r" to ([a-z]+|[0-9]{1,3})(?: of them)?(?: please)?$|[改换变][成为到]?([一二两三四五六七八九十0-9]{1,3})[杯个份袋块包]?[吧了]?$"
)
_MAKE_IT = re.compile(r"\b(?:make|change) (?:it|that|this|them)(?: to)? (?!an? )([a-z]+|[0-9]{1,3}) ")
_SET = re.compile(r"\b(?:make|change|turn|i said|i meant|actually|no)\b|改|一共|总共|是")
_OFF = re.compile(
    r"\btake (?:\S+ ){1,3}(?:off|out|away)\b|\b(?:remove|drop|delete|lose|scrap|skip|cancel) (?:the |that |my )?|^(?:取消|去掉|删)|^把.*(?:去掉|删|取消|撤|退)"
)
# To be told something: "can you message me when the beans are back".
_MESSAGE = re.compile(r"\b(?:message|text|tell|notify|remind|let me know|let us know|email|call) |告诉|通知|提醒|到货")
_TAKE_OFF = re.compile(r"^(?:\S+ ){0,3}?take (?:\S+ ){1,4}(?:off|out|away) (?:then|please|again|instead|ok|thanks| )*$")


def read_changes(
    length: int,
    clauses: Sequence[Clause],
    named: Sequence[tuple[Clause, Mention]],
    finder: ItemFinder,
    asking: Collection[int],
    told: Collection[str],
    timed: Collection[int],
) -> tuple[OrderChange, ...]:
    """All or nothing: where one clause is about something else, it is for the rest of the listener.

    `asking`: clauses (by id) that ask for something; `told`: quotes of facts and feedback; `timed`: clauses that tell a
    time and nothing else.
    """
    if length > _LONGEST or len(clauses) > _MOST_CLAUSES:
        return ()
    found: list[OrderChange] = []
    for clause in clauses:
        if id(clause) in timed:
            found.append(OrderChange("when"))
            continue
        if _NOT_THAT.match(clause.text):
            continue
        mentions = [mention for owner, mention in named if owner is clause]
        if id(clause) not in asking and (
            _asks_for_nothing(clause)
            or clause.condition
            or clause.reported
            or (mentions and not _no_more(clause, mentions) and (clause.quote in told or tells_taste_of_others(clause)))
        ):
            return ()
        if _MESSAGE.search(clause.text):
            return ()
        changes = _read(clause, mentions, finder)
        if changes is None and finder.idle_only(close_up(clause.folded)):
            continue  # "no wait, …", "thanks"
        if not changes:
            return ()
        if found and named and changes[0].what == "options":
            continue  # of the item in this message, which has them already
        found += changes
    return tuple(found)


def _no_more(clause: Clause, mentions: Sequence[Mention]) -> bool:
    """不要拿铁了 is of what was ordered before, and no taste."""
    return clause.script == "zh" and clause.text.endswith("了") and all(mention.refused for mention in mentions)


def _asks_for_nothing(clause: Clause) -> bool:
    return clause.question and not (_REQUEST_EN if clause.script == "en" else _REQUEST_ZH).search(clause.text)


def _read(clause: Clause, mentions: Sequence[Mention], finder: ItemFinder) -> list[OrderChange] | None:
    text = close_up(clause.folded)
    if clause.past and clause.script == "en":
        return None
    if (_CANCEL_EN.match(clause.text) if clause.script == "en" else _CANCEL_ZH.match(clause.text)) and not mentions:
        return [OrderChange("cancel")]
    words = split_words(text)
    if len(mentions) == 2 and (swapped := _read_swap(text, mentions[0], mentions[1])):
        return swapped
    if mentions:
        return [_of_item(mention, text, words) for mention in mentions]
    portions = finder.portions(text)
    if portions:
        return _of_portions(text, portions)
    return _of_number(words, finder, refused=_REFUSED.search(clause.text) is not None)


def _of_portions(text: str, portions: Sequence[Portion]) -> list[OrderChange]:
    """ "Make it 3 without sugar" is of all three; "make it 2 hot and 1 iced" says which are what."""
    number = _number_in(_MAKE_IT.search(text))
    if not number or [one.of for one in portions if isinstance(one.of, int)] != [number]:
        return [OrderChange("options", portions=tuple(portions))]
    of_all = tuple(replace(one, of=None) if one.of == number else one for one in portions)
    return [OrderChange("set", number=number), OrderChange("options", portions=of_all)]


def _of_item(mention: Mention, text: str, words: Sequence[str]) -> OrderChange:
    item = mention.item
    if not _is_chosen(mention) and (number := _number_in(_LESS.search(text))):
        return OrderChange("fewer", number=number, item=item)
    if mention.counted and (mention.refused or _OFF.search(text)):
        return OrderChange("fewer", number=item.quantity, item=item)
    if mention.refused or _OFF.search(text):
        return OrderChange("remove", item=item)
    if not mention.counted and (number := _number_in(_NUMBER_AFTER.search(text, mention.end))):
        return OrderChange("set", number=number, item=item)
    if _SWAP.search(text):
        return _swap_to(mention)
    if not _MORE.isdisjoint(words):
        return OrderChange("more", number=item.quantity, item=item, portions=mention.portions)
    is_set = mention.counted and (_SET.search(text) is not None or item.quantity > 1)
    return OrderChange(
        "set" if is_set else "name",
        number=item.quantity if mention.counted else 0,
        item=item,
        portions=mention.portions,
    )


def takes_off(clause: Clause) -> bool:
    """ "Take the banana bread off" is no word about how it was."""
    return clause.script == "en" and _TAKE_OFF.match(clause.text) is not None


def _read_swap(text: str, one: Mention, other: Mention) -> list[OrderChange]:
    """ "Change the latte to a mocha", "a mocha instead of the latte": the one goes, the other takes its place."""
    between = text[one.end : other.start]
    if _IN_PLACE.search(between):
        return [OrderChange("remove", item=other.item), _swap_to(one)]
    if _CHANGED_ZH.search(between) or (_TO.search(between) and _CHANGING.search(text[: one.start])):
        return [OrderChange("remove", item=one.item), _swap_to(other)]
    return []


def _number_in(said: re.Match[str] | None) -> int | None:
    """Of "change the lattes to three" it is 3; in "a latte to go" there is none."""
    words = split_words("".join(filter(None, said.groups()))) if said else ()
    return read_number(words, 0, len(words))[0]


def _swap_to(mention: Mention) -> OrderChange:
    number = mention.item.quantity if mention.counted else 0
    return OrderChange("swap", number=number, item=mention.item, portions=mention.portions)


def _is_chosen(mention: Mention) -> bool:
    """Whether it has options: "two lattes, less sugar" takes none away."""
    return bool(mention.item.options or mention.portions)


def _of_number(words: Sequence[str], finder: ItemFinder, *, refused: bool) -> list[OrderChange] | None:
    numbers: list[int] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        number, end = read_number(words, at, len(words))
        if number is not None:
            numbers.append(number)
        else:
            rest.append(words[at])
        at = max(end, at + 1)
    more = not _MORE.isdisjoint(words)
    fewer = refused or not _FEWER.isdisjoint(words)
    if not numbers or len(words) > 10 or not finder.idle_words([one for one in rest if one not in _MORE | _FEWER]):
        return None
    if words[0] in {"a", "an"} and len(words) == 1:
        return None
    if "half" in rest:
        return None  # "half 3" is a time
    if more or fewer:
        return [OrderChange("more" if more and not refused else "fewer", number=numbers[0])]
    return [OrderChange("set", number=numbers[-1])]

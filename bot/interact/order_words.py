"""Words around an order that name no item: "I'll take one", "place it", "how much altogether?"."""

from __future__ import annotations

import re

_ORDER = re.compile(r"\border|\bundo\b|单|撤", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:place|order|confirm) (?:it|that|my order|the order)\b|下单|下订单", re.IGNORECASE)
_TAKE = re.compile(
    r"\b(?:i'?ll|we'?ll|i will|we will|can i|could i|may i|i'?d like(?: to)?|let me)\s+(?:then |just |also )?(?:take|have|get|try|order)\b"
    r"|^(?:好的?|嗯|那|行|就|给我|帮我|我|再|[，, ])*(?:要|来|点|试)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:in total|altogether|all together|the total|my total|what did (?:i|we) order|what have i ordered)\b|一共|总共|合计|总价|点了(?:什么|啥|哪些)",
    re.IGNORECASE,
)
_CAN_CHANGE = re.compile(
    r"\b(?:can|could|may) (?:i|we) (?:still )?(?:change|edit) (?:the |my |that )?(?:order|it|that)\b|(?:还能|能不能|可以|能)改[吗一下么]",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:is|are|was|when|where|how|what|did|have|has|any|status)\b.{0,30}\b(?:my|our) (?:last )?orders?\b"
    r"|\bwhat (?:did|have) (?:i|we) (?:order|get|buy)(?:ed)?\b|\bmy order\b.{0,15}\?"
    r"|(?:订单|(?:我|我们)(?:刚才|刚|今天|昨天|上次)?[点订下]的?).{0,8}(?:好了|好没|什么时候|啥时候|多久|到哪|收到|怎么样|做好|[吗呢没？?]$)"
    r"|(?:我|我们)(?:刚才|刚|今天|昨天|上次)?[点订]了?(?:些)?(?:什么|啥)|(?:什么时候|啥时候|多久)(?:才|就|能|可以)*(?:做好|好|来拿|取)",
    re.IGNORECASE,
)


def names_order(text: str) -> bool:
    """Whether it is of an order, and of nothing that was spoken of since: "cancel my order", "undo"."""
    return _ORDER.search(text) is not None


def places(text: str) -> bool:
    """A yes to the list, and to nothing else that was asked."""
    return _PLACE.search(text) is not None


def takes(text: str) -> bool:
    """ "I'll take two", 来一杯: of what was spoken of."""
    return _TAKE.search(text) is not None


def asks_total(text: str) -> bool:
    return _TOTAL.search(text) is not None


def asks_to_change(text: str) -> bool:
    """ "Can I still change it?" """
    return _CAN_CHANGE.search(text) is not None


def asks_after(text: str) -> bool:
    """ "When will my order be ready?", 我点了什么: of the order that was placed last."""
    return _AFTER.search(text) is not None

"""A taste told of what the clause before named: "oat latte is the best, I adore it", 燕麦拿铁真好喝，我很喜欢."""

import re
from collections.abc import Sequence

from .clauses import Clause, about_others
from .items import Mention
from .normalise import close_up
from .result import FoundFact

_ADVERBS = (
    r"(?:really |just |absolutely |totally |simply |so |do |always |honestly |truly |genuinely |still |also |both )*"
)
_LIKED_EN = re.compile(
    rf"^(?:and |because |cause |coz |cos |honestly |oh |man |ok |wow )*(?:(?:i|we) {_ADVERBS}(?:love|adore|like|enjoy|am (?:addicted to|obsessed with|a (?:big |huge )?fan of|crazy about|mad about|hooked on)|can not get enough of|can not live without)|{_ADVERBS}(?:love|adore)) (?:it|them|this|that|this one|that one|those|these) "
    r"(?:so much |a lot |very much |to bits |every time |the most |best |more than anything |here |lol |haha |guys )*$"
    r"|^(?:it|that|this|that one|this one) is (?:\w+ )?my (?:\w+ )?favou?rite (?:\w+ ){0,3}$"
)
_LIKED_ZH = re.compile(
    r"^(?:因为|所以|而且|真的|确实)*(?:我|我们|本人)(?:真的|真|很|超级?|特别|非常|最|一直|都|也|挺|蛮|好|太|十分|就|可|还是|从来|每次都|是真)*"
    r"(?:喜欢(?:喝|吃)?|爱(?:喝|吃)?|中意|钟意|喝不腻|吃不腻|上瘾)(?:它|这款|这个|这一款|这口|这味道|这个味道)?(?:了|的|哦|啊|呢|得不行|死了|惨了|到不行)*$"
    r"|^(?:这|它|这款|这个)?(?:就)?是我(?:的|们的)?(?:最爱|心头好|本命|最喜欢的|最喜欢喝的|最喜欢吃的)(?:了|啊)?$"
)
_PAST_ZH = re.compile(r"昨|前天|上[次周个]|刚才|刚刚|那天|那杯")
_LIMIT = 1  # clauses back: further away it is no longer sure what "it" is


def find_references(clauses: Sequence[Clause], mentions: Sequence[tuple[Clause, Mention]]) -> list[FoundFact]:
    found: list[FoundFact] = []
    for place in range(_LIMIT, len(clauses)):
        clause = clauses[place]
        if not clause.firm or not (_LIKED_EN if clause.script == "en" else _LIKED_ZH).search(clause.text):
            continue
        before = clauses[place - _LIMIT]
        named = [mention for owner, mention in mentions if owner is before]
        # One thing only, and not a cup of the past: that one was liked, which is praise.
        if len({mention.item.sku for mention in named}) != 1 or _past(before) or about_others(before, False):
            continue
        mention = named[0]
        spelt = before.original(close_up(before.folded)[mention.start : mention.end])
        found.append(
            FoundFact("preference", spelt, "like", item=mention.item.sku, confidence=0.9, quote=f"{before.quote}, {clause.quote}")
        )  # fmt: skip
    return found


def _past(clause: Clause) -> bool:
    # 了 at the end of 太棒了 is no past.
    return clause.past if clause.script == "en" else _PAST_ZH.search(clause.text) is not None

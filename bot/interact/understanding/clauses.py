"""A message cut into clauses, each with what weakens it: a question, a condition, a hedge, somebody else's words."""

# ruff: noqa: SIM905 - word lists read better as text

import itertools
import re
from dataclasses import dataclass, field

from .normalise import CJK, close_up, fold, has_cjk, words

MAX_CLAUSES = 64  # later ones are not looked at: a bound on the work of one message
MAX_CLAUSE = 240  # nobody states a fact about themselves in a longer one

_EN_JOINTS = (
    r"\b(?:but|however|although|though|except(?: that)?|because|whereas|btw|by the way|plus|anyway|"
    r"(?=also\b)(?<!\bi )(?<!\bwe )(?<!\bam )(?<!\bare )(?<!\bis )(?<!\bhave )(?<!\bcan )(?<!\bdo )(?<!'m )(?<!'re )(?<!'ve )also(?! (?:comes|shops)\b)|"
    r"(?:and|so|since|as|then|or)(?= (?:i|i'm|i've|i'd|i'll|im|my|we|we're|our|it|it's|its|the|this|that|they|you|your|"
    r"he|she|his|her|please|pls|remind|can|could|would|will|is|are|was|were|do|don't|dont|no|never|also|something|nothing|anything|yesterday|today|"
    r"tomorrow|love|like|prefer|hate|what|how|where|when|which|stop|call|only|allergic)\b))\b"
)
_ZH_JOINTS = (
    r"(?:但是|可是|不过(?!敏)|然而|而且|并且|另外|还有|然后|因为|所以|顺便(?:说一?句|说一下|提一?下|问一?下)?|对了|"
    r"(?<!不)但(?!愿|丁)|只是(?=[太有没不]))"
)
# The same for text in ASCII, which most English is: a third faster.
_SPLIT_ASCII = re.compile(
    r"(?P<hard>[.!?]+(?=[\s\"')\]]|$)|[;\n\r\t]+)|(?P<weak>,(?!\d{3}\b)|[()\[\]\"~]|(?<!\s)\s+-+\s+)"
    r"|(?P<joint>" + _EN_JOINTS + ")",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"(?P<hard>[.!?]+(?=[\s\"')\]]|$)|[。！？；;…\n\r\t]+|[!?]+(?=[" + CJK + r"])|(?<=[" + CJK + r"])[.!?~]+)"
    r"|(?P<weak>,(?!\d{3}\b)|[，](?!\d)|[()（）\[\]\"“”~]|(?<!\s)\s+[-–—]+\s+|(?<=[" + CJK + r"]) +(?=[" + CJK + r"]))"
    r"|(?P<joint>" + _EN_JOINTS + "|" + _ZH_JOINTS + ")",
    re.IGNORECASE,
)

_DRAWN_OUT = re.compile(r"([a-z])\1\1+")  # "sooo"

_EN_ASKS = re.compile(
    r"^(?:and |so |ok |okay |well |hi |hello |hey |yes |no |also |then |please )*"
    r"(?:what(?! i (?:really |also )?(?:love|like|enjoy|prefer|hate|need) )|which|who|whose|when|where|why|how|do|does|did|is|are|am|was|were|can|could|would|will|shall|should|may|"
    r"any chance|(?:has|have|had) (?:you|it|they|anyone|the|there|he|she))\b(?! not )"
)
_EN_INDIRECT = re.compile(r"\b(?:(?:do|can|could|would) you|wondering (?:if|whether)|know (?:if|whether|what|how)) ")
_EN_CONDITION = re.compile(
    r"\b(?:if|unless|whether|suppose|supposing|imagine|in case|assuming|once i|when i was|wish|as if|pretend) "
)
_EN_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|might|may be|not sure|not certain|unsure|i guess|probably|possibly|i wonder|suspect|"
    r"i am thinking|could be|used to|no idea|supposedly|apparently|would probably (?:love|like|hate|prefer|enjoy)|"
    r"would have|will (?:love|like|hate)|going to (?:love|like|hate)) "
)
_EN_WISH = re.compile(r"\bwould (?:love|like|hate|prefer|enjoy) ")
_EN_REPORTED = re.compile(
    r"\b(?:(?<!doctor )(?<!gp )(?<!midwife )(?:says?|said|told)|tells|thinks|thought|asked|heard|reading|read (?:that|about|somewhere|in|on|online|it|your)|claims|claimed|writes|wrote|titled|lyrics|"
    r"joking|kidding|jk|lol not|(?<!\bi )(?:play|sing)|song|movie|film|episode|playlist|album|track) "
)
_EN_PAST = re.compile(
    r"\b(?:was|were|had|did|came|went|ordered|got|bought|tasted|took|waited|yesterday|last|ago|didn't|wasn't)\b"
)
_ZH_ASKS = re.compile(
    r"[吗嘛呢]\W*$|有没有|是不是|能不能|可不可以|要不要|会不会|好不好|行不行|对不对|(?<!没)(?<!没有)什么|哪[里儿个些家款种一]?|(?<!不)怎么|怎样|"
    r"(?<!第)多少|多久|多远|多大|几[点个号月家杯天分]|为何|谁|如何|请问|能否|是否|可否|么\W*$|^(?!.*(?:算了|免了|不要|别|让|找|叫|给我)).*吧\W*$|想问|问一?下|可以.{0,12}吗"
)
_ZH_CONDITION = re.compile(r"如果|要是|假如|假设|万一|的话|倘若|除非|即使|哪怕|以防")
_ZH_HEDGE = re.compile(
    r"可能(?!是.{2,}的(?:缘故|原因|关系))|也许|或许|好像|大概|说不定|不确定|不一定|似乎|应该|以前|曾经|过去|小时候|据说|听说|貌似|估计|算是"
)
_ZH_REPORTED = re.compile(
    r"[他她](?:们)?(?:说|觉得|认为)|说过|告诉|(?:[妈爸友婆公]|同事)(?:说|觉得)|歌(?!斯)|播放|电影|有人|人家|别人|大家(?!都?叫我)|听起来|看起来|听着|看着|看上去|都说|口碑|推荐的"
)
_ZH_PAST = re.compile(r"昨|前天|上[次周个]|刚才|刚刚|那天|(?<![对为得])了$")
# Whose taste is it? Another person before the verb makes it theirs.
_ZH_OTHERS = re.compile(
    r"[他她它](?:们)?|朋友|同事|老婆|老公|妻子|丈夫|太太|先生|[妈爸][妈爸]?|父母|父亲|母亲|妹妹?|弟弟?|哥哥?|姐姐?|儿子|女儿|"
    r"孩子|小孩|宝宝|闺女|老[爸妈伴]|爱人|媳妇|婆婆|公公|岳[父母]|丈母娘|嫂子|姐夫|妹夫|弟媳|儿媳|女婿|姑[姑妈父]|叔叔|婶|舅[舅妈]|阿?姨|伯[伯母]|外?孙[子女]|侄|外甥|奶奶|爷爷|外婆|外公|姥姥|姥爷|亲戚|客人|客户|老板|室友|同学|老师|邻居|对象|男票|女票|闺蜜|家人|你们?(?!们?(?:家|店|店里|这|这里|这儿)?的)|人们|大家|"
    r"有人|别人|谁|狗|猫"
)


@dataclass(slots=True)
class Clause:
    """`quote` as typed; `text` in the form phrases are matched on, `anchors` the words or character pairs in it."""

    quote: str
    folded: str
    script: str
    delimiter: str = ""  # what ended it
    opener: str = ""  # the conjunction or sign before it
    text: str = ""
    anchors: list[str] = field(default_factory=list)
    core: str = ""  # `text` without idle words; see `cores.py`
    question: bool = False
    condition: bool = False
    hedge: bool = False
    wish: bool = False  # "would like …", and no other hedge
    reported: bool = False
    past: bool = False

    @property
    def firm(self) -> bool:
        """Said as so, by the customer, of themselves."""
        return not (self.question or self.condition or self.hedge or self.reported)

    @property
    def states(self) -> bool:
        """The same, and "I would like …" too."""
        return not (self.question or self.condition or self.reported or (self.hedge and not self.wish))

    def original(self, value: str) -> str:
        """`value`, found in folded text, as the customer spelt it where that can be told."""
        at = self.folded.find(value)
        return self.quote[at : at + len(value)] if at >= 0 else value


def split(text: str) -> list[Clause]:
    """Clauses of cleaned text, in order."""
    found: list[Clause] = []
    sentence_start = 0
    start = 0
    opener = ""
    for cut in (_SPLIT_ASCII if text.isascii() else _SPLIT).finditer(text):
        sign = cut.group().strip()
        joint = cut.lastgroup == "joint"
        _append(found, text[start : cut.start()], opener, "" if joint else sign)
        opener = sign.lower()
        start = cut.end()
        if cut.lastgroup == "hard":
            _close_sentence(found[sentence_start:], asked="?" in sign or "？" in sign)
            sentence_start = len(found)
        if len(found) >= MAX_CLAUSES:
            return found
    _append(found, text[start:], opener, "")
    _close_sentence(found[sentence_start:], asked=False)
    return found


def _append(found: list[Clause], piece: str, opener: str, delimiter: str) -> None:
    quote = piece.strip()
    if not quote:
        if found and delimiter:
            found[-1].delimiter += delimiter
        return
    folded = fold(quote)
    script = "zh" if has_cjk(quote) else "en"
    clause = Clause(quote, folded, script, delimiter, opener)
    if len(quote) <= MAX_CLAUSE:
        _read(clause)
    found.append(clause)


def _read(clause: Clause) -> None:
    if clause.script == "en":
        found = words(_DRAWN_OUT.sub(r"\1", clause.folded))
        clause.text = text = "".join([word + " " for word in found])
        clause.anchors = found
        clause.question = _EN_ASKS.match(text) is not None or _EN_INDIRECT.search(text) is not None
        clause.condition = _EN_CONDITION.search(text) is not None
        hedge = _EN_HEDGE.search(text) is not None
        clause.wish = _EN_WISH.search(text) is not None and not hedge
        clause.hedge = hedge or clause.wish
        clause.reported = _EN_REPORTED.search(text) is not None
        clause.past = _EN_PAST.search(clause.folded) is not None
    else:
        clause.text = text = close_up(clause.folded)
        clause.anchors = pairs(text)
        clause.question = _ZH_ASKS.search(text) is not None
        clause.condition = _ZH_CONDITION.search(text) is not None
        clause.hedge = _ZH_HEDGE.search(text) is not None
        clause.reported = _ZH_REPORTED.search(text) is not None
        clause.past = _ZH_PAST.search(text) is not None


def pairs(text: str) -> list[str]:
    """The possible anchors in Chinese text: its characters and their pairs."""
    return list({*text, *map("".join, itertools.pairwise(text))})


def _close_sentence(sentence: list[Clause], asked: bool) -> None:
    """A question mark belongs to the last clause, unless an earlier one already asks and the last one states."""
    if not sentence:
        return
    last = sentence[-1]
    if asked and not (any(one.question for one in sentence[:-1]) and states(last)):
        last.question = True
    # What follows a condition depends on it: "if it is cold, I hate it".
    conditional = False
    for clause in sentence:
        if clause.condition and clause.script == "en" and clause.text.startswith(("if ", "unless ")):
            conditional = True
        elif conditional and clause.opener in {"but", "also", "btw", "by the way"}:
            conditional = False
        elif conditional:
            clause.condition = True


_STATES = re.compile(r"^(?:i am|i have|my|i do not|i can not|we are|我)")


def states(clause: Clause) -> bool:
    return _STATES.match(clause.text) is not None


def others_before(match: re.Match[str]) -> bool:
    """Is somebody but the customer named before the {thing} of this Chinese match, or before its end?"""
    end = match.start("thing") if "thing" in match.re.groupindex else match.end()
    return _ZH_OTHERS.search(match.string, 0, end) is not None


_EN_SUBJECT = re.compile(
    r"^(?:(?P<my>my (?!own )\S+)|(?:\S+ ){0,2}?(?P<who>i|we|me|he|she|they|his|her|our \S+|their|someone|people|everyone|you|who)) "
)
_EN_OURS = frozenset(
    {"i", "we", "me"}
    | {
        f"my {own}"
        for own in (
            "allergy allergies diet favourite favourites usual go skin scalp hair feet foot stomach gut tummy belly back "
            "knees legs eyes nails face body nose size name job work birthday order doctor doc gp dietitian nutritionist "
            "preference preferences language languages first native mother weakness absolute all personal taste tastes "
            "blood religion faith only last surname nickname hobby hobbies shoe waist type stylist barber hairdresser"
        ).split()
    }
)


_TASTE = re.compile(
    r"\b(?:likes?|loves?|hates?|prefers?|enjoys?|adores?|drinks?|eats?|dislikes?) (?!to (?:order|have|get))|喜欢|[爱喜][喝吃]|讨厌|[喝吃]不[惯来了]"
)


def tells_taste_of_others(clause: Clause) -> bool:
    """ "He likes black tea", 我老公不爱喝咖啡: nothing is asked for."""
    return _TASTE.search(clause.text) is not None and about_others(clause, False)


def about_others(clause: Clause, before: bool) -> bool:
    """Is somebody else the subject of this clause? One without a subject keeps that of the clause `before` it."""
    if clause.script == "zh":
        if clause.text.startswith(("我", "本人", "俺")):
            other = _ZH_OTHERS.match(clause.text[1:].removeprefix("们").removeprefix("家").removeprefix("的"))
            return other is not None and "和我" not in clause.text
        return before or _ZH_OTHERS.match(clause.text) is not None
    subject = _EN_SUBJECT.match(clause.core or clause.text)
    if subject is None:
        return before
    who = subject["my"] or subject["who"]
    if who == "you":  # said to us: "you can call me Sam"
        return False
    return who not in _EN_OURS and not re.search(r"\b(?:and i|gives me|give me|makes me) ", clause.core or clause.text)

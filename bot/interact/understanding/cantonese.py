"""Cantonese words as the Mandarin ones that phrases are written in, character for character.

Text comes in simplified characters. Some words are Cantonese wherever they stand; others are everyday Mandarin characters
(系, 食, 饮) and are read so only beside one that is not.
"""

import re
from collections.abc import Iterable

_WORDS = {
    # time
    "听日": "明天", "寻日": "昨天", "琴日": "昨天", "尋日": "昨天", "今日": "今天", "后日": "后天", "听晚": "明晚", "琴晚": "昨晚", "寻晚": "昨晚",
    "听朝": "明早", "今朝": "今早", "朝早": "早上", "晏昼": "下午", "下昼": "下午", "上昼": "上午", "夜晚": "晚上", "夜晚黑": "在晚上",
    "而家": "现在", "依家": "现在", "家阵": "现在", "几时": "何时", "成日": "总是", "头先": "刚才", "啱啱": "刚刚",
    # asking
    "几多": "多少", "乜嘢": "什么", "乜野": "什么", "咩嘢": "什么", "边度": "哪里", "边个": "哪个", "点解": "为何", "点样": "怎样", "有冇": "有没",
    "系咪": "是否", "得唔得": "可不可", "得唔": "可不", "食唔食": "吃不吃",
    # wanting and judging
    "钟意": "喜欢", "中意": "喜欢", "锺意": "喜欢", "唔使": "不用", "唔洗": "不用", "唔好意思": "不好意思", "唔紧要": "不要紧", "唔该晒": "谢谢了", "唔该": "谢谢",
    "冇所谓": "没所谓", "冇问题": "没问题", "冇事": "没事", "好味": "好吃", "好食": "好吃", "难食": "难吃", "好饮": "好喝", "难饮": "难喝", "好耐": "好久",
    "好嬲": "生气", "发嬲": "生气", "好平": "便宜", "好贵": "太贵", "同埋": "以及", "仲有": "还有", "仲系": "还是", "都系": "也是", "唔系": "不是",
    "边位": "哪位", "真系": "真是", "好靓": "真好", "呢度": "这里", "嗰度": "那里", "呢个": "这个", "嗰个": "那个", "呢间": "这家", "呢啲": "这些", "嗰啲": "那些",
    "喺度": "在这", "喺边": "在哪", "埋单": "买单", "走糖": "无糖", "走冰": "去冰", "少甜": "少糖", "走甜": "无糖", "冻咖": "冰咖", "冻奶": "冰奶", "冻柠": "冰柠", "冻饮": "冰饮", "冻美": "冰美", "冻拿": "冰拿", "冻咗": "冷了", "冻嘅": "冷的", "冻晒": "冷了",
    "唔好再": "不要再", "唔好叫": "不要叫", "唔好打": "不要打", "唔好搵": "不要找", "唔好畀": "不要给", "唔好俾": "不要给", "唔好落": "不要放", "唔好加": "不要加", "唔好放": "不要放",
    "唔好发": "不要发", "唔好寄": "不要发", "唔好烦": "不要烦", "食唔得": "不能吃", "饮唔得": "不能喝", "唔食得": "不能吃", "唔饮得": "不能喝", "唔可以": "不可以",
    "搵真人": "找真人", "搵人": "找人", "搵经理": "找经理", "搵老板": "找老板", "讲嘢": "说话", "倾偈": "聊天", "唔记得": "忘记了",
    "阿妈": "妈妈", "阿爸": "爸爸", "老豆": "爸爸", "细佬": "弟弟", "家姐": "姐姐", "细路": "孩子", "仔仔": "儿子", "囡囡": "女儿",
    "落单": "下单", "改做": "改成", "冇嘢": "没事", "食唔到": "吃不了", "饮唔到": "喝不了", "我个仔": "我儿子", "我个女": "我女儿", "喇": "啦", "啱": "对", "唔": "不", "冇": "没", "嘅": "的", "咗": "了", "喺": "在", "哋": "们", "啲": "些", "嚟": "来", "佢": "他", "咁": "太", "畀": "给", "俾": "给",
    "攞": "拿", "搵": "找", "嗰": "那", "嘢": "物", "乜": "啥", "咩": "啥", "嬲": "气", "喎": "哦", "嗮": "了", "噉": "这", "冧": "倒", "瞓": "睡", "揾": "找", "睇": "看",
}  # fmt: skip
# Not where they are part of a Mandarin word.
_UNLESS = {
    "后日": "[子常]", "中意": "[见思外识义大]", "好食": "[材物品欲]", "难食": "[物]", "真系": "[统列]", "都系": "[统列]", "好平": "[静常稳安凡整淡台价时和均坦板]",
    "点解": "[释决答开析除读渴散脱冻药馋]", "好饮": "[料品食]", "今日": "[头]", "好贵": "[重宾]", "喇": "[叭嘛]",
}  # fmt: skip
# Read so only beside a word that is Cantonese wherever it stands.
_BESIDE = {"系": "是", "食": "吃", "饮": "喝", "仲": "还", "晒": "了", "冻": "冷", "讲": "说", "靓": "好"}
_SOME = re.compile(
    r"(?<![关联])系(?![列统数])|(?<![零美素主])食(?![物品堂谱材素肆欲用])|饮(?![品料食水])|仲(?![夏裁])|晒(?!太阳|干|黑)|冻|讲(?![座究])|靓"
)
_RARE = frozenset("唔冇嘅咗喺哋啲嚟佢咁嗰嘢乜咩嬲喎嗮噉搵睇啱揾攞畀俾冧瞓")
_PLAIN = (
    "听日",
    "琴日",
    "寻日",
    "钟意",
    "几多",
    "而家",
    "埋单",
    "边度",
    "点解",
    "成日",
    "好味",
    "阿妈",
    "阿爸",
    "系咪",
)  # as sure, in everyday characters


def _any_of(words: Iterable[str]) -> str:
    """An expression for the longest of these words at a place; words that begin alike share their beginning."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        rest = word[1:] + (f"(?!{_UNLESS[word]})" if word in _UNLESS else "")
        by_first.setdefault(word[0], []).append(rest)
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in by_first.items())


_ALWAYS = re.compile(_any_of(_WORDS))
_ANY = re.compile(f"[{''.join(_RARE)}]|{_any_of(word for word in _WORDS if _RARE.isdisjoint(word))}")
_SURE = re.compile(f"[{''.join(_RARE)}]|{_any_of(_PLAIN)}")


_IS = re.compile("(?<![關关])係(?![數数])")


def read_is(text: str) -> str:
    """係 before it is simplified to the 系 of 关系: alone it is the Cantonese "is"."""
    return _IS.sub("是", text) if "係" in text else text


# 唔该 before what is wanted is "please", elsewhere "thank you".
_PLEASE = re.compile("唔该(?=[,，、 ]*(?:我|要|俾|畀|帮|来|嚟|想|一|两|整|攞|拿))")
_ALONE = re.compile("唔[该該]$")
_WANTS = re.compile("(?:我们?)?(?:要(?!走)|想|给|帮|来|一|两|[0-9]|整|拿|可不可以|可以|有没有)")


def is_please(quote: str, following: str) -> bool:
    """Whether 唔该, as typed and a clause of its own, asks for what the clause after it says in Mandarin."""
    return _ALONE.match(quote) is not None and _WANTS.match(following) is not None


def to_mandarin(text: str) -> str:
    """Of the same length. Text without a Cantonese word stays as it is."""
    if _ANY.search(text) is None:
        return text
    text = _PLEASE.sub("麻烦", text)
    sure = _SURE.search(text) is not None
    found = _ALWAYS.sub(lambda match: _WORDS[match.group()], text)
    return _SOME.sub(lambda match: _BESIDE[match.group()], found) if sure else found

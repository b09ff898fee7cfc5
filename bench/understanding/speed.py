"""How long a message takes, and how much memory understanding needs: on one core, nothing else running in the process.

Milliseconds are processor time of the thread, so that what else the machine does is not measured. Each business is
measured in a process of its own, which sees its own memory only.
"""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.rows import Row
from bench.understanding import draw, faq

NOW, ZONE = datetime(2026, 3, 11, 10, tzinfo=UTC), ZoneInfo("Europe/Berlin")
MESSAGES = 1_000  # of each language
PHRASINGS = 5  # of each entry of the FAQ
ENTRIES = 200
SEED = 20_260_311
LONGEST = 4_096
# English words, each with its Chinese: 30 × 38 × 100 things to sell.
KINDS = {
    "classic": "经典",
    "organic": "有机",
    "roasted": "烘焙",
    "smoked": "烟熏",
    "dried": "干制",
    "fresh": "新鲜",
    "frozen": "冷冻",
    "spicy": "香辣",
    "sweet": "甜味",
    "salted": "咸味",
    "mini": "迷你",
    "giant": "特大",
    "artisan": "手工",
    "premium": "特级",
    "rustic": "田园",
    "royal": "皇家",
    "winter": "冬季",
    "summer": "夏日",
    "spring": "春季",
    "autumn": "秋季",
    "alpine": "高山",
    "coastal": "海岸",
    "midnight": "午夜",
    "golden": "金色",
    "silver": "银装",
    "crimson": "绯红",
    "velvet": "丝绒",
    "crispy": "香脆",
    "creamy": "浓滑",
    "double": "双层",
}
TASTES = {
    "vanilla": "香草",
    "caramel": "焦糖",
    "hazelnut": "榛果",
    "pistachio": "开心果",
    "almond": "杏仁",
    "coconut": "椰香",
    "raspberry": "树莓",
    "blueberry": "蓝莓",
    "strawberry": "草莓",
    "cherry": "樱桃",
    "mango": "芒果",
    "pineapple": "菠萝",
    "banana": "香蕉",
    "apricot": "杏子",
    "peach": "蜜桃",
    "lemon": "柠檬",
    "orange": "橙子",
    "grapefruit": "西柚",
    "ginger": "生姜",
    "cinnamon": "肉桂",
    "cardamom": "豆蔻",
    "lavender": "薰衣草",
    "jasmine": "茉莉",
    "rose": "玫瑰",
    "matcha": "抹茶",
    "sesame": "芝麻",
    "pumpkin": "南瓜",
    "maple": "枫糖",
    "honey": "蜂蜜",
    "walnut": "核桃",
    "mocha": "摩卡",
    "espresso": "浓缩",
    "truffle": "松露",
    "pepper": "胡椒",
    "rosemary": "迷迭香",
    "basil": "罗勒",
    "mint": "薄荷",
    "lychee": "荔枝",
}
THINGS = {
    "muffin": "松饼",
    "cookie": "曲奇",
    "brownie": "布朗尼",
    "croissant": "可颂",
    "bagel": "贝果",
    "scone": "司康",
    "tart": "挞",
    "cheesecake": "芝士蛋糕",
    "pudding": "布丁",
    "waffle": "华夫饼",
    "pancake": "薄饼",
    "doughnut": "甜甜圈",
    "baguette": "法棍",
    "focaccia": "佛卡夏",
    "brioche": "布里欧修",
    "granola": "麦片",
    "porridge": "燕麦粥",
    "yogurt": "酸奶",
    "smoothie": "果昔",
    "lemonade": "柠檬水",
    "latte": "拿铁",
    "cappuccino": "卡布奇诺",
    "americano": "美式",
    "macchiato": "玛奇朵",
    "cortado": "科塔多",
    "frappe": "冰沙",
    "milkshake": "奶昔",
    "cocoa": "可可",
    "chai": "印度茶",
    "oolong": "乌龙茶",
    "sencha": "煎茶",
    "rooibos": "路易波士茶",
    "kombucha": "康普茶",
    "cider": "苹果酒",
    "sandwich": "三明治",
    "panini": "帕尼尼",
    "burrito": "卷饼",
    "quiche": "咸派",
    "lasagne": "千层面",
    "risotto": "烩饭",
    "ramen": "拉面",
    "dumpling": "饺子",
    "noodles": "面条",
    "curry": "咖喱",
    "salad": "沙拉",
    "soup": "浓汤",
    "chutney": "酸辣酱",
    "marmalade": "果酱",
    "candle": "蜡烛",
    "soap": "香皂",
    "lotion": "乳液",
    "teapot": "茶壶",
    "mug": "马克杯",
    "tumbler": "随行杯",
    "apron": "围裙",
    "notebook": "笔记本",
    "postcard": "明信片",
    "poster": "海报",
    "blanket": "毛毯",
    "cushion": "靠垫",
    "umbrella": "雨伞",
    "backpack": "背包",
    "scarf": "围巾",
    "beanie": "毛线帽",
    "necklace": "项链",
    "bracelet": "手链",
    "earrings": "耳环",
    "perfume": "香水",
    "shampoo": "洗发水",
    "toothpaste": "牙膏",
    "detergent": "洗衣液",
    "sponge": "海绵",
    "basket": "篮子",
    "lantern": "灯笼",
    "vase": "花瓶",
    "bouquet": "花束",
    "cactus": "仙人掌",
    "seeds": "种子",
    "compost": "堆肥",
    "watering can": "洒水壶",
    "grinder": "磨豆机",
    "kettle": "水壶",
    "filter": "滤纸",
    "scale": "电子秤",
    "tamper": "压粉器",
    "pitcher": "拉花缸",
    "saucer": "杯碟",
    "spoon": "勺子",
    "napkin": "餐巾",
    "tablecloth": "桌布",
    "cookbook": "菜谱",
    "puzzle": "拼图",
    "speaker": "音箱",
    "headphones": "耳机",
    "charger": "充电器",
    "keyboard": "键盘",
    "lamp": "台灯",
    "clock": "时钟",
    "mirror": "镜子",
    "frame": "相框",
}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def measure(data: Path) -> list[Row]:
    shop, store = (_in_own_process(size, data) for size in (1_000, 100_000))
    what = "1,000 items, 200 entries"
    return [
        Row("speed", f"a message, p50; {what}", shop["p50"], 1, 0.3, unit="ms"),
        Row("speed", f"a message, p99; {what}", shop["p99"], 5, unit="ms"),
        Row("speed", f"longest message of {len(shop['hostile'])} hostile kinds ({_worst(shop)}); {what}",
            max(shop["hostile"].values()), 30, unit="ms"),
        Row("speed", f"memory; {what}", shop["memory"], 200, anchors="scikit-learn and SciPy alone 97", unit="MB"),
        Row("speed", f"until ready; {what}", shop["ready"], unit="ms"),
        Row("speed", "a message, p50; 100,000 items", store["p50"], unit="ms"),
        Row("speed", "a message, p99; 100,000 items", store["p99"], 10, unit="ms"),
        Row("speed", f"longest message ({_worst(store)}); 100,000 items", max(store["hostile"].values()), 30, unit="ms"),
        Row("speed", "memory; 100,000 items", store["memory"], unit="MB"),
        Row("speed", "until ready; 100,000 items", store["ready"], unit="ms"),
    ]  # fmt: skip


def _worst(figures: dict[str, Any]) -> str:
    return str(max(figures["hostile"], key=figures["hostile"].__getitem__))


def _in_own_process(items: int, data: Path) -> dict[str, Any]:
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return dict(pool.apply(time_business, (items, data)))
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def time_business(items: int, data: Path) -> dict[str, Any]:
    """p50 and p99 of real messages, the slowest hostile ones by kind, milliseconds until ready, and megabytes."""
    messages, entries = list_messages(data), list_phrasings(data)
    gc.collect()
    resident = _resident()
    began = time.thread_time()
    from bot import garbage
    from bot.interact.understanding import CatalogueEntry, FaqPhrasing, Listener

    catalogue = [CatalogueEntry(**entry) for entry in make_catalogue(items)]
    listener = Listener(catalogue, [FaqPhrasing(*entry, "") for entry in entries])
    ready = (time.thread_time() - began) * 1_000
    del catalogue

    def hear(text: str) -> float:
        start = time.thread_time_ns()
        listener.understand(text, language=None, time_zone=ZONE, now=NOW)
        return (time.thread_time_ns() - start) / 1e6

    hear("hello"), hear("你好")  # what is loaded with the first message belongs to the start
    garbage.settle()  # as the bot does
    times = [hear(text) for text in messages]
    # The median of three: a sweep of the garbage collector that falls into one of them is not the message's.
    hostile = {kind: statistics.median(hear(text) for _ in range(3)) for kind, text in make_hostile(items)}
    cuts = statistics.quantiles(times, n=100)
    return {"p50": cuts[49], "p99": cuts[98], "hostile": hostile, "ready": ready, "memory": _resident() - resident}


def list_messages(data: Path) -> list[str]:
    """Turns of customers and reviews as they are judged, as many of either language, in an order of no meaning."""
    found: list[str] = []
    for language, sets in SOURCES.items():
        turns = [turn.text for name, file in sets for turn in draw.read(data, name, file).values()]
        found += random.Random(f"{SEED}{language}").sample(turns, min(MESSAGES, len(turns)))
    random.Random(SEED).shuffle(found)
    return found


SOURCES = {
    "en": (("dialogues_sgd", "dialogues.jsonl.gz"), ("feedback_mams", "val.jsonl")),
    "zh": (("dialogues_crosswoz", "val.jsonl.gz"), ("feedback_waimai", "waimai_10k.csv")),
}


def list_phrasings(data: Path) -> list[tuple[str, str, str]]:
    """Names, languages and phrasings of 200 entries: a bank's and an assistant's, and in Chinese what a shop is asked."""
    phrasings: dict[str, list[str]] = {}
    for folder, file in (("faq_banking77", "train_10.jsonl"), ("faq_hwu64", "train_10.jsonl")):
        for text, name in faq.read(data / folder / file):
            phrasings.setdefault(f"{folder}/{name}", []).append(text)
    english = [(name, "en", text) for name in list(phrasings)[: ENTRIES // 2] for text in phrasings[name][:PHRASINGS]]
    chinese = [
        (f"{thing}/{number}", "zh", question.format(thing))
        for thing in itertools.islice(THINGS.values(), ENTRIES // 2)
        for number, question in enumerate(
            ("你们的{}怎么样？", "请问{}有货吗？", "{}能送货吗", "在哪里能买到{}", "{}可以退吗")
        )
    ]
    return english + [(name.split("/")[0], language, text) for name, language, text in chinese]


def make_catalogue(count: int) -> Iterator[dict[str, Any]]:
    """A wide shop: every kind of every taste of everything, the same each time."""
    named = [(kind, taste, thing) for thing in THINGS for taste in TASTES for kind in KINDS]
    random.Random(SEED).shuffle(named)
    for number, (kind, taste, thing) in enumerate(named[:count]):
        yield {
            "sku": f"sku-{number}",
            "names": {"en": f"{kind} {taste} {thing}", "zh": f"{KINDS[kind]}{TASTES[taste]}{THINGS[thing]}"},
            "aliases": (f"{taste} {thing} {kind}",),
            "category": thing,
            "options": ("small", "large", "iced", "no sugar", "oat milk"),
            "contains": ("milk",) if number % 3 else ("nuts", "gluten"),
        }


def make_hostile(items: int) -> Iterator[tuple[str, str]]:
    """The longest messages there are, of kinds that make a careless program slow."""
    chance = random.Random(SEED)
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [name for entry in itertools.islice(make_catalogue(items), 40) for name in entry["names"].values()]
    repeated = {
        "one word": "no ", "an order": "two large oat lattes and ", "an order in Chinese": "我要两杯大杯燕麦拿铁不要糖",
        "digits": "1234567890", "numbers": "12 345 6 ", "punctuation": "?!.,;", "commas": ", ", "one character": "要",
        "a letter": "a", "dates": "tomorrow at 9 or next friday, ", "dates in Chinese": "明天下午三点或者下周五，",
        "ISO dates": "2026-11-18 ", "blanks": " ", "lines": "a\n", "tastes": "I love milk and nuts but ",
        "allergies": "not allergic to nuts but ", "allergies in Chinese": "我对花生过敏", "articles": "the ",
        "options": "no sugar with almnd milk ", "numerals": "一二三四", "pinyin": "yan mai na tie ", "emoji": "😀 ",
        "quotes": "\"'", "mixed scripts": "latte大杯", "relations": "my sister and my brother ", "dishes": "香菜葱姜蒜",
        "reminders": "remind me to ", "contractions": "i'm ", "names": " ".join(names) + " ", "names unspaced": "".join(names),
    }  # fmt: skip
    for kind, text in repeated.items():
        yield kind, (text * LONGEST)[:LONGEST]
    words = ("".join(chance.choices(letters, k=chance.randint(4, 10))) for _ in range(LONGEST))
    yield "unknown words", " ".join(words)[:LONGEST]
    yield "any characters", "".join(chr(chance.randint(0x4E00, 0x9FA5)) for _ in range(LONGEST))
    near = (_misspell(name, chance) for name in itertools.cycle(names) if name.isascii())
    yield "misspelt names", " ".join(itertools.islice(near, 400))[:LONGEST]


def _misspell(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name))
    return name[:at] + chance.choice("aeiou") + name[at + 1 :]


def _resident() -> float:
    """Megabytes this process holds; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0

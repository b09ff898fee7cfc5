"""How allergies are put in Chinese. Texts are a clause in simplified characters without blanks."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

_MARK = re.compile(r"过敏(?:体质|史|症|反应)?|不耐(?!烦|心|脏|用)受?症?|敏感|乳糜泻|蚕豆病")
_HINT = re.compile(r"过敏|不耐|敏感|乳糜泻|蚕豆病|就|会|容易")
_IDLE = re.compile(
    r"过敏[原源](?:清单|信息|表|说明|列表|标识|成分)|过敏[原源](?=有哪|有什么|是什么|吗|$)|抗过敏\w?|防过敏|脱敏|过敏药|过敏季|过敏性\w{0,3}|过敏科|过敏测试|过敏提示|过敏信息|"
    r"不敏感|敏感(?:话题|词|度)|价格敏感"
)
_FILL = r"(?:是|会|对|有|什么|任何|食物|食品|药物|别的|其他|其它|太|怎么|再|的|东西|都|很|啥|已知|明显|和|或)"
_PAST = re.compile(r"(?:以前|曾经|小时候|过去)(?!.*(?:现在也|至今|一直)).*过敏|过敏.*(?:好了|治好|痊愈|没有了)")
_UNREAL = re.compile(r"假如|假设|要是我是|如果我是|(?:如果|要是|万一).*[吗呢么]\W*$")
_SUPPOSES = re.compile(r"如果|要是|万一|的话|假如|倘若")
_SELF_ASKED = re.compile(
    r"我(?:是不是|会不会|有没有|到底|不会).{0,6}(?:过敏|不耐)|我.{0,6}(?:过敏|不耐受?)(?:了?吗|么|嘛)$"
)
_OF_OTHERS = re.compile(r"(?:体质)?(?:的|之)?(?:人|客人|顾客|朋友|孩子|小孩|小朋友|者|人群|人士|患者|宝宝)")
_EXCEPT = re.compile(r"除了(?P<food>.{1,16}?)(?:以外|之外|外)?(?:[，,]|其他|其它|别的|都|我|什么|没|不|就)")
_REFUSES = re.compile(r"不要|别|不能|不吃|不放|免|去掉|不加|无|走")
_LEAD = re.compile(r"^(?:就|只|只有|只对|就是|还有|以及|主要是?|包括|比如|像|对|是|和|跟|也|[:：])+")
_BARE_STATEMENT = re.compile(
    r"(?:我|本人)(?:是|有|很|会|属于|容易|真的|的)*(?:严重|食物|易|重度|的)*过敏(?:体质|史|症)?(?:的|哦|啊|呢|了)?$"
)
_HARM = (
    r"(?:起.{0,3}(?:疹|包|疙瘩|泡)|疹子|红疹|出疹|荨麻疹|风团|发痒|很痒|痒|肿|喘|呼吸困难|喘不过气|拉肚子|腹泻|拉稀|肚子(?:疼|痛|胀|不舒服|难受|就疼|会疼)|"
    r"胀气|腹胀|胃(?:疼|痛|胀|不舒服|难受)|反胃|恶心|呕吐|想吐|吐|休克|医院|难受|不舒服|头(?:疼|痛|晕)|心慌|心悸|窒息|过敏|起反应|有反应|长痘|不消化|发麻|麻)"
)
_LATELY = re.compile(r"昨|前天|上次|刚才|刚刚|今天|这次|那天")


class Grammar:
    UNSPECIFIED = "过敏"

    def __init__(self, allergens: Mapping[str, str], relations: Iterable[str]) -> None:
        spelt = sorted({food for food in allergens if not food.isascii()}, key=lambda each: (-len(each), each))
        ones = {"奶": "(?<!奶)奶(?![奶茶盖泡油])", "蛋": "(?<!混)蛋(?![糕挞])", "酒": "酒(?![店吧])", "鱼": "鱼(?!香)"}
        foods = "|".join(ones.get(food, re.escape(food)) for food in spelt)
        self._food = re.compile(foods)
        kin = "|".join(sorted(map(re.escape, relations), key=lambda each: (-len(each), each)))
        long_kin = "|".join(
            sorted((re.escape(one) for one in relations if len(one) > 1 and one not in {"先生", "老板"}),
                   key=lambda each: (-len(each), each))
        )  # fmt: skip
        self._subject = re.compile(
            rf"(?P<theirs>我(?:们)?(?:的|家|家的|有个|有一个|带的|那个)?(?:{kin})(?!(?:和|跟|与)我)|{long_kin}|[他她]们?|有人|别人|谁|客人|顾客|亲戚|家人|家里人)|"
            r"(?P<mine>我|本人|俺|咱)"
        )
        food = rf"(?:{foods})"
        self._listed = rf"(?P<food>{food}(?:(?:和|跟|、|或者?|以及|还有|与){food})*)"
        self._denied = re.compile(rf"(?:不|没有?|无|未|从不|并不|不会)(?:{_FILL}|{food}|、)*$")
        self._aimed = re.compile(
            r"对(?P<food>.{1,20}?)(?:都|也|会|很|有点|有些|严重|特别|重度|轻度|轻微|非常|有|全部|比较|极其|极度|高度)*$"
        )
        mostly = r"(?:就|会|都|容易|马上|立刻|立马|必|总是|老是|经常|肯定|准)"
        taken = r"(?:吃|喝|碰|沾|闻|摄入|接触|尝)(?:到|了|过|点|一点|多|上|一口|一小口)*(?:含|有|带|加了)?"
        self._harms = (
            re.compile(rf"{taken}{self._listed}(?:的东西|制品|类)?.{{0,8}}?{mostly}.{{0,8}}?{_HARM}"),
            re.compile(
                rf"{self._listed}(?:我)?(?:一|只要)(?:吃|喝|碰|沾)(?:到|了|上)?.{{0,4}}?{mostly}?.{{0,6}}?{_HARM}"
            ),
            re.compile(rf"{self._listed}(?:会|总|老|容易|都会)(?:让|使|令|害)我.{{0,6}}?{_HARM}"),
        )

    def hints(self, text: str) -> bool:
        return _HINT.search(text) is not None

    def without_idle(self, text: str) -> str:
        return _IDLE.sub("", text)

    def mark(self, text: str) -> re.Match[str] | None:
        return _MARK.search(text)

    def subject(self, text: str) -> Literal["mine", "theirs"] | None:
        match = self._subject.search(text)
        return None if match is None else "theirs" if match["theirs"] else "mine"

    def whose(self, text: str, mark: re.Match[str], quote: str) -> Literal["mine", "theirs"] | None:
        last = next(reversed(list(self._subject.finditer(text, 0, mark.start()))), None)
        if last is not None and last["mine"]:
            return "mine"
        if last is not None or _OF_OTHERS.match(text, mark.end()):
            return "theirs"
        if re.search(r"[你您]们?(?:对|会|有|是)?.{0,6}$", text[: mark.start()]) and not re.search(
            r"[告跟和对].{0,2}[你您]", text[: mark.start()]
        ):
            return "theirs"
        return "mine" if re.match(r".{0,4}我", text[mark.end() :]) else None

    def is_denied(self, text: str, mark: re.Match[str]) -> bool:
        if mark.group().startswith("不耐"):
            return re.search(r"(?:不是|没有?|并非|并没有)(?:什么)?.{0,4}$", text[: mark.start()]) is not None
        if re.match(r"(?:的)?(?:东西|食物)?(?:：|:|是)?(?:没有|无)", text[mark.end() :]):
            return True
        return self._denied.search(text[: mark.start()]) is not None

    def is_past(self, text: str) -> bool:
        return _PAST.search(text) is not None

    def supposes(self, text: str) -> bool:
        return _SUPPOSES.search(text) is not None

    def is_unreal(self, text: str) -> bool:
        return _UNREAL.search(text) is not None

    def asks_of_self(self, text: str) -> bool:
        return _SELF_ASKED.search(text) is not None

    def excepted(self, text: str, mark: re.Match[str]) -> list[str]:
        match = _EXCEPT.search(text)
        return self.foods(match["food"]) if match else []

    def foods(self, text: str) -> list[str]:
        return list(dict.fromkeys(self._food.findall(text)))

    def foods_at(self, text: str, mark: re.Match[str], cut_items: Callable[[str], str]) -> list[str]:
        if mark.group() == "乳糜泻":
            return ["麸质"]
        before, after = text[: mark.start()], text[mark.end() :]
        aimed = self._aimed.search(before)
        if aimed:
            found = self.foods(aimed["food"])
            if found:
                return found
        if mark.group() == "蚕豆病":
            return ["蚕豆"]
        return self.foods(before) or self.foods(cut_items(after))

    def names_something(self, text: str, mark: re.Match[str]) -> bool:
        return mark.group() == "敏感" or self._aimed.search(text[: mark.start()]) is not None

    def bare(self, text: str) -> str:
        return _LEAD.sub("", text)

    def refuses(self, text: str) -> bool:
        return _REFUSES.search(text) is not None

    def is_bare_statement(self, text: str) -> bool:
        return _BARE_STATEMENT.search(text) is not None

    def suffered(self, text: str) -> list[str]:
        if _LATELY.search(text) or self.subject(text) == "theirs":
            return []
        for pattern in self._harms:
            match = pattern.search(text)
            if match:
                return self.foods(match["food"])
        return []

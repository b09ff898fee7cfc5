"""`python draw.py CUSTOMERS PAIRS SEED`: a population with planted second entries, as JSON on standard output.

Runs in an environment of its own: names are Faker's (Chinese, American, British, German, Spanish, French, by how common
they are), short forms those of `nicknames`, readings those of `pypinyin`. Nothing of the product is imported.

People live in households: most share a surname and a city, a third one phone; there are twins, and
sometimes a father and a son of one name. On top of these, near-namesakes are planted: strangers of one name in one city, or born on one day. A second
entry shares a phone, a mailbox or the birthday with the first (of others nobody could tell), and its name is written
otherwise: a typo, the other script, swapped, a short form; one in five twice so. Its other fields come and go, and a
birthday may lack the year or have a slip.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

from faker import Faker
from nicknames import NickNamer
from pypinyin import Style, lazy_pinyin

LATIN = ("en_US", "en_GB", "de_DE", "es_ES", "fr_FR")
CITIES = {
    "zh": ["上海", "北京", "深圳", "杭州", "成都"],
    "latin": ["Berlin", "Hamburg", "London", "Madrid", "Shanghai"],
}
CITY_READ = {"上海": "Shanghai", "北京": "Beijing", "深圳": "Shenzhen", "杭州": "Hangzhou", "成都": "Chengdu"}
SURNAMES = {"曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "翟": "zhai", "覃": "qin"}
KINDS = ("typo", "script", "swapped", "nickname", "phone", "same")


class Draw:
    def __init__(self, customers: int, pairs: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.zh = Faker("zh_CN")
        self.latin = [Faker(one) for one in LATIN]
        for place, one in enumerate((self.zh, *self.latin)):
            one.seed_instance(seed + place)
        self.nicks = NickNamer()
        self.people: list[dict[str, Any]] = []
        self.pairs: list[tuple[int, int, str]] = []
        self.alike: list[tuple[int, int, str]] = []
        self.phones = iter(self.chance.sample(range(10**7, 10**8), customers * 2))
        self.characters = self._collect_characters()
        self.taken: set[tuple[str, str]] = set()
        whole = [self._complete(one) for one in self._live(customers - 2 * pairs)]
        chosen = self.chance.sample(range(len(whole)), 2 * pairs)
        for place in set(range(len(whole))).difference(chosen):
            self._enter(whole[place])
        for place in chosen[:pairs]:
            self._plant_again(whole[place])
        for place in chosen[pairs:]:
            self._plant_alike(whole[place])
        self.chance.shuffle(self.people)

    # -- people ----------------------------------------------------------------------------------------------------

    def _live(self, count: int) -> list[dict[str, Any]]:
        people: list[dict[str, Any]] = []
        while len(people) < count:
            people += self._household(self.chance.choices((1, 2, 3, 4), (50, 25, 15, 10))[0])
        return people[:count]

    def _household(self, size: int) -> list[dict[str, Any]]:
        script = self.chance.choice(("zh", "latin"))
        namer = self.zh if script == "zh" else self.chance.choice(self.latin)
        surname, phone = namer.last_name(), self._phone(script)
        city = self.chance.choices(CITIES[script], (60, 15, 10, 10, 5))[0]
        shares_phone, twins, junior = (self.chance.random() < odds for odds in (0.35, 0.02, 0.003))
        found: list[dict[str, Any]] = []
        for place in range(size):
            one = {
                "script": script, "given": self._given_unlike(namer, found), "surname": surname if place == 0 or self.chance.random() < 0.85
                else namer.last_name(), "birthday": self._birthday(10 if place > 1 else 35), "city": city,
                "phone": phone if shares_phone else self._phone(script), "namer": namer,
            }  # fmt: skip
            if place and twins:
                one["birthday"], one["surname"] = found[0]["birthday"], surname
            elif place == 1 and junior and script == "latin":  # a Chinese son is not called as his father
                one["given"], one["surname"] = found[0]["given"], surname
            found.append(one)
        return found

    def _given(self, namer: Any) -> str:
        if namer is self.zh:
            return str(namer.first_name())
        return namer.first_name() + (f" {namer.first_name()}" if self.chance.random() < 0.05 else "")

    def _birthday(self, age: int) -> str:
        year = 2026 - age - self.chance.randrange(30)
        return f"{year}-{self.chance.randrange(1, 13):02}-{self.chance.randrange(1, 29):02}"

    def _phone(self, script: str) -> str:
        return ("+86138" if script == "zh" else "+49151") + str(next(self.phones))

    def _complete(self, one: dict[str, Any]) -> dict[str, Any]:
        local = f"{self._read(one['given'])}{self.chance.choice(('.', '', '_'))}{self._read(one['surname'])}".lower()
        local = local.replace(" ", "") + (str(self.chance.randrange(100)) if self.chance.random() < 0.6 else "")
        domain = self.chance.choice(("gmail.com", "qq.com", "web.de", "outlook.com", "163.com"))
        while (mailbox := (local.replace(".", ""), domain)) in self.taken:
            local += str(self.chance.randrange(10))
        self.taken.add(mailbox)
        one["mail"] = f"{local}@{domain}"
        return one

    def _read(self, name: str) -> str:
        return "".join(SURNAMES.get(name) or part for part in lazy_pinyin(name, style=Style.NORMAL))

    def _collect_characters(self) -> dict[str, list[str]]:
        """The common characters (level 1 of GB 2312) by how they are read: what a keyboard offers for one another."""
        common = bytes(byte for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for byte in (row, cell))
        found: dict[str, list[str]] = {}
        for one in common.decode("gb2312", errors="ignore"):
            found.setdefault(lazy_pinyin(one)[0], []).append(one)
        return found

    # -- entries ---------------------------------------------------------------------------------------------------

    def _enter(self, one: dict[str, Any]) -> int:
        """A person as the business has them: not all is known of everybody."""
        latin = one["script"] == "zh" and self.chance.random() < 0.15
        return self._add(
            self._romanise(one) if latin else self._write(one),
            birthday=one["birthday"] if self._is(0.6) else None, city=one["city"] if self._is(0.7) else None,
            phone=one["phone"] if self._is(0.75) else None, mail=one["mail"] if self._is(0.45) else None,
        )  # fmt: skip

    def _add(self, name: str, **fields: str | None) -> int:
        number = len(self.people) + 1
        self.people.append({"id": number, "name": name, **fields})
        return number

    def _is(self, odds: float) -> bool:
        return self.chance.random() < odds

    def _write(self, one: dict[str, Any]) -> str:
        return one["surname"] + one["given"] if one["script"] == "zh" else f"{one['given']} {one['surname']}"

    def _romanise(self, one: dict[str, Any]) -> str:
        if one["script"] != "zh":
            return self._write(one).translate(str.maketrans("äöüéèáíóñçê", "aoueeaionce"))
        surname, given = self._read(one["surname"]).title(), [part.title() for part in lazy_pinyin(one["given"])]
        joined = "".join(given).title()
        return self.chance.choice((
            f"{surname} {joined}", f"{joined} {surname}", f"{surname} {' '.join(given)}", f"{''.join(given)} {surname}",
            f"{surname} {'-'.join(given)}", f"{surname} {joined}".upper(), f"{surname}{joined}".lower(),
        ))  # fmt: skip

    # -- second entries --------------------------------------------------------------------------------------------

    def _plant_again(self, one: dict[str, Any]) -> None:
        kind = self.chance.choice(KINDS)
        fields = {
            "birthday": one["birthday"] if self._is(0.6) else None, "city": one["city"] if self._is(0.7) else None,
            "phone": one["phone"] if self._is(0.5) else None, "mail": one["mail"] if self._is(0.3) else None,
        }  # fmt: skip
        first = dict(fields)
        shared = "phone" if kind == "phone" else self.chance.choices(("birthday", "phone", "mail"), (60, 28, 12))[0]
        first[shared] = fields[shared] = one[shared]
        if shared == "birthday":
            first["city"] = fields["city"] = one["city"]
        second = {name: value if name == shared or self._is(0.7) else None for name, value in fields.items()}
        number = self._add(self._write(one), **first)
        self.pairs.append((number, self._add(self._spell(one, kind), **self._blur(second, one)), kind))

    def _spell(self, one: dict[str, Any], kind: str) -> str:
        changed = dict(one)
        if kind == "phone":
            kind = self.chance.choice(("same", "typo", "script", "nickname"))
        if kind == "nickname" and one["script"] == "zh" and self._is(0.3):
            return f"阿{one['given'][-1]}"
        kinds = {kind, self.chance.choice(KINDS)} if self._is(0.2) else {kind}
        if "typo" in kinds:
            self._mistype(changed)
        if "nickname" in kinds:
            changed["given"] = self._shorten(changed)
        name = self._romanise(changed) if "script" in kinds else self._write(changed)
        return self._swap(changed, name) if "swapped" in kinds else name

    def _mistype(self, one: dict[str, Any]) -> None:
        part = "given" if one["script"] == "zh" or self._is(0.5) else "surname"
        text = one[part]
        at = self.chance.randrange(len(text))
        if one["script"] == "zh":
            alike = [mark for mark in self.characters.get(lazy_pinyin(text[at])[0], []) if mark != text[at]]
            other = self.chance.choice(alike or [text[at]])
            one[part] = text[:at] + other + text[at + 1 :]
            return
        letter = self.chance.choice("abcdefghiklmnoprstu")
        at = max(at, 1)
        one[part] = self.chance.choice((
            text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
        ))  # fmt: skip

    def _shorten(self, one: dict[str, Any]) -> str:
        """A short form where there is one, else the initial; Chinese given names stay (`_spell` makes 阿明 of some)."""
        if one["script"] == "zh":
            return str(one["given"])
        known = sorted(name for name in self.nicks.nicknames_of(one["given"]) if name.isalpha())
        return self.chance.choice(known).title() if known else f"{one['given'][0]}."

    def _swap(self, one: dict[str, Any], name: str) -> str:
        words = name.split()
        if len(words) > 1:
            return " ".join([words[-1], *words[:-1]])
        return f"{one['given']} {one['surname']}" if one["script"] == "zh" else name

    def _blur(self, fields: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
        birthday, city = fields["birthday"], fields["city"]
        if birthday:
            year, month, day = birthday.split("-")
            slip = self.chance.random()
            if slip < 0.15:
                birthday = f"{month}-{day}"
            elif slip < 0.18:
                birthday = f"{year}-{month}-{(int(day) + 10) % 28 + 1:02}"[:9] + birthday[-1]
            elif slip < 0.20 and int(day) <= 12:
                birthday = f"{year}-{day}-{month}"
        if city and self._is(0.3):
            city = CITY_READ.get(city, city.upper())
        return {**fields, "birthday": birthday, "city": city, "mail": (fields["mail"] or "").upper() or None}

    # -- others who are alike ---------------------------------------------------------------------------------------

    def _plant_alike(self, one: dict[str, Any]) -> None:
        """Somebody else who could be taken for this person."""
        number = self._add(self._write(one), birthday=one["birthday"], city=one["city"], phone=one["phone"], mail=None)
        kind = self.chance.choice(("namesake", "namesake_born", "sibling", "twin", "parent", "born"))
        other = {"birthday": None, "city": one["city"], "phone": None, "mail": None}
        name = self._write(one)
        if kind == "namesake_born":
            other |= {"birthday": self._birthday(35), "phone": self._phone(one["script"])}
        elif kind in ("sibling", "twin", "parent"):
            other |= {"phone": one["phone"], "birthday": one["birthday"] if kind == "twin" else self._birthday(35)}
            if kind != "parent":
                name = self._write(one | {"given": self._given_unlike(one["namer"], [one])})
        elif kind == "born":
            other["birthday"] = one["birthday"]
            name = self._write(one | {"given": self._given_unlike(one["namer"], [one])})
        self.alike.append((number, self._add(name, **other), kind))

    def _given_unlike(self, namer: Any, others: list[dict[str, Any]]) -> str:
        while (given := self._given(namer)) in [other["given"] for other in others]:
            pass
        return given


def main() -> None:
    customers, pairs, seed = (int(one) for one in sys.argv[1:4])
    draw = Draw(customers, pairs, seed)
    json.dump({"people": draw.people, "pairs": draw.pairs, "alike": draw.alike}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()

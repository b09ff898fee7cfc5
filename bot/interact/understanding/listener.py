"""The listener: text in, everything understood out. Built once; after that no I/O and no clock."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from . import polarity
from .allergies import AllergyFinder
from .asks import ContentReader, asks_price_of_it
from .classifier import Classifier
from .clauses import Clause, split
from .dates import load as load_dates
from .dates import read_dates
from .facts import LISTED_BUT_WEAK, find_facts, with_more
from .faq import SURE, THRESHOLD, FaqMatcher
from .feedback import find_feedback
from .intents import find_intents, order_score, without_timed_stops
from .items import ItemFinder, Mention
from .knowledge import CatalogueEntry, FaqPhrasing
from .language import detect_language
from .lexicon import LANGUAGES, FactRule, FeedbackRule, IntentRule, Rule, load
from .life_events import find_life_events, has_died
from .normalise import clean, close_up, fold, has_cjk
from .occasions import OccasionFinder
from .order_changes import read_changes, takes_off
from .order_lines import all_lines, find_named, ordered_lines
from .order_times import find_wanted_time
from .pronouns import PronounReader
from .reasons import Reason, find_reasons
from .references import find_references
from .reminders import find_cue, find_reminders
from .result import (
    FaqMatch,
    FoundDate,
    FoundFact,
    FoundFeedback,
    FoundItem,
    FoundReminder,
    Intent,
    LifeEvent,
    Understanding,
)
from .things import ThingReader
from .wants import find_wanted

AnyRule = TypeVar("AnyRule", IntentRule, FactRule, FeedbackRule)
Matches = list[tuple[Rule, re.Match[str]]]
GOOD_NEWS = frozenset({"had a baby", "got married", "has a new pet"})  # values of facts, never shown
_PLAIN = 0.95  # of an FAQ: asked in its own words
_EXACT = 0.995  # … and in no others
_BARE_ORDER = 60  # characters: a longer message with an item in it is about something else


class Listener:
    """Compiled knowledge of one business. Safe to share between threads."""

    def __init__(
        self,
        catalogue: Sequence[CatalogueEntry],
        faq: Sequence[FaqPhrasing],
        classifiers: Mapping[str, Classifier] | None = None,
    ) -> None:
        """`classifiers`: what was learnt from this FAQ, by language; without, it is learnt now."""
        self._lexicons = {language: load(language) for language in LANGUAGES}
        for language in LANGUAGES:
            polarity.load(language)  # now, and not while the first customer waits
        load_dates()
        self._items = ItemFinder(catalogue)
        names = self._items.names()
        self._readers = {
            language: ThingReader(lexicon, self._items.whole, names) for language, lexicon in self._lexicons.items()
        }
        self._subjects = {language: lexicon.subjects for language, lexicon in self._lexicons.items()}
        self._occasions = OccasionFinder(self._lexicons["en"].relations, self._lexicons["zh"].relations)
        self._allergies = AllergyFinder(self._lexicons, self._readers, self._items.without)
        self._contents = ContentReader(self._lexicons, self._allergies, self._items.without)
        self._pronouns = PronounReader(self._lexicons, self._readers)
        self._faq = FaqMatcher(faq, classifiers)
        self._diets_of_faq: dict[str, frozenset[str]] = {}
        for phrasing in faq:
            asked = self._diets_of_faq.get(phrasing.name, frozenset())
            self._diets_of_faq[phrasing.name] = asked | self._contents.diets(phrasing.question)

    @property
    def finder(self) -> ItemFinder:
        """Of the catalogue's items, for other readers of what is written."""
        return self._items

    def understand(self, text: str, *, language: str | None, time_zone: ZoneInfo, now: datetime) -> Understanding:
        """`language` is the customer's so far, used where the text does not say; `now` is aware."""
        cleaned = clean(text)
        folded = fold(cleaned)
        spoken = detect_language(folded, language)
        if not cleaned.strip():
            return Understanding(text=text, language=spoken)
        clauses = split(cleaned)
        matches = [self._match(clause) for clause in clauses]
        dates, spans = read_dates(folded, clauses, time_zone, now)
        mentions, asking = self._order(clauses, matches)
        wanted = any(clause is one for clause, _ in mentions for one in asking)
        reminders = find_reminders(cleaned, folded, dates, spans, time_zone)
        facts = find_facts(
            clauses, _only(FactRule, matches), self._readers, _orders(clauses, matches, mentions, wanted)
        )
        facts = with_more(facts, self._allergies.find(clauses, facts))
        facts = with_more(facts, find_references(clauses, mentions))
        told_of = self._pronouns.find(clauses)
        facts = with_more(facts, told_of.facts)
        wishes = without_timed_stops(clauses, _only(IntentRule, matches), facts)
        intents, languages = find_intents(clauses, wishes, facts, [])
        life_events = find_life_events(clauses, self._lexicons)
        if (news := {fact.value for fact in facts} & GOOD_NEWS) and has_died(clauses):  # "… but she died"
            facts = [fact for fact in facts if fact.value not in news]
            if not life_events and "had a baby" in news:
                life_events = (LifeEvent("pregnancy_loss", None),)
        if life_events and not any(intent.name == "life_event" for intent in intents):
            intents = [Intent("life_event", 0.96), *intents]
        if any(intent.name == "life_event" for intent in intents):
            facts = [fact for fact in facts if fact.kind not in {"demographic", "habit"}]  # "I live alone now"
        else:
            facts += self._occasions.find(clauses, dates, time_zone)
        told = [
            [] if rows and (self._allergies.habitual(clause) or takes_off(clause)) else rows
            for clause, rows in zip(clauses, _only(FeedbackRule, matches), strict=True)
        ]
        feedback = find_feedback(clauses, told, self._subjects, self._plain(clauses, mentions, dates))
        disliked = {fact.quote for fact in facts if fact.polarity == "dislike" and fact.confidence > LISTED_BUT_WEAK}
        disliked |= {fact.quote for fact in facts if fact.value == "comes here no more"}  # 我老公再也不来了 is news
        disliked |= {fact.quote for fact in told_of.pointing if fact.polarity != "dislike"}  # "she is allergic to milk"
        if all(any(clause.quote == fact.quote for fact in facts) for clause in clauses):
            disliked |= {fact.quote for fact in facts}  # "I can't have nuts, love oat milk": nothing else is said
        feedback = [
            one for one in feedback if not (one.kind == "complaint" and one.severity < 2 and one.quote in disliked)
        ]  # "I've gone off chai" is a taste
        if any(intent.name == "stop" for intent in intents):
            facts = [fact for fact in facts if fact.kind != "contact_preference"]
        if reminders:
            cue = find_cue(folded)  # what comes after it is what to be reminded of, and no taste or habit
            facts = [
                fact
                for fact in facts
                if fact.kind not in {"preference", "habit", "contact_preference"} or _ends(fact, cleaned) <= cue
            ]
        faq = self._ask(cleaned, clauses, facts, feedback, intents)
        close: tuple[str, ...] = ()
        if faq is not None and faq.other is not None:  # asked which, where nothing else is said that can be answered
            close = () if facts or mentions or reminders else (faq.name, faq.other)
            faq = None
        asked = self._contents.read(clauses, bool(mentions), facts)
        if asked is not None and asked.general and faq and self._diets_of_faq[faq.name] & {*asked.codes}:
            asked = None  # the business wrote an answer on this very diet
        if not mentions:
            intents = [intent for intent in intents if intent.name != "ask_price"]
            if asks_price_of_it(clauses):
                intents.append(Intent("ask_price", 0.9))
        if asked is not None or any(intent.name == "ask_price" for intent in intents):
            faq, close = None, ()
        if faq is not None and faq.score < _PLAIN and _is_order(clauses, mentions):
            faq = None  # "a latte with oat milk please" asks nothing
        if faq is not None and faq.score < _EXACT and _asks_for_some(mentions, asking):
            faq = None  # "can I have a latte with oat milk?" either
        if asked is not None:
            intents = [*intents, Intent("ask_allergen", 0.95)]
        if faq is not None and faq.score < _PLAIN and any(intent.name == "ask_recommendation" for intent in intents):
            faq = None  # "what's good?" is not "what is good for kids?"
        intents = self._complete(intents, cleaned, clauses, mentions, wanted, facts, feedback, reminders, faq)
        asks = {id(clause) for clause in asking}
        quotes = {fact.quote for fact in facts} | {one.quote for one in feedback}
        wanted_kind = find_wanted(clauses, matches, {id(clause) for clause, _ in mentions}, self._readers)
        ordering = asks | {id(clause) for clause, _ in mentions}
        if wanted_kind is not None:
            ordering |= {id(clause) for clause in clauses if wanted_kind in clause.folded}
        ordered_for, timed = find_wanted_time(clauses, dates, ordering, now)
        ordered: list[FoundItem] = []
        if any(intent.name == "order" for intent in intents):
            ordered = ordered_lines(mentions, self._items, asks, quotes)
            if mentions and not ordered:  # "without the croissant"
                intents = [intent for intent in intents if intent.name != "order"]
        return Understanding(
            text=text,
            language=spoken,
            intents=tuple(intents),
            facts=tuple(facts),
            feedback=tuple(feedback),
            dates=tuple(dates),
            items=tuple(all_lines(mentions, self._items)),
            reminders=tuple(reminders),
            faq=faq,
            faq_close=close,
            out_of_scope=not close
            and _out_of_scope(cleaned, intents, facts + told_of.pointing, feedback, mentions, dates, reminders, faq),
            languages=languages,
            allergens=asked.codes if asked else (),
            life_events=life_events,
            order=tuple(ordered),
            ordered_for=ordered_for,
            read_changes=cache(lambda: read_changes(len(cleaned), clauses, mentions, self._items, asks, quotes, timed)),
            pointing=tuple(told_of.pointing),
            people=told_of.people,
            wanted=wanted_kind,
        )

    def explain(self, heard: Understanding) -> list[Reason]:
        """Why a message was understood as `understand` did."""
        found = []
        for clause in split(clean(heard.text)):
            rows = self._match(clause)
            lexicon = self._lexicons[clause.script]
            sources = [lexicon.phrases.source(match) or lexicon.facts.source(match) or "" for _, match in rows]
            found.append((clause, [
                (rule, source, match.group().strip()) for (rule, match), source in zip(rows, sources, strict=True)
            ]))  # fmt: skip
        return find_reasons(heard, found, self.nearest_question(heard.text))

    def nearest_question(self, text: str) -> FaqMatch | None:
        """The likeliest entry of the FAQ, whether or not it is like enough to be answered."""
        return self._faq.find(clean(text).strip())

    def _match(self, clause: Clause) -> Matches:
        if not clause.text:
            return []
        lexicon = self._lexicons[clause.script]
        found = list(lexicon.phrases.search(clause.text, clause.anchors))
        if clause.states or clause.script == "en":  # an English core tells whom a clause speaks of
            clause.core, anchors = lexicon.cores.read(clause)
            found += lexicon.facts.search(clause.core, anchors) if clause.states else ()
        return found

    def _order(
        self, clauses: list[Clause], matches: list[Matches]
    ) -> tuple[list[tuple[Clause, Mention]], list[Clause]]:
        """Items by clause, and the clauses that ask for something."""
        named = find_named(clauses, self._items)
        asking: list[Clause] = []
        for clause, rows in zip(clauses, matches, strict=True):
            asks = any(isinstance(rule, IntentRule) and rule.name == "order" for rule, _ in rows)
            told = clause.past and clause.script == "zh"  # 昨天点的
            if asks and not clause.condition and not clause.reported and not told:
                asking.append(clause)
        return named, asking

    def _plain(self, clauses: list[Clause], named: list[tuple[Clause, Mention]], dates: list[FoundDate]) -> set[int]:
        """Clauses that name items and say nothing of them but when."""
        found: set[int] = set()
        for clause in clauses if named else ():
            mentions = [mention for owner, mention in named if owner is clause]
            text = close_up(clause.folded)
            for date in dates:
                text = text.replace(date.text, " " * len(date.text))
            if mentions and (takes_off(clause) or self._items.is_plain(text, mentions)):
                found.add(id(clause))
        return found

    def _ask(
        self,
        cleaned: str,
        clauses: list[Clause],
        facts: list[FoundFact],
        feedback: list[FoundFeedback],
        intents: list[Intent],
    ) -> FaqMatch | None:
        if any(intent.name in _NOT_ASKING for intent in intents) or (
            len(clauses) == 1 and any(intent.name == "greeting" and intent.score > _PLAIN - 0.01 for intent in intents)
        ):
            return None  # "morning!" asks for no hours
        beside = facts or feedback or any(intent.name in _DONE_BESIDE for intent in intents)
        questions = [clause.quote for clause in clauses if clause.question]
        least: dict[str, float] = {}  # by text, how likely a match must be
        if not feedback and not any(intent.name in _DONE_BESIDE for intent in intents):
            more = questions[:3] if len(clauses) > 1 else []
            texts = questions[:4] if facts or len(clauses) > 3 else [cleaned, *more]
            least = dict.fromkeys(texts, THRESHOLD)
        if ("zh" if has_cjk(cleaned) else "en") in self._faq.learnt:
            least.setdefault(cleaned, SURE if beside else THRESHOLD)
        best: FaqMatch | None = None
        for text, score in least.items():
            match = self._faq.find(text.strip())
            if match is None or (match.score < score and (match.other is None or score > THRESHOLD)):
                continue
            if best is None or (match.other is None, match.score) > (best.other is None, best.score):
                best = match
        return best

    def _complete(
        self,
        intents: list[Intent],
        cleaned: str,
        clauses: list[Clause],
        mentions: list[tuple[Clause, Mention]],
        wanted: bool,
        facts: list[FoundFact],
        feedback: list[FoundFeedback],
        reminders: list[FoundReminder],
        faq: FaqMatch | None,
    ) -> list[Intent]:
        found = list(intents)
        if reminders and not any(intent.name == "remind" for intent in found):
            found.append(Intent("remind", 0.9))
        if faq is not None:
            found.append(Intent("faq", faq.score))
        complained = {one.quote for one in feedback if one.kind == "complaint"}
        wanted = wanted and any(clause.quote not in complained for clause, _ in mentions)
        score = order_score(
            mentioned=bool(mentions),
            counted=any(mention.counted for _, mention in mentions),
            wanted=wanted,
            bare=len(cleaned) <= _BARE_ORDER and len(clauses) <= 2,
            settings={
                "question": any(clause.question for clause, _ in mentions),
                "feeling": bool(facts or feedback),
                "reminder": bool(reminders),
            },
        )
        if score is None and any(_USUAL.search(clause.text) for clause in clauses):
            score = 0.8
        if not mentions and any(_ORDERING.search(clause.text) for clause in clauses if not clause.past):
            found.append(Intent("ordering", 0.8))
        if score is not None and faq is None:
            found.append(Intent("order", score))
        elif score is not None and any(mention.counted and not clause.question for clause, mention in mentions):
            found.append(Intent("order", max(score, 0.8)))  # "2 lattes. Do you deliver?"
        return sorted(found, key=lambda intent: (-intent.score, intent.name))


# An order without an item: what it was is for the caller to look up.
_USUAL = re.compile(
    r"^(?:the |my )?(?:usual|same again|same as last time|same as always) (?:please )?$|^(?:老样子|照旧|[和跟同]上次一样)$"
)
# Wanting to order, without saying what.
_ORDERING = re.compile(
    r"^(?:\S+ ){0,3}?(?:i|we|me|us) (?:want|need|would like|wanna|am ready|like)?(?: to)? ?(?:place|make|put in) an order (?:please )?$"
    r"|^(?:\S+ ){0,3}?(?:i|we) (?:want|need|would like|am ready) to order(?: something| some \w+| now| food| coffee)* (?:please )?$"
    r"|^(?:can|could|may) (?:i|we) (?:order|place an order)(?: something| some food| lunch| breakfast| food| drinks| coffee| now| here| online| please)*(?: for [^?]{1,40})? $|^order (?:please )?$"
    r"|^[我你好想要们能可以在这请帮，]{0,8}(?:点单|下单|点餐|订餐|点个单|下个单|点东西|点些东西|点杯咖啡|点咖啡)[吗了吧]?$"
    r"|(?:能|可以|想|要)(?:订|点)(?:午餐|早餐|晚餐|下午茶|早午餐|外卖|餐)[吗了吧]?$"
)
_NOT_ASKING = frozenset({"remind", "ask_profile", "stop", "resume", "abuse", "life_event"})
_DONE_BESIDE = frozenset({"talk_to_person", "set_language"})  # and a learnt FAQ is answered only where it is sure


def _orders(
    clauses: list[Clause], matches: list[Matches], mentions: list[tuple[Clause, Mention]], wanted: bool
) -> list[bool]:
    """Which clauses order something."""
    named = [clause for clause, _ in mentions] if wanted else []
    return [
        any(isinstance(rule, IntentRule) and rule.name == "order" for rule, _ in rows)
        or any(clause is one for one in named)
        for clause, rows in zip(clauses, matches, strict=True)
    ]


def _only(kind: type[AnyRule], matches: list[Matches]) -> list[list[tuple[AnyRule, re.Match[str]]]]:
    return [[(rule, match) for rule, match in rows if isinstance(rule, kind)] for rows in matches]


def _is_order(clauses: list[Clause], mentions: list[tuple[Clause, Mention]]) -> bool:
    """Something by its number or with its options, and no question with it."""
    return not any(clause.question for clause in clauses) and any(
        mention.counted or mention.item.options or mention.portions for _, mention in mentions
    )


def _asks_for_some(mentions: list[tuple[Clause, Mention]], asking: list[Clause]) -> bool:
    return any(mention.counted and any(clause is one for one in asking) for clause, mention in mentions)


def _ends(fact: FoundFact, text: str) -> int:
    """Where the clause a fact came from ends; past the text where it cannot be found."""
    at = text.find(fact.quote)
    return at + len(fact.quote) if at >= 0 else len(text) + 1


def _out_of_scope(
    cleaned: str,
    intents: list[Intent],
    facts: list[FoundFact],
    feedback: list[FoundFeedback],
    mentions: list[tuple[Clause, Mention]],
    dates: list[FoundDate],
    reminders: list[FoundReminder],
    faq: FaqMatch | None,
) -> bool:
    """Nothing here is ours to answer: the caller hands it to a person. Emoji and signs alone are not a matter."""
    if facts or feedback or reminders or faq or not any(sign.isalnum() for sign in cleaned):
        return False
    told = [intent for intent in intents if intent.name != "question"]
    if told and not all(intent.score <= 0.7 for intent in told):
        return False
    if any(intent.name == "question" for intent in intents):
        return True
    return not (told or mentions or dates)

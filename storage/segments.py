"""Segments as rows, and their conditions as SQL: who is in one, and how many."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Exists,
    FromClause,
    Select,
    and_,
    case,
    collate,
    column,
    delete,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.expression import Executable

from storage.conditions import (
    FAVOURITE_ORDERS,
    FAVOURITE_SHARE,
    LEAST_PRICED,
    SURE,
    AllOf,
    Among,
    AnyOf,
    Compare,
    Condition,
    Holds,
    Not,
)
from storage.database import Memory
from storage.models import (
    Consent,
    Customer,
    Fact,
    Feedback,
    Figures,
    Identity,
    Order,
    OrderLine,
    Purpose,
    Segment,
    table_of,
)
from storage.spelling import spell

Truth = ColumnElement[bool]
CUSTOMERS, FIGURES, FACTS, FEEDBACK = map(table_of, (Customer, Figures, Fact, Feedback))
CONSENTS, IDENTITIES, ORDERS, LINES = map(table_of, (Consent, Identity, Order, OrderLine))
TEXTS: dict[str, ColumnElement[Any]] = {
    name: CUSTOMERS.c[name] for name in ("tier", "language", "status", "kind", "city", "lead_source", "name")
}
TEXTS["group"] = CUSTOMERS.c.value_group
TEXTS["stage"] = func.coalesce(FIGURES.c.stage, "")  # none of whoever switched profiling off
NUMBERS = {"orders": FIGURES.c.orders, "spent": FIGURES.c.spent}  # none is 0
WORTH = {name: FIGURES.c[name] for name in ("present_value", "expected_orders", "alive")}  # none is not known
MOMENTS = {
    "last_order": FIGURES.c.last_order_at, "first_order": FIGURES.c.first_order_at,
    "last_contact": CUSTOMERS.c.last_contact_at, "known_for": CUSTOMERS.c.created_at,
}  # fmt: skip
SAID = {  # kind and polarity of the fact that a word looks for
    "likes": ("preference", "like"), "dislikes": ("preference", "dislike"), "avoids": ("restriction", None),
    "interested_in": ("interest", None), "needs": ("need", None),
}  # fmt: skip
OPERATORS: dict[str, Callable[[Any, Any], Truth]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge
}  # fmt: skip
OLDER = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}  # a longer time ago is an earlier moment


class Member(NamedTuple):
    """A customer of a segment, as listings show them."""

    id: int
    name: str
    tier: str


# -- rows --------------------------------------------------------------------------------------------------------


def find(memory: Memory, name: str) -> Segment | None:
    return memory.scalars(select(Segment).where(Segment.name == name)).first()


def list_all(memory: Memory) -> Sequence[Segment]:
    return memory.scalars(select(Segment).order_by(Segment.name)).all()


def save(memory: Memory, name: str, expression: str, now: datetime, staff_id: int | None = None) -> Segment:
    """A new one, or the known one with another condition."""
    segment = find(memory, name)
    if segment is None:
        segment = Segment(name=name, created_at=now)
        memory.add(segment)
    segment.expression, segment.changed_at, segment.staff_id = expression, now, staff_id
    memory.flush()
    return segment


def remove(memory: Memory, name: str) -> bool:
    return memory.connection().execute(delete(Segment).where(Segment.name == name)).rowcount == 1


# -- who is in it ------------------------------------------------------------------------------------------------


class View(NamedTuple):
    """As of when a condition is looked at, in which currency orders count, since when they tell habits, and what is usual
    of discounts here: the share of orders that have one, and how many orders of one's own weigh as much as that."""

    now: datetime
    currency: str
    since: datetime
    share: float
    weight: float


def count(memory: Memory, condition: Condition, view: View) -> int:
    return int(memory.connection().execute(_select(memory, condition, view, func.count())).scalar_one())


def list_members(memory: Memory, condition: Condition, view: View, most: int | None = None) -> list[Member]:
    """By our number."""
    columns = (CUSTOMERS.c.id, CUSTOMERS.c.name, CUSTOMERS.c.tier)
    statement = _select(memory, condition, view, *columns).order_by(CUSTOMERS.c.id).limit(most)
    return [Member(*row) for row in memory.connection().execute(statement)]


def explain(memory: Memory, condition: Condition, view: View) -> list[str]:
    """How the database counts it."""
    rows = memory.connection().execute(_Explain(_select(memory, condition, view, func.count())))
    return [str(row[-1]) for row in rows]


def _select(memory: Memory, condition: Condition, view: View, *columns: Any) -> Select[Any]:
    compiler = _Compiler(memory.connection().dialect.name, view)
    where = compiler.compile(condition)
    source: FromClause = CUSTOMERS
    if compiler.needs_figures:
        source = CUSTOMERS.outerjoin(FIGURES, FIGURES.c.customer_id == CUSTOMERS.c.id)
    return select(*columns).select_from(source).where(where)


class _Explain(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(_Explain)
def _write_explain(element: _Explain, compiler: Any, **more: Any) -> str:
    how = "EXPLAIN QUERY PLAN" if compiler.dialect.name == "sqlite" else "EXPLAIN"
    return f"{how} {compiler.process(element.statement, **more)}"


class _Compiler:
    """From a condition to a WHERE that is true or false of everybody, never unknown: `not` of it is the others."""

    def __init__(self, dialect: str, view: View) -> None:
        self.dialect, self.now, self.currency, self.view = dialect, view.now, view.currency, view
        self.needs_figures = False

    def compile(self, condition: Condition) -> Truth:
        if isinstance(condition, AllOf):
            return and_(*map(self.compile, condition.parts))
        if isinstance(condition, AnyOf):
            return or_(*map(self.compile, condition.parts))
        if isinstance(condition, Not):
            return not_(self.compile(condition.part))
        if isinstance(condition, Among):
            return self._among(condition)
        return self._compare(condition) if isinstance(condition, Compare) else self._hold(condition)

    # -- comparisons ---------------------------------------------------------------------------------------------

    def _compare(self, one: Compare) -> Truth:
        if one.word in TEXTS:
            return self._compare_text(one)
        if one.word in MOMENTS:
            self.needs_figures |= one.word in ("last_order", "first_order")
            return self._compare_moment(MOMENTS[one.word], one)
        if one.word == "birthday":
            return self._compare_birthday(one)
        if one.within is not None:
            return and_(self._has_figures(), OPERATORS[one.op](self._sum_up(one), one.value))
        if one.word == "rating":
            return self._known(self._newest_rating(), one)
        if one.word == "complaints":
            complaints = select(func.count()).where(_of(FEEDBACK), FEEDBACK.c.kind == "complaint").scalar_subquery()
            return OPERATORS[one.op](complaints, one.value)
        self.needs_figures = True
        if one.word in NUMBERS:
            return OPERATORS[one.op](func.coalesce(NUMBERS[one.word], 0), one.value)
        if one.word == "discounted":
            return and_(func.coalesce(FIGURES.c.priced, 0) > 0, OPERATORS[one.op](self._lean(), one.value))
        return self._known(WORTH[one.word], one)

    def _known(self, value: Any, one: Compare) -> Truth:
        return and_(value.is_not(None), OPERATORS[one.op](value, one.value))

    def _compare_text(self, one: Compare) -> Truth:
        text = TEXTS[one.word]
        self.needs_figures = self.needs_figures or one.word == "stage"
        # What staff type is compared in lower case; our own words as they are, so that an index can be used.
        if one.word in ("city", "lead_source", "name"):
            asked = one.value if isinstance(one.value, tuple) else (str(one.value),)
            spelt = {spelling for wanted in asked for spelling in spell(wanted)}
            folded = func.lower(func.coalesce(text, ""))
            return folded.not_in(spelt) if one.op == "!=" else folded.in_(spelt)
        return text.in_(one.value) if isinstance(one.value, tuple) else OPERATORS[one.op](text, one.value)

    def _compare_moment(self, moment: Any, one: Compare) -> Truth:
        return and_(moment.is_not(None), OPERATORS[OLDER[one.op]](moment, self.now - _span_of(one)))

    def _compare_birthday(self, one: Compare) -> Truth:
        """Within so many days from today on, by the day of the year."""
        days = min(_span_of(one).days + (one.op == "<="), 366)
        coming = {(self.now + timedelta(days=ahead)).strftime("%m-%d") for ahead in range(days)}
        day = func.substr(FACTS.c.date, func.length(FACTS.c.date) - 4)
        own = and_(FACTS.c.kind == "occasion", FACTS.c.value == "birthday", FACTS.c.person.is_(None), _CURRENT)
        return exists().where(_of(FACTS), own, FACTS.c.date.is_not(None), day.in_(sorted(coming)))

    def _sum_up(self, one: Compare) -> Any:
        """Orders, or what was spent, of the last so long."""
        what = func.count() if one.word == "orders_within" else func.coalesce(func.sum(ORDERS.c.total), 0)
        kept = [ORDERS.c.total > 0] if one.word == "orders_within" else []
        recent = ORDERS.c.ordered_at >= self.now - (one.within or timedelta())
        return select(what).where(_of(ORDERS), ORDERS.c.currency == self.currency, recent, *kept).scalar_subquery()

    def _has_figures(self) -> Truth:
        """Nobody who switched profiling off is looked at by what they bought."""
        self.needs_figures = True
        return FIGURES.c.customer_id.is_not(None)

    def _newest_rating(self) -> Any:
        newest = select(FEEDBACK.c.score).where(_of(FEEDBACK), FEEDBACK.c.kind == "csat")
        return newest.order_by(FEEDBACK.c.at.desc(), FEEDBACK.c.id.desc()).limit(1).scalar_subquery()

    # -- what holds ----------------------------------------------------------------------------------------------

    def _hold(self, one: Holds) -> Truth:
        if one.word in SAID:
            return self._said(one)
        if one.word == "bought":
            return self._bought(one)
        if one.word == "favourite":
            return self._favours(one)
        if one.word == "price_sensitive":
            return self._is_price_sensitive()
        if one.word == "tagged":
            return self._tagged(one.text)
        if one.word == "open_complaint":
            return exists().where(_of(FEEDBACK), FEEDBACK.c.kind == "complaint", FEEDBACK.c.status == "open")
        if one.word == "has_partner":
            return CUSTOMERS.c.partner_id.is_not(None)
        if one.word == "reachable":
            return exists().where(_of(IDENTITIES), IDENTITIES.c.kind == "telegram")
        if one.word == "subscribed":
            return _answered(Purpose.marketing, granted=True)
        return not_(_answered(Purpose.profiling, granted=False))

    def _said(self, one: Holds) -> Truth:
        kind, polarity = SAID[one.word]
        named: list[Truth] = [FACTS.c.value.ilike(self._pattern(text), escape="/") for text in spell(one.text)]
        if one.skus:
            named.append(FACTS.c.item.in_(one.skus))
        own = FACTS.c.person.is_(None)  # what somebody of theirs likes or must avoid is not theirs
        conditions = [_of(FACTS), FACTS.c.kind == kind, own, _CURRENT, or_(*named)]
        if polarity is not None:
            conditions.append(FACTS.c.polarity == polarity)
        return exists().where(*conditions)

    def _pattern(self, text: str) -> Any:
        """Wherever it stands. On PostgreSQL by the letters' bytes: a language's rules would take ten times as long."""
        escaped = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
        pattern = literal(f"%{escaped}%")
        return collate(pattern, "C") if self.dialect == "postgresql" else pattern

    def _bought(self, one: Holds) -> Truth:
        if not one.skus:
            return false()
        recent = [ORDERS.c.ordered_at >= self.now - one.within] if one.within is not None else []
        lines = LINES.join(ORDERS, ORDERS.c.id == LINES.c.order_id)
        bought = [_of(ORDERS), LINES.c.sku.in_(one.skus), LINES.c.quantity > 0, *recent]
        return and_(self._has_figures(), exists().select_from(lines).where(*bought))

    def _favours(self, one: Holds) -> Truth:
        has_it = select(LINES.c.order_id).where(LINES.c.sku.in_(one.skus), LINES.c.quantity > 0)
        times = func.sum(case((ORDERS.c.id.in_(has_it), 1), else_=0))
        takers = (
            select(ORDERS.c.customer_id)
            .where(
                ORDERS.c.ordered_at > self.view.since, ORDERS.c.ordered_at <= self.now, ORDERS.c.total > 0,
                ORDERS.c.currency == self.currency,
            )
            .group_by(ORDERS.c.customer_id)
            .having(and_(times >= FAVOURITE_ORDERS, times >= FAVOURITE_SHARE * func.count()))
        )  # fmt: skip
        return and_(self._has_figures(), CUSTOMERS.c.id.in_(takers))

    def _lean(self) -> Any:
        """As `bot.differentiate.prices` has it."""
        orders, cheaper = func.coalesce(FIGURES.c.priced, 0), func.coalesce(FIGURES.c.discounted, 0)
        return (cheaper + self.view.share * self.view.weight) / (orders + self.view.weight)

    def _is_price_sensitive(self) -> Truth:
        more = self._lean() - self.view.share
        orders = func.coalesce(FIGURES.c.priced, 0)
        spread = self._lean() * (1 - self._lean()) / (orders + self.view.weight + 1)
        return and_(self._has_figures(), orders >= LEAST_PRICED, more > 0, more * more > SURE**2 * spread)

    def _among(self, one: Among) -> Truth:
        """One value, however many they are."""
        if self.dialect == "postgresql":
            return CUSTOMERS.c.id == func.any(literal(list(one.ids), postgresql.ARRAY(BigInteger)))
        each = func.json_each(json.dumps(list(one.ids))).table_valued("value")
        return CUSTOMERS.c.id.in_(select(each.c.value))

    def _tagged(self, tag: str) -> Truth:
        if self.dialect == "postgresql":
            return type_coerce(CUSTOMERS.c.tags, postgresql.JSONB).contains([tag])
        each = func.json_each(CUSTOMERS.c.tags).table_valued("value")
        return exists().select_from(each).where(column("value") == tag)


_CURRENT = and_(FACTS.c.superseded_by.is_(None), FACTS.c.forgotten_at.is_(None))


def _of(table: Any) -> Truth:
    belongs: Truth = table.c.customer_id == CUSTOMERS.c.id
    return belongs


def _answered(purpose: Purpose, *, granted: bool) -> Exists:
    """Whether the newest answer about this purpose was that."""
    later = CONSENTS.alias()
    newer = exists().where(
        later.c.customer_id == CONSENTS.c.customer_id, later.c.purpose == purpose, later.c.id > CONSENTS.c.id
    )
    return exists().where(_of(CONSENTS), CONSENTS.c.purpose == purpose, CONSENTS.c.granted == literal(granted), ~newer)


def _span_of(one: Compare) -> timedelta:
    if not isinstance(one.value, timedelta):
        raise TypeError(f"{one.word} is compared with a span of time, not {one.value!r}")
    return one.value

"""Who may be one person: what is compared of everybody, pairs proposed and decided, merges that can be undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Memory
from storage.models import Customer, Duplicate, DuplicateStatus, Fact, Identity, Merge, SharedKey, table_of

CUSTOMERS, IDENTITIES, FACTS = table_of(Customer), table_of(Identity), table_of(Fact)
DUPLICATES, SHARED, MERGES = table_of(Duplicate), table_of(SharedKey), table_of(Merge)
Pair = tuple[int, int]
Keys = frozenset[str]


class Compared(NamedTuple):
    """A customer as `identify.likeness` compares them; `birthday` is as stated. `compared_as` is the hash of all this when
    they were last compared with everybody; None: never."""

    id: int
    name: str
    birthday: str | None
    city: str | None
    phones: frozenset[str]
    mails: frozenset[str]
    numbers: frozenset[str]
    chats: frozenset[str]
    compared_as: int | None


class Proposal(NamedTuple):
    one_id: int
    other_id: int
    score: float
    is_strong: bool
    evidence: list[dict[str, Any]]


# -- keys of two -------------------------------------------------------------------------------------------------


def share_keys(memory: Memory, rows: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Note that these customers gave a key that is somebody else's identity: (customer, kind, value)."""
    if rows:
        values = [{"customer_id": id_, "kind": kind, "value": value, "created_at": now} for id_, kind, value in rows]
        memory.connection().execute(_make(memory, SHARED).on_conflict_do_nothing(), values)


def load_compared(memory: Memory, ids: Sequence[int] | None = None) -> list[Compared]:
    """Everybody, or these."""
    connection = memory.connection()
    only = [] if ids is None else [CUSTOMERS.c.id.in_(ids)]
    keys: defaultdict[int, list[tuple[str, str]]] = defaultdict(
        list
    )  # of a million, sets would be half a gigabyte more
    for table in (IDENTITIES, SHARED):
        statement = select(table.c.customer_id, table.c.kind, table.c.value)
        if ids is not None:
            statement = statement.where(table.c.customer_id.in_(ids))
        for customer_id, kind, value in connection.execute(statement):
            keys[customer_id].append((_KINDS.get(kind, "numbers"), value))
    birthdays = _BIRTHDAYS if ids is None else _BIRTHDAYS.where(FACTS.c.customer_id.in_(ids))
    born = {customer_id: date for customer_id, date in connection.execute(birthdays)}
    people = connection.execute(
        select(CUSTOMERS.c.id, CUSTOMERS.c.name, CUSTOMERS.c.city, CUSTOMERS.c.compared_as)
        .where(*only)
        .order_by(CUSTOMERS.c.id)
    )
    return [
        Compared(id_, name, born.get(id_), city, *_by_kind(keys.get(id_, ())), compared_as)
        for id_, name, city, compared_as in people
    ]


def _by_kind(keys: Sequence[tuple[str, str]]) -> tuple[Keys, Keys, Keys, Keys]:
    """Phones, mails, numbers and chats."""
    phones, mails, numbers, chats = (frozenset(value for kind, value in keys if kind == one) for one in _ORDER)
    return phones, mails, numbers, chats


_KINDS = {"phone": "phones", "email": "mails", "telegram": "chats"}
_ORDER = ("phones", "mails", "numbers", "chats")
_BIRTHDAYS = (
    select(FACTS.c.customer_id, FACTS.c.date)
    .where(
        FACTS.c.kind == "occasion", FACTS.c.value == "birthday", FACTS.c.person.is_(None),
        FACTS.c.superseded_by.is_(None), FACTS.c.forgotten_at.is_(None), FACTS.c.date.is_not(None),
    )
    .order_by(FACTS.c.id)
)  # fmt: skip


# -- pairs -------------------------------------------------------------------------------------------------------


def list_apart(memory: Memory) -> set[Pair]:
    """Pairs that staff said are two, the smaller number first."""
    statement = select(DUPLICATES.c.one_id, DUPLICATES.c.other_id).where(DUPLICATES.c.status == DuplicateStatus.apart)
    return {(one, other) for one, other in memory.connection().execute(statement)}


def note_compared(memory: Memory, hashes: Sequence[tuple[int, int]]) -> None:
    """As what these customers were compared: (customer, hash)."""
    if hashes:
        memory.connection().execute(
            update(CUSTOMERS).where(CUSTOMERS.c.id == bindparam("row")).values(compared_as=bindparam("hash")),
            [{"row": id_, "hash": hash_} for id_, hash_ in hashes],
        )


def propose(memory: Memory, proposals: Iterable[Proposal], now: datetime, among: Container[int] | None = None) -> None:
    """Make these the pairs that are proposed; `among`: of those of whom one is among these customers, the others stay.
    Known ones keep their number, and those told apart their status."""
    connection = memory.connection()
    wanted = {(one.one_id, one.other_id): one for one in proposals}
    stored: dict[Pair, int] = {
        (one, other): id_
        for id_, one, other in connection.execute(
            select(DUPLICATES.c.id, DUPLICATES.c.one_id, DUPLICATES.c.other_id)
            .where(DUPLICATES.c.status == DuplicateStatus.proposed)
        )
    }  # fmt: skip
    gone = [{"row": id_} for pair, id_ in stored.items() if pair not in wanted and _is_among(pair, among)]
    if gone:
        connection.execute(delete(DUPLICATES).where(DUPLICATES.c.id == bindparam("row")), gone)
    known = [{"row": stored[pair], "new_score": one.score, "new_strong": one.is_strong, "new_evidence": one.evidence}
             for pair, one in wanted.items() if pair in stored]  # fmt: skip
    if known:
        connection.execute(
            update(DUPLICATES).where(DUPLICATES.c.id == bindparam("row")).values(
                score=bindparam("new_score"), is_strong=bindparam("new_strong"), evidence=bindparam("new_evidence")
            ),
            known,
        )  # fmt: skip
    fresh = _still_there(memory, [one for pair, one in wanted.items() if pair not in stored])
    if fresh:
        rows = [{**one._asdict(), "status": DuplicateStatus.proposed, "found_at": now} for one in fresh]
        connection.execute(_make(memory, DUPLICATES).on_conflict_do_nothing(), rows)


def _is_among(pair: Pair, among: Container[int] | None) -> bool:
    return among is None or pair[0] in among or pair[1] in among


def sum_scores(memory: Memory, without: Container[int]) -> float:
    """How many of the proposed pairs are likely one person, of those of whom neither is among these customers."""
    statement = select(DUPLICATES.c.one_id, DUPLICATES.c.other_id, DUPLICATES.c.score).where(
        DUPLICATES.c.status == DuplicateStatus.proposed
    )
    rows = memory.connection().execute(statement)
    return sum(float(score) for one, other, score in rows if not _is_among((one, other), without))


def _still_there(memory: Memory, proposals: Sequence[Proposal]) -> list[Proposal]:
    """Without those of whom one was merged or erased since they were compared."""
    people = {id_ for one in proposals for id_ in (one.one_id, one.other_id)}
    there = set(memory.connection().execute(select(CUSTOMERS.c.id).where(CUSTOMERS.c.id.in_(people))).scalars())
    return [one for one in proposals if {one.one_id, one.other_id} <= there]


def list_proposed(memory: Memory, *, most: int | None = None) -> Sequence[Duplicate]:
    """The likeliest first."""
    return memory.scalars(
        select(Duplicate)
        .where(Duplicate.status == DuplicateStatus.proposed)
        .order_by(Duplicate.is_strong.desc(), Duplicate.score.desc(), Duplicate.id)
        .limit(most)
    ).all()


def count_proposed(memory: Memory) -> int:
    statement = select(func.count()).select_from(DUPLICATES).where(DUPLICATES.c.status == DuplicateStatus.proposed)
    return memory.connection().execute(statement).scalar_one()


def get(memory: Memory, number: int) -> Duplicate | None:
    return memory.get(Duplicate, number)


def find_pair(memory: Memory, one: int, other: int) -> Duplicate | None:
    smaller, larger = sorted((one, other))
    return memory.scalars(select(Duplicate).where(Duplicate.one_id == smaller, Duplicate.other_id == larger)).first()


def keep_apart(memory: Memory, one: int, other: int, now: datetime, staff_id: int | None = None) -> Duplicate:
    """Remember that these two are two."""
    row = find_pair(memory, one, other)
    if row is None:
        smaller, larger = sorted((one, other))
        row = Duplicate(one_id=smaller, other_id=larger, score=0.0, is_strong=False, evidence=[], found_at=now)
        memory.add(row)
    row.status, row.decided_at, row.staff_id = DuplicateStatus.apart, now, staff_id
    memory.flush()
    return row


def propose_again(memory: Memory, row: Duplicate) -> None:
    """Take back that they are two."""
    row.status, row.decided_at, row.staff_id = DuplicateStatus.proposed, None, None
    memory.flush()


def keep_apart_from(memory: Memory, target: int, source: int) -> None:
    """Before a merge: whoever is not `source` is not `target` either."""
    theirs = select(DUPLICATES.c.one_id, DUPLICATES.c.other_id, DUPLICATES.c.decided_at, DUPLICATES.c.staff_id).where(
        DUPLICATES.c.status == DuplicateStatus.apart,
        or_(DUPLICATES.c.one_id == source, DUPLICATES.c.other_id == source),
    )
    for one, other, decided_at, staff_id in memory.connection().execute(theirs).all():
        third = other if one == source else one
        if third != target:
            keep_apart(memory, third, target, decided_at, staff_id)


# -- merges ------------------------------------------------------------------------------------------------------


def find_merge_since(memory: Memory, customer_id: int, number: int) -> int | None:
    """The newest merge of this customer after that one which still stands."""
    statement = select(MERGES.c.id).where(
        MERGES.c.id > number, MERGES.c.undone_at.is_(None), MERGES.c.customer_id == customer_id
    )
    return memory.connection().execute(statement.order_by(MERGES.c.id.desc()).limit(1)).scalar()


def find_survivor(memory: Memory, number: int) -> int | None:
    """Whose rows those of a customer who was merged away are now."""
    statement = select(MERGES.c.customer_id).where(MERGES.c.merged_id == number, MERGES.c.undone_at.is_(None))
    return memory.connection().execute(statement.order_by(MERGES.c.id.desc()).limit(1)).scalar()


def list_merged(memory: Memory, customer_id: int) -> list[tuple[int, str]]:
    """Number and name of each entry that is this customer's now."""
    statement = select(MERGES.c.merged_id, MERGES.c.kept).where(
        MERGES.c.customer_id == customer_id, MERGES.c.undone_at.is_(None)
    )
    return [(number, kept["customer"]["name"]) for number, kept in memory.connection().execute(statement)]


def list_merges(memory: Memory, most: int | None = None) -> list[Mapping[str, Any]]:
    """Newest first: id, customer_id, merged_id, how, at, undone_at, and the name of the customer who stayed."""
    columns = [MERGES.c[name] for name in ("id", "customer_id", "merged_id", "how", "at", "undone_at")]
    statement = (
        select(*columns, CUSTOMERS.c.name)
        .join(CUSTOMERS, CUSTOMERS.c.id == MERGES.c.customer_id)
        .order_by(MERGES.c.id.desc())
        .limit(most)
    )
    return [dict(row) for row in memory.connection().execute(statement).mappings()]


def _make(memory: Memory, table: Any) -> Any:
    return {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[memory.connection().dialect.name](table)

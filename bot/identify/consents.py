"""What a customer agreed to, by purpose. `service` begins with the first message, `profiling` is on until
switched off, `marketing` is off until agreed to."""

from __future__ import annotations

from datetime import datetime

from storage import consents, events
from storage.database import Memory
from storage.models import Consent, Customer, Purpose

UNTIL_ANSWERED = {Purpose.service: True, Purpose.profiling: True, Purpose.marketing: False}


def begin_service(memory: Memory, customer_id: int, contact_id: int | None, now: datetime) -> None:
    """Whoever writes to us wants to be answered and remembered."""
    consents.add(
        memory, customer_id, Purpose.service, granted=True, wording="first_message", at=now, contact_id=contact_id
    )


def answer(
    memory: Memory, customer: Customer, purpose: str, *, granted: bool, wording: str, contact_id: int | None,
    now: datetime,
) -> None:  # fmt: skip
    """Record an answer. The same answer again changes nothing.

    Whoever switched profiling is classed anew by the caller: `differentiate.tiers.class_anew`.
    """
    known = consents.find_newest(memory, customer.id, purpose)
    if known is not None and known.granted == granted:
        return
    consents.add(memory, customer.id, purpose, granted=granted, wording=wording, at=now, contact_id=contact_id)
    events.add(memory, customer.id, "consent", at=now, reference=purpose, data={"granted": granted})


def is_granted(memory: Memory, customer_id: int, purpose: str) -> bool:
    found = consents.find_newest(memory, customer_id, purpose)
    return UNTIL_ANSWERED[Purpose(purpose)] if found is None else found.granted


def is_answered(memory: Memory, customer_id: int, purpose: str) -> bool:
    return consents.find_newest(memory, customer_id, purpose) is not None


def summarise(memory: Memory, customer_id: int) -> dict[str, bool]:
    """Purpose → whether it is agreed to now."""
    granted = {str(purpose): default for purpose, default in UNTIL_ANSWERED.items()}
    rows: list[Consent] = list(consents.list_of(memory, customer_id))
    return granted | {row.purpose: row.granted for row in rows}

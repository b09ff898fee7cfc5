"""POST /api/orders, /api/customers, /api/events: a till or web shop tells of a sale within seconds of it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field, TypeAdapter

from bot.clock import Clock
from bot.config import Settings
from bot.differentiate.tiers import class_anew
from bot.errors import InputError
from bot.identify import receiving
from bot.identify.importing.bad_rows import BadRows
from bot.identify.importing.cells import Refused
from bot.identify.importing.report import ImportReport
from bot.identify.receiving import ReceivedCustomer, ReceivedEvent, ReceivedOrder
from storage import api, provenance
from storage.database import Database, Memory

SCHEME = HTTPBearer(auto_error=False, description="REGULARS_API_TOKEN")
MOST_BYTES = 4_000_000
PATH = "/api/"

Many = Field(min_length=1, max_length=receiving.MOST)
Orders = Annotated[list[ReceivedOrder], Many]
Customers = Annotated[list[ReceivedCustomer], Many]
Events = Annotated[list[ReceivedEvent], Many]
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="A request sent again with it is answered again, and done once."),
]  # fmt: skip
SkipBad = Annotated[bool, Query(description="Take the good records; else one bad record refuses all.")]
Work = Callable[[Memory], dict[str, Any]]


class Problem(BaseModel):
    """One record that cannot be taken; `index` is its place in the request, from 0."""

    index: int | None
    reason: str | None = None


class Answer(BaseModel):
    received: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    customers: int = Field(0, description="People an order made known.")
    erased: int = Field(0, description="Left out: the person was erased on their wish.")
    bad: list[Problem] = []
    notes: list[Problem] = []
    repeated: bool = Field(False, description="The key was answered before; nothing was done now.")


class Receiver:
    """The three requests, over one database."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database, self._settings, self._clock = database, settings, clock

    async def take_orders(self, orders: list[ReceivedOrder], key: str | None, skip_bad: bool) -> dict[str, Any]:
        def work(memory: Memory) -> dict[str, Any]:
            now = self._clock.now()
            report, bad, buyers = receiving.receive_orders(memory, orders, self._settings, now, skip_bad=skip_bad)
            memory.flush()
            class_anew(memory, self._settings, now, buyers)
            return _answer(memory, report, bad, len(orders))

        return await self._run("orders", orders, key, skip_bad, work)

    async def take_customers(self, people: list[ReceivedCustomer], key: str | None, skip_bad: bool) -> dict[str, Any]:
        def work(memory: Memory) -> dict[str, Any]:
            now = self._clock.now()
            report, bad = receiving.receive_customers(memory, people, self._settings, now, skip_bad=skip_bad)
            return _answer(memory, report, bad, len(people))

        return await self._run("customers", people, key, skip_bad, work)

    async def take_events(self, events: list[ReceivedEvent], key: str | None, skip_bad: bool) -> dict[str, Any]:
        def work(memory: Memory) -> dict[str, Any]:
            return self._log(memory, events, skip_bad)

        return await self._run("events", events, key, skip_bad, work)

    def _log(self, memory: Memory, events: list[ReceivedEvent], skip_bad: bool) -> dict[str, Any]:
        now = self._clock.now()
        known = api.find_known(memory, [f"event:{event.event_id}" for event in events])
        bad = BadRows("events", skip=skip_bad)
        fresh: list[str] = []
        for place, event in enumerate(events):
            name = f"event:{event.event_id}"
            if name in known:
                continue
            try:
                receiving.receive_event(memory, event, self._settings, now)
            except Refused as refused:
                bad.add(place, str(refused))
            else:
                known.add(name)
                fresh.append(name)
        if not skip_bad:
            bad.refuse()
        api.add(memory, [(name, "", {}) for name in fresh], now)
        unchanged = len(events) - len(fresh) - len(bad)
        return {"received": len(events), "added": len(fresh), "unchanged": unchanged, "bad": _problems(bad)}

    async def _run(
        self, kind: str, records: Sequence[BaseModel], key: str | None, skip_bad: bool, work: Work
    ) -> dict[str, Any]:
        """Do it once for each key, in the transaction that keeps the answer."""
        digest = _digest(kind, records, skip_bad)

        def run(memory: Memory) -> dict[str, Any]:
            known = api.find(memory, f"key:{key}") if key else None
            if known is not None:
                if known[0] != digest:
                    raise HTTPException(422, "Idempotency-Key: was used for another request; take a fresh one")
                return {**known[1], "repeated": True}
            answer = work(memory)
            if key:
                kept = {**answer, "notes": [], "bad": [{"index": one["index"]} for one in answer["bad"]]}
                api.add(memory, [(f"key:{key}", digest, kept)], self._clock.now())
            return answer

        try:
            return await self._database.write(run, name=f"api {kind}")
        except InputError as error:
            problems = [{"index": problem.line, "reason": problem.reason} for problem in error.problems]
            raise HTTPException(422, problems) from None


def make_router(receiver: Receiver, token: str) -> APIRouter:
    async def authorise(given: Annotated[HTTPAuthorizationCredentials | None, Depends(SCHEME)]) -> None:
        if given is None or not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise HTTPException(
                401, "the bearer token is not that of REGULARS_API_TOKEN", {"WWW-Authenticate": "Bearer"}
            )

    router = APIRouter(prefix="/api", dependencies=[Depends(authorise)], tags=["api"])

    @router.post("/orders", response_model=Answer)
    async def orders(body: Annotated[Orders, Body()], key: Key = None, skip_bad: SkipBad = False) -> Any:
        """Orders as they are made, corrected or refunded. The customers' tiers follow at once."""
        return await receiver.take_orders(body, key, skip_bad)

    @router.post("/customers", response_model=Answer)
    async def customers(body: Annotated[Customers, Body()], key: Key = None, skip_bad: SkipBad = False) -> Any:
        """People, new or brought up to date. What they said of themselves in the chat stays."""
        return await receiver.take_customers(body, key, skip_bad)

    @router.post("/events", response_model=Answer)
    async def events(body: Annotated[Events, Body()], key: Key = None, skip_bad: SkipBad = False) -> Any:
        """Contacts on other touchpoints: a visit, a call, a mail, a note."""
        return await receiver.take_events(body, key, skip_bad)

    return router


def _answer(memory: Memory, report: ImportReport, bad: BadRows, received: int) -> dict[str, Any]:
    if report.import_id is not None:
        provenance.add_counts(memory, report.import_id, report.counts())
    names = ("added", "changed", "unchanged", "customers", "erased")
    notes = [{"index": note.line, "reason": note.reason} for note in report.notes]
    return {
        "received": received,
        **{name: getattr(report, name) for name in names},
        "bad": _problems(bad),
        "notes": notes,
    }


def _problems(bad: BadRows) -> list[dict[str, Any]]:
    return [{"index": place, "reason": reason} for place, reason in sorted(bad.reasons.items())]


def _digest(kind: str, records: Sequence[BaseModel], skip_bad: bool) -> str:
    content = TypeAdapter(list[Any]).dump_json([record.model_dump(mode="json") for record in records])
    return hashlib.sha256(f"{kind} {skip_bad} ".encode() + content).hexdigest()


async def describe_refusal(_: Request, error: Exception) -> Response:
    """Which field is wrong and why. What was sent is not repeated: it may be long, or nothing that JSON can say."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    problems = [{name: one[name] for name in ("type", "loc", "msg")} for one in found]
    return Response(json.dumps({"detail": problems}), 422, media_type="application/json")


Scope = MutableMapping[str, Any]
AsgiApp = Callable[[Scope, Any, Any], Awaitable[None]]


class BodyLimit:
    """Ends a request to /api/ that is larger than any we take, before it is all in memory."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not str(scope.get("path", "")).startswith(PATH):
            await self._app(scope, receive, send)
            return
        read = 0

        async def count() -> Any:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BYTES:
                raise HTTPException(413, f"a request has at most {MOST_BYTES:,} bytes; send fewer records")
            return message

        await self._app(scope, count, send)

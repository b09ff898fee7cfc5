"""The agent's own HTTP: health, metrics, the webhook, and in sandbox mode what the chat page shows."""

from __future__ import annotations

import contextlib
import hmac
import json
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Header, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from bot.runtime.api import BodyLimit, describe_refusal

WEBHOOK_BYTES = 1 << 20
SERVER_STOPS_IN = 1  # seconds for requests under way
OURS = ("/healthz", "/readyz", "/metrics", "/telegram/", "/api/", "/panel/", "/docs", "/openapi.json")

Scope = MutableMapping[str, Any]
AsgiApp = Callable[[Scope, Any, Any], Awaitable[None]]


@dataclass(slots=True)
class Probes:
    """What the pages ask; each is given by the composition root."""

    troubles: Callable[[], Awaitable[list[str]]]  # why we are not ready; empty when we are
    counts: Callable[[], Awaitable[dict[str, float]]]
    store_updates: Callable[[list[Any]], Awaitable[None]] | None = None  # webhook mode
    webhook_secret: str = ""
    api: APIRouter | None = None  # with a token for it
    panel: Callable[[str], Awaitable[dict[str, Any] | None]] | None = None  # sandbox mode


def create_app(probes: Probes) -> FastAPI:
    """Health and metrics always; the webhook and the panel where there is one."""
    app = FastAPI(title="Regulars", docs_url="/docs", redoc_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process is alive."""
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """Database and Telegram were reached lately; 503 and why, where not."""
        troubles = await probes.troubles()
        return JSONResponse({"ready": not troubles, "troubles": troubles}, 503 if troubles else 200)

    @app.get("/metrics")
    async def metrics() -> Response:
        """Prometheus text."""
        return Response(_render_metrics(await probes.counts()), media_type="text/plain; version=0.0.4")

    if probes.store_updates is not None:
        _add_webhook(app, probes.store_updates, probes.webhook_secret)
    if probes.api is not None:
        app.include_router(probes.api)
        app.add_middleware(BodyLimit)
        app.add_exception_handler(RequestValidationError, describe_refusal)
    if probes.panel is not None:
        _add_panel(app, probes.panel)
    return app


def _add_webhook(app: FastAPI, store: Callable[[list[Any]], Awaitable[None]], secret: str) -> None:
    @app.post("/telegram/webhook", include_in_schema=False)
    async def webhook(request: Request, x_telegram_bot_api_secret_token: str = Header("")) -> Response:
        """200 only once the update is on disk; Telegram repeats anything else."""
        if not hmac.compare_digest(x_telegram_bot_api_secret_token.encode(), secret.encode()):
            raise HTTPException(403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > WEBHOOK_BYTES:
                raise HTTPException(413)
        try:
            update = json.loads(body)
        except ValueError:
            raise HTTPException(400) from None
        await store([update])
        return Response(status_code=200)


def _add_panel(app: FastAPI, read: Callable[[str], Awaitable[dict[str, Any] | None]]) -> None:
    @app.get("/panel/{user_id}", include_in_schema=False)
    async def panel(user_id: str) -> dict[str, Any]:
        """What we know of a person of the sandbox."""
        found = await read(user_id)
        if found is None:
            raise HTTPException(404, "nobody of this id has written yet")
        return found


def _render_metrics(counts: dict[str, float]) -> bytes:
    registry = CollectorRegistry()
    for name, value in counts.items():
        kind = Counter if name.endswith("_total") else Gauge
        metric = kind(f"regulars_{name}", name.replace("_", " "), registry=registry)
        (metric.inc if isinstance(metric, Counter) else metric.set)(value)
    return generate_latest(registry)


def beside(ours: AsgiApp, theirs: AsgiApp) -> AsgiApp:
    """Our pages on our paths, the embedded sandbox on all others."""

    async def route(scope: Scope, receive: Any, send: Any) -> None:
        is_ours = scope["type"] == "lifespan" or str(scope.get("path", "")).startswith(OURS)
        await (ours if is_ours else theirs)(scope, receive, send)

    return route


class HttpServer(uvicorn.Server):
    """uvicorn without its signal handlers: SIGTERM is ours, and stops other things first."""

    def __init__(self, app: AsgiApp, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app, host=host, port=port, log_config=None, access_log=False, lifespan="off", http="httptools",
                ws="none", timeout_keep_alive=75, timeout_graceful_shutdown=SERVER_STOPS_IN, server_header=False,
            )
        )  # fmt: skip

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    @property
    def address(self) -> str:
        """Where it listens; known once it has started."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

"""The composition root: the one place that knows every concrete class, and the life of the process.

Start: database, HTTP (with the embedded sandbox), Telegram, then worker, sender, intake, schedule.
Stop, within five seconds of SIGTERM: intake, lanes, sender, HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from telegram import Bot
from telegram.ext import Application, ContextTypes

import handlers
from bot import beside, errors, garbage
from bot.clock import Clock
from bot.config import Settings
from bot.customize import follow_ups
from bot.customize.wording import Wording
from bot.differentiate import tiers
from bot.identify import examples, links, ownership, portrait
from bot.interact.ear import Ear
from bot.interact.hearing import Hearing
from bot.runtime import api, http, logs, menus, startup, tasks
from bot.runtime.courier import Courier
from bot.runtime.health import Health
from bot.runtime.intake import Intake
from bot.runtime.lanes import Leadership, LeasedLanes
from bot.runtime.leader import Leader
from bot.runtime.limits import Limits
from bot.runtime.notices import Notices
from bot.runtime.request import AiohttpRequest
from bot.runtime.sandbox_clock import SandboxClock
from bot.runtime.schedule import Schedule, mark_running
from bot.runtime.sender import Sender
from bot.runtime.telegram_api import TelegramApi
from bot.runtime.worker import Worker
from bot.runtime.workshop import Workshop
from handlers.visit import Business
from sandbox import Telegram as SandboxTelegram
from sandbox import create_app as create_sandbox
from sandbox import for_this_machine
from storage import inbox, meta, schema
from storage.database import Database, Memory
from storage.file_lock import lock_file

logger = logging.getLogger(__name__)

SANDBOX_TOKEN = "1000001:embedded-sandbox-needs-no-secret-token"  # noqa: S105  of a Telegram inside this process
STOP_SECONDS = 1.2  # for each of lanes and sender; the whole stop stays under five seconds


def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises RegularsError where it cannot start."""
    logs.set_up(settings.logging.level, settings.logging.format)
    startup.refuse_example_business(settings, examples.BUSINESS_NAME)
    startup.refuse_open_sandbox(settings.environment)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    environment = settings.environment
    with contextlib.ExitStack() as held:
        database = Database(environment.database_url, pool=settings.storage.pool)
        held.callback(database.close)
        if database.is_sqlite:
            held.enter_context(lock_file(Path(str(database.url.database))))
        clock = Clock()
        schema.prepare(database, now=clock.now(), keep_backups=settings.storage.backups)
        listener = held.enter_context(startup.bind(environment.http_host, environment.http_port))
        async with Agent(settings, database, clock, listener).running(stop) as agent:
            if not stop.is_set():
                print(agent.greeting(), flush=True)  # noqa: T201  the console is where a newcomer looks
                await tasks.wait_for_first(stop.wait(), agent.failed())


@dataclass
class Agent:
    """Everything that runs, made and wired."""

    settings: Settings
    database: Database
    clock: Clock
    listener: socket.socket
    base: str = ""
    running_tasks: list[asyncio.Task[Any]] = field(default_factory=list)
    owner_code: str | None = None

    @contextlib.asynccontextmanager
    async def running(self, stop: asyncio.Event) -> AsyncIterator[Agent]:
        """Started, unless `stop` came first: Telegram may be away for long."""
        environment = self.settings.environment
        self.sandbox = SandboxTelegram.open(self._sandbox_file()) if environment.sandbox else None
        token = environment.token.get_secret_value() if environment.token else SANDBOX_TOKEN
        self._make(token)
        server = http.HttpServer(self._pages(), environment.http_host, environment.http_port)
        serving = asyncio.create_task(server.serve(sockets=[self.listener]))
        async with self.request, aiohttp.ClientSession() as session:
            try:
                await tasks.wait_for_first(stop.wait(), self._start(session))
                yield self
            finally:
                await self._stop()
                if self.sandbox is not None:
                    self.sandbox.release()
                server.should_exit = True
                await serving
                if self.sandbox is not None:
                    await self.sandbox.close()
                await self.application.shutdown()

    def greeting(self) -> str:
        """What the console says once everything is up."""
        lines = [f"{self.settings.business.name} is open."]
        if self.sandbox is not None:
            lines.append(f"Talk to the bot at {self._own_address()} (no Telegram token: this is the sandbox).")
        else:
            lines.append(f"Connected to Telegram as @{self.bot.username}; health at {self._own_address()}/readyz.")
        if self.owner_code:
            lines.append(f"Nobody owns this bot yet. Send it, as the owner:  /claim {self.owner_code}")
        return "\n".join(lines)

    async def failed(self) -> None:
        """Returns, raising its error, when a task that should run for ever has ended."""
        done, _ = await asyncio.wait(self.running_tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    # -- making ----------------------------------------------------------------------------------------------------

    def _make(self, token: str) -> None:
        settings, database, clock = self.settings, self.database, self.clock
        environment, business = settings.environment, settings.business
        self.base = self._own_address() if environment.sandbox else environment.api_url
        self.webhook_secret = startup.webhook_secret(environment, token)
        self.request = AiohttpRequest()
        self.api = TelegramApi(self.base, token, self.request)
        self.bot = Bot(
            token, base_url=f"{self.base}/bot", base_file_url=f"{self.base}/file/bot",
            request=self.request, get_updates_request=AiohttpRequest(),
        )  # fmt: skip
        self.wording = Wording(business.languages, business={"name": business.name, "currency": business.currency})
        ear = Ear() if settings.conversation.listen_apart and beside.has_room() else None
        self.house = Business(settings, clock, database, self.wording, Hearing(database, ear))
        self.application: Any = (
            Application.builder()
            .bot(self.bot)
            .updater(None)
            .context_types(ContextTypes(bot_data=lambda: self.house))  # type: ignore[call-overload]
            .build()
        )
        handlers.register(self.application)
        owner = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        self.leadership = Leadership(database, owner)
        self.notices = Notices(settings, self.wording, clock)
        self.courier = Courier(self.request) if beside.has_room() else None
        self.sender = Sender(
            TelegramApi(self.base, token, self.request, self.courier), database, clock, Limits(settings.telegram), in_flight=settings.telegram.in_flight,
            recheck=lambda memory, row: follow_ups.recheck(memory, row, settings, clock.now()),
            recorded=self.notices.report_broken, may_send=lambda: self.leadership.may_call,
        )  # fmt: skip
        lanes = None if database.is_sqlite else LeasedLanes(database, owner)
        self.worker = Worker(
            self.application, database, clock, self, lanes, fragment_wait=settings.conversation.fragment_wait
        )
        self.workshop = Workshop(settings, database, clock, self.wording, self.sender, api=self.api)
        self.schedule = Schedule(settings, database, clock, self.wording, self.sender, self.worker, self.leadership)
        self.intake = Intake(
            self.api, database, clock, self.worker.wake, poll_seconds=settings.telegram.poll_timeout.total_seconds()
        )
        self.polled = None if environment.webhook_url else self.intake

    def _pages(self) -> http.AsgiApp:
        environment = self.settings.environment
        health = Health(self.database, self.polled, self.sender, self.leadership)
        probes = http.Probes(troubles=health.list_troubles, counts=health.count)
        if environment.webhook_url:
            probes.store_updates = self._store_updates
            probes.webhook_secret = self.webhook_secret
        if environment.api_token is not None:
            receiver = api.Receiver(self.database, self.settings, self.clock)
            probes.api = api.make_router(receiver, environment.api_token.get_secret_value())
        if not self._in_sandbox:
            return http.create_app(probes)
        probes.panel = self._panel
        ours = for_this_machine(http.create_app(probes))
        return http.beside(ours, create_sandbox(self.sandbox)) if self.sandbox is not None else ours

    @property
    def _in_sandbox(self) -> bool:
        return self.settings.environment.sandbox or self.settings.environment.clock == "sandbox"

    def _own_address(self) -> str:
        host, port = self.listener.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def _introduce(self) -> dict[str, str]:
        """What the sandbox's page shows of us, and where it reads the rest."""
        business = self.settings.business
        return {"url": self._own_address(), "name": business.name, "time_zone": str(business.time_zone)}

    def _sandbox_file(self) -> Path:
        """Beside the database: the people and chats the bot's customers are."""
        path = self.database.url.database if self.database.is_sqlite else None
        return Path(path).with_suffix(".sandbox") if path else Path("regulars.sandbox")

    # -- starting and stopping -------------------------------------------------------------------------------------

    async def _start(self, session: aiohttp.ClientSession) -> None:
        await self.leadership.renew()
        following = None
        if self._in_sandbox:
            following = SandboxClock(self.base, self._introduce(), self.clock, self.schedule, self.sender, self.worker)
            await following.start(session)
        environment = self.settings.environment
        await startup.reach_telegram(self.application, self.bot, environment.webhook_url, self.webhook_secret)
        unclean = await self.database.write(self._open_books, name="start")
        await self._warm_up()
        if self._in_sandbox:
            await self._invite_examples(session)
        await menus.publish(self.api, self.database, self.wording, self.settings)
        self._spawn(self.sender.run(), "sender")
        if unclean or self.leadership.took_over:
            await self.worker.run_suspects()
        self._spawn(self.worker.run(), "worker")
        self._spawn(self.workshop.run(), "workshop")
        self._spawn(Leader(self.leadership, self.polled, self.sender, self.database, self.notices).run(), "leader")
        self.schedule.start(self.application.job_queue)
        await self.application.job_queue.start()
        if following is not None:
            await following.settle(session)  # whoever moves the clock from now on waits for us
            self._spawn(following.run(session), "sandbox clock")
            self._spawn(self._announce(following, session), "sandbox alarm")

    async def _warm_up(self) -> None:
        """Build what the first message would else wait for. It stays, so no search for garbage need look at it again."""
        await self.database.read(self.house.hearing.listener)
        garbage.settle()

    async def _stop(self) -> None:
        """Intake first, so that nothing new begins; HTTP last, so that health is seen to the end."""
        by_name = {task.get_name(): task for task in self.running_tasks}
        await tasks.end(task for name, task in by_name.items() if name not in ("sender", "worker"))
        if self.application.job_queue.scheduler.running:
            await self.application.job_queue.stop(wait=False)
        await tasks.end(task for name, task in by_name.items() if name == "worker")
        await self.worker.drain(STOP_SECONDS)
        await self.sender.stop(STOP_SECONDS)
        if "sender" in by_name:
            await asyncio.wait([by_name["sender"]], timeout=STOP_SECONDS)
        await tasks.end(self.running_tasks)
        self.house.hearing.close()
        if self.courier is not None:
            await self.courier.close()
        await self.leadership.resign()
        if "sender" in by_name:  # it had started: a clean stop is worth noting
            await self.database.write(lambda memory: mark_running(memory, False), name="stop")

    def _spawn(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        self.running_tasks.append(asyncio.create_task(work, name=name))

    def _open_books(self, memory: Memory) -> bool:
        """Stamp the database with its bot; load the examples into an empty sandbox. True: the last stop was unclean."""
        bot_id = self.api.bot_id
        known = meta.read(memory, "bot_id")
        if known is not None and known != bot_id:
            raise errors.WrongBot(self.database.url.render_as_string(), expected=known, found=bot_id)
        meta.write(memory, "bot_id", bot_id)
        meta.write(memory, links.BOT_NAME, self.bot.username)
        links.make_secret(memory)
        now = self.clock.now()
        if self._in_sandbox and examples.is_empty(memory):
            from bot.differentiate import value  # SciPy takes its time to import, and is seldom needed at start

            examples.load_examples(memory, self.settings, now)
            value.save(memory, value.fit(memory, self.settings, now))
            tiers.retier(memory, self.settings, now)
        self.owner_code = ownership.issue_owner_code(memory, now)
        # Several processes share a PostgreSQL: there a dead leader's lease tells of an unclean stop.
        return mark_running(memory, True) and self.database.is_sqlite

    async def _invite_examples(self, session: aiohttp.ClientSession) -> None:
        """The example people are people of the sandbox too, so that one can be them on the page."""
        async with session.get(f"{self.base}/sandbox/people") as response:
            known = {person["id"] for person in await response.json()}
        for person in examples.list_people():
            if person["id"] not in known:
                await (await session.post(f"{self.base}/sandbox/people", json=person)).release()

    async def _announce(self, following: SandboxClock, session: aiohttp.ClientSession) -> None:
        changed = asyncio.Event()
        self.schedule.ticked = changed.set
        while True:
            await changed.wait()
            changed.clear()
            with contextlib.suppress(aiohttp.ClientError):
                await following.announce(session)

    # -- what others ask of the whole ------------------------------------------------------------------------------

    def visited(self, outcome: Any) -> None:
        self.sender.add(outcome.queued)
        self.sender.send_fleeting(outcome.fleeting)
        if outcome.asked:
            self.workshop.wake()

    def park(self, memory: Memory, waiting: inbox.Waiting, error: str) -> Any:
        return self.notices.report_parked(memory, waiting, error)

    async def _store_updates(self, updates: list[Any]) -> None:
        await self.intake.store(updates)
        self.worker.wake()

    async def _panel(self, user_id: str) -> dict[str, Any] | None:
        def read(memory: Memory) -> dict[str, Any] | None:
            return portrait.show_panel(memory, user_id, self.settings, self.clock.now())

        return await self.database.read(read)

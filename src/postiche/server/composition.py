"""The composition root: from settings to a running server.

Knows every part and how they are put together. Must not know the rules of any
of them: what answers what is the planes' business, sockets are `listening`'s.
"""

import asyncio
import logging
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from postiche.control import auth
from postiche.control.api import ControlSettings, Send
from postiche.control.app import control_app, finished
from postiche.control.bootstrap import first_user
from postiche.core.dynamic import Sources
from postiche.dataplane.app import MockApp
from postiche.dataplane.calls import CallSink, CallWriter, NullCalls, Retention
from postiche.dataplane.locate import Locator, by_host, by_path, first_of
from postiche.dataplane.plans import StoredMocks
from postiche.dataplane.states import StoredStates
from postiche.model import User
from postiche.server import administration, demo, listening
from postiche.server.administration import FirstKey, new_id, now
from postiche.server.front import Front
from postiche.server.listening import Listener, port_of
from postiche.server.memory import give_back_large_blocks, set_apart
from postiche.server.sending import sending
from postiche.server.settings import Settings
from postiche.store import Store, StoreError

if TYPE_CHECKING:
    from postiche.server.peers import Peers

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 0.5
"""How often the writes of other processes are looked for; other machines see a write within
a second (design, "Consistency")."""

MockUrl = Callable[[str], str]
Flush = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports that are listened on; `mocks` is None where mocks share the main one."""

    main: int
    mocks: int | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """What there is to say of a server that has started.

    `demo_url` is the demo's mockUrl, None without `--demo` or once that mock is gone.
    """

    settings: Settings
    api_url: str
    mock_url: MockUrl
    key: FirstKey
    demo_url: str | None


@dataclass(frozen=True, slots=True)
class Doors:
    """The ASGI applications of a server: for the main port, and for mocks alone."""

    main: Front
    mocks: Front


@dataclass(frozen=True, slots=True)
class Running(Doors):
    """A running server, and what there is to say of it."""

    started: Started


async def serve(settings: Settings, *, demo: bool, started: Callable[[Started], None]) -> None:
    """Serve until SIGINT or SIGTERM; `started` is called once clients can connect.

    Raises Failure or StoreError if the server cannot start.
    """
    give_back_large_blocks()
    with ExitStack() as stack:
        main = _listen(stack, settings.host, settings.port, "--port")
        mocks = []
        if settings.mock_port is not None:
            mocks = _listen(stack, settings.host, settings.mock_port, "--mock-port")
        ports = ports_of(main, mocks)
        if settings.workers > 1:
            await _serve_with_workers(settings, main, mocks, demo=demo, started=started)
            return
        async with running(settings, ports, with_demo=demo) as server:
            await listening.serve(
                listeners(server, main, mocks), ready=lambda: started(server.started)
            )


async def _serve_with_workers(
    settings: Settings,
    main: Sequence[socket.socket],
    mocks: Sequence[socket.socket],
    *,
    demo: bool,
    started: Callable[[Started], None],
) -> None:
    """Do once what is done once, then leave the serving to processes of their own."""
    from postiche.server import workers  # its locks and signals are not Windows'

    async with administration.opened(settings.database_url) as store:
        news = await _prepared(store, settings, ports_of(main, mocks), with_demo=demo)
    told = settings.model_dump(mode="json", exclude={"api_key", "api_key_file"})
    work = workers.Work(settings.workers, told, main, mocks)
    await workers.supervise(work, ready=lambda: started(news))


def ports_of(main: Sequence[socket.socket], mocks: Sequence[socket.socket]) -> Ports:
    """The ports of open sockets; without any for mocks, these share the main one."""
    return Ports(port_of(main), port_of(mocks) if mocks else None)


def listeners(
    doors: Doors, main: Sequence[socket.socket], mocks: Sequence[socket.socket]
) -> list[Listener]:
    """Which application answers on which sockets."""
    alone = [Listener(doors.mocks, mocks, doors.mocks.fast)] if mocks else []
    return [Listener(doors.main, main, doors.main.fast), *alone]


@asynccontextmanager
async def running(
    settings: Settings, ports: Ports, *, with_demo: bool = False
) -> AsyncIterator[Running]:
    """Everything but sockets: an open store, both planes, and what runs in the background."""
    async with administration.opened(settings.database_url) as store:
        started = await _prepared(store, settings, ports, with_demo=with_demo)
        async with _doors(store, settings, ports, None) as doors:
            yield Running(doors.main, doors.mocks, started)


@asynccontextmanager
async def sharing(settings: Settings, ports: Ports, peers: "Peers") -> AsyncIterator[Doors]:
    """What `running` is, in one of several processes, on a store that is prepared."""
    give_back_large_blocks()
    async with (
        administration.opened(settings.database_url, peers) as store,
        _doors(store, settings, ports, peers) as doors,
    ):
        yield doors


async def _prepared(store: Store, settings: Settings, ports: Ports, *, with_demo: bool) -> Started:
    """See to it that there is a user and a key, and the demo if wanted."""
    user = await first_user(store, now)
    key = await administration.first_key(store, user, settings)
    mock_url = mock_urls(settings, ports)
    demo_url = None
    if with_demo:
        api = control_app(store, _control_settings(settings, mock_url, _nothing, None))
        demo_url = await _demo(api, store, user, mock_url)
        await finished(api)
    return Started(settings, listening.origin(settings.host, ports.main), mock_url, key, demo_url)


@asynccontextmanager
async def _doors(
    store: Store, settings: Settings, ports: Ports, peers: "Peers | None"
) -> AsyncIterator[Doors]:
    """Both planes over a store, and what runs in the background."""
    async with (
        _call_log(settings, store, peers) as (calls, flush),
        _kept_fresh(store),
        sending(settings.allow_upstream) as send,
    ):
        api = control_app(
            store,
            _control_settings(settings, mock_urls(settings, ports), flush, send),
            None if peers is None else peers.updating,
        )
        mocks = MockApp(
            StoredMocks(store),
            calls,
            Sources(random.Random(), now),
            locate=_locator(settings),
            max_body=settings.max_body,
            states=StoredStates(store, now),
        )
        set_apart()
        try:
            yield _fronts(settings, ports, api, mocks, calls)
        finally:
            await finished(api)


def mock_urls(settings: Settings, ports: Ports) -> MockUrl:
    """How a mock's id becomes its mockUrl."""
    port = ports.main if ports.mocks is None else ports.mocks
    base = settings.public_url or listening.origin(settings.host, port)
    if settings.mock_domain is None:
        return lambda mock_id: f"{base}/m/{mock_id}"
    parts = urlsplit(base)
    suffix = settings.mock_domain + (f":{parts.port}" if parts.port else "")
    return lambda mock_id: f"{parts.scheme}://{mock_id}.{suffix}"


def _listen(stack: ExitStack, host: str, port: int, flag: str) -> list[socket.socket]:
    sockets = listening.listen(host, port, flag=flag)
    for opened in sockets:
        stack.callback(opened.close)
    return sockets


def _fronts(
    settings: Settings, ports: Ports, api: ASGIApp, mocks: MockApp, calls: CallSink
) -> Doors:
    """The two front doors; mocks leave the main one when they have a port of their own."""
    locate = _locator(settings)
    log = calls if isinstance(calls, CallWriter) else None
    fast = mocks.fast_path().answer
    mocks_only = Front(mocks, locate, None, fast=fast, log=log)
    if ports.mocks is None:
        return Doors(Front(mocks, locate, api, fast=fast, log=log), mocks_only)
    return Doors(Front(mocks, None, api, log=log), mocks_only)


def _locator(settings: Settings) -> Locator:
    if settings.mock_domain is None:
        return by_path()
    return first_of(by_host(settings.mock_domain), by_path())


def _control_settings(
    settings: Settings, mock_url: MockUrl, flush: Flush, send: Send | None
) -> ControlSettings:
    return ControlSettings(
        mock_url=mock_url,
        clock=now,
        new_id=new_id,
        max_body=settings.max_body,
        call_log_days=settings.call_log_days,
        flush_calls=flush,
        send=send,
    )


@asynccontextmanager
async def _call_log(
    settings: Settings, store: Store, peers: "Peers | None"
) -> AsyncIterator[tuple[CallSink, Flush]]:
    """Where calls are recorded, and how to have them all stored."""
    if not settings.call_log:
        yield NullCalls(), _nothing
        return
    retention = Retention(timedelta(days=settings.call_log_days), settings.call_log_keep)
    writer = CallWriter(store, body_limit=settings.call_body_limit, retention=retention)
    writer.start()

    async def flush() -> None:
        await writer.flush()

    try:
        async with nullcontext(flush) if peers is None else peers.flushing(flush) as flush_all:
            yield writer, flush_all
    finally:
        await writer.close()


async def _nothing() -> None:
    """Without a call log there is nothing to store."""


@asynccontextmanager
async def _kept_fresh(store: Store) -> AsyncIterator[None]:
    """Look for the writes of other processes, such as `postiche keys revoke`, all the time."""
    task = asyncio.create_task(_refresh_forever(store))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _refresh_forever(store: Store) -> None:
    failing = False
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        try:
            await store.refresh()
            failing = False
        except StoreError as error:
            if not failing:
                logger.error("the database cannot be read: %s", error)
            failing = True


async def _demo(api: ASGIApp, store: Store, user: User, mock_url: MockUrl) -> str | None:
    """Load the demo into a store without collections; the URL of its mock server."""
    if not await store.count_documents("collection"):
        # The key of the person may be known as a hash only.
        key, text = await auth.create_key(store, user, "demo", now, new_id)
        await demo.load(api, text)
        await store.revoke_key(key.id)
    mocks = [mock for mock in await store.mocks() if mock.name == demo.MOCK_NAME and mock.active]
    return mock_url(mocks[0].id) if mocks else None

"""What every handler of the Postman API is given: settings, store, user, request.

Knows Starlette requests and the Store protocol. Must not know any resource.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from postiche.control import wire
from postiche.control.access import UserStore
from postiche.control.body import read_json
from postiche.core.recording.sending import Sendable
from postiche.model import Exchange, User
from postiche.store import Store

T = TypeVar("T")

Send: TypeAlias = Callable[[Sendable], Awaitable[Exchange]]
"""Sends a request to a real service. Raises NotContacted."""


class NotContacted(Exception):  # noqa: N818 - reads as what it says
    """A service may not be contacted (403), cannot be (502) or is late (504); and why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


Turn: TypeAlias = AbstractAsyncContextManager[object]
"""Held by one at a time."""

MAX_BODY = 100 * 1024 * 1024
"""The largest body taken, in bytes: Postman's limit for a collection (PUT /collections)."""

CALL_LOG_DAYS = 30
"""How long call logs are kept: the period in Postman's own error text (mock400Error)."""


async def _nothing_to_flush() -> None:
    """For a server whose calls are written at once."""


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """What the Postman API needs to know of the server it runs in.

    `mock_url` gives the URL of the mock with an id; `flush_calls` is awaited
    before call logs are read, so that a call just answered is listed;
    `new_id` draws a random UUID. `max_body` is in bytes. `send` is None where
    the operator allows no service to be contacted.
    """

    mock_url: Callable[[str], str]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    max_body: int = MAX_BODY
    call_log_days: int = CALL_LOG_DAYS
    flush_calls: Callable[[], Awaitable[None]] = _nothing_to_flush
    send: Send | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """One Postman API: a store and its settings.

    Handlers use `Asked.store`, which knows what its user may, not this one.
    `updating` is held around a read, a change and the write back, so that two
    partial updates never undo each other, in whichever of the server's
    processes. `background` holds the tasks that go on after their answer, so
    that they are not forgotten.
    """

    store: Store
    settings: ControlSettings
    updating: Turn = field(default_factory=asyncio.Lock)
    background: set[asyncio.Task[None]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Asked:
    """One authenticated request to the Postman API."""

    api: Api
    user: User
    request: Request

    @property
    def store(self) -> UserStore:
        """Where everything is kept, as far as the user may see and change it."""
        return UserStore(self.api.store, self.user)

    @property
    def settings(self) -> ControlSettings:
        """The settings of this API."""
        return self.api.settings

    def now(self) -> datetime:
        """The time of the settings' clock, in whole milliseconds, as the store keeps it."""
        moment = self.settings.clock()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def segment(self, name: str) -> str:
        """A variable segment of the path."""
        return str(self.request.path_params[name])

    def reference(self, name: str) -> wire.Reference | None:
        """A variable segment of the path as an id or uid; None if it is neither."""
        return wire.reference(self.segment(name))

    def query(self, name: str) -> str | None:
        """A query parameter; None if absent or empty."""
        return self.request.query_params.get(name) or None

    async def json(
        self, check: Callable[[dict[str, object]], T], *, limit: int | None = None
    ) -> tuple[T, int]:
        """What `check` makes of the body, a JSON object, and the body's size in bytes.

        Raises ApiError saying what is wrong; `check` may raise others. Reading
        stops at `limit` bytes, or at the settings' limit if that is lower.
        """
        most = self.settings.max_body
        return await read_json(self.request, min(limit or most, most), check)


Handler: TypeAlias = Callable[[Asked], Awaitable[Response]]
"""One operation of the Postman API."""

"""Drives an ASGI application by hand, and builds small mocks for it to serve."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import orjson

from postiche.core.collection import read_collection
from postiche.core.dynamic import Sources
from postiche.core.plan import Plan, compile_plan
from postiche.dataplane.app import MockApp
from postiche.dataplane.asgi import Message, Receive, Send
from postiche.dataplane.calls import CallSink, Noted
from postiche.dataplane.locate import Locator, at_root
from postiche.dataplane.plans import FixedMocks, MockEntry
from postiche.model import Call, Document, DocumentKind, Mock, MockConfig
from postiche.store import Store, open_store

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NOON_AS_HEADER = "Sun, 22 Nov 2026 12:00:00 GMT"

Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


@dataclass
class Answered:
    """What an application sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


@dataclass
class RecordedCalls:
    """A call sink that remembers."""

    calls: list[Call] = field(default_factory=list)

    def record(self, noted: Noted, at: float) -> None:
        self.calls.append(noted.call(at))

    @property
    def only(self) -> Call:
        (call,) = self.calls
        return call


def request_parts(body: bytes | Iterable[bytes]) -> list[Message]:
    """The ASGI messages of a request body, whole or in parts."""
    parts = [body] if isinstance(body, bytes) else list(body)
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    messages[-1]["more_body"] = False
    return messages


def scope_for(
    method: str, target: str, headers: Iterable[tuple[str, str]] = (), **more: Any
) -> dict[str, Any]:
    """An HTTP scope as uvicorn makes it."""
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        **more,
    }


async def exchange(
    app: Application, scope: dict[str, Any], messages: Iterable[Message] = ()
) -> list[Message]:
    """All that an application sends for one scope; after `messages` the client stays silent."""
    waiting = list(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def answered(sent: list[Message]) -> Answered:
    """The reply that a list of ASGI messages makes up."""
    start, *bodies = sent
    assert start["type"] == "http.response.start"
    assert all(type(part) is bytes for line in start["headers"] for part in line)
    return Answered(
        start["status"],
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]],
        b"".join(message.get("body", b"") for message in bodies),
    )


def call(
    app: Application,
    method: str = "GET",
    target: str = "/",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes | Iterable[bytes] = b"",
    **more: Any,
) -> Answered:
    """One request, answered."""
    scope = scope_for(method, target, headers, **more)
    return answered(asyncio.run(exchange(app, scope, request_parts(body))))


def saved(
    name: str = "an example",
    method: str = "GET",
    path: str = "/a",
    *,
    code: int = 200,
    headers: Iterable[tuple[str, str]] = (("Content-Type", "text/plain"),),
    body: str = "hello",
) -> dict[str, Any]:
    """A collection item with one saved example."""
    request = {"method": method, "header": [], "url": "{{url}}" + path}
    return {
        "name": name,
        "request": request,
        "response": [
            {
                "id": f"id of {name}",
                "name": name,
                "originalRequest": request,
                "code": code,
                "header": [{"key": key, "value": value} for key, value in headers],
                "body": body,
            }
        ],
    }


def collection(*items: dict[str, Any]) -> dict[str, Any]:
    """A collection of such items."""
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {"info": {"name": "small", "schema": schema}, "item": list(items)}


def plan(*items: dict[str, Any], config: MockConfig | None = None) -> Plan:
    """The plan of such items."""
    return compile_plan(read_collection(collection(*items)), None, config)


def frozen() -> Sources:
    """Randomness and time that stand still."""
    return Sources(Random(0), lambda: NOON)


def app_of(
    *items: dict[str, Any],
    config: MockConfig | None = None,
    calls: CallSink | None = None,
    locate: Locator | None = None,
    **more: Any,
) -> MockApp:
    """An application with one mock server, "m", at its root."""
    return MockApp(
        FixedMocks({"m": MockEntry(plan=plan(*items, config=config))}),
        calls or RecordedCalls(),
        frozen(),
        locate=locate or at_root("m"),
        **more,
    )


MOCK_ID = "00000001-0000-4000-8000-000000000000"


def stored_mock(**changes: Any) -> Mock:
    """A mock of the collection "7-c", as the store keeps it."""
    fields: dict[str, Any] = {
        "id": MOCK_ID,
        "owner": 7,
        "workspace": "w",
        "name": "a mock",
        "description": "",
        "collection": "7-c",
        "environment": None,
        "private": False,
        "config": MockConfig(),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Mock(**fields | changes)


def document(kind: DocumentKind, id: str, content: object) -> Document:
    """A collection or environment as the store keeps it."""
    text = content if isinstance(content, bytes) else orjson.dumps(content)
    return Document(kind, id, 7, "w", "a document", text, NOON, NOON, 7)


async def replace_collection(store: Store, *items: dict[str, Any]) -> None:
    """Give the collection "7-c" other items."""
    await store.replace_document(
        "collection",
        "c",
        name="a document",
        content=orjson.dumps(collection(*items)),
        updated_by=7,
        updated_at=NOON,
    )


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    """A store in an SQLite file."""
    store = await open_store(f"sqlite:///{folder / 'postiche.db'}")
    try:
        yield store
    finally:
        await store.close()

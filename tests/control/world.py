"""A Postman API over a real store, with a clock that stands still until told."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, NoReturn, TypeVar
from uuid import UUID

import httpx
from anyio.from_thread import BlockingPortal

from postiche.control.api import ControlSettings, NotContacted
from postiche.control.app import control_app
from postiche.control.auth import create_key
from postiche.control.bootstrap import FIRST_USER, first_user
from postiche.model import Call
from postiche.store import Store, open_store

T = TypeVar("T")
Json = dict[str, Any]

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
LABELS = ("application/json", "application/problem+json")
UNKNOWN_ID = "00000000-0000-4000-8000-00000000dead"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


KEY = "PMAK-000000000000000000000000-0000000000000000000000000000000000"


async def new_store(url: str) -> None:
    """Make a store as a new server has it, with KEY as the only key."""
    store = await open_store(url)
    user = await first_user(store, lambda: NOON)
    await create_key(store, user, "test", lambda: NOON, lambda: UNKNOWN_ID, KEY)
    await store.close()


async def refuse_to_send(_: object) -> NoReturn:
    """Contact nobody, as a server does whose operator allows other services only."""
    raise NotContacted(403, "This server may not contact it.")


class World:
    """What a test needs: requests to the API, the store behind it, and the time."""

    key = KEY
    user = FIRST_USER

    def __init__(self, portal: BlockingPortal, url: str, **settings: Any) -> None:
        self._portal = portal
        self._numbers = count(1)
        self.time = NOON
        self.flushes = 0
        self.store: Store = self.wait(open_store, url)
        self.settings = ControlSettings(
            mock_url=lambda mock_id: f"http://mocks.test/m/{mock_id}",
            clock=lambda: self.time,
            new_id=self.new_id,
            flush_calls=self._flush,
            **{"send": refuse_to_send, **settings},
        )
        transport = httpx.ASGITransport(control_app(self.store, self.settings))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://api.test")

    def close(self) -> None:
        self.wait(self._client.aclose)
        self.wait(self.store.close)

    def wait(self, function: Callable[..., Awaitable[T]], *args: Any, **named: Any) -> T:
        return self._portal.call(partial(function, *args, **named))

    def new_id(self) -> str:
        return str(UUID(int=next(self._numbers) << 96 | 0xABCDEF, version=4))

    def later(self, **passed: float) -> None:
        self.time += timedelta(**(passed or {"seconds": 1}))

    async def _flush(self) -> None:
        self.flushes += 1

    def ask(self, method: str, path: str, key: str | None = None, **more: Any) -> httpx.Response:
        headers = {"x-api-key": self.key if key is None else key} | more.pop("headers", {})
        return self.wait(self._client.request, method, path, headers=headers, **more)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.ask("GET", path, params=query or None)

    def post(self, path: str, body: object = None) -> httpx.Response:
        return self.ask("POST", path, json=body)

    def put(self, path: str, body: object = None) -> httpx.Response:
        return self.ask("PUT", path, json=body)

    def delete(self, path: str) -> httpx.Response:
        return self.ask("DELETE", path)

    # things to begin with

    def workspace(self) -> str:
        """The id of the default workspace."""
        found: str = self.get("/workspaces").json()["workspaces"][0]["id"]
        return found

    def collection(self, *items: Json, name: str = "shop") -> str:
        """The uid of a new collection."""
        created = self.post("/collections", {"collection": collection(*items, name=name)})
        uid: str = created.json()["collection"]["uid"]
        return uid

    def environment(self, *values: Json, name: str = "test") -> str:
        """The uid of a new environment."""
        body = {"environment": {"name": name, "values": list(values)}}
        uid: str = self.post("/environments", body).json()["environment"]["uid"]
        return uid

    def mock(self, **fields: Any) -> Json:
        """A new mock, of a new collection unless one is given."""
        body = {
            "mock": {"collection": fields.pop("collection", None) or self.collection(), **fields}
        }
        created = self.post("/mocks", body)
        assert created.status_code == 200, created.text
        mock: Json = created.json()["mock"]
        return mock

    def server_response(self, mock_id: str, **fields: Any) -> Json:
        body = {"serverResponse": {"name": "down", "statusCode": 503, **fields}}
        created = self.post(f"/mocks/{mock_id}/server-responses", body)
        assert created.status_code == 200, created.text
        response: Json = created.json()
        return response

    def called(self, mock_id: str, **fields: Any) -> Call:
        """One call in the log of a mock, served now."""
        usual: Json = {
            "response_name": "OK",
            "type": "success",
            "status_code": 200,
            "method": "GET",
            "path": "/animals",
        }
        call = Call(id=self.new_id(), mock=mock_id, served_at=self.time, **usual | fields)
        self.wait(self.store.add_calls, [call])
        return call


def collection(*items: Json, name: str = "shop", **more: Any) -> Json:
    return {"info": {"name": name, "schema": SCHEMA}, "item": list(items), **more}


def folder(name: str, *items: Json) -> Json:
    return {"name": name, "item": list(items)}


def request(name: str, *examples: Json, **more: Any) -> Json:
    return {
        "name": name,
        "request": {"method": "GET", "url": "https://shop.test/things"},
        "response": list(examples),
        **more,
    }


def example(name: str, **more: Any) -> Json:
    return {"name": name, "code": 200, "body": "{}", **more}


def error_of(response: httpx.Response) -> Json:
    """The `error` of a legacy error answer, however it is labelled (test_media_types.py)."""
    assert response.headers["content-type"].partition(";")[0] in LABELS
    error: Json = response.json()["error"]
    return error

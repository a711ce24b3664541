"""The server put together: both planes over one store, without sockets."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from postiche.model import CallQuery
from postiche.server import composition as server
from postiche.server.administration import opened
from postiche.server.board import Board, new_memory
from postiche.server.composition import Ports, Running, mock_urls, running
from postiche.server.peers import Peers, Place
from postiche.server.settings import read_settings

KEY = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'postiche.db'}"


def with_server(
    folder: Path,
    work: Callable[[Running], Awaitable[None]],
    ports: Ports | None = None,
    **more: Any,
) -> None:
    """Do some work on a running server with the demo."""
    settings = read_settings({"database_url": url(folder), "api_key": KEY, **more}, {})

    async def main() -> None:
        async with running(settings, ports or Ports(4000), with_demo=True) as made:
            await work(made)

    asyncio.run(main())


@asynccontextmanager
async def client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"x-api-key": KEY}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:4000", headers=headers
    ) as opened_client:
        yield opened_client


# --- mockUrl -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "ports", "mock_url"),
    [
        ({}, Ports(4000), "http://127.0.0.1:4000/m/ID"),
        ({"host": "0.0.0.0"}, Ports(4000), "http://localhost:4000/m/ID"),
        ({"host": "::"}, Ports(4000), "http://localhost:4000/m/ID"),
        ({"mock_port": 5000}, Ports(4000, 5000), "http://127.0.0.1:5000/m/ID"),
        ({"mock_domain": "m.localhost"}, Ports(4000), "http://ID.m.localhost:4000"),
        ({"mock_domain": "m.localhost"}, Ports(4000, 5000), "http://ID.m.localhost:5000"),
        ({"mock_domain": "m.localhost"}, Ports(80), "http://ID.m.localhost"),
        ({"public_url": "https://x/y"}, Ports(4000), "https://x/y/m/ID"),
        (
            {"public_url": "https://x:8443", "mock_domain": "m.x"},
            Ports(4000),
            "https://ID.m.x:8443",
        ),
        ({"public_url": "https://x", "mock_domain": "m.x"}, Ports(4000), "https://ID.m.x"),
    ],
)
def test_the_mock_url_leads_to_the_mock(
    settings: dict[str, object], ports: Ports, mock_url: str
) -> None:
    assert mock_urls(read_settings(settings, {}), ports)("ID") == mock_url


# --- a running server ----------------------------------------------------------------


def test_the_demo_is_loaded_once_and_answers(tmp_path: Path) -> None:
    urls: list[str | None] = []

    async def call(made: Running) -> None:
        urls.append(made.started.demo_url)
        async with client(made.main) as http:
            assert len((await http.get("/collections")).json()["collections"]) == 1
            assert len((await http.get("/environments")).json()["environments"]) == 1
            reply = await http.get(f"{made.started.demo_url}/get?test=123")
            assert reply.json()["url"] == "https://postman-echo.com/get?test=123"

    with_server(tmp_path, call)
    with_server(tmp_path, call)
    assert urls[0] is not None
    assert urls[0] == urls[1]


def test_the_demo_leaves_a_database_in_use_alone(tmp_path: Path) -> None:
    async def replace_demo(made: Running) -> None:
        collection = {"info": {"name": "mine", "schema": "v2.1.0"}, "item": []}
        async with client(made.main) as http:
            [demo] = (await http.get("/collections")).json()["collections"]
            await http.post("/collections", json={"collection": collection})
            await http.delete(f"/collections/{demo['uid']}")

    async def look(made: Running) -> None:
        async with client(made.main) as http:
            names = [c["name"] for c in (await http.get("/collections")).json()["collections"]]
        assert names == ["mine"]
        assert made.started.demo_url is None

    with_server(tmp_path, replace_demo)
    with_server(tmp_path, look)


def test_loading_the_demo_leaves_no_key_behind(tmp_path: Path) -> None:
    async def look(made: Running) -> None:
        async with opened(url(tmp_path)) as store:
            assert [key.name for key in await store.keys()] == ["POSTICHE_API_KEY"]

    with_server(tmp_path, look)


def test_a_call_just_made_is_in_the_call_log(tmp_path: Path) -> None:
    async def call(made: Running) -> None:
        async with client(made.main) as http:
            for number in range(5):
                await http.get(f"{made.started.demo_url}/get?number={number}")
                mock = (await http.get("/mocks")).json()["mocks"][0]
                logs = (await http.get(f"/mocks/{mock['id']}/call-logs")).json()["call-logs"]
                assert logs[0]["request"]["path"] == f"/get?number={number}"
                assert len(logs) == number + 1

    with_server(tmp_path, call)


def test_calls_are_stored_when_the_server_stops(tmp_path: Path) -> None:
    mock_ids: list[str] = []

    async def call(made: Running) -> None:
        async with client(made.main) as http:
            mock_ids.append((await http.get("/mocks")).json()["mocks"][0]["id"])
            for _ in range(300):
                await http.get(f"{made.started.demo_url}/get?test=123")

    async def count() -> int:
        async with opened(url(tmp_path)) as store:
            assert (await store.calls(mock_ids[0], CallQuery(limit=1))).calls
            return await store.count_calls(mock_ids[0])

    with_server(tmp_path, call)
    assert asyncio.run(count()) == 300


def test_without_a_call_log_nothing_is_kept(tmp_path: Path) -> None:
    async def call(made: Running) -> None:
        async with client(made.main) as http:
            assert (await http.get(f"{made.started.demo_url}/get?test=123")).status_code == 200
            mock = (await http.get("/mocks")).json()["mocks"][0]
            logs = await http.get(f"/mocks/{mock['id']}/call-logs")
            assert (logs.status_code, logs.json()["call-logs"]) == (200, [])

    with_server(tmp_path, call, call_log=False)


def test_the_body_limit_holds_on_both_planes(tmp_path: Path) -> None:
    async def call(made: Running) -> None:
        async with client(made.main) as http:
            for target in ("/environments", f"{made.started.demo_url}/get"):
                refused = await http.post(target, content=b"x" * 20_001)
                assert refused.status_code == 413, target

    with_server(tmp_path, call, max_body=20_000)


def test_mocks_move_to_their_own_port_altogether(tmp_path: Path) -> None:
    async def call(made: Running) -> None:
        assert made.started.demo_url is not None
        target = httpx.URL(f"{made.started.demo_url}/get?test=123")
        host = {"host": target.netloc.decode()}
        path = f"/m/{target.host.partition('.')[0]}/get?test=123"
        async with client(made.mocks) as mocks, client(made.main) as main:
            assert (await mocks.get("/get?test=123", headers=host)).status_code == 200
            assert (await mocks.get(path)).status_code == 200
            assert (await mocks.get("/collections")).status_code == 404
            assert (await main.get(path)).json()["error"]["name"] == "notFound"
            assert (await main.get("/me", headers=host)).status_code == 200

    ports = Ports(4000, 5000)
    with_server(tmp_path, call, ports, mock_port=5000, mock_domain="mocks.localhost")


def test_the_writes_of_other_processes_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REFRESH_SECONDS", 0.01)

    async def call(made: Running) -> None:
        async with client(made.main) as http, opened(url(tmp_path)) as elsewhere:
            target = f"{made.started.demo_url}/get?test=123"
            assert (await http.get(target)).status_code == 200
            [mock] = await elsewhere.mocks()
            await elsewhere.delete_document("collection", mock.collection.partition("-")[2])
            async with asyncio.timeout(10):
                while (await http.get(target)).status_code != 400:
                    await asyncio.sleep(0.01)

    with_server(tmp_path, call)


def test_a_server_that_cannot_open_its_database_frees_its_port(tmp_path: Path) -> None:
    settings = read_settings({"database_url": f"sqlite:///{tmp_path}", "port": 0}, {})

    async def main() -> None:
        with pytest.raises(Exception, match="Cannot open the database"):
            await server.serve(settings, demo=False, started=lambda _: None)

    asyncio.run(main())


def test_a_server_answers_on_its_port_and_stops_on_sigterm(tmp_path: Path) -> None:
    settings = read_settings({"database_url": url(tmp_path), "api_key": KEY, "port": 0}, {})
    statuses: list[int] = []

    async def main() -> None:
        starts: asyncio.Queue[server.Started] = asyncio.Queue()
        serving = asyncio.create_task(server.serve(settings, demo=False, started=starts.put_nowait))
        started = await starts.get()
        async with httpx.AsyncClient(base_url=started.api_url) as http:
            statuses.append((await http.get("/healthz")).status_code)
            statuses.append((await http.get("/me", headers={"x-api-key": KEY})).status_code)
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(serving, 20)

    asyncio.run(main())
    assert statuses == [200, 200]


# --- several workers -----------------------------------------------------------------


@asynccontextmanager
async def two_workers(folder: Path) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Clients of two workers of one server with the demo, each with a place of its own."""
    settings = read_settings({"database_url": url(folder), "api_key": KEY, "workers": 2}, {})
    ports = Ports(4000)
    async with running(settings, ports, with_demo=True), AsyncExitStack() as stack:
        memory, pipes = new_memory(2), [os.pipe(), os.pipe()]
        for number in (memory, *(end for pipe in pipes for end in pipe)):
            stack.callback(os.close, number)
        clients = []
        for column, (wakes, _) in enumerate(pipes):
            Board(memory, 2).up[column] = 1
            peers = Peers(Place(column, 2, memory, wakes, (pipes[0][1], pipes[1][1])))
            doors = await stack.enter_async_context(server.sharing(settings, ports, peers))
            clients.append(await stack.enter_async_context(client(doors.main)))
        yield clients[0], clients[1]


def with_two_workers(
    folder: Path, work: Callable[[httpx.AsyncClient, httpx.AsyncClient], Awaitable[None]]
) -> None:
    async def main() -> None:
        async with two_workers(folder) as (one, other):
            await work(one, other)

    asyncio.run(main())


@pytest.fixture
def no_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the workers' own way of telling each other."""
    monkeypatch.setattr(server, "REFRESH_SECONDS", 3600)


@pytest.mark.usefixtures("no_poll")
def test_a_write_through_one_worker_is_seen_by_the_next_call_to_the_other(tmp_path: Path) -> None:
    async def work(one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        mock = (await one.get("/mocks")).json()["mocks"][0]
        target = f"/m/{mock['id']}/get?test=123"
        whole = (await one.get(f"/collections/{mock['collection']}")).json()
        for number in range(10):
            writer, reader = (one, other) if number % 2 else (other, one)
            assert (await reader.get(target)).status_code == 200
            response = whole["collection"]["item"][0]["response"][0]
            response["body"] = f"number {number}"
            put = await writer.put(f"/collections/{mock['collection']}", json=whole)
            assert put.status_code == 200, put.text
            assert (await reader.get(target)).text == f"number {number}"
            whole = (await reader.get(f"/collections/{mock['collection']}")).json()

    with_two_workers(tmp_path, work)


@pytest.mark.usefixtures("no_poll")
def test_server_responses_privacy_and_keys_hold_for_every_worker(tmp_path: Path) -> None:
    async def work(one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        mock = (await one.get("/mocks")).json()["mocks"][0]
        path, target = f"/mocks/{mock['id']}", f"/m/{mock['id']}/get?test=123"
        response = {"name": "down", "statusCode": 503}
        made = await one.post(f"{path}/server-responses", json={"serverResponse": response})
        assert (await other.get(target)).status_code == 200
        config = {"serverResponseId": made.json()["id"]}
        changed = await one.put(path, json={"mock": {"name": "mine", "config": config}})
        assert changed.status_code == 200, changed.text
        assert (await other.get(target)).status_code == 503
        assert (await other.get(path)).json()["mock"]["name"] == "mine"
        config = {"serverResponseId": None}
        await other.put(path, json={"mock": {"private": True, "config": config}})
        key = (await one.post("/postiche/keys", json={"name": "short-lived"})).json()
        bearer = {"x-api-key": key["key"]["key"]}
        assert (await other.get("/me", headers=bearer)).status_code == 200
        assert (await other.get(target, headers=bearer)).status_code == 200
        await one.delete(f"/postiche/keys/{key['key']['id']}")
        assert (await other.get("/me", headers=bearer)).status_code == 401
        assert (await other.get(target, headers=bearer)).status_code == 404
        await one.delete(path)
        assert (await other.get(target)).status_code == 404

    with_two_workers(tmp_path, work)


@pytest.mark.usefixtures("no_poll")
def test_each_worker_finds_the_calls_of_all_in_the_log(tmp_path: Path) -> None:
    async def work(one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        mock = (await one.get("/mocks")).json()["mocks"][0]
        for number in range(10):
            caller, reader = (one, other) if number % 2 else (other, one)
            await caller.get(f"/m/{mock['id']}/get?number={number}")
            logs = (await reader.get(f"/mocks/{mock['id']}/call-logs")).json()["call-logs"]
            assert logs[0]["request"]["path"] == f"/get?number={number}"
            assert len(logs) == number + 1

    with_two_workers(tmp_path, work)

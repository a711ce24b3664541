"""How much memory a big collection takes: create, fetch, patch and replace it over HTTP.

Run it as `python bench/big_collection.py [megabytes] [requests]`. It starts a
server of its own on an empty SQLite file and prints, after each operation, the
peak of the server's resident memory beyond what it took before the first one,
as a multiple of the collection's size, and the seconds the operation took.
Linux only: the peak is read from /proc.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import anyio
import httpx
import orjson
import uvicorn

from postiche.control.api import ControlSettings
from postiche.control.app import control_app
from postiche.control.auth import create_key
from postiche.control.bootstrap import first_user
from postiche.server.memory import give_back_large_blocks
from postiche.store import open_store

KEY = "PMAK-000000000000000000000000-0000000000000000000000000000000000"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
LIMIT = 10
"""The memory a collection may take, as a multiple of its size."""


def collection(megabytes: float, requests: int) -> dict[str, object]:
    """A collection of that size with that many requests, each with one example."""
    filler = "x" * max(0, int(megabytes * 1e6 / requests) - 730)
    return {
        "info": {"name": "big", "schema": SCHEMA},
        "item": [_request(number, filler) for number in range(requests)],
    }


def _request(number: int, filler: str) -> dict[str, object]:
    url = {
        "raw": f"https://shop.test/things/{number}?page=1",
        "protocol": "https",
        "host": ["shop", "test"],
        "path": ["things", str(number)],
        "query": [{"key": "page", "value": "1"}],
    }
    request = {"method": "GET", "header": [{"key": "Accept", "value": "*/*"}], "url": url}
    example = {
        "id": str(uuid4()),
        "name": f"thing {number}",
        "originalRequest": request,
        "status": "OK",
        "code": 200,
        "header": [{"key": "Content-Type", "value": "application/json"}],
        "body": orjson.dumps({"id": number, "text": filler}).decode(),
    }
    return {
        "id": str(uuid4()),
        "name": f"get thing {number}",
        "request": request,
        "response": [example],
    }


def serve(port: int, database: str) -> None:
    """The Postman API on a port, until the process is ended."""
    give_back_large_blocks()

    async def run() -> None:
        store = await open_store(database)
        user = await first_user(store, _now)
        await create_key(store, user, "bench", _now, _new_id, KEY)
        settings = ControlSettings(mock_url=str, clock=_now, new_id=_new_id)
        config = uvicorn.Config(control_app(store, settings), port=port, log_level="error")
        await uvicorn.Server(config).serve()

    anyio.run(run)


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())


def measure(megabytes: float, requests: int) -> bool:
    """Do everything once; whether the memory stayed within the limit."""
    body = orjson.dumps({"collection": collection(megabytes, requests)})
    print(f"{len(body) / 1e6:.1f} MB, {requests} requests")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        database = f"sqlite:///{Path(folder) / 'big.db'}"
        server = subprocess.Popen([sys.executable, __file__, "--serve", str(port), database])
        try:
            client = httpx.Client(
                base_url=f"http://127.0.0.1:{port}", headers={"x-api-key": KEY}, timeout=300
            )
            return _measured(client, server.pid, body)
        finally:
            server.terminate()
            server.wait()


def _measured(client: httpx.Client, pid: int, body: bytes) -> bool:
    _await(client)
    before = _peak(pid)
    uid = ""

    def create() -> None:
        nonlocal uid
        uid = _good(client.post("/collections", content=body)).json()["collection"]["uid"]

    def fetch() -> bytes:
        return _good(client.get(f"/collections/{uid}")).content

    def patch() -> None:
        _good(client.patch(f"/collections/{uid}", json={"collection": {"info": {"name": "x"}}}))

    def add_request() -> None:
        _good(client.post(f"/collections/{uid}/requests", json={"name": "one more"}))

    def replace() -> None:
        _good(client.put(f"/collections/{uid}", content=fetch()))

    worst = 0.0
    for step in (create, fetch, patch, add_request, replace):
        seconds = _timed(step)
        worst = (_peak(pid) - before) / len(body)
        print(f"{step.__name__:12} peak {worst:5.2f} times its size, {seconds:.2f} s")
    return worst < LIMIT


def _timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def _good(response: httpx.Response) -> httpx.Response:
    if response.status_code != 200:
        raise SystemExit(f"{response.status_code} {response.text[:300]}")
    return response


def _await(client: httpx.Client) -> None:
    for _ in range(200):
        try:
            _good(client.get("/me"))
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("The server did not start.")


def _peak(pid: int) -> int:
    """The peak of a process's resident memory, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) * 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), sys.argv[3])
    else:
        given = [float(each) for each in sys.argv[1:3]]
        size, count = (given + [20.0, 10_000.0][len(given) :])[:2]
        raise SystemExit(os.EX_OK if measure(size, int(count)) else 1)

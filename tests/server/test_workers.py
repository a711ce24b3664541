"""`postiche serve --workers N` as a user has it: real processes, real sockets, real signals."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from postiche.server.listening import run
from postiche.server.peers import Place
from postiche.server.workers import Job, Work, WorkerFailure, supervise
from tests.cli.commands import PATIENCE, Command, started

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has one worker")

KEY = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"
WORKERS = 3
CONNECTIONS = 24


class Crew:
    """A server with several workers, which has started."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.url = command.wait_for(r"Postman API +(\S+)")
        command.wait_for("Ctrl-C stops")

    def client(self) -> httpx.Client:
        """One connection at a time."""
        return httpx.Client(base_url=self.url, headers={"x-api-key": KEY}, timeout=PATIENCE)

    def workers(self) -> set[int]:
        """The numbers of the workers' processes."""
        return children_of(self.command.pid)


def processes() -> dict[int, int]:
    """Every living process and its parent; a zombie is none."""
    if sys.platform == "linux":
        rows = [_stat(file) for file in Path("/proc").glob("[0-9]*/stat")]
    else:
        command = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="]
        listed = subprocess.run(command, capture_output=True, text=True, check=True)
        rows = [row.split() for row in listed.stdout.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in filter(None, rows) if state[0] != "Z"}


def _stat(file: Path) -> list[str]:
    """Number, parent and state of a process, as Linux tells them; nothing if it has ended."""
    try:
        fields = file.read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [file.parent.name, fields[1], fields[0]]


def children_of(parent: int) -> set[int]:
    return {process for process, its_parent in processes().items() if its_parent == parent}


def alive(numbers: set[int]) -> set[int]:
    return numbers & processes().keys()


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether something becomes true before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def crew(folder: Path, *flags: str, workers: int = 2) -> Iterator[Crew]:
    database = f"--database-url=sqlite:///{folder / 'postiche.db'}"
    command = ["serve", f"--workers={workers}", "--port=0", "--demo", database, *flags]
    with started(folder, *command, POSTICHE_API_KEY=KEY) as process:
        yield Crew(process)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    with crew(tmp_path_factory.mktemp("crew"), workers=WORKERS) as made:
        yield made


@contextmanager
def connections(url: str) -> Iterator[list[httpx.Client]]:
    """Many connections, each kept open, which the workers have shared out among them."""
    clients = [httpx.Client(base_url=url, timeout=PATIENCE) for _ in range(CONNECTIONS)]
    try:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda client: client.get("/healthz"), clients))
        yield clients
    finally:
        for client in clients:
            client.close()


def sockets_of(process: int) -> int:
    """How many sockets a process has open, as Linux tells."""
    ends = []
    for each in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            ends.append(str(each.readlink()))
    return sum(end.startswith("socket:") for end in ends)


def collection(text: str) -> dict[str, Any]:
    request = {"method": "GET", "url": "https://example.com/thing"}
    response = {"name": "all", "originalRequest": request, "code": 200, "body": text}
    item = {"name": "thing", "request": request, "response": [response]}
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {"collection": {"info": {"name": "things", "schema": schema}, "item": [item]}}


def new_mock(api: httpx.Client, text: str) -> tuple[str, str]:
    """The uid of a new collection, and the path of a mock that answers with its example."""
    uid = api.post("/collections", json=collection(text)).json()["collection"]["uid"]
    mock = api.post("/mocks", json={"mock": {"name": "things", "collection": uid}}).json()["mock"]
    return uid, mock["id"]


# --- every worker at once ------------------------------------------------------------


def test_the_workers_share_the_connections(serving: Crew) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("counts sockets the way of Linux")
    before = {worker: sockets_of(worker) for worker in serving.workers()}
    with connections(serving.url):
        busy = [worker for worker in before if sockets_of(worker) > before[worker]]
    assert len(before) == WORKERS
    assert len(busy) >= 2


def test_a_changed_collection_is_answered_by_every_worker(serving: Crew) -> None:
    with serving.client() as api, connections(serving.url) as clients:
        uid, mock = new_mock(api, "number 0")
        for number in range(1, 20):
            api.put(f"/collections/{uid}", json=collection(f"number {number}"))
            texts = {client.get(f"/m/{mock}/thing").text for client in clients}
            assert texts == {f"number {number}"}


def test_a_server_response_holds_for_every_worker(serving: Crew) -> None:
    with serving.client() as api, connections(serving.url) as clients:
        _, mock = new_mock(api, "up")
        response = {"serverResponse": {"name": "down", "statusCode": 503}}
        made = api.post(f"/mocks/{mock}/server-responses", json=response).json()
        for down in (True, False) * 6:
            config = {"serverResponseId": made["id"] if down else None}
            api.put(f"/mocks/{mock}", json={"mock": {"config": config}})
            codes = {client.get(f"/m/{mock}/thing").status_code for client in clients}
            assert codes == {503 if down else 200}


def test_a_deleted_mock_is_gone_everywhere_at_once(serving: Crew) -> None:
    with serving.client() as api, connections(serving.url) as clients:
        for _ in range(5):
            _, mock = new_mock(api, "here")
            assert {client.get(f"/m/{mock}/thing").status_code for client in clients} == {200}
            api.delete(f"/mocks/{mock}")
            assert {client.get(f"/m/{mock}/thing").status_code for client in clients} == {404}


def test_a_revoked_key_opens_nothing_anywhere(serving: Crew) -> None:
    with serving.client() as api, connections(serving.url) as clients:
        for _ in range(5):
            made = api.post("/postiche/keys", json={"name": "short-lived"}).json()["key"]
            key = {"x-api-key": made["key"]}
            assert {client.get("/me", headers=key).status_code for client in clients} == {200}
            api.delete(f"/postiche/keys/{made['id']}")
            assert {client.get("/me", headers=key).status_code for client in clients} == {401}


def test_the_log_has_the_calls_of_every_worker(serving: Crew) -> None:
    with serving.client() as api, connections(serving.url) as clients:
        _, mock = new_mock(api, "logged")
        total = 0
        for _ in range(3):
            for client in clients:
                client.get(f"/m/{mock}/thing?number={total}")
                total += 1
            logs = api.get(f"/mocks/{mock}/call-logs?limit=100").json()["call-logs"]
            paths = {row["request"]["path"] for row in logs}
            assert paths == {f"/thing?number={number}" for number in range(total)}


def test_partial_updates_on_different_workers_undo_none_of_each_other(serving: Crew) -> None:
    with serving.client() as api, connections(serving.url) as clients:
        values = [{"key": f"key{number}", "value": "old"} for number in range(CONNECTIONS)]
        made = api.post("/environments", json={"environment": {"name": "e", "values": values}})
        path = f"/environments/{made.json()['environment']['uid']}"

        def patch(number: int) -> int:
            change = [{"op": "replace", "path": f"/values/{number}/value", "value": "new"}]
            headers = {"x-api-key": KEY}
            return clients[number].patch(path, json=change, headers=headers).status_code

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            assert set(pool.map(patch, range(CONNECTIONS))) == {200}
        stored = api.get(path).json()["environment"]["values"]
        assert {each["value"] for each in stored} == {"new"}


# --- beginnings and ends -------------------------------------------------------------


def test_a_killed_worker_comes_back(serving: Crew) -> None:
    with serving.client() as api:
        _, mock = new_mock(api, "still here")
    before = serving.workers()
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: len(serving.workers() - {victim}) == WORKERS)
    assert "was ended by SIGKILL and is started again" in serving.command.err
    with connections(serving.url) as clients:
        assert {client.get(f"/m/{mock}/thing").text for client in clients} == {"still here"}
    with serving.client() as api:
        logs = api.get(f"/mocks/{mock}/call-logs").json()["call-logs"]
        assert len(logs) == CONNECTIONS


def test_a_worker_that_is_asked_to_stop_is_replaced(serving: Crew) -> None:
    before = serving.workers()  # the first of them has served for a while
    os.kill(min(before), signal.SIGTERM)
    assert eventually(lambda: len(serving.workers() - {min(before)}) == WORKERS)
    assert "ended with exit code 0 and is started again" in serving.command.err


@contextmanager
def slow_call(made: Crew, milliseconds: int) -> Iterator[socket.socket]:
    """A call under way, answered after so long."""
    with made.client() as api:
        _, mock = new_mock(api, "slow")
    host, port = made.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), PATIENCE) as connection:
        connection.sendall(
            f"GET /m/{mock}/thing HTTP/1.1\r\nHost: {host}\r\n"
            f"x-mock-response-delay: {milliseconds}\r\nConnection: close\r\n\r\n".encode()
        )
        time.sleep(0.5)
        yield connection


def read_all(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def test_sigterm_lets_answers_under_way_finish_and_leaves_nobody(tmp_path: Path) -> None:
    with crew(tmp_path) as made:
        workers = made.workers()
        with slow_call(made, 2000) as connection:
            made.command.send(signal.SIGTERM)
            assert read_all(connection).endswith(b"slow")
        assert made.command.wait() == 0
        assert not alive(workers)
        assert made.command.err == ""
        with pytest.raises(httpx.ConnectError):
            httpx.get(made.url)


def test_a_second_ctrl_c_waits_for_no_answer(tmp_path: Path) -> None:
    with crew(tmp_path) as made:
        workers = made.workers()
        with slow_call(made, 60_000) as connection:
            made.command.send(signal.SIGINT)
            time.sleep(0.5)
            made.command.send(signal.SIGINT)
            begun = time.monotonic()
            assert made.command.wait() == 0
            assert time.monotonic() - begun < 8
            assert b"slow" not in read_all(connection)
        assert not alive(workers)


def test_no_worker_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with crew(tmp_path) as made:
        workers = made.workers()
        assert len(workers) == 2
        made.command.send(signal.SIGKILL)
        made.command.wait()
        assert eventually(lambda: not alive(workers))


def test_no_worker_outlives_a_supervisor_killed_while_it_starts(tmp_path: Path) -> None:
    database = f"--database-url=sqlite:///{tmp_path / 'postiche.db'}"
    flags = ["serve", "--workers=2", "--port=0", database]
    with started(tmp_path, *flags, POSTICHE_API_KEY=KEY) as command:
        assert eventually(lambda: bool(children_of(command.pid)))
        workers = children_of(command.pid)
        command.send(signal.SIGKILL)
        command.wait()
    assert eventually(lambda: not alive(workers))


def test_mocks_have_their_own_port_on_every_worker(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with crew(tmp_path, f"--mock-port={port}") as made, made.client() as api:
        _, mock = new_mock(api, "apart")
        with connections(f"http://127.0.0.1:{port}") as clients:
            assert {client.get(f"/m/{mock}/thing").text for client in clients} == {"apart"}
        assert api.get(f"/m/{mock}/thing").status_code == 404
        assert made.command.stop(signal.SIGTERM) == 0


def test_a_port_in_use_is_said_clearly(serving: Crew, tmp_path: Path) -> None:
    port = serving.url.rpartition(":")[2]
    database = f"--database-url=sqlite:///{tmp_path / 'postiche.db'}"
    with started(tmp_path, "serve", "--workers=2", f"--port={port}", database) as command:
        assert command.wait() == 1
        assert re.search(rf"port {port} on 127.0.0.1 is in use", command.err)


# --- workers that cannot serve -------------------------------------------------------


def supervised(folder: Path, script: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Run a script beside two workers on a database in this folder; the event says: ready."""
    settings = {"database_url": f"sqlite:///{folder / 'data' / 'postiche.db'}", "port": 0}

    async def main() -> None:
        ready = asyncio.Event()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.setblocking(False)
            work = Work(2, settings, [listening], [])
            supervising = asyncio.create_task(supervise(work, ready.set))
            playing = asyncio.create_task(script(ready))
            await asyncio.wait([supervising, playing], return_when=asyncio.FIRST_EXCEPTION)
            if playing.done() and playing.exception():
                supervising.cancel()
                await asyncio.wait([supervising])
                playing.result()
            playing.cancel()
            await asyncio.wait_for(supervising, PATIENCE)

    run(main())


def test_workers_that_cannot_even_start_end_the_server(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = children_of(os.getpid())
    (tmp_path / "data").write_text("no folder")

    async def wait(ready: asyncio.Event) -> None:
        await ready.wait()

    with pytest.raises(WorkerFailure, match="could not start: it ended with exit code 1"):
        supervised(tmp_path, wait)
    assert "Cannot open the database" in capfd.readouterr().err
    assert children_of(os.getpid()) == before


def test_a_worker_that_cannot_come_back_holds_nothing_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = children_of(os.getpid())

    async def script(ready: asyncio.Event) -> None:
        await ready.wait()
        first, second = sorted(children_of(os.getpid()) - before)
        (tmp_path / "data").rename(tmp_path / "elsewhere")
        (tmp_path / "data").write_text("no folder")
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            while "exit code 1 and is started again" not in caplog.text:
                await asyncio.sleep(0.05)
        assert second in children_of(os.getpid())
        signal.raise_signal(signal.SIGTERM)

    supervised(tmp_path, script)
    assert children_of(os.getpid()) == before


# --- what a worker is told -----------------------------------------------------------


def test_a_job_survives_the_link() -> None:
    place = Place(column=1, workers=2, memory=7, wakes=8, bells=(9, 10))
    job = Job({"host": "::", "mock_port": None}, [3, 4], [], place)
    assert Job.read(job.written()) == job
    assert job.written().count(b"\n") == 1

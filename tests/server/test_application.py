"""The whole server on another ASGI server: everything answers, without the fast path."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.dataplane.driver import collection, saved
from tests.serving import API_KEY

STARTS_WITHIN = 30.0


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The API of a server that Hypercorn runs, with the key."""
    folder = tmp_path_factory.mktemp("application")
    port = free_port()
    process = hypercorn(port, f"sqlite:///{folder / 'postiche.db'}")
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, headers={"x-api-key": API_KEY}, timeout=30) as client:
        try:
            await_health(client, process)
            yield client
        finally:
            process.terminate()
            process.communicate(timeout=STARTS_WITHIN)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port: int = opened.getsockname()[1]
        return port


def hypercorn(port: int, database: str) -> "subprocess.Popen[str]":
    settings = {"API_KEY": API_KEY, "PORT": str(port), "DATABASE_URL": database}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POSTICHE_")}
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "hypercorn", "--bind", f"127.0.0.1:{port}"),
            "postiche.server.application:app",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=kept | {f"POSTICHE_{name}": value for name, value in settings.items()},
    )


def await_health(client: httpx.Client, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            assert client.get("/healthz").status_code == 200
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    pytest.fail(process.communicate()[0])


@pytest.fixture(scope="module")
def mock_url(api: httpx.Client) -> str:
    items = [
        saved("a", "GET", "/a"),
        saved("user", "GET", "/users/{{id}}", body="user {{id}}"),
        saved("echo", "POST", "/echo", body="{{$body}}"),
    ]
    made = api.post("/collections", json={"collection": collection(*items)}).json()["collection"]
    mock = api.post("/mocks", json={"mock": {"name": "m", "collection": made["uid"]}}).json()
    url: str = mock["mock"]["mockUrl"]
    return url


def test_the_mock_url_is_where_the_settings_say(api: httpx.Client, mock_url: str) -> None:
    assert mock_url.startswith(f"http://127.0.0.1:{api.base_url.port}/m/")


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "answer"),
    [
        ("GET", "/a", b"", 200, "hello"),
        ("GET", "/users/7", b"", 200, "user 7"),
        ("POST", "/echo", b"x" * 100_000, 200, "x" * 100_000),
        ("GET", "/nothing/like/it", b"", 404, None),
        ("HEAD", "/a", b"", 404, ""),
    ],
)
def test_mock_servers_answer(
    mock_url: str, method: str, target: str, body: bytes, status: int, answer: str | None
) -> None:
    for _ in range(3):
        reply = httpx.request(method, mock_url + target, content=body)
        assert reply.status_code == status
        assert answer is None or reply.text == answer


def test_a_write_is_seen_by_the_next_call(api: httpx.Client, mock_url: str) -> None:
    mock_id = mock_url.rpartition("/")[2]
    assert api.delete(f"/mocks/{mock_id}").status_code == 200
    assert httpx.get(f"{mock_url}/a").status_code == 404


def test_settings_that_cannot_be_used_stop_the_start() -> None:
    process = hypercorn(free_port(), "oracle://nowhere")
    try:
        output, _ = process.communicate(timeout=STARTS_WITHIN)
    finally:
        process.kill()
    assert "oracle" in output

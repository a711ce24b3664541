"""Sequences as clients of several processes see them: real servers, one database."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.dataplane.driver import collection, saved
from tests.serving import Serving, serving_postiche

SESSIONS = 100
CALLS = 100
"""Of each session."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Serving]]:
    """Two servers over one SQLite file."""
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as running:
        yield [running.enter_context(serving_postiche(folder)) for _ in range(2)]


def mock_of(server: Serving) -> str:
    """The path of a new mock, whose every call is answered the number that it is."""
    items = [
        saved(str(n), path="/turn", headers=[("x-mock-sequence", str(n))], body=str(n))
        for n in range(1, CALLS + 1)
    ]
    with server.client() as client:
        made = client.post("/collections", json={"collection": collection(*items)}).json()
        mock = {"collection": made["collection"]["uid"]}
        found = client.post("/mocks", json={"mock": mock}).json()["mock"]["id"]
    return f"/m/{found}/turn"


class Connection:
    """A connection to a server; far cheaper than a whole client for each call."""

    def __init__(self, server: Serving) -> None:
        self._server = server
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, session: str) -> bytes:
        if self._streams is None or self._streams[0].at_eof():  # idle for too long
            await self.close()
            self._streams = await asyncio.open_connection("127.0.0.1", self._server.port)
        reader, writer = self._streams
        lines = [f"GET {path} HTTP/1.1", "Host: x", f"x-mock-session: {session}", "", ""]
        writer.write("\r\n".join(lines).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200 "), head
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return await reader.readexactly(int(length))

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            with suppress(ConnectionError):
                await self._streams[1].wait_closed()


async def one_session(servers: list[Serving], path: str, number: int) -> list[int]:
    """What a session is answered, each call by the other server than the one before."""
    connections = [Connection(server) for server in servers]
    seen = [
        int(await connections[(call + number) % 2].get(path, f"session {number}"))
        for call in range(CALLS)
    ]
    for connection in connections:
        await connection.close()
    return seen


def test_ten_thousand_interleaved_calls_see_their_sequences_in_order(
    servers: list[Serving],
) -> None:
    path = mock_of(servers[0])

    async def all_sessions() -> list[list[int]]:
        return await asyncio.gather(*(one_session(servers, path, n) for n in range(SESSIONS)))

    assert asyncio.run(all_sessions()) == [list(range(1, CALLS + 1))] * SESSIONS
    states = path.replace("/m/", "/mocks/").replace("/turn", "/states")
    with servers[1].client() as client:
        state = client.get(f"{states}/session 7").json()["state"]
    assert state["sequences"] == {"GET /turn": CALLS}

"""Sequences as clients of several processes see them: real servers, one database."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

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
    """A connection that is kept open; far cheaper than a whole client for each call."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, server: Serving) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", server.port))

    async def get(self, path: str, session: str) -> bytes:
        self._writer.write(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nx-mock-session: {session}\r\n\r\n".encode()
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return await self._reader.readexactly(int(length))

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


async def one_session(servers: list[Serving], path: str, number: int) -> list[int]:
    """What a session is answered, each call by the other server than the one before."""
    connections = [await Connection.to(server) for server in servers]
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

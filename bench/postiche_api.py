"""Filling a running `postiche serve`: through its API, and where that takes long, its store.

Knows the operations of the Postman API that make a mock server. Must not know
how the server was started.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx

from bench.rival_files import postman_collection
from bench.work import Route
from postiche.store import open_store

KEY = "PMAK-000000000000000000000000-0000000000000000000000000000000000"


def make_mock(port: int, routes: Iterable[Route], *, match_body: bool = False) -> str:
    """Create a collection and a public mock server of it; the mock's id."""
    collection = json.dumps({"collection": postman_collection(routes)})
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"x-api-key": KEY}, timeout=600
    ) as client:
        made = _posted(client, "/collections", collection)
        wanted = {
            "name": "bench",
            "collection": made["collection"]["uid"],
            "config": {"matchBody": match_body},
        }
        mock_id: str = _posted(client, "/mocks", json.dumps({"mock": wanted}))["mock"]["id"]
        return mock_id


async def copies_of(mock_id: str, database_url: str, count: int) -> list[str]:
    """Put copies of a mock straight into the database, which is quicker; all their ids."""
    store = await open_store(database_url)
    try:
        mock = await store.mock(mock_id)
        assert mock is not None
        ids = [str(uuid4()) for _ in range(count)]
        for each in ids:
            await store.add_mock(replace(mock, id=each))
        return ids
    finally:
        await store.close()


def _posted(client: httpx.Client, path: str, content: str) -> Any:
    answer = client.post(path, content=content, headers={"content-type": "application/json"})
    if answer.status_code != 200:
        raise SystemExit(f"POST {path}: {answer.status_code} {answer.text[:300]}")
    return answer.json()

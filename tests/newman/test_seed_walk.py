"""The example collection walks through making and calling a mock server, in the real Newman."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving import Serving

from .conftest import NewmanRun, RunNewman

WALK = Path(__file__).parents[2] / "examples" / "seed-walk.postman_collection.json"


@pytest.fixture(scope="module")
def runs(run_newman: RunNewman, empty_server: Serving) -> tuple[NewmanRun, NewmanRun]:
    """The walk on an empty server, and once more on the same server."""
    return run_newman(WALK, empty_server), run_newman(WALK, empty_server)


def walk() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(WALK.read_bytes())
    return loaded


def nodes(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All folders and requests under `item`."""
    for child in item.get("item", []):
        yield child
        yield from nodes(child)


def written_assertions() -> int:
    """How many assertions the collection's scripts hold."""
    events = [event for node in nodes(walk()) for event in node.get("event", [])]
    return sum(line.startswith("pm.test(") for event in events for line in event["script"]["exec"])


def assert_all_passed(run: NewmanRun) -> None:
    assert run.failures == []
    assert run.exit_code == 0, run.output
    assert run.assertions == written_assertions() > 12


def test_the_walk_passes_on_an_empty_server(runs: tuple[NewmanRun, NewmanRun]) -> None:
    assert_all_passed(runs[0])


def test_the_walk_passes_again_on_the_same_server(runs: tuple[NewmanRun, NewmanRun]) -> None:
    assert_all_passed(runs[1])


def test_the_walk_leaves_what_it_made(
    runs: tuple[NewmanRun, NewmanRun], empty_server: Serving
) -> None:
    answer = httpx.get(f"{empty_server.url}/mocks", headers={"x-api-key": empty_server.api_key})
    names = sorted(mock["name"] for mock in answer.json()["mocks"])
    assert names == ["testAPImock"] * 2 + ["testAPImock private"] * 2


def test_the_walk_fails_with_a_wrong_key(run_newman: RunNewman, empty_server: Serving) -> None:
    run = run_newman(WALK, replace(empty_server, api_key=empty_server.api_key[:-1] + "f"))
    assert run.exit_code == 1
    assert any(failure.startswith("Create testAPI:") for failure in run.failures)


def test_every_folder_and_request_of_the_walk_is_described() -> None:
    silent = [
        node["name"]
        for node in nodes(walk())
        if not node.get("request", node).get("description", "").strip()
    ]
    assert silent == []


def test_the_walk_asks_for_a_base_url_and_a_key_and_holds_none() -> None:
    variables = {variable["key"]: variable["value"] for variable in walk()["variable"]}
    assert variables == {"baseUrl": "http://127.0.0.1:4000", "apiKey": ""}

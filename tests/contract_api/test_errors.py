"""Every error that Postman's definition prints is answered in its words, or never, for a reason.

errors.yaml says which request is answered with which error.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any, TypeAlias

import httpx
import pytest
import yaml
from anyio.from_thread import BlockingPortal, start_blocking_portal

from tests.control.people import newcomer
from tests.control.world import SCHEMA, UNKNOWN_ID, World, example, folder, new_store, request
from tests.control.world import collection as collection_of

from . import definition
from .definition import DEFINITION, needs_definition

Json: TypeAlias = dict[str, Any]

ENTRIES: list[Json] = yaml.safe_load((Path(__file__).parent / "errors.yaml").read_bytes())
ARISING = [each for each in ENTRIES if "ask" in each]
NOTES = DEFINITION.with_name("behaviour.md")
PRINTED = re.compile(r"\| (\w+) \| (.+?) \| `(.*)` \|")


def _name(entry: Json) -> str:
    return f"{entry['component']}: {entry['example']}"


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as opened:
        yield opened


@pytest.fixture(scope="module")
def scene(portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Scene"]:
    url = f"sqlite:///{tmp_path_factory.mktemp('errors') / 'world.db'}"
    portal.call(new_store, url)
    world = World(portal, url, max_body=10_000)
    yield Scene(world)
    world.close()


class Scene:
    """One of everything that a request may name, and a user who may change nothing."""

    _there = ""

    def __init__(self, world: World) -> None:
        self.world = world
        self.viewer = newcomer(world, "viewer")
        workspace = self._made("/workspaces", workspace={"name": "harbour", "type": "team"})["id"]
        self._there = f"?workspace={workspace}"
        items = folder("f", request("r", example("e")))
        collection = self._made("/collections", collection=collection_of(items))["uid"]
        values = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
        environment = self._made("/environments", environment={"name": "e", "values": values})
        self.names = {
            "workspace": workspace,
            "schema": SCHEMA,
            "unknown": UNKNOWN_ID,
            "owner": str(world.user.id),
            "collection": collection,
            "collection_id": collection.partition("-")[2],
            "environment": environment["uid"],
            "mock": self._made("/mocks", mock={"collection": collection})["id"],
            "private_mock": self._made("/mocks", mock={"collection": collection, "private": True})[
                "id"
            ],
            "personal": world.get("/workspaces?type=personal").json()["workspaces"][0]["id"],
            "public": self._made("/workspaces", workspace={"name": "quay", "type": "public"})["id"],
            **self._items(collection),
        }

    def _made(self, path: str, **body: Json) -> Json:
        """What a POST makes, in the team's workspace once there is one."""
        answer = self.world.post(path + self._there, body)
        (made,) = answer.json().values()
        return dict(made)

    def _items(self, collection: str) -> dict[str, str]:
        (folder,) = self.world.get(f"/collections/{collection}").json()["collection"]["item"]
        (request,) = folder["item"]
        (response,) = request["response"]
        return {"folder": folder["id"], "request": request["id"], "response": response["id"]}

    def fill(self, text: object) -> Any:
        """The same JSON value with every $name replaced by what it stands for."""
        return json.loads(Template(json.dumps(text)).safe_substitute(self.names))

    def ask(self, asked: Json) -> httpx.Response:
        """Send what an entry of errors.yaml asks."""
        asked = self.fill(asked)
        if "content" in asked:
            asked["content"] = asked["content"] * 10_000
        key = asked.pop("key", None)
        key = self.viewer.key if key == "viewer" else key
        return self.world.ask(asked.pop("method"), asked.pop("path"), key, **asked)


@pytest.mark.parametrize("entry", ARISING, ids=_name)
def test_an_error_is_told_in_postmans_words(scene: Scene, entry: Json) -> None:
    answer = scene.ask(entry["ask"])
    assert (answer.status_code, answer.json()) == (entry["status"], scene.fill(entry["body"]))


@pytest.mark.skipif(not NOTES.is_file(), reason="the notes on Postman are not beside this checkout")
def test_every_error_that_the_notes_print_is_accounted_for() -> None:
    printed = {f"{row[0]}: {row[1]}" for row in PRINTED.findall(NOTES.read_text())}
    named = [_name(each) for each in ENTRIES if each["component"] != "behaviour C.1"]
    assert sorted(named) == sorted(printed)


@pytest.mark.skipif(not NOTES.is_file(), reason="the notes on Postman are not beside this checkout")
def test_the_words_are_the_printed_ones() -> None:
    printed = {(row[0], row[1]): json.loads(row[2]) for row in PRINTED.findall(NOTES.read_text())}
    for entry in ARISING:
        if "note" not in entry:
            told = _words(entry["body"])
            assert told == _words(printed[entry["component"], entry["example"]]), _name(entry)


def _words(body: Json) -> tuple[object, ...]:
    """What an error says, without the ids in it."""
    error = body.get("error", body)
    said = [error.get(part) for part in ("name", "message", "title", "detail")]
    return tuple(re.sub(r"/collections/[^']*", "/collections/", str(each)) for each in said)


@needs_definition
def test_every_status_is_one_that_the_operation_documents() -> None:
    document = definition.load()
    for entry in ARISING:
        responses = _responses(document, entry["ask"])
        assert str(entry["status"]) in map(str, responses), _name(entry)


def _responses(document: Json, asked: Json) -> Json:
    path = asked["path"].partition("?")[0]
    for template, item in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            operation = item.get(asked["method"].lower())
            if operation:
                return dict(operation["responses"])
    raise AssertionError(f"no such operation: {asked['method']} {path}")


def test_an_error_is_asked_for_here_or_elsewhere_or_never_arises() -> None:
    for entry in ENTRIES:
        assert [bool(entry.get(each)) for each in ("ask", "elsewhere", "never")].count(True) == 1


@pytest.mark.parametrize("entry", [each for each in ENTRIES if "elsewhere" in each], ids=_name)
def test_what_is_tested_elsewhere_is(entry: Json) -> None:
    file, _, name = entry["elsewhere"].partition("::")
    assert f"def {name}(" in (definition.ROOT / file).read_text()

"""Mock servers of files: what is read, which routes there are, what is refused."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from postiche.server.ephemeral import FileError, FileMock, load, mock_app
from tests.cli.commands import COLLECTION, ENVIRONMENT


def example(name: str, url: str, method: str = "GET", code: int = 200) -> dict[str, Any]:
    return {"name": name, "code": code, "originalRequest": {"method": method, "url": url}}


def collection(name: str, *examples: dict[str, Any], **more: object) -> dict[str, Any]:
    items = [{"name": "r", "request": "", "response": list(examples)}]
    return {"info": {"name": name, "schema": "v2.1.0"}, "item": items, **more}


def written(folder: Path, *documents: object) -> list[Path]:
    """A file for each document."""
    files = [folder / f"{number}.json" for number, _ in enumerate(documents)]
    for file, document in zip(files, documents, strict=True):
        file.write_text(json.dumps(document))
    return files


def routes(mock: FileMock) -> list[tuple[str, str, list[str]]]:
    return [(r.method, r.target, [e.name for e in r.examples]) for r in mock.routes()]


def test_examples_of_one_url_are_one_route(tmp_path: Path) -> None:
    document = collection(
        "c",
        example("one", "http://h/users/:id"),
        example("gone", "http://h/users/:id", code=404),
        example("made", "http://h/users", "POST"),
        example("page", "http://h/users?page={{n}}&q=a b"),
    )
    [mock] = load(written(tmp_path, document))
    assert routes(mock) == [
        ("GET", "/users/:id", ["one", "gone"]),
        ("POST", "/users", ["made"]),
        ("GET", "/users?page={{n}}&q=a%20b", ["page"]),
    ]


def test_the_environment_fills_the_routes(tmp_path: Path) -> None:
    document = collection(
        "c",
        example("e", "{{base}}/{{version}}/x"),
        variable=[{"key": "version", "value": "v1"}],
    )
    environment = {"values": [{"key": "base", "value": "http://h/api", "enabled": True}]}
    file, environment_file = written(tmp_path, document, environment)
    [mock] = load([file], environment_file)
    assert [target for _, target, _ in routes(mock)] == ["/api/v1/x"]


def test_every_route_without_wildcards_answers_at_its_url() -> None:
    mocks = load([COLLECTION], ENVIRONMENT)
    [(method, target, _)] = routes(mocks[0])

    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app=mock_app(mocks))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(method, target)

    assert asyncio.run(call()).json()["args"] == {"test": "123"}


def test_names_that_come_again_get_a_number(tmp_path: Path) -> None:
    names = ("My API!", "my api", "Größe", "日本", "日本")
    mocks = load(written(tmp_path, *(collection(name) for name in names)))
    assert [mock.slug for mock in mocks] == [
        "my-api",
        "my-api-2",
        "grosse",
        "collection",
        "collection-2",
    ]


def test_a_number_given_to_a_name_is_not_given_twice(tmp_path: Path) -> None:
    names = ("api", "api", "api 2")
    slugs = [mock.slug for mock in load(written(tmp_path, *map(collection, names)))]
    assert len(set(slugs)) == 3


def test_an_answer_of_the_api_can_be_used_as_a_file(tmp_path: Path) -> None:
    document = {"collection": collection("c", example("e", "http://h/x"))}
    environment: object = {"environment": {"values": []}}
    file, environment_file = written(tmp_path, document, environment)
    [mock] = load([file], environment_file)
    assert routes(mock) == [("GET", "/x", ["e"])]


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    file = tmp_path / "bom.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(collection("c")).encode())
    assert load([file])[0].collection.name == "c"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"info":\n {}', ":2:4: this is not JSON: "),
        (b"\xff\xfe{\x00}\x00", ":1:1: this is not JSON: "),
        (b"", ":1:1: this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(FileError) as refused:
        load([file])
    assert complaint in str(refused.value)
    assert str(refused.value).startswith(str(file))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file"):
        load([tmp_path / "absent.json"])
    with pytest.raises(FileError, match="this is a folder; name the collection files in it"):
        load([tmp_path])


@pytest.mark.parametrize("document", [collection("c"), [], {"name": "nothing"}, {"values": 3}])
def test_what_is_no_environment_is_told(tmp_path: Path, document: object) -> None:
    good, bad = written(tmp_path, collection("c"), document)
    with pytest.raises(FileError, match=r"1\.json: "):
        load([good], bad)

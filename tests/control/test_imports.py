import io
import zipfile
from typing import Any

import orjson
import pytest
import yaml

from .world import UNKNOWN_ID, Json, World

PETS: Json = {
    "openapi": "3.0.3",
    "info": {"title": "Pets"},
    "servers": [{"url": "https://pets.test/v1"}],
    "paths": {
        "/pets/{id}": {
            "get": {
                "tags": ["pets"],
                "responses": {
                    "200": {
                        "description": "A pet",
                        "content": {
                            "application/json": {
                                "schema": {"properties": {"id": {"type": "integer"}}}
                            }
                        },
                    },
                    "404": {"description": "No pet"},
                },
            }
        }
    },
}


def problem_of(world: World, body: object) -> Json:
    response = world.post("/import/openapi", body)
    assert response.status_code == 400
    error: Json = response.json()["error"]
    return error


def imported(world: World, response: Any) -> Json:
    assert response.status_code == 200, response.text
    (made,) = response.json()["collections"]
    assert made["uid"] == f"10000001-{made['id']}"
    collection: Json = world.get(f"/collections/{made['uid']}").json()["collection"]
    assert collection["info"]["name"] == made["name"] == "Pets"
    return collection


def upload(world: World, content: bytes, name: str = "pets.yaml", kind: str = "file") -> Any:
    return world.ask(
        "POST", "/import/openapi", data={"type": kind}, files={"input": (name, content)}
    )


def zipped(**files: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name.replace("__", "/").replace("_", "."), content)
    return archive.getvalue()


def test_a_definition_becomes_a_collection_whichever_way_it_comes(world: World) -> None:
    text = yaml.safe_dump(PETS)
    for response in (
        world.post("/import/openapi", {"type": "json", "input": PETS}),
        world.post("/import/openapi", {"type": "string", "input": text}),
        world.post("/import/openapi", {"type": "string", "input": orjson.dumps(PETS).decode()}),
        upload(world, text.encode()),
        upload(world, zipped(docs__README_md=b"# hi", api__pets_yaml=text.encode()), "pets.zip"),
    ):
        collection = imported(world, response)
        (pets,) = collection["item"]
        request = pets["item"][0]["item"][0]
        assert request["name"] == "/pets/:id"
        assert [each["code"] for each in request["response"]] == [200, 404]
        assert orjson.loads(request["response"][0]["body"]) == {"id": 1}
        assert all(each["uid"] for each in request["response"])
        assert collection["variable"][0]["value"] == "https://pets.test/v1"


def test_options_are_heeded_and_unknown_ones_ignored(world: World) -> None:
    options = {"folderStrategy": "Tags", "disableOptionalParameters": True}
    body = {"type": "json", "input": PETS, "options": options}
    collection = imported(world, world.post("/import/openapi", body))
    assert collection["item"][0]["name"] == "pets"


def test_a_collection_goes_where_it_is_asked_to(world: World) -> None:
    made = world.post("/workspaces", {"workspace": {"name": "other", "type": "personal"}}).json()
    workspace = made["workspace"]["id"]
    body = {"type": "json", "input": PETS}
    assert world.post(f"/import/openapi?workspace={workspace}", body).status_code == 200
    assert len(world.get("/collections", workspace=workspace).json()["collections"]) == 1
    response = world.post(f"/import/openapi?workspace={UNKNOWN_ID}", body)
    assert response.status_code == 400
    assert response.json()["error"]["message"] == "The specified workspace does not exist."


def test_an_imported_collection_can_be_mocked(world: World) -> None:
    made = world.post("/import/openapi", {"type": "json", "input": PETS}).json()["collections"]
    assert world.mock(collection=made[0]["uid"])["collection"] == made[0]["uid"]


@pytest.mark.parametrize("name", ["type", "input"])
def test_a_missing_parameter_is_named(world: World, name: str) -> None:
    body = {"type": "json", "input": PETS}
    del body[name]
    assert problem_of(world, body) == {
        "name": "paramMissingError",
        "message": f"The request body is missing a value for the {name} parameter. "
        "Check your request and try again.",
        "details": {"param": name},
    }


def test_an_unknown_type_is_refused(world: World) -> None:
    for kind in ("url", 5, ["json"]):
        assert problem_of(world, {"type": kind, "input": PETS}) == {
            "name": "invalidParamsError",
            "message": "The request body has invalid values for the type parameter. "
            "Value must be one of file, string, json",
            "details": {"param": "type"},
        }


def test_an_unsupported_version_is_named(world: World) -> None:
    assert problem_of(world, {"type": "json", "input": {**PETS, "openapi": "3.2.0"}}) == {
        "name": "invalidParamsError",
        "message": "Unsupported OpenAPI version: 3.2.0. "
        "Postman API only supports versions 3.0.0, 3.0.1, 3.0.2, 3.0.3, 3.1.0",
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"type": "json", "input": "{}"}, "input parameter"),
        ({"type": "string", "input": {"openapi": "3.0.0"}}, "input parameter"),
        ({"type": "file", "input": {}}, "input parameter"),
        ({"type": "string", "input": "a: ["}, "neither JSON nor YAML"),
        ({"type": "json", "input": PETS, "options": []}, "options parameter"),
        ({"type": "json", "input": PETS, "options": {"folderStrategy": "x"}}, "folderStrategy"),
        ({"type": "json", "input": PETS, "options": {"includeDeprecated": 1}}, "includeDeprecated"),
    ],
)
def test_what_cannot_be_imported_is_told(world: World, body: Json, said: str) -> None:
    error = problem_of(world, body)
    assert error["name"] == "invalidParamsError"
    assert said in error["message"]
    assert world.get("/collections").json() == {"collections": []}


def test_broken_uploads_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (b"\xff", b"PK\x03\x04nonsense", zipped(a_txt=b"x"), zipped(a_json=b"[")):
        assert upload(world, content).status_code == 400
    broken = world.ask(
        "POST",
        "/import/openapi",
        content=b"--x\r\nnonsense",
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert broken.status_code == 400
    unbounded = world.ask(
        "POST",
        "/import/openapi",
        content=b"--x--",
        headers={"content-type": "multipart/form-data"},
    )
    assert unbounded.status_code == 400
    monkeypatch.setattr("postiche.control.imports.MAX_UNPACKED", 100)
    response = upload(world, zipped(a_json=b" " * 1000))
    assert "more than 100 bytes" in response.json()["error"]["message"]


def test_a_file_in_a_form_field_is_taken_too(world: World) -> None:
    response = world.ask(
        "POST",
        "/import/openapi",
        files={"type": (None, "string"), "input": (None, yaml.safe_dump(PETS))},
    )
    imported(world, response)

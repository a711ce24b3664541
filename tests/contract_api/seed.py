"""Things to begin with, so that generated requests meet something that exists.

Knows the Postman API as a client does. Must not know Schemathesis.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import uuid4

import httpx

Json: TypeAlias = dict[str, Any]
Ids: TypeAlias = dict[str, list[str]]

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
ITEM_IDS = ("folderId", "requestId", "responseId")
UNKNOWN = "00000000-0000-4000-8000-00000000dead"

SPARE = 12
"""How many of each thing there are for operations that delete it."""

OPENAPI = """\
openapi: 3.0.0
info: {title: Spacecraft, version: 1.0.0}
paths:
  /docks:
    get: {responses: {"200": {description: OK}}}
"""


@dataclass
class Seed:
    """Ids by path parameter: of things that stay, and of things that may be lost.

    Items, server responses and files that may be lost lie in things that stay.
    `replaceable` are collections that no other id lies in.
    """

    lasting: Ids = field(default_factory=dict)
    spare: Ids = field(default_factory=dict)
    replaceable: list[str] = field(default_factory=list)


def plant(client: httpx.Client) -> Seed:
    """Make one of everything that stays, and SPARE of everything that may go."""
    seed = Seed()
    workspace = _keep(seed, "workspaceId", [_workspace(client) for _ in range(SPARE + 1)])
    collection = _plant_collections(client, seed)
    _keep(seed, "environmentId", [_environment(client) for _ in range(SPARE + 1)])
    mock = _keep(seed, "mockId", [_mock(client, collection) for _ in range(SPARE + 1)])
    _keep(seed, "serverResponseId", [_server_response(client, mock) for _ in range(SPARE + 1)])
    _plant_specs(client, seed, workspace)
    return seed


def _keep(seed: Seed, parameter: str, ids: list[str]) -> str:
    """Note ids, the first of which stays, and return that one."""
    seed.lasting[parameter], seed.spare[parameter] = ids[:1], ids[1:]
    return ids[0]


def _plant_collections(client: httpx.Client, seed: Seed) -> str:
    """Make collections; the items of the one that stays are the seed's. Returns its uid."""
    items = [{name: str(uuid4()) for name in ITEM_IDS} for _ in range(SPARE + 1)]
    for name in ITEM_IDS:
        _keep(seed, name, [ids[name] for ids in items])
    seed.replaceable = [_collection(client) for _ in range(4)]
    return _keep(
        seed,
        "collectionId",
        [_collection(client, *map(_folder, items)), *(_collection(client) for _ in range(SPARE))],
    )


def _create(client: httpx.Client, path: str, body: Json) -> Json:
    """What a creation answers, without its envelope."""
    answer = client.post(path, json=body)
    answer.raise_for_status()
    created: Json = answer.json()
    return created if "id" in created else dict(*created.values())


def _workspace(client: httpx.Client) -> str:
    body = {"workspace": {"name": "harbour", "type": "team"}}
    return str(_create(client, "/workspaces", body)["id"])


def _collection(client: httpx.Client, *items: Json) -> str:
    body = {"collection": {"info": {"name": "things", "schema": SCHEMA}, "item": list(items)}}
    return str(_create(client, "/collections", body)["uid"])


def _folder(ids: dict[str, str]) -> Json:
    asked = {"method": "GET", "url": "{{baseUrl}}/things/1"}
    example = {"id": ids["responseId"], "name": "a thing", "code": 200, "body": "{}", "header": []}
    request = {"id": ids["requestId"], "name": "get", "request": asked, "response": [example]}
    return {"id": ids["folderId"], "name": "all", "item": [request]}


def _environment(client: httpx.Client) -> str:
    body = {"environment": {"name": "test", "values": [{"key": "a", "value": "b"}]}}
    return str(_create(client, "/environments", body)["uid"])


def _mock(client: httpx.Client, collection: str) -> str:
    return str(_create(client, "/mocks", {"mock": {"collection": collection, "name": "m"}})["id"])


def _server_response(client: httpx.Client, mock: str) -> str:
    body = {"serverResponse": {"name": "down", "statusCode": 503}}
    return str(_create(client, f"/mocks/{mock}/server-responses", body)["id"])


def _plant_specs(client: httpx.Client, seed: Seed, workspace: str) -> None:
    """Make specifications, one with files to lose; none while they are not supported."""
    files = [f"part{number}.yaml" for number in range(SPARE + 1)]
    made = [_spec(client, workspace, files), *(_spec(client, workspace, []) for _ in range(SPARE))]
    _keep(seed, "specId", made)
    _keep(seed, "filePath", files)


def _spec(client: httpx.Client, workspace: str, files: list[str]) -> str:
    body = {
        "name": "Spacecraft",
        "type": "OPENAPI:3.0",
        "files": [
            {"path": "index.yaml", "content": OPENAPI, "type": "ROOT"},
            *({"path": path, "content": "{}", "type": "DEFAULT"} for path in files),
        ],
    }
    answer = client.post("/specs", params={"workspaceId": workspace}, json=body)
    return UNKNOWN if answer.status_code == 501 else str(answer.raise_for_status().json()["id"])

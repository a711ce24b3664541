"""Specs to begin with."""

from typing import Any

import httpx

from .world import Json, World

OPENAPI = """openapi: 3.0.3
info: {title: Pets}
paths:
  /pets:
    get:
      summary: List pets
      responses: {'200': {description: Pets, content: {application/json: {example: [1]}}}}
"""


def files(*paths: str, content: str = OPENAPI) -> list[Json]:
    """Files of a new spec, the first one its root."""
    first, *others = paths
    root: Json = {"path": first, "content": content}
    if not others:
        return [root]
    rest = [{"path": each, "content": "{}", "type": "DEFAULT"} for each in others]
    return [{**root, "type": "ROOT"}, *rest]


def posted(world: World, **changes: Any) -> httpx.Response:
    body = {"name": "Pets", "type": "OPENAPI:3.0", "files": files("index.yaml"), **changes}
    sent = {key: value for key, value in body.items() if value is not None}
    return world.post(f"/specs?workspaceId={world.workspace()}", sent)


def new_spec(world: World, *paths: str, **changes: Any) -> str:
    """The id of a new spec."""
    if paths:
        changes["files"] = files(*paths)
    response = posted(world, **changes)
    assert response.status_code == 201, response.text
    made: str = response.json()["id"]
    return made


def problem(response: httpx.Response, status: int = 400) -> tuple[str, str, str]:
    """Type, title and detail of a spec's error, the type without Postman's URL."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    body = response.json()
    assert body["status"] == status
    return body["type"].rpartition("/")[2], body["title"], body["detail"]


NO_SPEC = (
    "instanceNotFoundError",
    "Specification not found",
    "The specification you are trying to access does not exist.",
)
NO_ENTITY = (
    "instanceNotFoundError",
    "Instance not found",
    "Entity that you are trying to access does not exist.",
)


def malformed(detail: str) -> tuple[str, str, str]:
    return "bad-request", "Malformed request", detail

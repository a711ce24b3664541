from collections.abc import AsyncIterator

import orjson
import pytest

from postiche.control.body import LARGE, MAX_DEPTH, to_json
from postiche.control.wire import ApiError

from .conftest import MakeWorld
from .world import LABELS, World, collection, error_of

BODIES_TO = ["/collections", "/environments", "/mocks", "/workspaces"]


@pytest.mark.parametrize("path", BODIES_TO)
def test_a_body_is_required(world: World, path: str) -> None:
    for content in (b"", b" \n"):
        response = world.ask("POST", path, content=content)
        assert response.status_code == 400
        assert response.headers["content-type"].partition(";")[0] in LABELS
        assert response.json()["detail"] == "Request body is required"


NO_JSON = (b"{", b"\xff", b"nope", b'{"mock":NaN}', b'"\\ud800"', b"[" * 2000, b"a=b", b"1e999")


@pytest.mark.parametrize("path", BODIES_TO)
def test_a_body_that_is_not_json_is_refused(world: World, path: str) -> None:
    for content in NO_JSON:
        response = world.ask("POST", path, content=content)
        assert response.status_code == 400
        assert error_of(response)["name"] == "malformedRequestError"
        assert error_of(response)["message"].startswith("The request body is not valid JSON: ")


def test_a_body_must_be_an_object(world: World) -> None:
    for content in (b"[]", b"7", b"null", b'"text"', b"true"):
        response = world.ask("POST", "/mocks", content=content)
        assert response.status_code == 400
        assert error_of(response)["message"] == "The request body must be a JSON object."


def test_a_byte_order_mark_is_no_mistake(world: World) -> None:
    body = b"\xef\xbb\xbf" + orjson.dumps({"collection": collection()})
    assert world.ask("POST", "/collections", content=body).status_code == 200


@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_over_the_limit_is_refused(make_world: MakeWorld, streamed: bool) -> None:
    world = make_world(max_body=1000)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100
        raise AssertionError("the rest must not be asked for")

    content = chunks() if streamed else b" " * 1001
    response = world.ask("POST", "/collections", content=content)
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "https://api.postman.com/problems/payload-too-large",
        "title": "Payload Too Large",
        "status": 413,
        "detail": "Request size limit exceeded",
        "instance": "/",
    }


def test_a_body_at_the_limit_is_read(make_world: MakeWorld) -> None:
    body = orjson.dumps({"collection": collection()})
    world = make_world(max_body=len(body))
    assert world.ask("POST", "/collections", content=body).status_code == 200
    assert world.ask("POST", "/collections", content=body + b" ").status_code == 413


def test_a_large_body_is_taken_like_a_small_one(world: World) -> None:
    uid = world.collection(name="x" * (LARGE + 1))
    assert len(world.get(f"/collections/{uid}").json()["collection"]["info"]["name"]) == LARGE + 1


def test_json_is_written_up_to_the_depth_that_can_be() -> None:
    value: object = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert to_json("pet", value)
    with pytest.raises(ApiError) as refused:
        to_json("pet", [value])
    assert refused.value.status == 400
    assert refused.value.body == {
        "error": {
            "name": "malformedRequestError",
            "message": "Found 1 errors with the supplied pet.",
            "details": [": must NOT have more than 254 levels"],
        }
    }

import pytest

from .world import UNKNOWN_ID, Json, World, error_of

FULL = {
    "name": "Down",
    "statusCode": 503,
    "headers": [{"key": "Retry-After", "value": "5"}, {"key": "x-empty"}],
    "language": "json",
    "body": '{"message": "later"}',
}


@pytest.fixture
def path(world: World) -> str:
    return f"/mocks/{world.mock()['id']}/server-responses"


def created(world: World, path: str, **fields: object) -> Json:
    response = world.post(path, {"serverResponse": FULL | fields})
    assert response.status_code == 200, response.text
    made: Json = response.json()
    return made


def test_a_created_server_response_is_answered_listed_and_shown(world: World, path: str) -> None:
    made = created(world, path)
    times = dict.fromkeys(("createdAt", "updatedAt"), "2026-11-22T12:00:00.000Z")
    authors = {"createdBy": "10000001", "updatedBy": "10000001"}
    assert made == {
        **times,
        "id": made["id"],
        "name": "Down",
        "statusCode": 503,
        "headers": [{"key": "Retry-After", "value": "5"}, {"key": "x-empty", "value": ""}],
        "language": "json",
        "body": '{"message": "later"}',
        **authors,
        "mock": path.split("/")[2],
    }
    assert world.get(f"{path}/{made['id']}").json() == made
    head = {"id": made["id"], "name": "Down", "statusCode": 503}
    assert world.get(path).json() == [{**head, **times, **authors}]


def test_only_name_and_status_are_needed(world: World, path: str) -> None:
    response = world.post(path, {"serverResponse": {"name": "x", "statusCode": 500}})
    made = response.json()
    assert (made["headers"], made["language"], made["body"]) == ([], None, "")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "serverResponse"),
        ({"serverResponse": None}, "serverResponse"),
        ({"serverResponse": {"statusCode": 500}}, "name"),
        ({"serverResponse": {"name": "x"}}, "statusCode"),
    ],
)
def test_what_is_missing_is_named(world: World, path: str, body: Json, param: str) -> None:
    response = world.post(path, body)
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "paramMissingError",
        "message": "Parameter is missing in the request.",
        "details": {"param": [param]},
    }


IMPOSSIBLE = [
    ({"statusCode": 499}, "statusCode"),
    ({"statusCode": 600}, "statusCode"),
    ({"statusCode": "500"}, "statusCode"),
    ({"statusCode": 500.5}, "statusCode"),
    ({"statusCode": None}, "statusCode"),
    ({"name": ""}, "name"),
    ({"name": "a\0"}, "name"),
    ({"name": 5}, "name"),
    ({"headers": {}}, "headers"),
    ({"headers": ["x: y"]}, "headers.0"),
    ({"headers": [{"key": "a b", "value": ""}]}, "headers.0.key"),
    ({"headers": [{"key": "", "value": ""}]}, "headers.0.key"),
    ({"headers": [{"key": "x", "value": "a\r\nset-cookie: b"}]}, "headers.0.value"),
    ({"headers": [{"key": "x", "value": 5}]}, "headers.0.value"),
    ({"language": "yaml"}, "language"),
    ({"body": {}}, "body"),
    ({"body": "a\0"}, "body"),
]


@pytest.mark.parametrize(("fields", "param"), IMPOSSIBLE)
def test_what_is_impossible_is_named(world: World, path: str, fields: Json, param: str) -> None:
    made = created(world, path)
    for response in (
        world.post(path, {"serverResponse": FULL | fields}),
        world.put(f"{path}/{made['id']}", {"serverResponse": fields}),
    ):
        assert response.status_code == 400
        assert error_of(response)["name"] == "invalidParamsError"
        assert error_of(response)["details"] == {"param": param}
    assert world.get(f"{path}/{made['id']}").json() == made


def test_an_update_changes_what_it_names_and_nothing_else(world: World, path: str) -> None:
    expected = created(world, path)
    world.later()
    expected["updatedAt"] = "2026-11-22T12:00:01.000Z"
    changes: list[Json] = [
        {"name": "Up again"},
        {"statusCode": 599},
        {"headers": []},
        {"language": None},
        {"body": "text"},
    ]
    for fields in changes:
        expected |= fields
        sent = world.put(f"{path}/{expected['id']}", {"serverResponse": fields})
        assert sent.status_code == 200
        assert sent.json() == expected
    assert world.get(f"{path}/{expected['id']}").json() == expected


def test_null_headers_and_body_are_empty_ones(world: World, path: str) -> None:
    made = created(world, path, headers=None, body=None)
    assert (made["headers"], made["body"]) == ([], "")


@pytest.mark.parametrize("body", [{"serverResponse": {}}, {"serverResponse": {"id": "x"}}])
def test_an_update_must_name_something(world: World, path: str, body: Json) -> None:
    response = world.put(f"{path}/{created(world, path)['id']}", body)
    assert response.status_code == 400
    assert error_of(response)["message"] == "At least one parameter must be provided."


def test_a_deleted_server_response_is_answered_once_more_and_gone(world: World, path: str) -> None:
    made = created(world, path)
    response = world.delete(f"{path}/{made['id']}")
    assert response.json() == {
        key: value for key, value in made.items() if key not in ("mock", "updatedAt")
    }
    assert world.get(path).json() == []
    assert world.delete(f"{path}/{made['id']}").status_code == 404


def test_deleting_the_active_one_switches_it_off(world: World, path: str) -> None:
    made = created(world, path)
    mock_path = path.removesuffix("/server-responses")
    world.put(mock_path, {"mock": {"config": {"serverResponseId": made["id"]}}})
    world.delete(f"{path}/{made['id']}")
    assert world.get(mock_path).json()["mock"]["config"]["serverResponseId"] is None


def test_an_unknown_mock_has_an_error_of_its_own_here(world: World) -> None:
    for method, rest in (("GET", ""), ("POST", ""), ("GET", "/x"), ("PUT", "/x"), ("DELETE", "/x")):
        body = {"serverResponse": FULL} if method in ("POST", "PUT") else None
        response = world.ask(method, f"/mocks/{UNKNOWN_ID}/server-responses{rest}", json=body)
        assert response.status_code == 404
        assert error_of(response) == {
            "name": "mockNotFoundError",
            "header": "Unable to find mock",
            "message": "Please refresh and try again.",
        }


def test_an_unknown_server_response_is_not_found(world: World, path: str) -> None:
    foreign = world.server_response(world.mock()["id"])["id"]
    for reference in (UNKNOWN_ID, "nonsense", "%00", foreign):
        for method in ("GET", "PUT", "DELETE"):
            body = {"serverResponse": FULL} if method == "PUT" else None
            response = world.ask(method, f"{path}/{reference}", json=body)
            assert response.status_code == 404
            assert error_of(response) == {
                "name": "serverResponseNotFoundError",
                "header": "Unable to find mock server response",
                "message": "We could not find the mock server response you are looking for.",
            }

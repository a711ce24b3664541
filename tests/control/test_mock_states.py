"""/mocks/{mockId}/states: sessions listed, read, set and put back."""

import pytest

from .people import newcomer
from .world import UNKNOWN_ID, Json, World, error_of

FULL = {"sequences": {"GET /orders": 2, "checkout": 1}, "scenarios": {"order": "paid"}}
NOON = "2026-11-22T12:00:00.000Z"
NO_SESSION = {
    "name": "instanceNotFoundError",
    "message": "The specified session does not exist.",
}


@pytest.fixture
def path(world: World) -> str:
    return f"/mocks/{world.mock()['id']}/states"


def put(world: World, path: str, session: str, **state: object) -> Json:
    answer = world.put(f"{path}/{session}", {"state": state})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_a_state_is_answered_as_it_was_set(world: World, path: str) -> None:
    shown = {"state": {"session": "a", **FULL, "usedAt": NOON}}
    assert put(world, path, "a", **FULL) == shown
    assert world.get(f"{path}/a").json() == shown
    assert world.get(path).json() == {"states": [shown["state"]], "meta": {"nextCursor": None}}


def test_what_is_set_is_all_of_the_state(world: World, path: str) -> None:
    put(world, path, "a", **FULL)
    world.later(hours=1)
    found = put(world, path, "a", sequences={"x": 3})["state"]
    assert found == {
        "session": "a",
        "sequences": {"x": 3},
        "scenarios": {},
        "usedAt": "2026-11-22T13:00:00.000Z",
    }
    assert put(world, path, "a")["state"]["sequences"] == {}


@pytest.mark.parametrize("name", ["a b", "a%2Fb", "a/b", "%C3%A9", "default", "127.0.0.1", "%00"])
def test_any_name_is_a_session(world: World, path: str, name: str) -> None:
    session = put(world, path, name)["state"]["session"]
    assert [each["session"] for each in world.get(path).json()["states"]] == [session]
    assert world.get(f"{path}/{name}").status_code == 200
    assert world.delete(f"{path}/{name}").json() == {"state": {"session": session}}
    assert world.get(path).json()["states"] == []


def test_a_long_name_is_the_session_that_calls_with_it_belong_to(world: World, path: str) -> None:
    session = put(world, path, "x" * 1000)["state"]["session"]
    assert session.startswith("sha256:")
    assert world.get(f"{path}/{session}").status_code == 200
    assert world.get(f"{path}/{'x' * 1000}").status_code == 200


def test_a_session_that_is_at_the_beginning_has_no_state(world: World, path: str) -> None:
    answer = world.get(f"{path}/a")
    assert (answer.status_code, error_of(answer)) == (404, NO_SESSION)
    assert answer.headers["content-type"].startswith("application/json")
    assert world.delete(f"{path}/a").status_code == 200
    for method in ("GET", "PUT", "DELETE"):
        assert world.ask(method, f"{path}/", json={"state": {}}).status_code == 404


def test_all_sessions_go_back_to_the_beginning(world: World, path: str) -> None:
    other = f"/mocks/{world.mock()['id']}/states"
    for where, session in ((path, "a"), (path, "b"), (other, "a")):
        put(world, where, session)
    assert world.delete(path).json() == {"states": {"deleted": 2}}
    assert world.delete(path).json() == {"states": {"deleted": 0}}
    assert len(world.get(other).json()["states"]) == 1


def test_sessions_come_in_pages_by_name(world: World, path: str) -> None:
    for number in range(12):
        put(world, path, f"{number:02}")
    first = world.get(path).json()
    assert [each["session"] for each in first["states"]] == [f"{n:02}" for n in range(10)]
    cursor = first["meta"]["nextCursor"]
    rest = world.get(path, cursor=cursor, limit="2").json()
    assert [each["session"] for each in rest["states"]] == ["10", "11"]
    assert rest["meta"] == {"nextCursor": None}
    assert world.get(path, cursor="x").status_code == 400
    assert error_of(world.get(path, limit="101"))["details"] == {"param": "limit"}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, ["state"]),
        ({"state": None}, ["state"]),
        ({"state": []}, "state"),
        ({"state": {"sequence": {}}}, "sequence"),
        ({"state": {"sequences": {"a": 0}}}, "sequences.a"),
        ({"state": {"sequences": {"a": 1_000_000_000}}}, "sequences.a"),
        ({"state": {"sequences": {"a": "1"}}}, "sequences.a"),
        ({"state": {"sequences": {"": 1}}}, "sequences"),
        ({"state": {"scenarios": {"a": 1}}}, "scenarios.a"),
        ({"state": {"scenarios": {"a": ""}}}, "scenarios.a"),
        ({"state": {"scenarios": {"a": "\0"}}}, "scenarios.a"),
        ({"state": {"scenarios": {"a": "x" * 1001}}}, "scenarios.a"),
        ({"state": {"scenarios": {str(n): "x" for n in range(1001)}}}, "scenarios"),
    ],
)
def test_what_cannot_be_a_state_is_refused_by_name(
    world: World, path: str, body: Json, param: object
) -> None:
    answer = world.put(f"{path}/a", body)
    assert answer.status_code == 400
    assert error_of(answer)["details"] == {"param": param}
    assert world.get(path).json()["states"] == []


@pytest.mark.parametrize(
    ("method", "rest"),
    [("GET", ""), ("DELETE", ""), ("GET", "/a"), ("PUT", "/a"), ("DELETE", "/a")],
)
def test_an_unknown_mock_is_not_found(world: World, method: str, rest: str) -> None:
    answer = world.ask(method, f"/mocks/{UNKNOWN_ID}/states{rest}", json={"state": {}})
    assert answer.status_code == 404
    assert error_of(answer)["message"] == "The specified mock does not exist."


def test_a_viewer_reads_and_resets_nothing(world: World) -> None:
    owner = newcomer(world)
    workspace = owner.workspace("team")
    path = f"/mocks/{owner.mock(workspace, owner.collection(workspace))}/states"
    assert owner.put(f"{path}/a", {"state": FULL}).status_code == 200
    viewer = newcomer(world, "viewer")
    assert viewer.get(f"{path}/a").json()["state"]["scenarios"] == {"order": "paid"}
    refused = [viewer.delete(path), viewer.delete(f"{path}/a"), viewer.put(f"{path}/a", {})]
    assert [each.status_code for each in refused] == [403, 403, 403]
    assert len(viewer.get(path).json()["states"]) == 1

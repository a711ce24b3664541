import pytest

from .world import UNKNOWN_ID, World, collection, error_of

LISTS = [("/collections", "collections"), ("/environments", "environments"), ("/mocks", "mocks")]
CREATIONS = [
    ("/collections", {"collection": collection()}),
    ("/environments", {"environment": {"name": "test"}}),
]


def created(world: World, path: str, body: object) -> str:
    answer = world.post(path, body)
    assert answer.status_code == 200, answer.text
    (made,) = answer.json().values()
    found: str = made["id"]
    return found


def listed(world: World, path: str) -> list[str]:
    (rows,) = world.get(path).json().values()
    return [row["id"] for row in rows]


@pytest.mark.parametrize(("path", "name"), LISTS)
@pytest.mark.parametrize("workspace", [UNKNOWN_ID, "nonsense", "%00", f"1-{UNKNOWN_ID}"])
def test_an_unknown_workspace_has_an_empty_list(
    world: World, path: str, name: str, workspace: str
) -> None:
    world.mock(environment=world.environment())
    response = world.get(f"{path}?workspace={workspace}")
    assert response.status_code == 200
    assert response.json() == {name: []}


@pytest.mark.parametrize(("path", "body"), CREATIONS)
def test_things_are_created_in_the_workspace_asked_for(
    world: World, path: str, body: object
) -> None:
    world.later()
    other = created(world, "/workspaces", {"workspace": {"name": "Other", "type": "team"}})
    in_default = created(world, path, body)
    world.later()
    in_other = created(world, f"{path}?workspace={other.upper()}", body)
    assert listed(world, path) == [in_default, in_other]
    assert listed(world, f"{path}?workspace={world.workspace()}") == [in_default]
    assert listed(world, f"{path}?workspace={other.upper()}") == [in_other]


@pytest.mark.parametrize("path", ["/collections", "/environments", "/mocks"])
@pytest.mark.parametrize("workspace", [UNKNOWN_ID, "nonsense", "%00"])
def test_nothing_is_created_in_an_unknown_workspace(
    world: World, path: str, workspace: str
) -> None:
    response = world.post(f"{path}?workspace={workspace}", {})
    assert response.status_code == 400
    assert error_of(response) == {
        "name": "instanceNotFoundError",
        "message": "The specified workspace does not exist.",
    }


def test_without_one_things_are_created_in_the_oldest_personal_workspace(world: World) -> None:
    default = world.workspace()
    world.later()
    for kind in ("personal", "team"):
        created(world, "/workspaces", {"workspace": {"name": kind, "type": kind}})
    world.collection()
    assert len(listed(world, f"/collections?workspace={default}")) == 1


def test_things_are_found_by_id_and_uid_in_any_case(world: World) -> None:
    uid = world.collection()
    plain = uid.removeprefix("10000001-")
    for reference in (uid, plain, uid.upper(), plain.upper()):
        assert world.get(f"/collections/{reference}").status_code == 200


def test_a_uid_of_another_owner_finds_nothing(world: World) -> None:
    plain = world.collection().removeprefix("10000001-")
    for owner in ("10000002", "010000001", "0"):
        assert world.get(f"/collections/{owner}-{plain}").status_code == 400
        assert world.delete(f"/collections/{owner}-{plain}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/collections/{UNKNOWN_ID}",
        f"/environments/{UNKNOWN_ID}",
        f"/mocks/{UNKNOWN_ID}",
        f"/mocks/{UNKNOWN_ID}/server-responses/{UNKNOWN_ID}",
    ],
)
def test_what_is_not_there_is_not_found_whatever_the_body(world: World, path: str) -> None:
    for content in (b"", b"{", b"{}"):
        assert world.ask("PUT", path, content=content).status_code == 404

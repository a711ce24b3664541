import pytest

from postiche.control import users
from postiche.control.users import LastAdmin
from postiche.model import Role
from postiche.store import AlreadyExists

from .people import Person, newcomer
from .world import UNKNOWN_ID, Json, World, error_of

FORBIDDEN = {
    "name": "forbiddenError",
    "message": "You do not have enough permissions to perform this action.",
}
ADA = {"username": "ada", "fullName": "Ada L.", "email": "ada@example.com", "role": "viewer"}
PATHS = [
    ("GET", "/postiche/users"),
    ("POST", "/postiche/users"),
    ("GET", "/postiche/users/{id}"),
    ("PUT", "/postiche/users/{id}"),
    ("DELETE", "/postiche/users/{id}"),
    ("GET", "/postiche/users/{id}/keys"),
    ("POST", "/postiche/users/{id}/keys"),
    ("DELETE", "/postiche/users/{id}/keys/k"),
]


def created(world: World, **fields: str) -> Json:
    answer = world.post("/postiche/users", ADA | fields)
    assert answer.status_code == 200, answer.text
    user: Json = answer.json()["user"]
    return user


def test_an_admin_makes_users_and_sees_them(world: World) -> None:
    user = created(world)
    assert user == {"id": user["id"], **ADA}
    assert len(str(user["id"])) == 8
    assert world.get(f"/postiche/users/{user['id']}").json() == {"user": user}
    first, second = world.get("/postiche/users").json()["users"]
    assert (first["id"], first["role"]) == (10000001, "admin")
    assert second == user


def test_a_user_needs_no_more_than_a_name_and_is_an_editor(world: World) -> None:
    user = world.post("/postiche/users", {"username": "bob"}).json()["user"]
    assert (user["fullName"], user["role"]) == ("bob", "editor")


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({}, "paramMissingError"),
        ({**ADA, "username": ""}, "invalidParamsError"),
        ({**ADA, "username": "a\0"}, "invalidParamsError"),
        ({**ADA, "role": "owner"}, "invalidParamsError"),
        ({**ADA, "email": "nobody"}, "invalidParamsError"),
        ({**ADA, "username": "postiche"}, "instanceFoundError"),
    ],
)
def test_a_user_that_cannot_be_is_refused(world: World, sent: Json, name: str) -> None:
    response = world.post("/postiche/users", sent)
    assert response.status_code == 400
    assert error_of(response)["name"] == name


def test_a_role_is_changed_and_counts_at_once(world: World) -> None:
    person = newcomer(world, role="viewer")
    assert person.post("/environments", {"environment": {"name": "e"}}).status_code == 403
    answer = world.put(f"/postiche/users/{person.id}", {"role": "editor"})
    assert answer.json()["user"]["role"] == "editor"
    assert answer.json()["user"]["username"] == person.user.username
    assert person.post("/environments", {"environment": {"name": "e"}}).status_code == 200


def test_a_name_is_given_once(world: World) -> None:
    user = created(world)
    path = f"/postiche/users/{user['id']}"
    assert world.put(path, {"username": "ada", "fullName": "A"}).status_code == 200
    assert error_of(world.put(path, {"username": "postiche"}))["name"] == "instanceFoundError"


def test_a_deleted_user_takes_along_keys_and_what_nobody_else_saw(world: World) -> None:
    person = newcomer(world)
    own, shared = person.workspace("private"), person.workspace("team")
    person.collection(own)
    kept = person.collection(shared)
    assert world.delete(f"/postiche/users/{person.id}").json() == {"user": {"id": person.id}}
    assert person.get("/me").status_code == 401
    assert [each.id for each in world.wait(world.store.users)] == [10000001]
    left = world.wait(world.store.workspaces)
    assert [each.id for each in left if each.created_by == person.id] == [shared]
    assert [each.uid for each in world.wait(world.store.documents, "collection")] == [kept]


@pytest.mark.parametrize("user_id", ["1", "0", "x", UNKNOWN_ID, "9" * 40])
def test_an_unknown_user_is_not_found(world: World, user_id: str) -> None:
    for method, path in PATHS[2:]:
        response = world.ask(method, path.format(id=user_id), content=b"{}")
        assert response.status_code == 404
        assert error_of(response)["message"] == "The specified user does not exist."


def test_the_last_admin_stays(world: World) -> None:
    path = "/postiche/users/10000001"
    for response in (world.put(path, {"role": "editor"}), world.delete(path)):
        assert response.status_code == 400
        assert error_of(response)["name"] == "badRequestError"
    newcomer(world, role="admin")
    assert world.put(path, {"role": "viewer"}).status_code == 200
    assert world.delete(path).status_code == 403


@pytest.mark.parametrize("role", ["editor", "viewer"])
@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("user_id", [10000001, 1])
def test_only_admins_manage_users(
    world: World, role: Role, method: str, path: str, user_id: int
) -> None:
    person = newcomer(world, role=role)
    response = person.ask(method, path.format(id=user_id), json=ADA)
    assert response.status_code == 403
    assert error_of(response) == FORBIDDEN


def test_users_are_made_and_deleted_without_http_too(world: World) -> None:
    def create(name: str) -> Person:
        clock, new_id = world.settings.clock, world.new_id
        user = world.wait(users.create_user, world.store, clock, new_id, username=name)
        return Person(world, user)

    person = create("bob")
    assert [each["type"] for each in person.get("/workspaces").json()["workspaces"]] == ["personal"]
    with pytest.raises(AlreadyExists, match="bob"):
        create("bob")
    with pytest.raises(LastAdmin):
        world.wait(users.delete_user, world.store, 10000001)
    assert world.wait(users.delete_user, world.store, person.id)
    assert not world.wait(users.delete_user, world.store, person.id)

import pytest

from postiche.model import Role

from .people import newcomer
from .world import Json, World, error_of

LATER = "2026-11-22T13:00:00.000Z"


def made(world: World, path: str = "/postiche/keys", **fields: object) -> Json:
    answer = world.post(path, {"name": "ci", **fields})
    assert answer.status_code == 200, answer.text
    key: Json = answer.json()["key"]
    return key


def test_a_new_key_is_shown_once_and_opens_the_api(world: World) -> None:
    key = made(world)
    assert world.ask("GET", "/me", key=key["key"]).status_code == 200
    listed = world.get("/postiche/keys").json()["keys"]
    assert len(listed) == 2
    assert key["key"] not in world.get("/postiche/keys").text
    (own,) = [each for each in listed if each["name"] == "ci"]
    assert own["hint"].startswith("PMAK-")
    assert (own["expiresAt"], own["createdAt"]) == (None, "2026-11-22T12:00:00.000Z")


def test_a_key_expires(world: World) -> None:
    key = made(world, expiresAt=LATER)
    assert key["expiresAt"] == LATER
    world.later(minutes=59)
    assert world.ask("GET", "/me", key=key["key"]).status_code == 200
    world.later(minutes=1)
    assert world.ask("GET", "/me", key=key["key"]).status_code == 401


@pytest.mark.parametrize(
    "written", ["2026-11-22T14:00:00+01:00", "2026-11-22T13:00:00Z", "2026-11-22T13:00"]
)
def test_an_expiry_is_any_iso_time_utc_unless_it_says_otherwise(world: World, written: str) -> None:
    assert made(world, expiresAt=written)["expiresAt"] == LATER


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": ""},
        {"name": "a", "expiresAt": "tomorrow"},
        {"name": "a", "expiresAt": "2026-11-22T12:00:00Z"},
        {"name": "a", "expiresAt": "0001-01-01T00:00:00+23:00"},
        {"name": "a", "expiresAt": 1},
    ],
)
def test_a_key_that_cannot_be_is_refused(world: World, sent: Json) -> None:
    assert world.post("/postiche/keys", sent).status_code == 400
    assert len(world.get("/postiche/keys").json()["keys"]) == 1


def test_the_last_use_is_noted_once_a_minute(world: World) -> None:
    def last_used() -> object:
        (key,) = world.get("/postiche/keys").json()["keys"]
        return key["lastUsedAt"]

    assert last_used() == "2026-11-22T12:00:00.000Z"
    world.later(seconds=59)
    assert last_used() == "2026-11-22T12:00:00.000Z"
    world.later(seconds=1)
    assert last_used() == "2026-11-22T12:01:00.000Z"


def test_a_revoked_key_opens_nothing(world: World) -> None:
    key = made(world)
    path = f"/postiche/keys/{key['id']}"
    assert world.delete(path).json() == {"key": {"id": key["id"]}}
    assert world.ask("GET", "/me", key=key["key"]).status_code == 401
    assert world.delete(path).status_code == 404


def test_an_admin_manages_the_keys_of_others(world: World) -> None:
    person = newcomer(world)
    path = f"/postiche/users/{person.id}/keys"
    key = made(world, path)
    assert world.ask("GET", "/me", key=key["key"]).json()["user"]["id"] == person.id
    assert [each["name"] for each in world.get(path).json()["keys"]] == ["own", "ci"]
    assert world.delete(f"{path}/{key['id']}").status_code == 200
    assert world.ask("GET", "/me", key=key["key"]).status_code == 401


@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
def test_everyone_manages_their_own_keys_and_sees_no_others(world: World, role: Role) -> None:
    person = newcomer(world, role)
    key = person.made("/postiche/keys", {"name": "second"})
    listed = person.get("/postiche/keys").json()["keys"]
    assert [each["name"] for each in listed] == ["own", "second"]
    (first,) = world.get("/postiche/keys").json()["keys"]
    response = person.delete(f"/postiche/keys/{first['id']}")
    assert response.status_code == 404
    assert error_of(response)["message"] == "The specified API key does not exist."
    assert world.get("/me").status_code == 200
    assert person.delete(f"/postiche/keys/{key['id']}").status_code == 200


def test_a_key_of_one_user_is_not_revoked_under_another(world: World) -> None:
    person = newcomer(world)
    (first,) = world.get("/postiche/keys").json()["keys"]
    assert world.delete(f"/postiche/users/{person.id}/keys/{first['id']}").status_code == 404
    assert world.get("/me").status_code == 200

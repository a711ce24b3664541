"""Other users of a world, each with a key of their own."""

from itertools import count
from typing import Any

import httpx

from postiche.control import users
from postiche.control.auth import create_key
from postiche.model import Role, User

from .world import Json, World, collection

_numbers = count(1)


class Person:
    """A user with a key, asking the API of a world."""

    def __init__(self, world: World, user: User) -> None:
        self.world, self.user, self.id = world, user, user.id
        clock, new_id = world.settings.clock, world.new_id
        _, self.key = world.wait(create_key, world.store, user, "own", clock, new_id)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.world.ask(method, path, self.key, **more)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.ask("GET", path, params=query or None)

    def post(self, path: str, body: object = None) -> httpx.Response:
        return self.ask("POST", path, json=body)

    def put(self, path: str, body: object = None) -> httpx.Response:
        return self.ask("PUT", path, json=body)

    def delete(self, path: str) -> httpx.Response:
        return self.ask("DELETE", path)

    def made(self, path: str, body: object) -> dict[str, Any]:
        """What a POST made: the one value of its answer."""
        answer = self.post(path, body)
        assert answer.status_code == 200, answer.text
        (thing,) = answer.json().values()
        assert isinstance(thing, dict)
        return thing

    def workspace(self, kind: str) -> str:
        """The id of a new workspace."""
        made = self.made("/workspaces", {"workspace": {"name": f"a {kind} one", "type": kind}})
        found: str = made["id"]
        return found

    def collection(self, workspace: str, *items: Json, **more: Any) -> str:
        """The uid of a new collection."""
        body = {"collection": collection(*items, **more)}
        found: str = self.made(f"/collections?workspace={workspace}", body)["uid"]
        return found

    def environment(self, workspace: str) -> str:
        """The uid of a new environment."""
        body = {"environment": {"name": "hidden", "values": []}}
        found: str = self.made(f"/environments?workspace={workspace}", body)["uid"]
        return found

    def mock(self, workspace: str, collection: str, **more: Any) -> str:
        """The id of a new mock server."""
        body = {"mock": {"collection": collection, **more}}
        found: str = self.made(f"/mocks?workspace={workspace}", body)["id"]
        return found


def newcomer(world: World, role: Role = "editor") -> Person:
    """A new user."""
    user = world.wait(
        users.create_user,
        world.store,
        world.settings.clock,
        world.new_id,
        username=f"person {next(_numbers)}",
        role=role,
    )
    return Person(world, user)

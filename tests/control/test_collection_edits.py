import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from postiche.control import wire
from postiche.control.api import Api, Asked
from postiche.control.collection_edits import Refusals, edited
from postiche.model import Document

from .world import UNKNOWN_ID, World, request

MISSING, FORBIDDEN = wire.legacy(404, "missing", ""), wire.legacy(403, "forbidden", "")


def asked(world: World, uid: str) -> Asked:
    scope = {"type": "http", "path_params": {"collectionId": uid}, "headers": []}
    return Asked(Api(world.store, world.settings), world.user, Request(scope))


def edit(world: World, uid: str, change: Any) -> Any:
    async def run() -> Any:
        return await edited(asked(world, uid), Refusals(MISSING, FORBIDDEN), change)

    return world.wait(run)


def test_a_change_is_stored_with_its_author_and_time(world: World) -> None:
    uid = world.collection()
    world.later()
    document, given = edit(world, uid, lambda _, tree: tree["info"].update(name="new") or 5)
    assert (document.name, given) == ("new", 5)
    info = world.get(f"/collections/{uid}").json()["collection"]["info"]
    assert (info["updatedAt"], info["lastUpdatedBy"]) == ("2026-11-22T12:00:01.000Z", "10000001")


def test_nothing_is_stored_if_the_change_fails(world: World) -> None:
    uid = world.collection(request("r"))
    before = world.get(f"/collections/{uid}").content

    def fail(_: Document, tree: dict[str, Any]) -> None:
        tree.clear()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        edit(world, uid, fail)
    assert world.get(f"/collections/{uid}").content == before


def test_an_unknown_collection_is_missing(world: World) -> None:
    with pytest.raises(wire.ApiError) as caught:
        edit(world, UNKNOWN_ID, lambda _, tree: None)
    assert caught.value is MISSING


def test_changes_of_two_servers_are_both_kept(world: World) -> None:
    uid = world.collection()

    async def add(api: Api, name: str) -> None:
        one = Asked(api, world.user, asked(world, uid).request)

        def change(_: Document, tree: dict[str, Any]) -> None:
            tree["item"].append(request(name))

        await edited(one, Refusals(MISSING, FORBIDDEN), change)

    async def race() -> None:
        servers = [Api(world.store, world.settings) for _ in range(6)]
        await asyncio.gather(*(add(api, f"r{at}") for at, api in enumerate(servers)))

    world.wait(race)
    items = world.get(f"/collections/{uid}").json()["collection"]["item"]
    assert sorted(item["name"] for item in items) == [f"r{at}" for at in range(6)]

"""Nobody reads, lists, changes or guesses what they may not see: every operation is tried."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from uuid import UUID

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from postiche.model import Role

from .encounters import OPERATIONS_HERE, SECRET, Encounter
from .recipes import RECIPES
from .world import World

UNLIMITED_FOR_ADMINS = "/postiche/users"


@pytest.fixture(scope="module", params=get_args(Role))
def encounter(
    request: pytest.FixtureRequest,
    portal: BlockingPortal,
    empty_store: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Encounter]:
    path = tmp_path_factory.mktemp("isolation") / "world.db"
    shutil.copy(empty_store, path)
    world = World(portal, f"sqlite:///{path}")
    made = Encounter(world, request.param)
    yield made
    assert made.victim.state() == made.before
    world.close()


def without_owner(ids: dict[str, str]) -> dict[str, str]:
    """The ids with every uid made a plain id."""
    return {name: re.sub(r"^\d{8}-(?=.{36}$)", "", found) for name, found in ids.items()}


def of_nothing(ids: dict[str, str]) -> dict[str, str]:
    """Ids of the same form that nothing has."""

    def other(number: int, found: str) -> str:
        plain = str(UUID(int=0xDEAD << 64 | number, version=4))
        return found[:-36] + plain if len(found) >= 36 else found

    unknown = {name: other(number, found) for number, (name, found) in enumerate(ids.items())}
    return unknown | {"userId": "11111111"}


def shape(response: httpx.Response, ids: dict[str, str]) -> tuple[int, str, str]:
    """An answer, the ids it was asked with made anonymous."""
    text = response.text
    for name, found in sorted(ids.items(), key=lambda each: -len(each[1])):
        if len(found) >= 8:
            text = text.replace(found, f"<{name}>").replace(found[-36:], f"<{name}>")
    return response.status_code, response.headers["content-type"], text


def leaks(response: httpx.Response, ids: dict[str, str]) -> list[str]:
    """What an answer says of the other's things that its request did not."""
    sent = str(response.request.url) + response.request.content.decode()
    secrets = [SECRET, *(found for found in ids.values() if re.search(r"\d{8}", found))]
    return [each for each in secrets if each in response.text and each not in sent]


@pytest.mark.parametrize("operation", OPERATIONS_HERE)
def test_what_one_may_not_see_is_as_if_it_were_not_there(
    encounter: Encounter, operation: str
) -> None:
    assert operation in RECIPES, "Write a recipe for this operation."
    is_admin = "admin" in encounter.stranger.get("/me").json()["user"]["roles"]
    if is_admin and UNLIMITED_FOR_ADMINS in operation:
        pytest.skip("Admins manage all users.")
    victim = encounter.victim
    for attempt in RECIPES[operation]:
        for ids in (victim.ids, without_owner(victim.ids)):
            unknown = of_nothing(ids)
            nothing = encounter.answer(operation, attempt, unknown)
            found = encounter.answer(operation, attempt, ids)
            assert shape(found, ids) == shape(nothing, unknown), attempt
            assert found.status_code < 500 or found.status_code == 501
            assert not leaks(found, ids)
    assert encounter.nothing_changed()

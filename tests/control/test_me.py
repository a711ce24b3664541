from typing import get_args

import pytest

from postiche.model import Role

from .people import newcomer
from .world import World


def test_me_is_the_user_of_the_key(world: World) -> None:
    user = world.get("/me").json()["user"]
    assert user["id"] == 10000001
    assert user["username"] == "postiche"
    assert user["roles"] == ["user", "admin"]
    assert user["teamId"] == 0


def test_mock_usage_counts_the_calls_of_all_mocks(world: World) -> None:
    for _ in range(2):
        world.called(world.mock()["id"])
    operations = {each["name"]: each for each in world.get("/me").json()["operations"]}
    assert operations["mock_usage"]["usage"] == 2
    assert operations["mock_usage"]["overage"] == 0
    assert world.flushes == 1, "calls still in memory count, too"


@pytest.mark.parametrize("role", get_args(Role))
def test_the_role_is_among_the_roles(world: World, role: Role) -> None:
    assert newcomer(world, role).get("/me").json()["user"]["roles"] == ["user", role]

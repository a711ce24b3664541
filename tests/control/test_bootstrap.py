from dataclasses import replace

from postiche.control.bootstrap import FIRST_USER, first_user

from .people import newcomer
from .world import World


def test_the_first_user_is_made_once(world: World) -> None:
    again = world.wait(first_user, world.store, world.settings.clock)
    assert world.user == again == FIRST_USER
    assert world.wait(world.store.users) == (FIRST_USER,)


def test_there_is_one_personal_workspace_to_begin_with(world: World) -> None:
    world.wait(first_user, world.store, world.settings.clock)
    (workspace,) = world.wait(world.store.workspaces)
    assert (workspace.name, workspace.type) == ("My Workspace", "personal")
    assert workspace.created_by == FIRST_USER.id


def test_the_operator_is_an_admin_even_if_the_oldest_user_no_longer_is_one(world: World) -> None:
    other = newcomer(world, "admin")
    world.wait(world.store.replace_user, replace(FIRST_USER, role="viewer"))
    assert world.wait(first_user, world.store, world.settings.clock) == other.user

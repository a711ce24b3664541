from postiche.control.bootstrap import FIRST_USER, first_user

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

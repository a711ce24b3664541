import logging
from typing import Any

import pytest
from starlette.requests import Request

from postiche.control import tasks, wire
from postiche.control.api import Api, Asked
from postiche.store import StoreError

from .world import World


def asked(world: World) -> Asked:
    return Asked(Api(world.store, world.settings), world.user, Request({"type": "http"}))


def outcome(world: World, work: Any) -> Any:
    """What became of a task that does this."""
    by = asked(world)

    async def run() -> Any:
        document = await tasks.start(by, "test", world_id, "subject", work)
        assert await tasks.is_running(by, "test", world_id, "subject")
        while by.api.background:
            await next(iter(by.api.background))
        assert not await tasks.is_running(by, "test", world_id, "subject")
        assert await tasks.find_task(by, "other", document.id) is None
        task = await tasks.find_task(by, "test", document.uid)
        assert task is not None
        return task.done, task.reason

    world_id = world.workspace()
    return world.wait(run)


def test_a_task_ends_well_or_with_a_reason(world: World) -> None:
    async def well() -> None:
        return None

    async def badly() -> str:
        return "instance not found"

    async def refused() -> str:
        raise wire.legacy(400, "x", "y")

    assert outcome(world, well) == (True, None)
    assert outcome(world, badly) == (False, "instance not found")
    assert outcome(world, refused) == (False, "status 400")


def test_an_unforeseen_failure_is_logged_and_not_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> str:
        raise StoreError("a secret")

    with caplog.at_level(logging.ERROR):
        assert outcome(world, broken) == (False, "internal error")
    assert "A task failed." in caplog.text

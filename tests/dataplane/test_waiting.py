"""Waiting ends with what is waited for or with the client, and leaves nothing behind."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from postiche.dataplane.asgi import Message
from postiche.dataplane.waiting import while_connected

Work = Callable[[], Awaitable[object]]


async def client_that_stays() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def client_that_leaves() -> Message:
    await asyncio.sleep(0)
    return {"type": "http.disconnect"}


def waited(work: Work, client: Callable[[], Awaitable[Message]]) -> tuple[bool, int]:
    """Whether the work came to its end, and how many tasks are left beside the waiting one."""

    async def main() -> tuple[bool, int]:
        done = await while_connected(work(), client)
        return done, len(asyncio.all_tasks()) - 1

    return asyncio.run(main())


async def at_once() -> None:
    pass


async def for_ever() -> None:
    await asyncio.Event().wait()


async def in_vain() -> None:
    raise ZeroDivisionError


def test_work_is_done_while_the_client_stays() -> None:
    assert waited(at_once, client_that_stays) == (True, 0)


def test_work_ends_when_the_client_leaves() -> None:
    assert waited(for_ever, client_that_leaves) == (False, 0)


def test_work_that_was_done_before_the_client_left_counts() -> None:
    assert waited(at_once, client_that_leaves) == (True, 0)


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        waited(in_vain, client_that_stays)


def test_nothing_runs_on_when_waiting_is_cancelled() -> None:
    async def main() -> int:
        waiting = asyncio.create_task(while_connected(for_ever(), client_that_stays))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return len(asyncio.all_tasks()) - 1

    assert asyncio.run(main()) == 0
